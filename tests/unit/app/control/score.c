/* Scores as texts: what is read, what is refused, and what options become of it. */
#include "app/control/score.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "app/base/text_lines.h"
#include "app/control/score_keep.h"
#include "tests/support/media.h"
#include "tests/support/test.h"

static rv_status parse(struct score **score, const char *text, rv_error *error)
{
	return score_parse(score, "s", text, strlen(text), error);
}

/* The score of text, begun with the defaults; NULL where that fails. */
static struct score *begin(const char *text, struct options *options)
{
	struct score *score = NULL;
	rv_error error = {0};
	*options = options_default();
	strcpy(options->dream.network.name, "inception-v3");
	rv_status status = parse(&score, text, &error);
	if (status == RV_OK)
		status = score_begin(score, options, &error);
	CHECK_MESSAGE(status == RV_OK, "%s", error.message);
	return score;
}

/* A line, and what is said of it; NULL: nothing. */
static const char *const wrong[][2] = {
	{"strength 1", "\"strength\" is no time"},
	{"-1 strength 1", "\"-1\" is no time"},
	{"nan strength 1", "\"nan\" is no time"},
	{"1:60 strength 1", "\"1:60\" is no time"},
	{"1e9 strength 1", "\"1e9\" is no time"},
	{"b strength 1", "\"b\" is no time"},
	{"4b strength 1", "beats need a line `tempo BEATS` before it"},
	{"4f strength 1", "frames need a line `rate FRAMES` before it"},
	{"4", "no such option"},
	{"4 strength", "it goes `TIME OPTION VALUE [hold|linear|smooth]`"},
	{"4 strenght 1", "did you mean strength?"},
	{"4 xyzzyx 1", "xyzzyx: no such option"},
	{"4 model a.onnx", "model does not change while it runs"},
	{"4 osc-secret abc", "osc-secret does not change while it runs"},
	{"4 strength 9", "strength: 9 is out of range (0 to 4)"},
	{"4 strength x", "strength: \"x\" is not a number"},
	{"4 strength 1 quickly", "strength: \"1 quickly\" is not a number"},
	{"4 layer a linear", "layer changes at once"},
	{"4 seed 4 smooth", "seed changes at once"},
	{"4 objective fast", "\"fast\" is none of"},
	{"4 strength sine 0 1", "it goes `TIME OPTION sine|triangle LOW HIGH PERIOD`"},
	{"4 strength sine 0 1 2 3", "it goes `TIME OPTION sine|triangle LOW HIGH PERIOD`"},
	{"4 strength sine 0 9 2", "9 is out of range"},
	{"4 strength triangle 0 1 0", "0 is shorter than 0.01 seconds"},
	{"4 strength random 0 1 2 seed", "it goes `TIME OPTION random"},
	{"4 strength random 0 1 2 often", "it goes `TIME OPTION random"},
	{"4 layer sine a b 2", NULL}, /* a name with blanks */
	{"tempo", "it goes `tempo BEATS"},
	{"tempo 0", "it goes `tempo BEATS"},
	{"tempo 120 at 3", "it goes `tempo BEATS"},
	{"tempo 120 from x", "\"x\" is no time"},
	{"rate 0", "it goes `rate FRAMES"},
	{"rate 30000/0", "it goes `rate FRAMES"},
	{"loop", "\"\" is no time"},
	{"loop 0", "0 is shorter"},
	{"loop 4 often", "it goes `loop LENGTH"},
	{"loop 4 times 1.5", "it goes `loop LENGTH"},
	{"loop 4 times 0", "it goes `loop LENGTH"},
	{"loop 4\n0 strength 1\nloop 2", "a loop within a loop"},
	{"loop 4\n5 strength 1\nend", "lies behind the loop's end"},
	{"loop 4\n1 reset\nend", "no reset in a loop"},
	{"loop 4\n1 strength 1", "this loop has no `end`"},
	{"end", "there is no loop to end"},
	{"loop 4\n1 strength 1\nend it", "`end` stands alone"},
	{"4 preset", "it goes `TIME preset NAME [fade TIME]`"},
	{"4 preset roses fade", "it goes `TIME preset NAME [fade TIME]`"},
	{"4 preset roses fade x", "\"x\" is no time"},
	{"4 preset no-such-preset", "no preset called no-such-preset"},
	{"4 reset all", "it goes `TIME reset`"},
	{"4 stroke 0.5 0.1", "it goes `TIME stroke X,Y [X,Y] SIZE"},
	{"4 brush-clear now", "no such option"},
	{"loop 4\n1 stroke .5,.5 .1\nend", "the brush paints in no loop"},
	{"4 stroke .5,.5 .1", NULL},
};

