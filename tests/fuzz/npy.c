/* Vectors of numbers as NumPy's .npy. */
#include <stdlib.h>

#include "app/media/npy_read.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	rv_error error = {RV_OK, ""};
	float *numbers = NULL;
	int count;
	fuzz_check(npy_read(fuzz_file(bytes, size), &numbers, &count, &error), &error);
	free(numbers);
	return 0;
}
