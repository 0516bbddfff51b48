/* Catalogues of networks. */
#include "app/networks/catalogue.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct catalogue catalogue; /* large */
	char *text = fuzz_text(bytes, size);
	rv_error error = {RV_OK, ""};
	fuzz_check(catalogue_parse(&catalogue, "catalogue", text, &error), &error);
	free(text);
	return 0;
}
