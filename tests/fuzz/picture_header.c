/* Picture files, before their decoders see them. */
#include "app/media/picture_header.h"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	rv_error error = {RV_OK, ""};
	fuzz_check(picture_header_check(bytes, size, "a.png", &error), &error);
	picture_header_lacks_adobe(bytes, size);
	return 0;
}
