/* Where a scene ends, and what becomes of one that stands still. */

#include <math.h>
#include <string.h>

#include "tests/support/temporal_fixture.h"
#include "tests/support/test.h"

TEST(a_cut_is_found_and_dreamed_anew)
{
	static float past[COUNT];
	struct fixture fixture;
	rv_frame_report report;

	REQUIRE(set_up(&fixture));
	for (int t = 0; t < 4; t++) {
		paint(&fixture, 1, t, 0);
		report = dream(&fixture);
	}
	CHECK(!report.cold);
	keep_detail(&fixture, past);
	paint(&fixture, 2, 0, 0);
	report = dream(&fixture);
	CHECK_MESSAGE(report.cut && report.cold && report.steps == 10, "likeness %g",
	              (double)report.likeness);
	CHECK_MESSAGE(fabs(likeness(&fixture, past, 0)) < 0.1, "%g", likeness(&fixture, past, 0));
	paint(&fixture, 2, 1, 0);
	CHECK(!dream(&fixture).cold);
	tear_down(&fixture);
}

TEST(cuts_come_as_they_are_asked_for)
{
	struct fixture fixture;

	REQUIRE(set_up(&fixture));
	fixture.params.time.cut = RV_CUT_OFF;
	paint(&fixture, 1, 0, 0);
	dream(&fixture);
	paint(&fixture, 2, 0, 0);
	CHECK(!dream(&fixture).cold);
	rv_reset(fixture.engine);
	fixture.params.time.cut = 3;
	for (int t = 0; t < 7; t++) {
		paint(&fixture, 1, t, 0);
		CHECK(dream(&fixture).cold == (t % 3 == 0));
	}
	tear_down(&fixture);
}

TEST(a_fade_is_no_cut)
{
	struct fixture fixture;

	REQUIRE(set_up(&fixture));
	for (int t = 0; t < 16; t++) {
		paint(&fixture, 1, t, 0);
		for (int i = 0; i < COUNT; i++)
			fixture.frame[i] *= 1 - (float)t / 16;
		CHECK(dream(&fixture).cold == (t == 0));
	}
	tear_down(&fixture);
}

TEST(a_flash_is_no_cut_and_the_dream_comes_back)
{
	static float past[COUNT];
	struct fixture fixture;
	rv_frame_report report;

	REQUIRE(set_up(&fixture));
	for (int t = 0; t < 3; t++) {
		paint(&fixture, 1, t, 0);
		dream(&fixture);
	}
	keep_detail(&fixture, past);
	for (int i = 0; i < COUNT; i++)
		fixture.frame[i] = 1;
	report = dream(&fixture);
	CHECK(!report.cut && !report.cold && report.steps == 0);
	paint(&fixture, 1, 3, 0);
	report = dream(&fixture);
	CHECK(!report.cut && !report.cold);
	CHECK_MESSAGE(likeness(&fixture, past, 1) > 0.9, "%g", likeness(&fixture, past, 1));
	tear_down(&fixture);
}

/* Paints frame t of a film with a cut, a flash and a scene that is white from its beginning on. */
static void paint_film(struct fixture *fixture, int t)
{
	bool is_white = t == 6 || t >= 10;

	paint(fixture, t < 4 ? 1 : 2, t, 0);
	for (int i = 0; i < COUNT && is_white; i++)
		fixture->frame[i] = 1;
}

enum { FILM_FRAMES = 40 };

TEST(a_look_judges_as_a_dream_does)
{
	static float pixels[COUNT];
	rv_frame_report dreamed[FILM_FRAMES], seen;
	struct fixture fixture;
	int cuts = 0, flashes = 0;

	REQUIRE(set_up(&fixture));
	for (int t = 0; t < FILM_FRAMES; t++) {
		paint_film(&fixture, t);
		dreamed[t] = dream(&fixture);
		cuts += dreamed[t].cut;
		flashes += !dreamed[t].cut && t && dreamed[t].likeness < 0.1f;
	}
	CHECK_MESSAGE(cuts >= 2 && flashes >= 2, "%d cuts, %d flashes", cuts, flashes);
	for (int t = 0; t < FILM_FRAMES; t++) {
		const rv_image frame = image_of(fixture.frame);
		paint_film(&fixture, t);
		CHECK(rv_look(fixture.engine, &frame, t * frame_time, &fixture.error) == RV_OK);
		seen = rv_last_frame(fixture.engine);
		CHECK_MESSAGE(seen.cut == dreamed[t].cut && seen.likeness == dreamed[t].likeness &&
		                      seen.uncovered == dreamed[t].uncovered,
		              "frame %d", t);
	}
	paint_film(&fixture, 0);
	CHECK(dream(&fixture).cold && !rv_last_frame(fixture.engine).cut);
	memcpy(pixels, fixture.dream, sizeof(pixels));
	rv_reset(fixture.engine);
	dream(&fixture);
	CHECK(!memcmp(pixels, fixture.dream, sizeof(pixels)));
	tear_down(&fixture);
}

/* What is dreamed in is made anew for other octaves, which takes over a dream's past and no look's.
 */
TEST(a_dream_after_a_look_begins_anew_with_other_octaves_too)
{
	struct fixture fixture;

	REQUIRE(set_up(&fixture));
	paint(&fixture, 1, 0, 0);
	dream(&fixture);
	fixture.params.octaves = 1;
	CHECK(!dream(&fixture).cold);
	for (int t = 0; t < 2; t++) {
		const rv_image frame = image_of(fixture.frame);
		CHECK(rv_look(fixture.engine, &frame, fixture.time, &fixture.error) == RV_OK);
	}
	fixture.params.octaves = 2;
	CHECK(dream(&fixture).cold);
	tear_down(&fixture);
}

TEST(a_still_scene_settles_unless_it_drifts)
{
	static float settled[COUNT];
	struct fixture fixture;
	rv_frame_report report = {0};
	int steps = 0;

	REQUIRE(set_up(&fixture));
	for (int t = 0; t < 60; t++) { /* it goes on for a second after the last motion */
		paint(&fixture, 1, t < 6 ? t : 6, 0);
		report = dream(&fixture);
	}
	CHECK_MESSAGE(report.steps == 0, "%d steps", report.steps);
	memcpy(settled, fixture.dream, sizeof(settled));
	for (int t = 0; t < 3; t++)
		dream(&fixture);
	CHECK(memcmp(settled, fixture.dream, sizeof(settled)) == 0);
	fixture.params.time.drift = 1;
	for (int t = 0; t < 10; t++) {
		report = dream(&fixture);
		steps += report.steps;
		CHECK(!report.cold);
	}
	CHECK(steps > 0);
	CHECK(test_relative_error(fixture.dream, settled, COUNT) > 0.02);
	tear_down(&fixture);
}

/* What the network sees depends on where its strides fall: on the octaves' phase. */
TEST(a_drift_wanders_slowly_and_far)
{
	static float last[COUNT], first[COUNT];
	struct fixture fixture;
	double path = 0, total;

	REQUIRE(set_up_strided(&fixture, 8));
	fixture.params.time.drift = 0.5f;
	paint(&fixture, 1, 0, 0);
	for (int t = 0; t < 90; t++) {
		memcpy(last, fixture.dream, sizeof(last));
		dream(&fixture);
		if (t == 30)
			memcpy(first, fixture.dream, sizeof(first));
		if (t > 30)
			path += test_relative_error(fixture.dream, last, COUNT);
	}
	total = test_relative_error(fixture.dream, first, COUNT);
	CHECK_MESSAGE(path < 4 * total, "%g on the way, %g in all", path, total);
	tear_down(&fixture);
}
