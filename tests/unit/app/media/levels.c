/* What levels tell of sounds that are known: times are seconds, frequencies Hz. */
#include "app/media/levels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/media/sound.h"
#include "tests/support/test.h"

enum { BLOCK = 1000 }; /* no multiple of what is looked at */

static const double tau = 6.283185307179586;

/* A sound: what it is at a time. */
typedef double sound_at(double time, const void *context);

static struct levels *make(void)
{
	struct levels *levels = NULL;
	if (levels_create(&levels, NULL) != RV_OK)
		abort();
	return levels;
}

/* Plays a sound, and notes how high each level came and when the last beat was. */
struct heard {
	float most[LEVEL_COUNT], last[LEVEL_COUNT];
	unsigned beats;
	double first_beat, last_beat;
	bool is_quiet;
};

static struct heard play(struct levels *levels, sound_at *sound, const void *context, double from,
                         double seconds)
{
	float samples[BLOCK][SOUND_CHANNELS];
	struct heard heard = {.first_beat = -1};
	unsigned before = levels_now(levels).beats;
	for (int at = 0; at < (int)(seconds * SOUND_RATE); at += BLOCK) {
		for (int i = 0; i < BLOCK; i++)
			samples[i][0] = samples[i][1] =
				(float)sound(from + (double)(at + i) / SOUND_RATE, context);
		levels_take(levels, samples[0], BLOCK);
		struct levels_state now = levels_now(levels);
		for (int i = 0; i < LEVEL_COUNT; i++)
			heard.most[i] = fmaxf(heard.most[i], now.level[i]);
		if (now.beats - before > heard.beats) {
			heard.last_beat = from + (double)at / SOUND_RATE;
			heard.first_beat = heard.beats ? heard.first_beat : heard.last_beat;
		}
		heard.beats = now.beats - before;
		memcpy(heard.last, now.level, sizeof(heard.last));
		heard.is_quiet = now.is_quiet;
	}
	return heard;
}

/* ---- sounds ---- */

static double silence(double time, const void *context)
{
	(void)time, (void)context;
	return 0;
}

struct tone {
	double frequency, amplitude;
};

/* Begins within a fifth of a second: what begins at once has all frequencies. */
static double tone(double time, const void *context)
{
	const struct tone *tone = context;
	return tone->amplitude * fmin(time * 5, 1) * sin(tau * tone->frequency * time);
}

/* It comes in each half of a second, and goes. */
static double pulses(double time, const void *context)
{
	double part = fmod(2 * time, 1);
	return part < 0.5 ? tone(1 + time, context) * fmin(20 * fmin(part, 0.5 - part), 1) : 0;
}

/* White, as loud as the context says at the most; the same at the same time. */
static double noise(double time, const void *context)
{
	uint64_t z = (uint64_t)llround(time * SOUND_RATE) * 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return *(const double *)context * ((double)(z >> 11) / 4503599627370496.0 - 1);
}

/* Clicks of five milliseconds of noise, so many a minute. */
static double clicks(double time, const void *context)
{
	const double loud = 0.5;
	double period = 60 / *(const double *)context;
	return fmod(time, period) < 0.005 ? noise(time, &loud) : 0;
}

/* A drum on each beat of 120 a minute and a cymbal on each half of one, over a chord. */
static double band(double time, const void *context)
{
	double beat = fmod(time, 0.5), half = fmod(time, 0.25);
	const double cymbal = 0.12 * exp(-half * 60);
	double drum = 0.6 * exp(-beat * 12) * sin(tau * (55 * beat + 2 * (1 - exp(-beat * 40))));
	double chord =
		0.05 * (sin(tau * 220 * time) + sin(tau * 277 * time) + sin(tau * 330 * time));
	(void)context;
	return drum + noise(time, &cymbal) + chord;
}

/* The same with a bass and a louder cymbal halfway from beat to beat. */
static double dense_band(double time, const void *context)
{
	double after = fmod(time + 0.25, 0.5);
	const double cymbal = 0.4 * exp(-after * 60);
	double bass = 0.35 * fmin(after * 50, 1) * exp(-after * 3) * sin(tau * 55 * after);
	return band(time, context) + bass + noise(time, &cymbal);
}

/* ---- levels ---- */

TEST(levels_of_silence_are_nothing)
{
	struct levels *levels = make();
	struct heard heard = play(levels, silence, NULL, 0, 5);
	for (int i = 0; i < LEVEL_COUNT; i++)
		CHECK(heard.most[i] == 0);
	CHECK(!heard.beats && heard.is_quiet);
	levels_destroy(&levels);
}

TEST(levels_tell_which_band_a_tone_is_in)
{
	const struct tone tones[] = {{80, 0.3}, {900, 0.3}, {6000, 0.3}};
	for (int band = 0; band < LEVEL_ALL; band++) {
		struct levels *levels = make();
		struct heard heard = play(levels, tone, &tones[band], 0, 3);
		CHECK_MESSAGE(heard.last[band] > 0.9F && heard.last[LEVEL_ALL] > 0.9F,
		              "band %d: %.3f of %.3f", band, (double)heard.last[band],
		              (double)heard.last[LEVEL_ALL]);
		for (int i = 0; i < LEVEL_ALL; i++)
			CHECK_MESSAGE(i == band || heard.most[i] < 0.1F, "band %d: %.3f in %d",
			              band, (double)heard.most[i], i);
		CHECK(!heard.is_quiet);
		levels_destroy(&levels);
	}
}

