/* Whole pictures: opened, decoded, turned upright as their EXIF says, made RGB. libav and libheif,
 * which decode them, are not built for the fuzzer: it sees what is made of what they hand out. */
#include "app/media/picture_read.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct picture picture = {.settings = NULL};
	rv_error error = {RV_OK, ""};
	av_log_set_level(AV_LOG_QUIET);
	fuzz_check(picture_open(&picture, fuzz_file(bytes, size), &error), &error);
	picture_release(&picture);
	return 0;
}
