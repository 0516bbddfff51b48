#include "app/control/tempo.h"

#include <math.h>

#include "tests/support/test.h"

static const int64_t ms = 1000000;

/* Where nothing is heard. */
static bool beats(struct tempo *tempo, int64_t now)
{
	return tempo_beats(tempo, now, true, false);
}

/* Looks every 10 ms from a time to another, and counts beats; *last: when the last one was. */
static int count(struct tempo *tempo, int64_t from, int64_t to, int64_t *last)
{
	int seen = 0;
	for (int64_t now = from; now < to; now += 10 * ms)
		if (beats(tempo, now)) {
			seen++;
			*last = now;
		}
	return seen;
}

TEST(tempo_goes_on_as_it_was_tapped)
{
	struct tempo tempo = {.count = 0};
	int64_t last = 0;
	CHECK(count(&tempo, 0, 5000 * ms, &last) == 0);
	for (int i = 0; i < 4; i++)
		tempo_tap(&tempo, (5000 + 500 * i) * ms);
	CHECK(fabs(tempo_per_minute(&tempo) - 120) < 0.01);
	CHECK(beats(&tempo, 6500 * ms));
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
	int seen = 0;
	for (int i = 0; i < 20; i++) {
		int64_t now = (1000 + 500 * i + (i % 2 ? 40 : -40)) * ms, next = now + 500 * ms;
		tempo_tap(&tempo, now);
		seen += count(&tempo, now, next - (i % 2 ? 80 : -80) * ms, &last);
	}
	CHECK_MESSAGE(seen >= 18 && seen <= 20, "%d beats", seen);
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
	CHECK(beats(&tempo, 61600 * ms) && !beats(&tempo, 61610 * ms));
	CHECK(count(&tempo, 61620 * ms, 62510 * ms, &last) == 2 && last == 62500 * ms);
}

/* ---- what other programs tell ---- */

TEST(tempo_that_is_told_leads_until_it_is_0)
{
	struct tempo tempo = {.source = TEMPO_TAPPED};
	tempo_set(&tempo, 120, 1000 * ms);
	CHECK(fabs(tempo_per_minute(&tempo) - 120) < 0.01);
	CHECK(tempo_beats(&tempo, 1000 * ms, false, false) && tempo.beat == 0);
	CHECK(!tempo_beats(&tempo, 1300 * ms, false, true)); /* what is heard counts for nothing */
	CHECK(tempo_beats(&tempo, 1500 * ms, false, false) && tempo.beat == 1);
	/* A fader goes through many tempos, and makes no beat by that. */
	for (int i = 0; i < 100; i++) {
		tempo_set(&tempo, 120 + i % 5, (1501 + i) * ms);
		CHECK(!beats(&tempo, (1501 + i) * ms));
	}
	tempo_set(&tempo, 60, 1750 * ms); /* in the middle of a beat */
	CHECK(!beats(&tempo, 2200 * ms) && beats(&tempo, 2260 * ms));
	tempo_set(&tempo, 0, 3000 * ms);
	CHECK(tempo_per_minute(&tempo) == 0 && !beats(&tempo, 60000 * ms));
	CHECK(tempo_beats(&tempo, 60000 * ms, false, true));
}

/* One that comes a little after its time, and one a little before, are those that were due. */
TEST(tempo_that_is_told_is_put_right_by_beats)
{
	struct tempo tempo = {.source = TEMPO_TAPPED};
	int64_t last = 0;
	tempo_set(&tempo, 120, 1000 * ms);
	CHECK(count(&tempo, 1000 * ms, 2040 * ms, &last) == 3 && last == 2000 * ms);
	tempo_beat(&tempo, 2040 * ms);
	CHECK(count(&tempo, 2040 * ms, 2500 * ms, &last) == 0);
	tempo_beat(&tempo, 2500 * ms);
	CHECK(count(&tempo, 2500 * ms, 3010 * ms, &last) == 2 && last == 3000 * ms);
	CHECK(fabs(tempo_per_minute(&tempo) - 120) < 0.01);
}

