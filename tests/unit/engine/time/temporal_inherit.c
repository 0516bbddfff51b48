/* How much of the last detail a frame keeps. */

#include <math.h>
#include <string.h>

#include "tests/support/temporal_fixture.h"
#include "tests/support/test.h"

TEST(nothing_is_inherited_where_nothing_is_to_be)
{
	struct fixture fixture;

	REQUIRE(set_up(&fixture));
	fixture.params.time.inherit = 0;
	fixture.params.time.warm_steps = 1;
	fixture.params.step = 0;
	paint(&fixture, 1, 0, 0);
	dream(&fixture);
	fixture.params.step = 0.02f;
	paint(&fixture, 1, 1, 0);
	dream(&fixture);
	CHECK(strength(&fixture, 0) > 0);
	fixture.params.step = 0;
	paint(&fixture, 1, 2, 0);
	dream(&fixture);
	CHECK_MESSAGE(strength(&fixture, 0) < 1e-5, "%g", strength(&fixture, 0));
	tear_down(&fixture);
}

/* Without steps, what is left of the detail of a scene that moves is what decay says. What is shown
 * comes a frame or two behind, so that it is counted from a few frames on. */
TEST(moving_detail_shrinks_as_decay_says)
{
	enum { BEHIND = 8, HALF_A_SECOND = 15 };
	struct fixture fixture;
	double left[2] = {0}; /* with all of it to stay, and a quarter a second */

	REQUIRE(set_up(&fixture));
	for (int decays = 0; decays < 2; decays++) {
		rv_reset(fixture.engine);
		fixture.params.step = 0.02f;
		fixture.params.time.inherit = 1;
		fixture.params.time.decay = decays ? 0.25f : 1;
		for (int t = 0; t <= BEHIND + HALF_A_SECOND; t++) {
			paint(&fixture, 1, t, 0);
			dream(&fixture);
			fixture.params.step = 0;
			if (t == BEHIND)
				left[decays] = strength(&fixture, 0);
		}
		left[decays] = strength(&fixture, 0) / left[decays];
	}
	CHECK_MESSAGE(fabs(left[1] / left[0] - 0.5) < 0.02, "%g of %g", left[1], left[0]);
	tear_down(&fixture);
}

/* Strength that a frame leaves to the next, which moves or not, by its polarity. */
static double left_by(struct fixture *fixture, float polarity, bool moves)
{
	rv_reset(fixture->engine);
	fixture->params.time.polarity = polarity;
	fixture->params.step = 0.02f;
	paint(fixture, 1, 0, 0);
	dream(fixture);
	fixture->params.step = 0;
	paint(fixture, 1, moves ? 2 : 0, 0);
	dream(fixture);
	return strength(fixture, 0);
}

TEST(polarity_says_which_parts_inherit)
{
	struct fixture fixture;
	double still, moving;

	REQUIRE(set_up(&fixture));
	still = left_by(&fixture, 0, false);
	moving = left_by(&fixture, 0, true);
	CHECK_MESSAGE(moving > 0.7 * still, "%g, %g", moving, still);
	CHECK(left_by(&fixture, -1, true) < 0.1 * moving);
	CHECK(left_by(&fixture, -1, false) > 0.95 * still);
	CHECK(left_by(&fixture, 1, false) < 0.1 * still);
	CHECK(left_by(&fixture, 1, true) > 0.95 * moving);
	tear_down(&fixture);
}

enum { SQUARE = 24, SQUARE_TOP = 24, SQUARE_SPEED = 2 };

/* A square of another texture, left columns into a scene that stands still. */
static void paint_square(struct fixture *fixture, int left)
{
	static float square[COUNT];

	paint(fixture, 7, -left, 0);
	memcpy(square, fixture->frame, sizeof(square));
	paint(fixture, 1, 0, 0);
	for (int y = SQUARE_TOP; y < SQUARE_TOP + SQUARE; y++)
		memcpy(fixture->frame + 3 * (y * WIDTH + left), square + 3 * (y * WIDTH + left),
		       3 * SQUARE * sizeof(float));
}

/* RMS of the detail in a square of the picture. */
static double strength_in_square(const struct fixture *fixture, int left)
{
	double sum = 0;

	for (int y = SQUARE_TOP + 4; y < SQUARE_TOP + SQUARE - 4; y++)
		for (int i = 3 * left; i < 3 * (left + SQUARE); i++) {
			int at = 3 * y * WIDTH + i;
			sum += pow((double)fixture->dream[at] - (double)fixture->frame[at], 2);
		}
	return sqrt(sum / (3 * SQUARE * (SQUARE - 8)));
}

/* With nothing dreamed anew, what the square has left behind must be bare after a second. */
TEST(a_square_that_crosses_the_picture_leaves_no_trail)
{
	struct fixture fixture;
	double first;

	REQUIRE(set_up(&fixture));
	paint_square(&fixture, 8);
	dream(&fixture);
	first = strength_in_square(&fixture, 8);
	fixture.params.step = 0;
	for (int left = 8 + SQUARE_SPEED; left <= 8 + 2 * SQUARE; left += SQUARE_SPEED) {
		paint_square(&fixture, left);
		CHECK(!dream(&fixture).cold);
	}
	CHECK_MESSAGE(strength_in_square(&fixture, 8) < 0.3 * first, "%g of %g in its place",
	              strength_in_square(&fixture, 8), first);
	tear_down(&fixture);
}
