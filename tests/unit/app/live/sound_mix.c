#include "app/live/sound_mix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "tests/support/test.h"

/* Samples that are kept of what comes out. */
enum { HEARD_MAX = 4 * SOUND_RATE, BLOCK = 1024, OTHER_BLOCK = 1536 };

static const int64_t start = 5 * CLOCK_SECOND;

struct heard {
	struct queue *queue;
	struct sound_mix mix;
	struct sound_voice left, right, third;
	int64_t from; /* time of the first sample */
	int count, late;
	int64_t played[2]; /* samples, by play_both */
	float samples[HEARD_MAX][SOUND_CHANNELS];
};

static struct heard *open_heard(void)
{
	struct heard *heard = calloc(1, sizeof(*heard));
	if (!heard || queue_create(&heard->queue, 512, QUEUE_DROP_OLDEST, sound_release, NULL))
		abort();
	sound_mix_add_voice(&heard->mix, &heard->left);
	sound_mix_add_voice(&heard->mix, &heard->right);
	sound_mix_add_voice(&heard->mix, &heard->third);
	sound_mix_turn_to(&heard->mix, &heard->left, start, 0);
	return heard;
}

static void close_heard(struct heard *heard)
{
	queue_destroy(&heard->queue);
	free(heard);
}

static int64_t time_at(int64_t sample)
{
	return start + sample * CLOCK_SECOND / SOUND_RATE;
}

/* Keeps what has come. Blocks follow each other, to less than a sample. */
static void hear(struct heard *heard)
{
	struct sound *sound;
	while ((sound = queue_pop(heard->queue, 0))) {
		int64_t expected = heard->from + heard->count * CLOCK_SECOND / SOUND_RATE;
		if (!heard->count)
			heard->from = sound->time;
		else if (llabs(sound->time - expected) > CLOCK_SECOND / SOUND_RATE / 2)
			heard->late++;
		if (heard->count + sound->count <= HEARD_MAX)
			memcpy(heard->samples[heard->count], sound->samples,
			       (size_t)sound->count * sizeof(heard->samples[0]));
		heard->count += sound->count;
		sound_release(sound);
	}
}

/* The voice plays so many samples from one on: 1 in one channel, 0 in the other. */
static void play(struct heard *heard, struct sound_voice *voice, int64_t sample, int count)
{
	struct sound *sound;
	if (sound_create(&sound, time_at(sample), count, NULL))
		abort();
	for (int i = 0; i < count; i++)
		sound->samples[i * SOUND_CHANNELS + (voice != &heard->left)] = 1;
	sound_mix_take(&heard->mix, voice, sound, heard->queue);
	hear(heard);
}

/* Both play on up to a sample, each in blocks of its own, the second one behind by so much. */
static void play_both(struct heard *heard, int64_t to, int behind)
{
	int64_t *left = &heard->played[0], *right = &heard->played[1];
	while (*left < to || *right < to) {
		if (*left < to && *left <= *right + behind) {
			play(heard, &heard->left, *left, BLOCK);
			*left += BLOCK;
		} else {
			play(heard, &heard->right, *right, OTHER_BLOCK);
			*right += OTHER_BLOCK;
		}
	}
}

static float heard_at(const struct heard *heard, double seconds, int channel)
{
	int64_t at =
		llround(seconds * SOUND_RATE) + (start - heard->from) * SOUND_RATE / CLOCK_SECOND;
	return at >= 0 && at < heard->count ? heard->samples[at][channel] : -1;
}

TEST(what_is_heard_alone_goes_on_as_it_is)
{
	struct heard *heard = open_heard();
	struct sound *sound, *first, *silent;
	REQUIRE(!sound_create(&first, start, BLOCK, NULL) &&
	        !sound_create(&silent, start, BLOCK, NULL));
	sound_mix_take(&heard->mix, &heard->left, first, heard->queue);
	sound_mix_take(&heard->mix, &heard->right, silent, heard->queue);
	sound = queue_pop(heard->queue, 0);
	CHECK(sound == first && sound->time == start);
	sound_release(sound);
	CHECK(!queue_pop(heard->queue, 0));
	close_heard(heard);
}

TEST(a_crossfade_of_sound_has_no_gaps_and_is_equally_loud_throughout)
{
	for (int behind = 0; behind < SOUND_MIX_ROOM; behind += 5000) {
		struct heard *heard = open_heard();
		play(heard, &heard->left, 0, SOUND_RATE / 2);
		sound_mix_turn_to(&heard->mix, &heard->right, time_at(SOUND_RATE / 2), 1);
		heard->played[0] = heard->played[1] = SOUND_RATE / 2;
		play_both(heard, 2 * SOUND_RATE, behind);
		CHECK(!heard->late && heard->count >= 2 * SOUND_RATE);
		for (int i = 0; i < 19 * SOUND_RATE / 10; i += 100) {
			double t = (double)i / SOUND_RATE;
			double part = fmin(fmax(t - 0.5, 0), 1);
			double left = (double)heard_at(heard, t, 0);
			double right = (double)heard_at(heard, t, 1);
			CHECK_MESSAGE(fabs(left - cos(part * M_PI / 2)) < 1e-3 &&
			                      fabs(right - sin(part * M_PI / 2)) < 1e-3,
			              "%d behind, %g s: %g and %g", behind, t, left, right);
		}
		close_heard(heard);
	}
}

