/* Rounding to 8 bits, as processors do it. */
#include "engine/base/bfloat16.h"

#include <float.h>
#include <math.h>

#include "tests/support/test.h"

static float rounded(float value)
{
	return bfloat16_value(bfloat16_of(value));
}

TEST(bfloat16_takes_the_nearest_and_in_the_middle_the_even_one)
{
	const float unit = 1.0f / 128; /* of the last bit, from 1 to 2 */

	for (int i = 0; i < 128; i++) {
		float exact = 1 + (float)i * unit, even = 1 + (float)((i + 1) / 2 * 2) * unit;
		CHECK(rounded(exact) == exact);
		CHECK(rounded(-exact) == -exact);
		CHECK(rounded(exact + 0.49f * unit) == exact);
		CHECK(rounded(exact + 0.51f * unit) == exact + unit);
		CHECK(rounded(exact + 0.5f * unit) == even);
	}
}

TEST(bfloat16_has_the_range_of_a_float)
{
	CHECK(rounded(0) == 0);
	CHECK(signbit(rounded(-0.0f)));
	CHECK(rounded(FLT_MIN) == FLT_MIN);
	CHECK(rounded(0x1.fep127f) == 0x1.fep127f);
	CHECK(isinf(rounded(FLT_MAX)));
}

TEST(bfloat16_takes_subnormal_numbers_for_0)
{
	CHECK(rounded(FLT_MIN / 2) == 0);
	CHECK(rounded(-FLT_MIN / 2) == 0);
}
