/* Frames that are broken off, after which all goes on as if they had not been begun. */
#include <string.h>

#include "tests/support/temporal_fixture.h"
#include "tests/support/test.h"

enum { FRAMES = 7, CUT = 4, JOURNEY = 2 };

static bool stop_at_once(void *context, double part)
{
	(void)context;
	(void)part;
	return false;
}

static void paint_frame(struct fixture *fixture, int number)
{
	paint(fixture, number < CUT ? 1 : 2, 1.5 * number, 0.5 * number);
}

/* Dreams the frame, or goes on without it. */
static rv_status go_on(struct fixture *fixture, bool on_journey)
{
	rv_image image = image_of(fixture->frame), output = image_of(fixture->dream);
	rv_status status = rv_set_params(fixture->engine, &fixture->params, &fixture->error);

	if (status != RV_OK)
		return status;
	return on_journey
	               ? rv_journey(fixture->engine, fixture->time, &output, &fixture->error)
	               : rv_dream(fixture->engine, &image, fixture->time, &output, &fixture->error);
}

static void break_off(struct fixture *fixture, bool on_journey)
{
	rv_set_progress(fixture->engine, stop_at_once, NULL);
	CHECK(go_on(fixture, on_journey) == RV_CANCELLED);
	rv_set_progress(fixture->engine, NULL, NULL);
}

/* ---- ways to dream ---- */

static void plainly(rv_params *params)
{
	params->time.drift = 0.5f;
}

static void beginning_slowly(rv_params *params)
{
	params->time.onset = 5;
	params->iterations = 10;
}

static void blended(rv_params *params)
{
	params->time.on = false;
	params->blend = 0.5f;
}

static void in_turns(rv_params *params)
{
	params->alternation = RV_ALTERNATE_FRAMES;
	params->target_count = 2;
	for (int i = 0; i < 2; i++)
		params->targets[i] = (rv_target){.weight = 1};
	strcpy(params->targets[0].layer, "high");
	strcpy(params->targets[1].layer, "b");
}

static void on_a_journey(rv_params *params)
{
	params->time.zoom = 1.2f;
}

static void on_a_larger_journey(rv_params *params)
{
	on_a_journey(params);
	params->octaves_above = 1;
}

static const struct {
	const char *name;
	void (*set)(rv_params *params);
	bool journeys;
} ways[] = {
	{"plain", plainly, false},
	{"beginning slowly", beginning_slowly, false},
	{"blended", blended, false},
	{"in turns", in_turns, false},
	{"on a journey", on_a_journey, true},
	{"larger", on_a_larger_journey, true},
};

/* Dreams all frames, of which the one of that number (-1: none) is broken off first: as a frame of
 * the video or as one of a journey. */
static void play(size_t way, int broken, bool breaks_journey, float dreams[FRAMES][COUNT])
{
	struct fixture fixture;

	REQUIRE(set_up(&fixture));
	fixture.params.time.warm_steps = 2;
	ways[way].set(&fixture.params);
	for (int i = 0; i < FRAMES; i++) {
		bool on_journey = ways[way].journeys && i >= JOURNEY;
		paint_frame(&fixture, i);
		if (i == broken)
			break_off(&fixture, on_journey && breaks_journey);
		CHECK_MESSAGE(!go_on(&fixture, on_journey), "%s", fixture.error.message);
		memcpy(dreams[i], fixture.dream, sizeof(fixture.dream));
		fixture.time += frame_time;
	}
	tear_down(&fixture);
}

static void compare(size_t way, int broken, bool breaks_journey, float whole[FRAMES][COUNT])
{
	static float dreams[FRAMES][COUNT];

	play(way, broken, breaks_journey, dreams);
	for (int i = broken; i < FRAMES; i++)
		CHECK_MESSAGE(!memcmp(dreams[i], whole[i], sizeof(dreams[i])),
		              "%s: frame %d differs where %d was broken off", ways[way].name, i,
		              broken);
}

TEST(a_frame_that_is_broken_off_leaves_no_trace)
{
	static float whole[FRAMES][COUNT];

	for (size_t way = 0; way < sizeof(ways) / sizeof(ways[0]); way++) {
		play(way, -1, false, whole);
		for (int broken = JOURNEY - 1; broken <= CUT; broken++)
			compare(way, broken, true, whole);
		/* The frame that was broken off is none that the journey goes on from. */
		if (ways[way].journeys)
			compare(way, JOURNEY, false, whole);
	}
}

TEST(a_scene_that_is_broken_off_leaves_the_one_before_whole)
{
	struct fixture fixture;
	rv_frame_report report;

	REQUIRE(set_up(&fixture));
	fixture.params.time.onset = 2;
	for (int i = 0; i < CUT; i++) {
		paint_frame(&fixture, i);
		report = dream(&fixture);
	}
	CHECK(!report.onset);
	paint_frame(&fixture, CUT);
	break_off(&fixture, false);
	paint_frame(&fixture, CUT - 1);
	report = dream(&fixture);
	CHECK(!report.cold && !report.cut && !report.onset);
	tear_down(&fixture);
}
