/* What the thread that makes tiles says of itself. */
#include "app/live/tile_maker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/thread.h"
#include "tests/support/media.h"
#include "tests/support/onnx_builder.h"
#include "tests/support/test.h"

enum { SIDE = 64, MILLISECOND = 1000000 };

static rv_model *open_network(void)
{
	const char *path = media_path("network.onnx");
	rv_model *model = NULL;
	rv_error error = {0};
	if (!onnx_builder_write_smallest(path) || rv_model_open(&model, path, NULL, &error))
		test_failed(__FILE__, __LINE__, "%s: %s", path, error.message);
	return model;
}

/* Looks until there is a problem, or answers, for some seconds. */
static struct tile_maker_state wait_for_end(struct tile_maker *maker)
{
	struct tile_maker_state state;
	for (int i = 0; i < 3000; i++) {
		tile_maker_look(maker, &state);
		if (state.problem[0] || state.answered)
			break;
		clock_sleep(10 * MILLISECOND);
	}
	return state;
}

static void wait_for_count(struct tile_maker *maker)
{
	struct tile_maker_state state;
	for (int i = 0; i < 3000; i++) {
		tile_maker_look(maker, &state);
		if (state.count || state.problem[0])
			break;
		clock_sleep(10 * MILLISECOND);
	}
	CHECK_MESSAGE(state.count == 4, "%s", state.problem);
}

static struct tile_maker *start(const rv_model *model, int device)
{
	struct options options = options_default();
	struct tile_maker *maker = NULL;
	rv_error error = {0};
	options.device.config.device = device;
	snprintf(options.device.cache, sizeof(options.device.cache), "%s", media_path("cache"));
	CHECK_MESSAGE(tile_maker_start(&maker, model, &options.device, &error) == RV_OK, "%s",
	              error.message);
	return maker;
}

TEST(a_tile_that_cannot_be_made_is_tried_once)
{
	rv_model *model = open_network();
	REQUIRE(model);
	struct tile_maker *maker = start(model, 99); /* there are not so many devices */
	struct tile_maker_state failed, later;
	const int wanted = 2;
	REQUIRE(maker);
	tile_maker_open(maker, "layer");
	wait_for_count(maker);
	tile_maker_want(maker, &wanted, 1);
	failed = wait_for_end(maker);
	CHECK(failed.problem[0]);
	for (int i = 0; i < 20; i++) {
		tile_maker_want(maker, &wanted, 1);
		clock_sleep(5 * MILLISECOND);
	}
	tile_maker_look(maker, &later);
	CHECK_MESSAGE(later.changes == failed.changes, "%u changes, then %u", failed.changes,
	              later.changes);
	/* Until somebody asks anew. */
	tile_maker_open(maker, "layer");
	tile_maker_look(maker, &later);
	CHECK(!later.problem[0]);
	CHECK(tile_maker_stop(&maker, thread_deadline()));
	rv_model_close(&model);
}

TEST(a_tile_maker_knows_whether_it_was_asked_what_answers)
{
	static unsigned char pixels[3 * SIDE * SIDE];
	const rv_image picture = {RV_RGB8, SIDE, SIDE, 3 * SIDE, pixels};
	rv_model *model = open_network();
	REQUIRE(model);
	struct tile_maker *maker = start(model, 0);
	struct tile_maker_state state;
	rv_error error = {0};
	REQUIRE(maker);
	tile_maker_open(maker, "layer");
	wait_for_count(maker);
	tile_maker_look(maker, &state);
	CHECK(!state.asked && !state.answered);
	CHECK(tile_maker_probe(maker, &picture, 0.5f, 0.5f, &error) == RV_OK);
	tile_maker_look(maker, &state);
	CHECK(state.asked);
	state = wait_for_end(maker);
	CHECK_MESSAGE(state.answered, "%s", state.problem);
	tile_maker_open(maker, "layer");
	tile_maker_look(maker, &state);
	CHECK(!state.asked && !state.answered);
	CHECK(tile_maker_stop(&maker, thread_deadline()));
	rv_model_close(&model);
}
