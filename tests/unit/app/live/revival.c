#include "app/live/revival.h"

#include "tests/support/test.h"

static const int64_t second = 1000000000;

TEST(the_next_device_goes_round_those_that_can_be_used)
{
	const bool usable[] = {true, false, true};
	CHECK(revival_next(1, usable, 3) == 3);
	CHECK(revival_next(3, usable, 3) == 1);
	CHECK(revival_next(0, usable, 3) == 1); /* the usual one may be any */
}

TEST(a_device_that_is_alone_is_tried_again)
{
	const bool usable[] = {false, true};
	CHECK(revival_next(2, usable, 2) == 2);
	CHECK(revival_next(2, usable, 0) == 2);
}

TEST(waits_double_up_to_half_a_minute_and_begin_anew_after_a_success)
{
	struct revival revival;
	int64_t wait, last = 0;
	revival_init(&revival, 1);
	for (int i = 0; i < 12; i++) {
		revival_fail(&revival, second);
		wait = revival.retry_at - second;
		CHECK(wait == 2 * last || i == 0 || wait == 30 * second);
		last = wait;
	}
	CHECK(last == 30 * second);
	revival_succeed(&revival);
	revival_fail(&revival, second);
	CHECK(revival.retry_at - second == second / 4);
}

TEST(the_first_try_is_on_the_same_device)
{
	struct revival revival;
	revival_init(&revival, 7);
	revival_fail(&revival, 0);
	CHECK(revival.device == 7);
}
