/* Names of inputs, from which what gives access is taken out before they are shown. */
#include <stdlib.h>
#include <string.h>

#include "app/media/input_origin.h"
#include "app/media/public_name.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/test.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *name = fuzz_text(bytes, size), *shown = public_name(name);
	CHECK(shown && strlen(shown) <= strlen(name));
	input_may_appear(name);
	free(shown);
	free(name);
	return 0;
}
