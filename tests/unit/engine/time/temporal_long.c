/* Dreams of many frames. */

#include <math.h>

#include "tests/support/temporal_fixture.h"
#include "tests/support/test.h"

/* Over three seconds of motion, with what leaves and comes into view. */
TEST(a_long_dream_stays_finite)
{
	struct fixture fixture;

	REQUIRE(set_up(&fixture));
	for (int t = 0; t < 90; t++) {
		bool finite = true;

		paint(&fixture, 1, 0.7 * t, sin(t / 9.0) * 5);
		dream(&fixture);
		for (int i = 0; i < COUNT; i++)
			finite &= isfinite(fixture.dream[i]) && fixture.dream[i] >= 0 &&
			          fixture.dream[i] <= 1;
		CHECK_MESSAGE(finite, "frame %d", t);
	}
	CHECK(strength(&fixture, 0) > 0.01);
	tear_down(&fixture);
}
