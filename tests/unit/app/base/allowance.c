#include "app/base/allowance.h"

#include "tests/support/test.h"

static const int64_t second = 1000000000;
static const struct allowance_rate rate = {.most = 3, .a_second = 0.5};

static int times(struct allowance *allowance, int64_t now)
{
	int count = 0;
	for (; count < 100 && allowance_left(allowance, &rate, now) >= 1; count++)
		allowance->left--;
	return count;
}

TEST(allowance_is_for_so_many_at_once)
{
	struct allowance allowance = {0};
	CHECK(times(&allowance, 7 * second) == 3);
	CHECK(times(&allowance, 7 * second + second / 2) == 0);
}

TEST(allowance_comes_back_with_time)
{
	struct allowance allowance = {0};
	times(&allowance, second);
	int count = 0;
	for (int64_t now = second; now <= 21 * second; now += second / 10)
		count += times(&allowance, now);
	CHECK_MESSAGE(count == 10, "%d in 20 seconds", count);
}

TEST(allowance_saves_up_no_more_than_once)
{
	struct allowance allowance = {0};
	times(&allowance, second);
	CHECK(times(&allowance, 1000000 * second) == 3);
}