TEST(tempo_of_beats_that_are_told_leads_while_they_come)
{
	struct tempo tempo = {.beat = 7};
	for (int i = 0; i < 5; i++) {
		int64_t now = (1000 + 400 * i) * ms;
		tempo_beat(&tempo, now);
		CHECK(tempo_beats(&tempo, now, false, false) && tempo.beat == (unsigned)i);
		CHECK(!tempo_beats(&tempo, now + 200 * ms, false, true));
	}
	CHECK(fabs(tempo_per_minute(&tempo) - 150) < 0.01);
	CHECK(tempo_beats(&tempo, 3000 * ms, false, false) && tempo.beat == 5);
	CHECK(!tempo_beats(&tempo, 5000 * ms, false, false)); /* two seconds after the last */
	CHECK(tempo_beats(&tempo, 5010 * ms, false, true) && tempo.beat == 6);
	CHECK(tempo_beats(&tempo, 5600 * ms, true, false)); /* and where it is quiet they go on */
}

/* ---- a MIDI clock ---- */

/* Plays pulses at even times from *at on, and counts the beats that are asked for 100 times a
 * second. */
static int play(struct tempo *tempo, struct midi_clock *clock, int pulses, int64_t *at)
{
	int seen = 0;
	for (int i = 0; i < pulses; i++, *at += 20 * ms) {
		midi_clock_pulse(clock, *at);
		for (int64_t now = *at; now < *at + 20 * ms; now += 10 * ms) {
			tempo_follow(tempo, clock);
			seen += tempo_beats(tempo, now, false, i % 7 == 0);
		}
	}
	return seen;
}

TEST(tempo_of_a_clock_leads_over_all_others)
{
	struct tempo tempo = {.source = TEMPO_TAPPED};
	struct midi_clock clock = {.is_there = false};
	int64_t at = 5000 * ms;
	tempo_set(&tempo, 60, 4500 * ms);
	midi_clock_start(&clock);
	CHECK(play(&tempo, &clock, 24 * 8 + 1, &at) == 9 && tempo.beat == 8);
	tempo_tap(&tempo, at);
	tempo_beat(&tempo, at);
	tempo_set(&tempo, 60, at);
	CHECK(fabs(tempo_per_minute(&tempo) - 125) < 0.01 && tempo.source == TEMPO_CLOCKED);
	CHECK(play(&tempo, &clock, 24 * 4, &at) == 4 && tempo.beat == 12);
}

/* Nobody looked for three beats: they are one, which stands for all. */
TEST(tempo_of_a_clock_counts_beats_that_fall_together)
{
	struct tempo tempo = {.source = TEMPO_TAPPED};
	struct midi_clock clock = {.is_there = false};
	for (int i = 0; i < 24 * 2 + 1; i++)
		midi_clock_pulse(&clock, 20 * i * ms);
	tempo_follow(&tempo, &clock);
	tempo_follow(&tempo, &clock);
	CHECK(beats(&tempo, 960 * ms) && tempo.beat == 2 && tempo.steps == 3);
	CHECK(!beats(&tempo, 960 * ms));
}

TEST(tempo_of_a_clock_that_is_lost_goes_on_where_nothing_is_heard)
{
	struct tempo tempo = {.source = TEMPO_TAPPED};
	struct midi_clock clock = {.is_there = false};
	int64_t at = 1000 * ms, last = 0;
	CHECK(play(&tempo, &clock, 24 * 4 + 5, &at) == 5); /* the last at 2920 ms */
	midi_clock_lose(&clock);
	tempo_follow(&tempo, &clock);
	CHECK(tempo_beats(&tempo, 3100 * ms, false, true));
	CHECK(!tempo_beats(&tempo, 3110 * ms, false, false));
	CHECK(count(&tempo, 3110 * ms, 5000 * ms, &last) == 4 && last == 4840 * ms);
	CHECK(tempo_per_minute(&tempo) > 0 && tempo.source == TEMPO_LEFT);
	tempo_tap(&tempo, 9000 * ms);
	CHECK(tempo_per_minute(&tempo) == 0);
}

TEST(tempo_of_a_clock_that_is_stopped_ends)
{
	struct tempo tempo = {.source = TEMPO_TAPPED};
	struct midi_clock clock = {.is_there = false};
	int64_t at = 1000 * ms, last = 0;
	play(&tempo, &clock, 24 * 4 + 1, &at);
	midi_clock_stop(&clock);
	tempo_follow(&tempo, &clock);
	CHECK(tempo_per_minute(&tempo) == 0 && count(&tempo, at, at + 9000 * ms, &last) == 0);
	midi_clock_start(&clock);
	CHECK(play(&tempo, &clock, 1, &at) == 1 && tempo.beat == 0);
}
