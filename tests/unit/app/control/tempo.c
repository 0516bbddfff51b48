#include "app/control/tempo.h"

#include <math.h>

#include "tests/support/test.h"

static const int64_t ms = 1000000;

/* Looks every 10 ms from a time to another, and counts beats; *last: when the last one was. */
static int count(struct tempo *tempo, int64_t from, int64_t to, int64_t *last)
{
	int beats = 0;
	for (int64_t now = from; now < to; now += 10 * ms)
		if (tempo_beats(tempo, now)) {
			beats++;
			*last = now;
		}
	return beats;
}

TEST(tempo_goes_on_as_it_was_tapped)
{
	struct tempo tempo = {.count = 0};
	int64_t last = 0;
	CHECK(count(&tempo, 0, 5000 * ms, &last) == 0);
	for (int i = 0; i < 4; i++)
		tempo_tap(&tempo, (5000 + 500 * i) * ms);
	CHECK(fabs(tempo_per_minute(&tempo) - 120) < 0.01);
	CHECK(tempo_beats(&tempo, 6500 * ms));
	CHECK(count(&tempo, 6510 * ms, 16510 * ms, &last) == 20 && last == 16500 * ms);
}

/* A hand is never even; the mean is what was meant. */
TEST(tempo_is_the_mean_of_what_was_tapped)
{
	static const int64_t late[] = {0, 30, -25, 10, -30, 20, -10, 15};
	struct tempo tempo = {.count = 0};
	for (int i = 0; i < 8; i++)
		tempo_tap(&tempo, (1000 + 500 * i + late[i]) * ms);
	CHECK_MESSAGE(fabs(tempo_per_minute(&tempo) - 120) < 1.5, "%.2f", tempo_per_minute(&tempo));
}

TEST(tempo_ends_by_a_tap_alone)
{
	struct tempo tempo = {.count = 0};
	int64_t last = 0;
	tempo_tap(&tempo, 1000 * ms);
	CHECK(count(&tempo, 1000 * ms, 3000 * ms, &last) == 0); /* nor begins by one */
	tempo_tap(&tempo, 10000 * ms);
	tempo_tap(&tempo, 10400 * ms);
	CHECK(fabs(tempo_per_minute(&tempo) - 150) < 0.01);
	tempo_tap(&tempo, 20000 * ms);
	CHECK(tempo_per_minute(&tempo) == 0 && count(&tempo, 20000 * ms, 30000 * ms, &last) == 0);
}

/* Each tap is one beat, whether it comes a little before the one that is due or after it. */
TEST(tempo_follows_taps_without_beats_twice)
{
	struct tempo tempo = {.count = 0};
	int64_t last = 0;
	int beats = 0;
	for (int i = 0; i < 20; i++) {
		int64_t now = (1000 + 500 * i + (i % 2 ? 40 : -40)) * ms, next = now + 500 * ms;
		tempo_tap(&tempo, now);
		beats += count(&tempo, now, next - (i % 2 ? 80 : -80) * ms, &last);
	}
	CHECK_MESSAGE(beats >= 18 && beats <= 20, "%d beats", beats);
}

TEST(tempo_taps_that_bounce_are_one)
{
	struct tempo tempo = {.count = 0};
	for (int i = 0; i < 4; i++) {
		tempo_tap(&tempo, (1000 + 500 * i) * ms);
		tempo_tap(&tempo, (1030 + 500 * i) * ms);
	}
	CHECK(fabs(tempo_per_minute(&tempo) - 120) < 0.01);
}

/* A session that stood still does not beat for all that it missed. */
TEST(tempo_that_was_not_looked_at_beats_once)
{
	struct tempo tempo = {.count = 0};
	int64_t last = 0;
	tempo_tap(&tempo, 1000 * ms);
	tempo_tap(&tempo, 1500 * ms);
	CHECK(tempo_beats(&tempo, 61600 * ms) && !tempo_beats(&tempo, 61610 * ms));
	CHECK(count(&tempo, 61620 * ms, 62510 * ms, &last) == 2 && last == 62500 * ms);
}
