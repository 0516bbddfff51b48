/* What is done by sound that is handed over block by block. */
#include "app/live/reaction.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/thread.h"
#include "tests/support/test.h"

enum { BLOCK = 960 }; /* a fiftieth of a second */

static const int64_t ms = 1000000;

struct fixture {
	struct reaction reaction;
	struct keys keys;
	struct options options;
	atomic_int stop;
	rv_error error;
	int dials, randoms, nexts; /* actions that were run */
	double most;               /* that was dialled */
};

static rv_status note(void *context, const char *action, rv_error *error)
{
	struct fixture *it = context;
	double position;
	(void)error;
	if (sscanf(action, "dial strength %lf", &position) == 1) {
		it->dials++;
		it->most = fmax(it->most, position);
	}
	it->randoms += !strcmp(action, "random");
	it->nexts += !strcmp(action, "preset-next");
	return RV_OK;
}

static rv_status begin(struct fixture *it, const char *source, const char *bindings)
{
	it->options = options_default();
	strcpy(it->options.live.listen, source);
	CHECK(keys_parse(&it->keys, "test", bindings, &it->error) == RV_OK);
	return reaction_open(&it->reaction, &it->options, &it->keys, &it->stop, &it->error);
}

static void end(struct fixture *it)
{
	atomic_store(&it->stop, 1);
	CHECK(reaction_close(&it->reaction, thread_deadline()));
	free(it);
}

static struct fixture *make(void)
{
	struct fixture *it = calloc(1, sizeof(*it));
	if (!it)
		abort();
	return it;
}

/* Plays a tone that sounds for a tenth of each half second, as it would come, and looks. */
static void play(struct fixture *it, double seconds, double amplitude)
{
	const int blocks = (int)(50 * seconds);
	for (int block = 0; block < blocks; block++) {
		struct sound *sound = NULL;
		if (sound_create(&sound, 0, BLOCK, NULL) != RV_OK)
			abort();
		for (int i = 0; i < 2 * BLOCK; i++)
			sound->samples[i] =
				block % 25 < 5 ? (float)(amplitude * sin(0.0105 * (i / 2))) : 0;
		reaction_hear(&it->reaction, sound);
		sound_release(sound);
		clock_sleep(20 * ms);
		reaction_take(&it->reaction, clock_now(), note, it);
	}
}

static const char bindings[] =
	"Sound Bass = dial strength $ 1 2\nBeat = random\nBeat 2 = preset-next";

TEST(reaction_to_sound_turns_and_acts)
{
	struct fixture *it = make();
	REQUIRE(begin(it, "input", bindings) == RV_OK && reaction_wants_input(&it->reaction));
	int64_t begun = clock_now();
	play(it, 4, 0.5);
	double looks = clock_ms_since(begun) / 40 + 1; /* 25 a second */
	/* Eight bursts, of which the first may be what the sound begins with. */
	CHECK_MESSAGE(it->randoms >= 7 && it->randoms <= 8, "%d beats", it->randoms);
	CHECK(it->nexts == it->randoms / 2);
	CHECK_MESSAGE(it->dials > 20 && it->dials <= looks && it->most > 0.9, "%d dials to %.3f",
	              it->dials, it->most);
	end(it);
}

TEST(reaction_to_silence_is_none)
{
	struct fixture *it = make();
	REQUIRE(begin(it, "input", bindings) == RV_OK);
	play(it, 1, 0);
	CHECK(!it->dials && !it->randoms && !it->nexts);
	end(it);
}

/* While something is heard it says when the beats are. */
TEST(reaction_goes_by_taps_where_nothing_is_heard)
{
	struct fixture *it = make();
	REQUIRE(begin(it, "", bindings) == RV_OK && !reaction_wants_input(&it->reaction));
	tempo_tap(&it->reaction.tempo, 1000 * ms);
	tempo_tap(&it->reaction.tempo, 1500 * ms);
	for (int64_t now = 1500; now < 4000; now += 10)
		reaction_take(&it->reaction, now * ms, note, it);
	CHECK_MESSAGE(it->randoms == 5 && it->nexts == 2 && !it->dials, "%d, %d", it->randoms,
	              it->nexts);
	end(it);
	it = make();
	REQUIRE(begin(it, "input", bindings) == RV_OK);
	play(it, 1, 0.5);
	int64_t now = clock_now();
	tempo_tap(&it->reaction.tempo, now - 250 * ms);
	tempo_tap(&it->reaction.tempo, now);
	it->randoms = 0;
	play(it, 2, 0.5);
	CHECK_MESSAGE(it->randoms >= 3 && it->randoms <= 4, "%d beats", it->randoms);
	end(it);
}

TEST(reaction_refuses_what_levels_cannot_move)
{
	struct fixture *it = make();
	CHECK(begin(it, "", "Sound Bass = dial octaves $") == RV_INVALID);
	end(it);
}
