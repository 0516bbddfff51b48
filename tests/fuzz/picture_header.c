/* Picture files, before their decoders see them. */
#include "app/media/picture_header.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	rv_error error = {RV_OK, ""};
	struct picture_header header;
	fuzz_check(picture_header_check(&header, bytes, size, "a.png", &error), &error);
	if (header.adobe_transform && header.adobe_transform >= size)
		abort();
	return 0;
}
