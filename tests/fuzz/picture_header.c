/* Picture files, before their decoders see them. */
#include "app/media/picture_header.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	rv_error error = {RV_OK, ""};
	fuzz_check(picture_header_check(bytes, size, "a.png", &error), &error);
	size_t transform;
	if (picture_header_has_inks(bytes, size, &transform) && transform >= size)
		abort();
	picture_header_has_gain_map(bytes, size);
	return 0;
}
