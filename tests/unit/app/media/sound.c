#include "app/media/sound.h"

#include "tests/support/test.h"

enum { STRETCH = 1024 };

static const int64_t second = 1000000000, hour = 3600;

static int64_t time_of(int64_t sample)
{
	return sample / SOUND_RATE * second + sample % SOUND_RATE * second / SOUND_RATE;
}

TEST(sound_track_joins_stretches_whose_times_are_rounded)
{
	struct sound_track track = {.start = 7 * second};
	for (int i = 0; i < 1000; i++) {
		/* As a container with whole milliseconds has them. */
		int64_t time = time_of(i * STRETCH) / 1000000 * 1000000;
		struct sound_track_step step = sound_track_add(&track, track.start + time, STRETCH);
		CHECK(step.silence == 0 && step.skip == 0);
	}
	CHECK(track.written == 1000 * STRETCH);
}

TEST(sound_track_fills_a_hole_with_silence)
{
	struct sound_track track = {0};
	sound_track_add(&track, 0, STRETCH);
	struct sound_track_step step = sound_track_add(&track, 2 * second, STRETCH);
	CHECK(step.silence == 2 * SOUND_RATE - STRETCH && step.skip == 0);
	CHECK(track.written == 2 * SOUND_RATE + STRETCH);
}

TEST(sound_track_skips_what_comes_before_its_start_or_twice)
{
	struct sound_track track = {.start = second};
	struct sound_track_step step = sound_track_add(&track, 0, STRETCH);
	CHECK(step.silence == 0 && step.skip == STRETCH && track.written == 0);
	step = sound_track_add(&track, second - time_of(600), STRETCH);
	CHECK_MESSAGE(step.skip >= 599 && step.skip <= 601, "%d", step.skip);
	sound_track_fill(&track, 3 * second);
	step = sound_track_add(&track, 3 * second - time_of(1000), STRETCH);
	CHECK_MESSAGE(step.skip >= 999 && step.skip <= 1001, "%d", step.skip);
}

/* Two clocks that differ by a thousandth never come to be further apart than the tolerance. */
TEST(sound_track_keeps_up_with_a_clock_that_drifts)
{
	for (int sign = -1; sign <= 1; sign += 2) {
		struct sound_track track = {0};
		for (int64_t i = 0; i < 20000; i++) {
			int64_t time = time_of(i * STRETCH);
			time += sign * time / 1000;
			sound_track_add(&track, time, STRETCH);
			int64_t apart = time_of(track.written - STRETCH) - time;
			CHECK_MESSAGE(apart < second / 90 && apart > -second / 90, "%lld ns",
			              (long long)apart);
		}
	}
}

TEST(sound_track_of_a_week_does_not_overflow)
{
	struct sound_track track = {0};
	CHECK(sound_track_fill(&track, 7 * 24 * hour * second) == 7 * 24 * hour * SOUND_RATE);
	CHECK(sound_track_fill(&track, 7 * 24 * hour * second) == 0);
	struct sound_track_step step = sound_track_add(&track, 7 * 24 * hour * second, STRETCH);
	CHECK(step.silence == 0 && step.skip == 0);
}
