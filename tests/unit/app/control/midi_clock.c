/* Clocks as mixers, drum machines and players send them, without a sequencer. */
#include "app/control/midi_clock.h"

#include <math.h>

#include "tests/support/test.h"

static const int64_t ms = 1000000;

static double per_minute(const struct midi_clock *clock)
{
	return clock->beat_length > 0 ? 60e9 / clock->beat_length : 0;
}

/* Pulses from *at on, at so many beats a minute, each late by up to so many milliseconds. */
static void play(struct midi_clock *clock, int pulses, double tempo, double late, double *at)
{
	uint32_t chance = 1;
	for (int i = 0; i < pulses; i++, *at += 60e9 / tempo / MIDI_CLOCK_BEAT) {
		chance = chance * 1664525 + 1013904223;
		midi_clock_pulse(clock, (int64_t)(*at + late * 1e6 * chance / 4294967296.0));
	}
}

TEST(midi_clock_tells_the_tempo_after_a_few_pulses)
{
	struct midi_clock clock = {.is_there = false};
	double at = 1e9;
	play(&clock, 1, 174, 0, &at);
	CHECK(clock.is_there && clock.count == 1 && per_minute(&clock) == 0);
	play(&clock, 6, 174, 0, &at);
	CHECK_MESSAGE(fabs(per_minute(&clock) - 174) < 0.01, "%.3f", per_minute(&clock));
	CHECK(midi_clock_leads(&clock));
}

/* Six milliseconds from end to end, a third of a pulse. Their deviation is 1.73 ms; a line through
 * 48 pulses, of which the oldest fade, keeps 0.0065 of it in the length, 0.07 beats a minute at
 * 128: four times that is not exceeded in a thousand pulses. */
TEST(midi_clock_smooths_pulses_that_come_unevenly)
{
	struct midi_clock clock = {.is_there = false};
	double at = 1e9, most = 0;
	play(&clock, 96, 128, 6, &at);
	for (int i = 0; i < 1000; i++) {
		uint32_t mixed = (uint32_t)i * 2654435761U;
		midi_clock_pulse(&clock, (int64_t)(at + 6e6 * mixed / 4294967296.0));
		at += 60e9 / 128 / MIDI_CLOCK_BEAT;
		most = fmax(most, fabs(per_minute(&clock) - 128));
	}
	CHECK_MESSAGE(most < 0.28, "%.3f", most);
	CHECK(clock.count == (96 + 1000) / 24 + 1);
}

TEST(midi_clock_follows_the_pitch_within_two_beats)
{
	struct midi_clock clock = {.is_there = false};
	double at = 1e9;
	play(&clock, 200, 126, 1, &at);
	play(&clock, 72, 130, 1, &at);
	CHECK_MESSAGE(fabs(per_minute(&clock) - 130) < 0.8, "%.3f", per_minute(&clock));
	play(&clock, 48, 65, 1, &at); /* and another song is not even near */
	CHECK_MESSAGE(fabs(per_minute(&clock) - 65) < 0.8, "%.3f", per_minute(&clock));
}

/* The bus, or this machine, stood still for a tenth of a second, and then all came at once. Each of
 * the five counts as half a pulse late, which is 0.0026 of that for the length: 0.6 % together, or
 * 0.8 of 120; no more comes of those after them, which are early by what these were late. */
TEST(midi_clock_survives_pulses_that_were_held_up)
{
	struct midi_clock clock = {.is_there = false};
	double at = 1e9, until = 0;
	play(&clock, 24 * 4, 120, 0, &at);
	until = at + 1e8;
	for (; at < until; at += 60e9 / 120 / MIDI_CLOCK_BEAT)
		midi_clock_pulse(&clock, (int64_t)until);
	CHECK_MESSAGE(fabs(per_minute(&clock) - 120) < 0.8, "%.3f", per_minute(&clock));
	play(&clock, 24 * 2, 120, 0, &at);
	CHECK_MESSAGE(fabs(per_minute(&clock) - 120) < 0.8, "%.3f", per_minute(&clock));
	CHECK(clock.count == (24 * 6 + 5 - 1) / 24 + 1);
}