/* Half a fade, and back in as long. Of a block that begins before the turn and comes after it all
 * is as loud as at the turn. */
TEST(who_turns_back_is_as_loud_as_by_then)
{
	const double most = (0.002 + (double)OTHER_BLOCK / SOUND_RATE) * M_PI / 2;
	struct heard *heard = open_heard();
	play(heard, &heard->left, 0, BLOCK);
	sound_mix_turn_to(&heard->mix, &heard->right, time_at(BLOCK), 1);
	heard->played[0] = heard->played[1] = BLOCK;
	play_both(heard, SOUND_RATE / 2, 0);
	int64_t turn = time_at(SOUND_RATE / 2 + BLOCK);
	CHECK(!sound_voice_is_silent(&heard->left, turn));
	sound_mix_turn_to(&heard->mix, &heard->left, turn, 1);
	CHECK(!sound_voice_is_silent(&heard->right, turn + 2 * CLOCK_SECOND / 5));
	CHECK(sound_voice_is_silent(&heard->right, turn + 3 * CLOCK_SECOND / 5));
	play_both(heard, 3 * SOUND_RATE / 2, 0);
	CHECK(!heard->late);
	for (double t = 0.1; t < 1.4; t += 0.002)
		for (int c = 0; c < SOUND_CHANNELS; c++)
			CHECK_MESSAGE(fabs((double)heard_at(heard, t + 0.002, c) -
			                   (double)heard_at(heard, t, c)) < most,
			              "a step at %g", t);
	CHECK(fabsf(heard_at(heard, 0.5, 0) - heard_at(heard, 0.5, 1)) < 0.2F);
	CHECK(heard_at(heard, 1.3, 0) == 1 && heard_at(heard, 1.3, 1) == 0);
	close_heard(heard);
}

TEST(a_third_voice_fades_in_while_both_others_fade_out)
{
	struct heard *heard = open_heard();
	sound_mix_turn_to(&heard->mix, &heard->right, start, 1);
	sound_mix_turn_to(&heard->mix, &heard->third, start + CLOCK_SECOND / 4, 1);
	CHECK(!sound_voice_is_silent(&heard->left, start + 19 * CLOCK_SECOND / 20));
	CHECK(sound_voice_is_silent(&heard->left, start + 21 * CLOCK_SECOND / 20));
	CHECK(!sound_voice_is_silent(&heard->right, start + 9 * CLOCK_SECOND / 20));
	CHECK(sound_voice_is_silent(&heard->right, start + 11 * CLOCK_SECOND / 20));
	close_heard(heard);
}

/* One that stands still, or leaves, holds nothing up for long. */
TEST(who_is_late_is_not_waited_for)
{
	struct heard *heard = open_heard();
	play(heard, &heard->left, 0, BLOCK);
	sound_mix_turn_to(&heard->mix, &heard->right, time_at(BLOCK), 10);
	for (int i = 1; i < 100; i++)
		play(heard, &heard->right, (int64_t)i * BLOCK, BLOCK);
	CHECK(heard->count > 99 * BLOCK && !heard->late);
	play(heard, &heard->left, BLOCK, BLOCK); /* long gone */
	play(heard, &heard->right, 100 * BLOCK, BLOCK);
	sound_mix_remove_voice(&heard->mix, &heard->left);
	for (int i = 101; i < 110; i++)
		play(heard, &heard->right, (int64_t)i * BLOCK, BLOCK);
	CHECK(heard->count == 110 * BLOCK && !heard->late);
	close_heard(heard);
}

TEST(blocks_of_any_length_and_distance_are_mixed)
{
	struct heard *heard = open_heard();
	sound_mix_turn_to(&heard->mix, &heard->right, start, 20);
	play(heard, &heard->left, 0, SOUND_RATE);
	play(heard, &heard->right, 0, 1);
	play(heard, &heard->right, SOUND_MIX_ROOM - 1, SOUND_RATE);
	play(heard, &heard->left, SOUND_RATE + SOUND_MIX_ROOM - 1000, 2000);
	play(heard, &heard->right, 2 * SOUND_RATE + 3000, 100);
	play(heard, &heard->left, 10 * SOUND_RATE, 100);
	play(heard, &heard->right, 10 * SOUND_RATE, 100);
	CHECK(heard->count > SOUND_RATE);
	close_heard(heard);
}
