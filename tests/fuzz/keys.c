/* Key bindings. */
#include "app/control/keys.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct keys keys = {.count = 0};
	rv_error error = {RV_OK, ""};
	char *text = fuzz_text(bytes, size);
	fuzz_check(keys_parse(&keys, "keys.conf", text, &error), &error);
	keys_find_in(&keys, keys_corner_mode, "Up");
	free(text);
	return 0;
}
