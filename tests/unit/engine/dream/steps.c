/* In which order steps are taken, what each of them sees and raises, and what octaves begin with.
 */
#include <math.h>
#include <string.h>

#include "tests/support/target_fixture.h"
#include "tests/support/test.h"

static double response(struct target_fixture *fixture, float *pixels, const char *layer)
{
	rv_array array = target_look(fixture, pixels, layer);
	double sum = 0;

	for (int i = 0; i < array.channels * array.height * array.width; i++)
		sum += (double)array.data[i] * (double)array.data[i];
	rv_array_release(&array);
	return sum;
}

static double difference(const float *a, const float *b)
{
	double sum = 0;

	for (int i = 0; i < COUNT; i++)
		sum += fabs((double)a[i] - (double)b[i]) / COUNT;
	return sum;
}

/* With one octave and no jitter there is nothing to draw that could show. */
TEST(steps_by_chance_at_one_octave_are_the_usual_ones)
{
	struct target_fixture fixture;
	float usual[COUNT];

	REQUIRE(target_set_up(&fixture, true));
	REQUIRE(target_dream(&fixture));
	memcpy(usual, fixture.dream, sizeof(usual));
	fixture.params.octave_order = RV_OCTAVES_CHANCE;
	REQUIRE(target_dream(&fixture));
	CHECK(memcmp(usual, fixture.dream, sizeof(usual)) == 0);
	target_tear_down(&fixture);
}

TEST(steps_at_octaves_by_chance_raise_their_layer_in_each_of_them)
{
	struct target_fixture fixture;
	float other[COUNT];

	REQUIRE(target_set_up(&fixture, true));
	fixture.params.octaves = 2;
	fixture.params.octave_scale = 1.5f;
	fixture.params.octave_order = RV_OCTAVES_CHANCE;
	fixture.params.iterations = 8;
	target_make(&fixture, 0, "high", RV_TARGET_LAYER);
	REQUIRE(target_dream(&fixture));
	CHECK(response(&fixture, fixture.dream, "high") >
	      1.3 * response(&fixture, fixture.picture, "high"));
	memcpy(other, fixture.dream, sizeof(other));
	REQUIRE(target_dream(&fixture));
	CHECK(memcmp(other, fixture.dream, sizeof(other)) == 0);
	fixture.params.seed++;
	REQUIRE(target_dream(&fixture));
	CHECK(difference(other, fixture.dream) > 1e-3);
	target_tear_down(&fixture);
}

/* Adds weight times the gradient of the mean of a layer's squares to sum, in the order of pixels.
 */
static void add_gradient(struct target_fixture *fixture, const char *layer, double weight,
                         double sum[COUNT])
{
	rv_image image = target_image(fixture, fixture->picture);
	rv_array activation = {0}, gradient = {0};
	rv_status status =
		rv_inspect(fixture->engine, &image, layer, &activation, &gradient, &fixture->error);

	CHECK_MESSAGE(status == RV_OK, "%s", fixture->error.message);
	for (int i = 0; i < COUNT && status == RV_OK; i++)
		sum[i] += weight * (double)gradient.data[i % 3 * (COUNT / 3) + i / 3];
	rv_array_release(&activation);
	rv_array_release(&gradient);
}

/* The two layers differ in strength by far. A step of single floats in a picture near 1 is known to
 * 1e-7 / 0.002. */
TEST(targets_out_of_balance_are_as_strong_as_they_are)
{
	static double sum[COUNT];
	struct target_fixture fixture;
	double along = 0, squares[2] = {0};

	REQUIRE(target_set_up(&fixture, true));
	fixture.params.iterations = 1;
	fixture.params.step = 0.002f;
	fixture.params.normalisation = RV_NORMALISE_MEAN_ABS;
	fixture.params.balance = false;
	target_make(&fixture, 0, "high", RV_TARGET_LAYER);
	target_make(&fixture, 1, "low", RV_TARGET_LAYER);
	fixture.params.targets[1].weight = -2;
	add_gradient(&fixture, "high", 1, sum);
	add_gradient(&fixture, "low", -2, sum);
	REQUIRE(target_dream(&fixture));
	for (int i = 0; i < COUNT; i++) {
		double step = (double)fixture.dream[i] - (double)fixture.picture[i];
		along += step * sum[i];
		squares[0] += step * step;
		squares[1] += sum[i] * sum[i];
	}
	CHECK_MESSAGE(along / sqrt(squares[0] * squares[1]) > 0.9999, "a cosine of %g",
	              along / sqrt(squares[0] * squares[1]));
	target_tear_down(&fixture);
}