TEST(score_says_which_line_is_wrong)
{
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct score *score = NULL;
		rv_error error = {0};
		char text[256];
		snprintf(text, sizeof(text), "# a score\n%s\n", wrong[i][0]);
		rv_status status = parse(&score, text, &error);
		CHECK_MESSAGE((status == RV_OK) == !wrong[i][1], "%s", text);
		CHECK_MESSAGE(!wrong[i][1] || (!score && strstr(error.message, wrong[i][1]) &&
		                               !strncmp(error.message, "s:", 2) &&
		                               strchr("234", error.message[2])),
		              "%s: %s", text, error.message);
		score_release(&score);
	}
	struct score *score;
	rv_error error = {0};
	CHECK(parse(&score, "# nothing\ntempo 120\n", &error) == RV_INVALID && !score);
	CHECK(!strcmp(error.message, "s: there is no key in this score"));
	CHECK(score_load(&score, "no/such/file", &error) == RV_NOT_FOUND);
}

enum { LINES = 20000 };

/* The processor's seconds for reading as many lines of keys, strokes and resets, in the order of
 * time or backwards. */
static double seconds_to_read(bool backwards)
{
	static char text[LINES * 64];
	struct score *score = NULL;
	rv_error error = {0};
	char *end = text;
	for (int i = 1; i <= LINES; i++) {
		int time = backwards ? LINES + 1 - i : i;
		end += sprintf(end, "%d strength %d\n%d stroke .1,.1 .1\n%d reset\n", time,
		               time % 2, time, time);
	}
	clock_t begun = clock();
	rv_status status = score_parse(&score, "s", text, (size_t)(end - text), &error);
	double seconds = (double)(clock() - begun) / CLOCKS_PER_SEC;
	CHECK_MESSAGE(status == RV_OK, "%s", error.message);
	score_release(&score);
	return seconds;
}

/* Sorting takes the longer the more is out of order: twice the time would be much. Moving each line
 * to its place one by one took 30 times as long. */
TEST(score_takes_as_long_as_its_lines_in_whatever_order)
{
	double forwards = seconds_to_read(false), backwards = seconds_to_read(true);
	CHECK_MESSAGE(backwards < 5 * forwards + 0.05, "%.3f s, backwards %.3f s", forwards,
	              backwards);
}

TEST(score_gives_options_their_values)
{
	static struct options options;
	struct score *score = begin("tempo 120 from 1\n"
	                            "rate 30000/1001\n"
	                            "0 strength 0.5 # at first\n"
	                            "2b strength 1.5 linear\n" /* 2 s */
	                            "30f octaves 6\n"          /* 1.001 s */
	                            "0:03 octaves 2 linear\n"
	                            "1 layer mixed5\n"
	                            "1 channels 3,4\n"
	                            "2 layer mixed3:2,mixed1\n"
	                            "2 objective winners\n"
	                            "2 mirror on\n"
	                            "3 strength default\n",
	                            &options);
	REQUIRE(score);
	score_play(score, 0, true, &options);
	CHECK(options.dream.params.strength == 0.5f && options.dream.params.octaves == 4);
	score_play(score, 1, true, &options);
	CHECK(options.dream.params.strength == 1 && options.dream.channels.count == 2);
	score_play(score, 1.001, true, &options);
	CHECK(options.dream.params.octaves == 6);
	CHECK(!strcmp(options.dream.layers.list[0].name, "mixed5"));
	score_play(score, 2, true, &options);
	CHECK(options.dream.params.octaves == 4 && options.dream.layers.count == 2);
	CHECK(options.dream.channels.count == 0); /* they were the other layer's */
	CHECK(options.dream.params.objective == RV_OBJECTIVE_WINNERS);
	CHECK(!options.display.mirror); /* not the dream's */
	score_play(score, 4, false, &options);
	CHECK(options.display.mirror && options.dream.params.strength == 1);
	CHECK(options.dream.params.octaves == 2);
	score_release(&score);
}

