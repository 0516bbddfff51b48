/* Names that people and other programs give: of inputs, from which what gives access is taken out,
 * and of classes. */
#include <stdlib.h>
#include <string.h>

#include "app/media/input_origin.h"
#include "app/media/public_name.h"
#include "app/networks/labels.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/test.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char why[160] = "", *name = fuzz_text(bytes, size), *shown = public_name(name);
	CHECK(shown && strlen(shown) <= strlen(name));
	if (labels_find(name, why, sizeof(why)) < 0)
		CHECK(why[0]);
	input_may_appear(name);
	free(shown);
	free(name);
	return 0;
}