TEST(midi_clock_begins_with_the_song)
{
	struct midi_clock clock = {.is_there = false};
	double at = 1e9;
	play(&clock, 31, 120, 0, &at); /* a mixer that is heard amid a beat: any is the first */
	CHECK(clock.beat == 1 && clock.count == 2);
	midi_clock_start(&clock);
	CHECK(clock.count == 2);
	play(&clock, 1, 120, 0, &at);
	CHECK(clock.beat == 0 && clock.count == 3);
	play(&clock, 24 * 5, 120, 0, &at);
	CHECK(clock.beat == 5 && clock.count == 8);
}

TEST(midi_clock_stands_still_while_the_song_does)
{
	struct midi_clock clock = {.is_there = false};
	double at = 1e9;
	midi_clock_start(&clock);
	play(&clock, 24 * 2 + 7, 120, 0, &at);
	midi_clock_stop(&clock);
	CHECK(clock.count == 3 && !midi_clock_leads(&clock));
	play(&clock, 100, 90, 0, &at); /* many send pulses all the same */
	CHECK(clock.count == 3 && fabs(per_minute(&clock) - 90) < 0.5);
	midi_clock_continue(&clock);
	play(&clock, 24 - 7, 90, 0, &at);
	CHECK(clock.count == 3 && midi_clock_leads(&clock));
	play(&clock, 1, 90, 0, &at);
	CHECK(clock.count == 4 && clock.beat == 3);
	midi_clock_stop(&clock);
	midi_clock_locate(&clock,
	                  4 * 16 + 3); /* a sixteenth before the sixteenth bar's second beat */
	midi_clock_continue(&clock);
	play(&clock, MIDI_CLOCK_SIXTEENTH, 90, 0, &at);
	CHECK(clock.count == 4);
	play(&clock, 1, 90, 0, &at);
	CHECK(clock.count == 5 && clock.beat == 17);
}

TEST(midi_clock_that_comes_back_is_where_it_would_be)
{
	struct midi_clock clock = {.is_there = false};
	double at = 1e9;
	play(&clock, 24 * 4 + 1, 120, 0, &at); /* beat 4 was the last pulse, at 3 s */
	CHECK(!midi_clock_is_silent(&clock, 3900 * ms));
	CHECK(midi_clock_is_silent(&clock, 4000 * ms));
	midi_clock_lose(&clock);
	CHECK(!clock.is_there && !midi_clock_leads(&clock));
	CHECK(!midi_clock_is_silent(&clock, 4000 * ms));
	at = 13.25e9; /* in the middle of beat 24 */
	play(&clock, 12, 120, 0, &at);
	CHECK_MESSAGE(clock.count == 5, "%u", clock.count);
	play(&clock, 1, 120, 0, &at);
	CHECK_MESSAGE(clock.count == 6 && clock.beat == 25, "beat %u", clock.beat);
	midi_clock_lose(&clock);
	midi_clock_start(&clock); /* another song */
	at += 5e9;
	play(&clock, 1, 120, 0, &at);
	CHECK(clock.beat == 0 && clock.count == 7);
}

/* No tempo is read from what comes in one heap, and no place in the song. */
TEST(midi_clock_believes_no_heaps)
{
	struct midi_clock clock = {.is_there = false};
	for (int i = 0; i < 100; i++)
		midi_clock_pulse(&clock, 1000 * ms + 1000 * i);
	CHECK(per_minute(&clock) == 0 && clock.count == 5);
	midi_clock_lose(&clock);
	midi_clock_pulse(&clock, 9000 * ms);
	CHECK(clock.count == 5 && clock.beat == 4);
}