/* Whoever dreams a chunk, or goes back, finds the same. */
TEST(score_values_follow_from_the_time_alone)
{
	static const char text[] = "0 strength random 0.2 1.5 0.3 seed 9\n"
				   "1 preset eyes fade 2\n"
				   "4 layer mixed1\n"
				   "loop 0.7 from 2 times 3\n0 step 0.01\n0.5 step 0.05 smooth\n"
				   "0.3 preset roses\nend\n"
				   "5 zoom sine 0.9 1.1 1.3\n";
	static struct options options, beginning, forward[64];
	struct score *score = begin(text, &options);
	REQUIRE(score);
	beginning = options;
	for (int i = 0; i < 64; i++) {
		score_play(score, i * 0.11, true, &options);
		forward[i] = options;
	}
	for (int i = 63; i >= 0; i--) {
		options = beginning;
		score_rewind(score);
		score_play(score, i * 0.11, true, &options);
		CHECK(options_equal(&options, &forward[i]));
	}
	CHECK(!options_equal(&forward[0], &forward[63]));
	score_release(&score);
}

TEST(score_leaves_what_is_played_by_hand_until_it_changes_that_again)
{
	static struct options options;
	struct score *score = begin("0 strength 0.5\n2 strength 2\n", &options);
	REQUIRE(score);
	score_play(score, 0, false, &options);
	options.dream.params.strength = 3;
	score_play(score, 1, false, &options);
	CHECK(options.dream.params.strength == 3);
	score_play(score, 2, false, &options);
	CHECK(options.dream.params.strength == 2);
	score_release(&score);
}

TEST(score_preset_fades_numbers_and_changes_the_rest_at_once)
{
	static struct options options;
	struct option_dream eyes = option_dream_default();
	struct score *score = begin("0 step 0.1\n0 strength 2\n1 preset ./assets/presets/"
	                            "eyes.preset fade 2\n",
	                            &options);
	REQUIRE(score);
	score_play(score, 2, true, &options);
	CHECK(options.dream.params.strength == 1.5f);
	CHECK(options.dream.layers.count == 1);
	score_play(score, 3, true, &options);
	CHECK(options.dream.params.strength == eyes.params.strength);
	score_release(&score);
}

TEST(score_resets_once)
{
	static struct options options;
	struct score *score = begin("1 reset\n2 strength 1\n", &options);
	REQUIRE(score);
	CHECK(!score_play(score, 0, true, &options));
	CHECK(!score_play(score, 0.96, true, &options));
	CHECK(score_play(score, 1, true, &options));
	CHECK(!score_play(score, 1.04, true, &options));
	/* One who begins behind it has nothing to forget. */
	score_rewind(score);
	CHECK(!score_play(score, 1.5, true, &options));
	score_release(&score);
}

TEST(score_tells_when_something_else_is_dreamed)
{
	static struct options options;
	struct score *score = begin("3 layer a\n1 strength 1\n2 layer b\nloop 4 from 10\n1 layer "
	                            "c\nend\n",
	                            &options);
	REQUIRE(score);
	CHECK(score_next_change(score, -1) == 2 && score_next_change(score, 2) == 3);
	CHECK(score_next_change(score, 3) == 10 && score_next_change(score, 10) == 11);
	CHECK(score_next_change(score, 11) < 0);
	score_release(&score);
}

static void play_on(struct options *options, int i)
{
	options->dream.params.step = 0.01f + 0.0007f * (float)i;
	options->dream.params.seed += i % 3 == 0;
	options->dream.layers.count = i % 7 == 3 ? 1 : options->dream.layers.count;
	options->dream.layers.list[0].weight = 1;
	snprintf(options->dream.layers.list[0].name, RV_LAYER_NAME_LENGTH, "l%d", i / 7);
	options->dream.channels.count = i > 20 && i < 33;
	options->dream.channels.list[0] = 5;
	options->display.mirror = i % 5 == 0;
	snprintf(options->dream.mask, sizeof(options->dream.mask), "take #%d.png", i / 9);
}

