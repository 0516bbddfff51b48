#include "app/screen/projection.h"

#include <math.h>

#include "tests/support/test.h"

static struct projection_screen make_screen(int width, int height)
{
	return (struct projection_screen){
		.width = width, .height = height, .corners = projection_whole};
}

static bool near(struct projection_point point, double x, double y)
{
	return fabs(point.x - x) < 1e-6 && fabs(point.y - y) < 1e-6;
}

/* Whether the picture's corners, from the top left one clockwise, lie there. */
static void check_corners(const struct projection *projection, const double expected[8])
{
	for (int i = 0; i < PROJECTION_CORNERS; i++) {
		struct projection_point at = projection_map(projection, projection_whole.corner[i]);
		CHECK_MESSAGE(near(at, expected[2 * i], expected[2 * i + 1]),
		              "corner %d at %g, %g, not %g, %g", i, at.x, at.y, expected[2 * i],
		              expected[2 * i + 1]);
	}
}

TEST(projection_fits_fills_and_stretches)
{
	struct projection_screen screen = make_screen(1600, 900);
	struct projection made = projection_of_picture(&screen, 400, 300);
	CHECK(made.straight && made.flat);
	check_corners(&made, (double[]){200, 0, 1400, 0, 1400, 900, 200, 900});
	screen.scale = PROJECTION_FILL;
	made = projection_of_picture(&screen, 400, 300);
	check_corners(&made, (double[]){0, -150, 1600, -150, 1600, 1050, 0, 1050});
	screen.scale = PROJECTION_STRETCH;
	made = projection_of_picture(&screen, 400, 300);
	check_corners(&made, (double[]){0, 0, 1600, 0, 1600, 900, 0, 900});
}

TEST(projection_scales_by_whole_numbers)
{
	struct projection_screen screen = make_screen(1000, 700);
	screen.scale = PROJECTION_INTEGER;
	struct projection made = projection_of_picture(&screen, 320, 240);
	check_corners(&made, (double[]){180, 110, 820, 110, 820, 590, 180, 590});
	made = projection_of_picture(&screen, 1000, 700);
	check_corners(&made, (double[]){0, 0, 1000, 0, 1000, 700, 0, 700});
	/* Too large: by a whole part. */
	made = projection_of_picture(&screen, 1200, 800);
	check_corners(&made, (double[]){200, 150, 800, 150, 800, 550, 200, 550});
}

TEST(projection_turns_clockwise)
{
	struct projection_screen screen = make_screen(600, 800);
	screen.turn = 90;
	struct projection made = projection_of_picture(&screen, 400, 300);
	CHECK(made.flat && !made.straight);
	check_corners(&made, (double[]){600, 0, 600, 800, 0, 800, 0, 0});
	screen.turn = -90;
	made = projection_of_picture(&screen, 400, 300);
	check_corners(&made, (double[]){0, 800, 0, 0, 600, 0, 600, 800});
	screen.turn = 180;
	screen.scale = PROJECTION_STRETCH;
	made = projection_of_picture(&screen, 400, 300);
	check_corners(&made, (double[]){600, 800, 0, 800, 0, 0, 600, 0});
	screen.turn = 360;
	CHECK(projection_of_picture(&screen, 400, 300).straight);
}

/* At any angle a picture that fits touches the screen's sides and stays within them, and one that
 * fills leaves no corner of the screen bare. */
TEST(projection_fits_and_fills_at_any_angle)
{
	for (int turn = -355; turn <= 355; turn += 7) {
		struct projection_screen screen = make_screen(1000, 600);
		double low_x = 1e9, low_y = 1e9, high_x = -1e9, high_y = -1e9;
		screen.turn = turn;
		struct projection fit = projection_of_picture(&screen, 400, 300);
		for (int i = 0; i < PROJECTION_CORNERS; i++) {
			struct projection_point at =
				projection_map(&fit, projection_whole.corner[i]);
			low_x = fmin(low_x, at.x), high_x = fmax(high_x, at.x);
			low_y = fmin(low_y, at.y), high_y = fmax(high_y, at.y);
		}
		CHECK(low_x > -1e-6 && low_y > -1e-6 && high_x < 1000 + 1e-6 &&
		      high_y < 600 + 1e-6);
		CHECK(low_x < 1e-6 || low_y < 1e-6);
		for (int scale = PROJECTION_FILL; scale <= PROJECTION_STRETCH; scale++) {
			screen.scale = (enum projection_scale)scale;
			struct projection made = projection_of_picture(&screen, 400, 300);
			for (int i = 0; i < PROJECTION_CORNERS; i++) {
				struct projection_point corner = {
					1000 * projection_whole.corner[i].x,
					600 * projection_whole.corner[i].y};
				struct projection_point at = projection_unmap(&made, corner);
				CHECK(at.x > -1e-6 && at.x < 1 + 1e-6 && at.y > -1e-6 &&
				      at.y < 1 + 1e-6);
			}
		}
	}
}

