/* Plans of films in chunks. */
#include "app/offline/film_plan.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/test.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct film_plan plan = {.count = 0};
	rv_error error = {RV_OK, ""};
	rv_status status = film_plan_read(&plan, fuzz_file(bytes, size), &error);
	fuzz_check(status, &error);
	if (status == RV_OK)
		CHECK(film_frames(&plan) >= plan.count);
	film_plan_release(&plan);
	return 0;
}
