/* Whether a scene goes on: verdicts on both sides of each bound. */
#include "engine/time/scene.h"

#include <math.h>

#include "tests/support/test.h"

static const struct scene_view cut_view = {.likeness = 0.119, .contrast_now = 0.3};
static const struct scene_view same_view = {.likeness = 0.121, .contrast_now = 0.3};
static const struct scene_view flash_view = {.likeness = 0, .contrast_now = 0.019};

TEST(a_scene_is_cut_where_little_is_alike)
{
	struct scene scene = {0};
	struct scene_view dim = cut_view;

	CHECK(scene_judge(&scene, &same_view, RV_CUT_AUTO, 0.03) == SCENE_GOES_ON);
	CHECK(scene.frames == 1);
	CHECK(scene_judge(&scene, &cut_view, RV_CUT_AUTO, 0.03) == SCENE_CUT);
	CHECK(scene.frames == 0 && scene.flash_seconds == 0);
	dim.contrast_now = 0.021; /* shows enough to judge by */
	CHECK(scene_judge(&scene, &dim, RV_CUT_AUTO, 0.03) == SCENE_CUT);
}

TEST(a_flash_lasts_half_a_second_at_most)
{
	struct scene scene = {0};

	for (int frame = 0; frame < 5; frame++)
		CHECK(scene_judge(&scene, &flash_view, RV_CUT_AUTO, 0.11) == SCENE_FLASHES);
	CHECK(scene_judge(&scene, &flash_view, RV_CUT_AUTO, 0.11) == SCENE_CUT);
}

TEST(each_flash_has_its_own_half_second)
{
	struct scene scene = {0};

	for (int flash = 0; flash < 4; flash++) {
		for (int frame = 0; frame < 4; frame++)
			CHECK(scene_judge(&scene, &flash_view, RV_CUT_AUTO, 0.11) == SCENE_FLASHES);
		CHECK(scene_judge(&scene, &same_view, RV_CUT_AUTO, 0.11) == SCENE_GOES_ON);
	}
}

TEST(cuts_by_the_number_ask_nothing_else)
{
	struct scene scene = {0};

	for (int frame = 1; frame <= 9; frame++)
		CHECK(scene_judge(&scene, &same_view, 3, 0.03) ==
		      (frame % 3 ? SCENE_GOES_ON : SCENE_CUT));
	CHECK(scene_judge(&scene, &cut_view, RV_CUT_OFF, 0.03) == SCENE_GOES_ON);
}

/* A block of 64 pixels whose brightness is one of two waves, each at right angles to the other. */
static struct scene_block block_of(double now, double past, bool same)
{
	const double amplitude = 0.4;
	double variance = amplitude * amplitude / 2;

	return (struct scene_block){
		.view = {.now = (float)(64 * now),
	                 .past = (float)(64 * past),
	                 .now_now = (float)(64 * (now * now + variance)),
	                 .past_past = (float)(64 * (past * past + variance)),
	                 .now_past = (float)(64 * (now * past + (same ? variance : 0))),
	                 .trusted = same ? 64 : 0,
	                 .pixels = 64,
	                 .change = same ? 0 : 1}};
}

TEST(likeness_counts_the_blocks_that_show_the_same)
{
	struct scene_block blocks[4];
	struct scene_view view;

	for (int same = 0; same <= 4; same++) {
		for (int i = 0; i < 4; i++)
			blocks[i] = block_of(0.3, 0.1, i < same);
		view = scene_look(blocks, 4);
		CHECK_MESSAGE(fabs(view.likeness - same / 4.0) < 1e-6, "%d: %g", same,
		              view.likeness);
		CHECK(fabs(view.uncovered - (1 - same / 4.0)) < 1e-6);
		CHECK(view.still == (same == 4));
	}
	CHECK(fabs(view.gain - 1) < 1e-3 && fabs(view.offset - 0.2) < 1e-3);
}