/* The only step of an octave is its last, whose gradient is softened by all that was asked for.
 * Here a picture spans 0..1, so that a step is half as long. */
TEST(steps_go_along_the_softened_gradient_less_its_mean)
{
	static double sum[COUNT];
	struct target_fixture fixture;
	double mean = 0, squares = 0, plain[2] = {0}, rough = 0;

	REQUIRE(target_set_up(&fixture, true));
	fixture.params.iterations = 1;
	fixture.params.step = 0.002f;
	fixture.params.normalisation = RV_NORMALISE_STANDARD;
	target_make(&fixture, 0, "high", RV_TARGET_LAYER);
	add_gradient(&fixture, "high", 1, sum);
	for (int soft = 0; soft < 2; soft++) {
		fixture.params.soften = soft ? 2.5f : 0;
		REQUIRE(target_dream(&fixture));
		mean = squares = 0;
		for (int i = 0; i < COUNT; i++) {
			double step = (double)fixture.dream[i] - (double)fixture.picture[i];
			mean += step / COUNT;
			squares += step * step / COUNT;
			plain[soft] += step * sum[i];
			if (i >= 3 && soft)
				rough += pow(step - (double)fixture.dream[i - 3] +
				                     (double)fixture.picture[i - 3],
				             2);
		}
		CHECK_MESSAGE(fabs(mean) < 1e-6, "a mean of %g", mean);
		CHECK_MESSAGE(fabs(sqrt(squares) / 0.001 - 1) < 1e-3, "%g", sqrt(squares));
	}
	/* It still goes uphill, but not as steeply, and neighbours go the same way. */
	CHECK_MESSAGE(plain[1] > 0 && plain[1] < 0.9 * plain[0], "%g of %g", plain[1], plain[0]);
	CHECK_MESSAGE(rough < 0.5 * squares * COUNT, "%g of %g", rough, squares * COUNT);
	target_tear_down(&fixture);
}

/* The first step sees the picture itself: what is a little less than that is enough at once. */
TEST(octaves_end_where_their_layer_is_strong_enough)
{
	static const rv_objective objectives[] = {RV_OBJECTIVE_L2, RV_OBJECTIVE_MEAN};
	struct target_fixture fixture;

	REQUIRE(target_set_up(&fixture, true));
	fixture.params.step = 0.005f;
	target_make(&fixture, 0, "high", RV_TARGET_LAYER);
	for (int i = 0; i < 2; i++) {
		rv_array array = target_look(&fixture, fixture.picture, "high");
		int count = array.channels * array.height * array.width;
		double mean = 0;
		for (int k = 0; k < count; k++)
			mean += pow((double)array.data[k], i == 0 ? 2 : 1) / count;
		rv_array_release(&array);
		fixture.params.objective = objectives[i];
		for (int less = 0; less < 2; less++) {
			fixture.params.enough = (float)(mean * (less ? 0.999 : 1.001));
			REQUIRE(target_dream(&fixture));
			CHECK_MESSAGE((rv_last_frame(fixture.engine).steps == 1) == (less == 1),
			              "%d steps of 4", rv_last_frame(fixture.engine).steps);
		}
		fixture.params.enough = 0;
		REQUIRE(target_dream(&fixture));
		CHECK(rv_last_frame(fixture.engine).steps == 4);
	}
	target_tear_down(&fixture);
}

/* Of several octaves by chance each takes the one step that saw enough, at whatever place of the
 * draw. */
