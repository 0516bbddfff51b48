/* Motion fields as Middlebury's .flo. */
#include "app/media/flo.h"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct flo flo = {.motion = NULL};
	rv_error error = {RV_OK, ""};
	fuzz_check(flo_read(&flo, fuzz_file(bytes, size), &error), &error);
	flo_release(&flo);
	return 0;
}
