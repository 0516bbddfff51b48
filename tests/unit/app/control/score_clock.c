/* The times of a score, in seconds, beats and frames. */
#include "app/control/score_clock.h"

#include <string.h>

#include "tests/support/test.h"

static struct score_clock television(void)
{
	struct score_clock clock = {.beat = 0};
	char tempo[] = "120 from 3", rate[] = "30000/1001";
	rv_error error = {0};
	CHECK_MESSAGE(score_clock_tempo(&clock, tempo, "a:1", &error) == RV_OK, "%s",
	              error.message);
	CHECK_MESSAGE(score_clock_rate(&clock, rate, "a:2", &error) == RV_OK, "%s", error.message);
	return clock;
}

TEST(moments_count_beats_from_the_first_one_and_lengths_do_not)
{
	const struct score_clock clock = television();
	double moment, length;
	rv_error error = {0};
	CHECK(score_clock_moment(&clock, "4b", "a:3", &moment, &error) == RV_OK && moment == 5);
	CHECK(score_clock_length(&clock, "4b", "a:3", &length, &error) == RV_OK && length == 2);
	/* Seconds and frames count from the score's beginning either way. */
	CHECK(score_clock_moment(&clock, "1:30", "a:3", &moment, &error) == RV_OK && moment == 90);
	CHECK(score_clock_moment(&clock, "30000f", "a:3", &moment, &error) == RV_OK);
	CHECK_MESSAGE(moment > 1000.999999 && moment < 1001.000001, "%.9f", moment);
}

TEST(what_is_no_time_is_refused)
{
	static const char *const words[] = {
		"",    "b",    "f",      "4bb",          "4fb",  "-4b",   "0x4b",
		"4 b", "nanb", "604801", "99999999999f", "1e1b", "1.2.3f"};
	const struct score_clock clock = television();
	double seconds;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		rv_error error = {0};
		CHECK_MESSAGE(score_clock_length(&clock, words[i], "a:3", &seconds, &error) ==
		                      RV_INVALID,
		              "\"%s\" is %g seconds", words[i], seconds);
		CHECK_MESSAGE(!strncmp(error.message, "a:3: ", 5), "%s", error.message);
	}
}