/* What a session was, frame by frame, is what its score gives back. */
TEST(score_that_was_kept_gives_back_what_was_played)
{
	static struct options played[40], options;
	char path[] = "/tmp/score-XXXXXX";
	rv_error error = {0};
	int file = mkstemp(path);
	REQUIRE(file >= 0);
	close(file);
	struct score_keep *keep = NULL;
	options = options_default();
	options.dream.params.strength = 0.7f;
	strcpy(options.live.osc_secret, "sesame");
	REQUIRE(score_keep_open(&keep, path, true, &options, &error) == RV_OK);
	for (int i = 0; i < 40; i++) {
		played[i] = options;
		play_on(&options, i);
		score_keep_note(keep, 0.04 * (i + 1) / 1.001, &options);
	}
	CHECK(!score_keep_is_full(keep));
	CHECK_MESSAGE(score_keep_close(&keep, &error) == RV_OK, "%s", error.message);
	struct score *score = NULL;
	CHECK_MESSAGE(score_load(&score, path, &error) == RV_OK, "%s", error.message);
	REQUIRE(score);
	options = options_default();
	REQUIRE(score_begin(score, &options, &error) == RV_OK);
	for (int i = 0; i < 40; i++) {
		score_play(score, 0.04 * i / 1.001, false, &options);
		options.live = played[i].live; /* the word is nobody's business */
		CHECK_MESSAGE(options_equal(&options, &played[i]), "frame %d", i);
	}
	score_release(&score);
	unlink(path);
}

static int64_t size_of(const char *path)
{
	struct stat status;
	return stat(path, &status) ? -1 : (int64_t)status.st_size;
}

TEST(score_that_is_kept_never_grows_beyond_what_is_read)
{
	struct options options = options_default();
	struct score_keep *keep = NULL;
	struct score *score = NULL;
	rv_error error = {0};
	const char *path = media_path("full.score");
	REQUIRE(score_keep_open(&keep, path, true, &options, &error) == RV_OK);
	for (int i = 0; i < TEXT_BYTES_MAX / 10 && !score_keep_is_full(keep); i++)
		score_keep_reset(keep, 0.1 * i);
	CHECK(score_keep_is_full(keep));
	for (int i = 0; i < 1000; i++)
		score_keep_reset(keep, 5e5);
	CHECK_MESSAGE(score_keep_close(&keep, &error) == RV_OK, "%s", error.message);
	CHECK_MESSAGE(size_of(path) < TEXT_BYTES_MAX, "%lld bytes", (long long)size_of(path));
	CHECK_MESSAGE(score_load(&score, path, &error) == RV_OK, "%s", error.message);
	score_release(&score);
}

/* A session may last longer than a score can say. */
TEST(score_that_is_kept_ends_with_the_last_time_that_is_read)
{
	struct options options = options_default();
	struct score_keep *keep = NULL;
	struct score *score = NULL;
	rv_error error = {0};
	const char *path = media_path("week.score");
	REQUIRE(score_keep_open(&keep, path, true, &options, &error) == RV_OK);
	options.dream.params.strength = 2;
	score_keep_note(keep, TEXT_TIME_MAX, &options);
	CHECK(!score_keep_is_full(keep));
	score_keep_reset(keep, TEXT_TIME_MAX + 1);
	CHECK(score_keep_is_full(keep));
	CHECK(score_keep_close(&keep, &error) == RV_OK);
	CHECK_MESSAGE(score_load(&score, path, &error) == RV_OK, "%s", error.message);
	score_release(&score);
}

static rv_status refuse_no_layer(void *context, const struct options *options, rv_error *error)
{
	int *seen = context;
	++*seen;
	return strcmp(options->dream.layers.list[0].name, "none")
	               ? RV_OK
	               : rv_fail(error, RV_NOT_FOUND, "there is none");
}

TEST(score_is_rehearsed_and_leaves_nothing_of_that)
{
	static const char *const texts[] = {"0 layer a\n1 strength 2\n2 layer b\n",
	                                    "0 layer a\n2 layer none\n3 layer c\n"};
	for (int i = 0; i < 2; i++) {
		struct options options;
		struct score *score = begin(texts[i], &options);
		rv_error error = {0};
		int seen = 0;
		REQUIRE(score);
		strcpy(options.call.score, "s");
		const struct options before = options;
		rv_status status =
			score_rehearse(score, true, &options, refuse_no_layer, &seen, &error);
		CHECK(seen == 2 && status == (i ? RV_NOT_FOUND : RV_OK));
		CHECK(!i || !strcmp(error.message, "s: after 2 seconds: there is none"));
		CHECK(options_equal(&options, &before));
		score_play(score, 0, true, &options);
		CHECK(!strcmp(options.dream.layers.list[0].name, "a"));
		score_release(&score);
	}
}