/* It ends a quarter of a second after the tone did, which leaves 1/e of the level. */
TEST(levels_are_the_same_in_a_quiet_room)
{
	for (double amplitude = 0.9; amplitude > 0.004; amplitude /= 3) {
		struct levels *levels = make();
		const struct tone it = {80, amplitude};
		play(levels, pulses, &it, 0, 10);
		struct heard heard = play(levels, pulses, &it, 10, 5);
		CHECK_MESSAGE(heard.most[LEVEL_BASS] > 0.8F && heard.last[LEVEL_BASS] < 0.45F,
		              "%g: %.3f, %.3f", amplitude, (double)heard.most[LEVEL_BASS],
		              (double)heard.last[LEVEL_BASS]);
		levels_destroy(&levels);
	}
}

/* The gain comes back within half a minute of something loud. */
TEST(levels_adapt_to_what_became_quieter)
{
	struct levels *levels = make();
	const struct tone loud = {80, 0.9}, quiet = {80, 0.09};
	play(levels, tone, &loud, 0, 3);
	struct heard heard = play(levels, tone, &quiet, 3, 2);
	CHECK_MESSAGE(heard.last[LEVEL_BASS] < 0.2F, "%.3f", (double)heard.last[LEVEL_BASS]);
	heard = play(levels, tone, &quiet, 5, 28);
	CHECK_MESSAGE(heard.last[LEVEL_BASS] > 0.8F, "%.3f", (double)heard.last[LEVEL_BASS]);
	levels_destroy(&levels);
}

TEST(levels_rise_at_once_and_fall_slowly)
{
	struct levels *levels = make();
	const struct tone it = {900, 0.3};
	struct heard heard = play(levels, tone, &it, 10, 0.1);
	CHECK_MESSAGE(heard.last[LEVEL_MIDDLE] > 0.9F, "%.3f", (double)heard.last[LEVEL_MIDDLE]);
	heard = play(levels, silence, NULL, 0, 0.15);
	CHECK_MESSAGE(heard.last[LEVEL_MIDDLE] > 0.4F, "%.3f", (double)heard.last[LEVEL_MIDDLE]);
	heard = play(levels, silence, NULL, 0, 1.5);
	CHECK_MESSAGE(heard.last[LEVEL_MIDDLE] < 0.02F, "%.3f", (double)heard.last[LEVEL_MIDDLE]);
	CHECK(!heard.is_quiet);
	CHECK(play(levels, silence, NULL, 0, 2.5).is_quiet);
	levels_destroy(&levels);
}

/* A room's noise moves next to nothing once it was heard for a while. */
TEST(levels_leave_the_noise_of_a_room_alone)
{
	struct levels *levels = make();
	const double amplitude = 0.004;
	play(levels, noise, &amplitude, 0, 20);
	struct heard heard = play(levels, noise, &amplitude, 20, 10);
	for (int i = 0; i < LEVEL_COUNT; i++)
		CHECK_MESSAGE(heard.most[i] < 0.25F, "%d: %.3f", i, (double)heard.most[i]);
	CHECK_MESSAGE(!heard.beats, "%u beats", heard.beats);
	levels_destroy(&levels);
}

TEST(levels_hear_channels_that_sound_against_each_other)
{
	struct levels *levels = make();
	float samples[BLOCK][SOUND_CHANNELS];
	for (int block = 0; block < 40; block++) {
		for (int i = 0; i < BLOCK; i++) {
			double time = (double)(block * BLOCK + i) / SOUND_RATE;
			samples[i][0] = (float)(0.3 * sin(tau * 80 * time));
			samples[i][1] = -samples[i][0];
		}
		levels_take(levels, samples[0], BLOCK);
	}
	CHECK(levels_now(levels).level[LEVEL_BASS] > 0.9F);
	levels_destroy(&levels);
}

/* ---- beats ---- */

static void expect_tempo(sound_at *sound, const void *context, double tempo)
{
	struct levels *levels = make();
	play(levels, sound, context, 0, 5);
	struct heard heard = play(levels, sound, context, 5, 30);
	double found = 60 * (heard.beats - 1) / (heard.last_beat - heard.first_beat);
	/* Blocks of a fiftieth of a second blur the first beat and the last one. */
	CHECK_MESSAGE(heard.beats > 20 && fabs(found / tempo - 1) < 0.02,
	              "%u beats, %.1f a minute instead of %.0f", heard.beats, found, tempo);
	levels_destroy(&levels);
}

TEST(levels_find_the_beats_of_clicks)
{
	const double tempos[] = {60, 97, 120, 174};
	for (size_t i = 0; i < sizeof(tempos) / sizeof(tempos[0]); i++)
		expect_tempo(clicks, &tempos[i], tempos[i]);
}

TEST(levels_find_the_beats_of_a_band)
{
	expect_tempo(band, NULL, 120);
}

TEST(levels_find_no_beats_between_those_of_a_band)
{
	expect_tempo(dense_band, NULL, 120);
}

TEST(levels_find_no_beats_where_nothing_begins)
{
	struct levels *levels = make();
	const struct tone it = {220, 0.3};
	const double loud = 0.3;
	play(levels, tone, &it, 0, 1); /* where it begins */
	struct heard heard = play(levels, tone, &it, 1, 20);
	CHECK_MESSAGE(!heard.beats, "%u beats", heard.beats);
	play(levels, noise, &loud, 0, 2);
	heard = play(levels, noise, &loud, 2, 20);
	CHECK_MESSAGE(!heard.beats, "%u beats", heard.beats);
	levels_destroy(&levels);
}