TEST(octaves_by_chance_end_where_their_layer_is_strong_enough)
{
	struct target_fixture fixture;

	REQUIRE(target_set_up(&fixture, true));
	target_make(&fixture, 0, "high", RV_TARGET_LAYER);
	fixture.params.octaves = 2;
	fixture.params.octave_scale = 1.5f;
	fixture.params.iterations = 8;
	fixture.params.octave_order = RV_OCTAVES_CHANCE;
	REQUIRE(target_dream(&fixture));
	int all = rv_last_frame(fixture.engine).steps;
	fixture.params.enough = 1e-9f;
	REQUIRE(target_dream(&fixture));
	int least = rv_last_frame(fixture.engine).steps;
	fixture.params.enough = 1e6f;
	REQUIRE(target_dream(&fixture));
	CHECK_MESSAGE(all == 16 && least == 2 && rv_last_frame(fixture.engine).steps == 16,
	              "%d, %d and %d steps", all, least, rv_last_frame(fixture.engine).steps);
	target_tear_down(&fixture);
}

/* Without steps nothing is dreamed: all that can differ is what the octaves hand on. */
TEST(enlarged_octaves_lose_what_the_small_picture_has_not)
{
	struct target_fixture fixture;
	double lost;

	REQUIRE(target_set_up(&fixture, true));
	fixture.params.step = 0;
	fixture.params.octaves = 2;
	fixture.params.octave_scale = 1.5f;
	REQUIRE(target_dream(&fixture));
	CHECK(difference(fixture.picture, fixture.dream) < 1e-6);
	fixture.params.enlarge = true;
	REQUIRE(target_dream(&fixture));
	lost = difference(fixture.picture, fixture.dream);
	CHECK_MESSAGE(lost > 0.02, "%g", lost);
	fixture.params.octaves = 1;
	REQUIRE(target_dream(&fixture));
	CHECK(difference(fixture.picture, fixture.dream) < 1e-6);
	target_tear_down(&fixture);
}

static bool dream_frame(struct target_fixture *fixture, int frame)
{
	rv_image in = target_image(fixture, fixture->picture);
	rv_image out = target_image(fixture, fixture->dream);

	return rv_set_params(fixture->engine, &fixture->params, &fixture->error) == RV_OK &&
	       rv_dream(fixture->engine, &in, (int64_t)frame * 40000000, &out, &fixture->error) ==
	               RV_OK;
}

/* Three targets, of which the frames of a scene raise 1 2 3 2 1. */
TEST(targets_alternate_there_and_back_from_frame_to_frame)
{
	static const char *const layers[] = {"high", "low", "pooled"};
	static const int turns[] = {0, 1, 2, 1, 0};
	struct target_fixture fixture;
	float alone[3][COUNT];

	REQUIRE(target_set_up(&fixture, true));
	fixture.params.time.on = false;
	for (int i = 0; i < 3; i++) {
		target_make(&fixture, 0, layers[i], RV_TARGET_LAYER);
		REQUIRE(target_dream(&fixture));
		memcpy(alone[i], fixture.dream, sizeof(alone[i]));
	}
	for (int i = 0; i < 3; i++)
		target_make(&fixture, i, layers[i], RV_TARGET_LAYER);
	fixture.params.alternation = RV_ALTERNATE_FRAMES;
	for (int frame = 0; frame < 5; frame++) {
		REQUIRE(dream_frame(&fixture, frame));
		CHECK_MESSAGE(difference(alone[turns[frame]], fixture.dream) < 1e-5,
		              "frame %d differs by %g", frame,
		              difference(alone[turns[frame]], fixture.dream));
	}
	target_tear_down(&fixture);
}

TEST(targets_that_alternate_by_steps_are_all_raised)
{
	static const char *const layers[] = {"high", "low"};
	struct target_fixture fixture;
	double before[2];

	REQUIRE(target_set_up(&fixture, true));
	fixture.params.iterations = 20;
	fixture.params.alternation = RV_ALTERNATE_STEPS;
	for (int i = 0; i < 2; i++) {
		target_make(&fixture, i, layers[i], RV_TARGET_LAYER);
		before[i] = response(&fixture, fixture.picture, layers[i]);
	}
	REQUIRE(target_dream(&fixture));
	for (int i = 0; i < 2; i++)
		CHECK(response(&fixture, fixture.dream, layers[i]) > 1.2 * before[i]);
	target_tear_down(&fixture);
}