static const struct projection_quad askew = {{{0.1, 0.05}, {0.9, 0.2}, {1, 0.95}, {0.02, 0.8}}};

TEST(projection_takes_corners_to_corners)
{
	struct projection_screen screen = make_screen(800, 600);
	screen.corners = askew;
	struct projection made = projection_of_picture(&screen, 400, 300);
	CHECK(!made.flat && !made.straight);
	check_corners(&made, (double[]){80, 30, 720, 120, 800, 570, 16, 480});
	/* With bars above and below, its corners lie within the moved ones. */
	made = projection_of_picture(&screen, 400, 200);
	struct projection_point at = projection_map(&made, (struct projection_point){0, 0});
	CHECK(at.x < 80 && at.x > 16 && at.y > 30 && at.y < 480);
}

TEST(projection_keeps_lines_straight)
{
	struct projection_screen screen = make_screen(800, 600);
	screen.corners = askew;
	screen.turn = 17;
	struct projection made = projection_of_picture(&screen, 640, 480);
	struct projection_point a = projection_map(&made, (struct projection_point){0.1, 0.3});
	struct projection_point b = projection_map(&made, (struct projection_point){0.9, 0.7});
	for (int i = 1; i < 10; i++) {
		double t = i / 10.0;
		struct projection_point on = projection_map(
			&made, (struct projection_point){0.1 + 0.8 * t, 0.3 + 0.4 * t});
		double off = (b.x - a.x) * (on.y - a.y) - (b.y - a.y) * (on.x - a.x);
		CHECK(fabs(off) < 1e-6);
	}
}

TEST(projection_is_undone)
{
	for (int turn = 0; turn < 360; turn += 30) {
		struct projection_screen screen = make_screen(1920, 1080);
		screen.corners = askew;
		screen.turn = turn;
		struct projection made = projection_of_picture(&screen, 640, 480);
		for (int i = 0; i < 25; i++) {
			double x = (i % 5) / 4.0, y = (i / 5) / 4.0;
			struct projection_point back = projection_unmap(
				&made, projection_map(&made, (struct projection_point){x, y}));
			CHECK(near(back, x, y));
		}
	}
}

TEST(projection_refuses_what_is_no_screen)
{
	static const struct projection_quad wrong[] = {
		{{{0, 0}, {0, 0}, {0, 0}, {0, 0}}},
		{{{0, 0}, {1, 0}, {0.5, 0.001}, {0, 1}}}, /* a corner pushed in */
		{{{0, 0}, {0, 1}, {1, 1}, {1, 0}}},       /* the wrong way round: a mirror */
		{{{0, 0}, {1, 1}, {1, 0}, {0, 1}}},       /* crossed over */
		{{{0, 0}, {0.5, 0}, {1, 0}, {0, 1}}},     /* a triangle */
		{{{0, 0}, {NAN, 0}, {1, 1}, {0, 1}}},
	};
	CHECK(projection_quad_is_sound(&projection_whole) && projection_quad_is_sound(&askew));
	CHECK(projection_quad_is_whole(&projection_whole) && !projection_quad_is_whole(&askew));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct projection_screen screen = make_screen(800, 600);
		CHECK_MESSAGE(!projection_quad_is_sound(&wrong[i]), "%zu", i);
		screen.corners = wrong[i];
		struct projection made = projection_of_picture(&screen, 400, 300);
		check_corners(&made, (double[]){0, 0, 800, 0, 800, 600, 0, 600});
	}
}

TEST(projection_of_a_sheet_stands_in_its_corner)
{
	struct projection_screen screen = make_screen(800, 600);
	int width, height;
	struct projection made = projection_of_sheet(&screen, 200, 100);
	CHECK(made.straight);
	check_corners(&made, (double[]){0, 0, 200, 0, 200, 100, 0, 100});
	screen.turn = 80; /* the nearest quarter */
	made = projection_of_sheet(&screen, 200, 100);
	check_corners(&made, (double[]){800, 0, 800, 200, 700, 200, 700, 0});
	projection_sheet_area(&screen, &width, &height);
	CHECK(width == 600 && height == 800);
	screen.turn = 180;
	made = projection_of_sheet(&screen, 200, 100);
	check_corners(&made, (double[]){800, 600, 600, 600, 600, 500, 800, 500});
	screen.corners = askew;
	made = projection_of_sheet(&screen, 200, 100);
	CHECK(near(projection_map(&made, (struct projection_point){0, 0}), 800, 570));
}
