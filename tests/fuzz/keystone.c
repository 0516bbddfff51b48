/* Lists of displays' corners; and what was read is written and read again. */
#include "app/control/keystone.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"
#include "tests/support/test.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct keystone_list list = {.count = 0}, again = {.count = 0};
	char written[KEYSTONE_TEXT_LENGTH], *text = fuzz_text(bytes, size);
	rv_error error = {RV_OK, ""};
	rv_status status = keystone_parse(&list, "keystone.conf", text, &error);
	fuzz_check(status, &error);
	free(text);
	if (status != RV_OK)
		return 0;
	keystone_format(&list, written);
	status = keystone_parse(&again, "keystone.conf", written, &error);
	CHECK_MESSAGE(status == RV_OK, "%s was written: %s", written, error.message);
	return 0;
}
