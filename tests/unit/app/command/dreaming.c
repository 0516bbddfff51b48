/* How inputs that one program dreams, one after another, bear on each other: not at all. */
#include "app/command/dreaming.h"

#include <stdio.h>
#include <string.h>

#include "app/media/convert.h"
#include "tests/support/media.h"
#include "tests/support/onnx_builder.h"
#include "tests/support/test.h"

enum { SIDE = 32, FRAME = 100000000 }; /* nanoseconds */

static struct options options_with(const char *score)
{
	struct options options = options_default();
	const char *network = media_path("network.onnx"), *path = media_path("played.score");
	CHECK(onnx_builder_write_smallest(network));
	media_write(path, score, strlen(score));
	snprintf(options.dream.network.model, sizeof(options.dream.network.model), "%s", network);
	snprintf(options.call.score, sizeof(options.call.score), "%s", path);
	options.dream.params.octaves = options.dream.params.iterations = 1;
	options.dream.params.seed = 100;
	return options;
}

static rv_status dream(struct dreaming *it, int64_t time, rv_error *error)
{
	unsigned char in[3 * SIDE * SIDE], out[sizeof(in)];
	const rv_image from = {RV_RGB8, SIDE, SIDE, 3 * SIDE, in};
	const rv_image to = {RV_RGB8, SIDE, SIDE, 3 * SIDE, out};
	memset(in, 100, sizeof(in));
	return dreaming_dream(it, &from, time, &to, error);
}

/* Shots of two frames, of which the second is cut by the reset. */
static rv_status dream_film(struct dreaming *it, rv_error *error)
{
	rv_status status = RV_OK;
	dreaming_forget(it);
	for (int64_t i = 0; i < 4 && status == RV_OK; i++)
		status = dream(it, i * FRAME, error);
	return status;
}

TEST(a_journey_begins_with_a_picture_of_odd_sides_too)
{
	struct options options = options_with("0 strength 1\n");
	struct dreaming it = {.options = &options, .journey.on = true};
	options.dream.params.time.on = true;
	rv_error error = {0};
	REQUIRE(dreaming_open(&it, &error) == RV_OK);
	REQUIRE(convert_allocate_image(&it.journey.start, RV_RGB8, SIDE + 1, SIDE + 1, &error) ==
	        RV_OK);
	memset(it.journey.start.pixels, 100, it.journey.start.stride * (SIDE + 1));
	for (int64_t i = 0; i < 2; i++) {
		rv_status status = dream(&it, i * FRAME, &error);
		CHECK_MESSAGE(status == RV_OK, "%s", error.message);
	}
	dreaming_close(&it);
}

TEST(the_cuts_of_one_film_do_not_count_in_the_next)
{
	struct options options = options_with("0 strength 1\n0.3 reset\n");
	struct dreaming it = {.options = &options, .cuts_before = 7};
	options.dream.params.time.on = true;
	options.dream.params.time.cut = 2;
	rv_error error = {0};
	REQUIRE(dreaming_open(&it, &error) == RV_OK);
	for (int film = 0; film < 2; film++) {
		rv_status status = dream_film(&it, &error);
		CHECK_MESSAGE(status == RV_OK, "%s", error.message);
		/* Seven before, and the one between the beginning and the reset. */
		CHECK_MESSAGE(it.dreamer.dream.params.seed == 108, "film %d: seed %llu", film,
		              (unsigned long long)it.dreamer.dream.params.seed);
	}
	dreaming_close(&it);
}

/* The first input finds out that the score is for another network, and so does the second. */
TEST(a_score_that_cannot_begin_is_refused_for_each_input)
{
	static const char *const scores[] = {"0 strength 1\n1 preset eyes\n",
	                                     "0 strength 1\n1 layer nowhere\n"};
	for (int i = 0; i < 2; i++) {
		struct options options = options_with(scores[i]);
		struct dreaming it = {.options = &options};
		rv_error first = {0}, second = {0};
		REQUIRE(dreaming_open(&it, &first) == RV_OK);
		rv_status status = dream(&it, RV_TIME_NONE, &first);
		CHECK_MESSAGE(status != RV_OK && !it.dreamer.engine, "%s", scores[i]);
		dreaming_forget(&it);
		CHECK(dream(&it, RV_TIME_NONE, &second) == status);
		CHECK_MESSAGE(!strcmp(first.message, second.message), "%s, then %s", first.message,
		              second.message);
		dreaming_close(&it);
	}
}
