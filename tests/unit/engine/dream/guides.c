/* Dreams that are guided by a picture, through the public interface, on a small classifier made
 * here. */
#include <math.h>
#include <string.h>

#include "tests/support/target_fixture.h"
#include "tests/support/test.h"

/* What a guide raises: the mean, over places, of the largest product with the guide's features. */
static double likeness(const rv_array *a, const rv_array *guide)
{
	int places = a->width * a->height, others = guide->width * guide->height;
	double sum = 0;

	for (int p = 0; p < places; p++) {
		double best = -INFINITY;
		for (int q = 0; q < others; q++) {
			double product = 0;
			for (int c = 0; c < a->channels; c++)
				product += (double)a->data[c * places + p] *
				           (double)guide->data[c * others + q];
			best = fmax(best, product);
		}
		sum += best;
	}
	return sum / places;
}

static double square_at(const rv_array *array, int place)
{
	int places = array->width * array->height;
	double sum = 0;

	for (int c = 0; c < array->channels; c++)
		sum += pow((double)array->data[c * places + place], 2);
	return sum;
}

/* The array with each place's feature brought to length 1. */
static rv_array turn_to_directions(rv_array array)
{
	int places = array.width * array.height;

	for (int p = 0; p < places; p++) {
		float length = (float)sqrt(square_at(&array, p));
		for (int c = 0; c < array.channels && length > 0; c++)
			array.data[c * places + p] /= length;
	}
	return array;
}

/* A picture that is guided to for tests of what guides do. */
static void set_guide(struct target_fixture *fixture, float *guide)
{
	rv_image image = target_image(fixture, guide);

	for (int i = 0; i < COUNT; i++)
		guide[i] = (i / 3 / 2 + i / 3 / WIDTH / 3) % 2 ? 0.9f : i % 3 ? 0.1f : 0.6f;
	target_make(fixture, 0, "high", RV_TARGET_GUIDE);
	fixture->params.targets[0].slot = 5;
	CHECK(!rv_set_picture(fixture->engine, 5, &image, &fixture->error));
}

TEST(a_guide_draws_features_to_its_own)
{
	static float guide[COUNT];
	struct target_fixture fixture;
	rv_array wanted, before, guided;

	REQUIRE(target_set_up(&fixture, true));
	set_guide(&fixture, guide);
	REQUIRE(target_dream(&fixture));
	wanted = target_look(&fixture, guide, "high");
	before = target_look(&fixture, fixture.picture, "high");
	guided = target_look(&fixture, fixture.dream, "high");
	CHECK_MESSAGE(likeness(&guided, &wanted) > 1.2 * likeness(&before, &wanted), "%g from %g",
	              likeness(&guided, &wanted), likeness(&before, &wanted));
	rv_array_release(&wanted);
	rv_array_release(&before);
	rv_array_release(&guided);
	target_tear_down(&fixture);
}

TEST(power_draws_the_directions_of_features_to_those_of_the_guide)
{
	static float guide[COUNT];
	static const float powers[] = {0, 2};
	struct target_fixture fixture;
	rv_array wanted, found;
	double angles[2];

	REQUIRE(target_set_up(&fixture, true));
	set_guide(&fixture, guide);
	fixture.params.iterations = 10;
	wanted = turn_to_directions(target_look(&fixture, guide, "high"));
	for (int i = 0; i < 2; i++) {
		fixture.params.targets[0].power = powers[i];
		REQUIRE(target_dream(&fixture));
		found = turn_to_directions(target_look(&fixture, fixture.dream, "high"));
		angles[i] = 1 - likeness(&found, &wanted);
		rv_array_release(&found);
	}
	CHECK_MESSAGE(angles[1] < 0.9 * angles[0], "%g from %g", angles[1], angles[0]);
	rv_array_release(&wanted);
	target_tear_down(&fixture);
}

/* Another picture for the same guide makes another dream, and the first one makes the first again.
 */
TEST(a_slot_may_be_set_anew)
{
	static float guides[2][COUNT], dreams[3][COUNT];
	struct target_fixture fixture;

	REQUIRE(target_set_up(&fixture, true));
	for (int i = 0; i < COUNT; i++) {
		guides[0][i] = i / 3 % 4 < 2;
		guides[1][i] = i / 3 / WIDTH % 4 < 2;
	}
	target_make(&fixture, 0, "high", RV_TARGET_GUIDE);
	for (int i = 0; i < 3; i++) {
		rv_image image = target_image(&fixture, guides[i % 2]);
		REQUIRE(!rv_set_picture(fixture.engine, 0, &image, &fixture.error));
		REQUIRE(target_dream(&fixture));
		memcpy(dreams[i], fixture.dream, sizeof(dreams[i]));
	}
	CHECK(memcmp(dreams[0], dreams[1], sizeof(dreams[0])));
	CHECK(!memcmp(dreams[0], dreams[2], sizeof(dreams[0])));
	target_tear_down(&fixture);
}
