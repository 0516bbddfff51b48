/* Names of ImageNet's classes, as people and presets give them: each is compared with all there
 * are. */
#include <stdlib.h>

#include "app/networks/labels.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/test.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char why[160] = "", *name = fuzz_text(bytes, size);
	if (labels_find(name, why, sizeof(why)) < 0)
		CHECK(why[0]);
	free(name);
	return 0;
}
