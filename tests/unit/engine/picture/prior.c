/* Gradients of priors, against differences of the priors themselves. */
#include "engine/picture/prior.h"

#include <math.h>
#include <stdlib.h>

#include "tests/support/device_fixture.h"
#include "tests/support/test.h"

enum { WIDTH = 7, HEIGHT = 5, COUNT = 3 * WIDTH * HEIGHT };

static double detail[COUNT], below[COUNT];

/* The prior, plainly. */
static double prior(double smoothness, double fidelity, double grey)
{
	double sum = 0;

	for (int i = 0; i < COUNT; i++) {
		int x = i / 3 % WIDTH, y = i / 3 / WIDTH;
		double dx = x + 1 < WIDTH ? detail[i + 3] - detail[i] : 0;
		double dy = y + 1 < HEIGHT ? detail[i + 3 * WIDTH] - detail[i] : 0;
		sum += smoothness * sqrt(dx * dx + dy * dy + 0.1 * 0.1) +
		       fidelity * detail[i] * detail[i] / 2 +
		       grey * (below[i] + detail[i]) * (below[i] + detail[i]) / 2;
	}
	return sum;
}

/* In double with a width of 1e-5, differences are good to 1e-8; floats of a few terms to 1e-6. */
static void check(float smoothness, float fidelity, float grey)
{
	float *picture = random_floats(COUNT, -1, 1, 3), *base = random_floats(COUNT, -1, 1, 4);
	float gradient[COUNT];
	struct recording recording;

	REQUIRE(recording_start(&recording));
	struct raster a = recording_raster(&recording, picture, WIDTH, HEIGHT);
	struct raster b = recording_raster(&recording, base, WIDTH, HEIGHT);
	struct raster out = raster_record_own(&recording.recorder, WIDTH, HEIGHT);
	int launch = prior_record(&recording.recorder, &a, &b, &out);
	REQUIRE(recording.recorder.status == RV_OK);
	launch_set_float(&recording.list.launches[launch], PRIOR_SMOOTHNESS, smoothness);
	launch_set_float(&recording.list.launches[launch], PRIOR_FIDELITY, fidelity);
	launch_set_float(&recording.list.launches[launch], PRIOR_GREY, grey);
	REQUIRE(recording_run(&recording) && recording_read_raster(&recording, &out, gradient));
	for (int i = 0; i < COUNT; i++) {
		detail[i] = (double)picture[i] - (double)base[i];
		below[i] = (double)base[i];
	}
	for (int i = 0; i < COUNT; i++) {
		double here = detail[i], sides[2];
		for (int side = 0; side < 2; side++) {
			detail[i] = here + (side ? 1e-5 : -1e-5);
			sides[side] = prior((double)smoothness, (double)fidelity, (double)grey);
		}
		detail[i] = here;
		double expected = (sides[1] - sides[0]) / 2e-5;
		CHECK_MESSAGE(fabs((double)gradient[i] - expected) < 1e-5 * (1 + fabs(expected)),
		              "%d: %g, expected %g", i, (double)gradient[i], expected);
	}
	recording_end(&recording);
	free(picture);
	free(base);
}

TEST(prior_of_smoothness_has_the_gradient_of_differences)
{
	check(0.7f, 0, 0);
}

TEST(prior_of_fidelity_has_the_gradient_of_differences)
{
	check(0, 1.3f, 0);
}

TEST(prior_of_grey_has_the_gradient_of_differences)
{
	check(0, 0, 1.1f);
}

/* Against the sum of nine, plainly; floats near 1. */
TEST(blur_is_of_what_was_dreamed)
{
	static const double weights[] = {0.2, 0.6, 0.2}; /* of a share of 0.8 */
	float *picture = random_floats(COUNT, -0.4f, 0.4f, 3);
	float *base = random_floats(COUNT, -0.4f, 0.4f, 4), out[COUNT];
	struct recording recording;

	REQUIRE(recording_start(&recording));
	struct raster a = recording_raster(&recording, picture, WIDTH, HEIGHT);
	struct raster b = recording_raster(&recording, base, WIDTH, HEIGHT);
	struct raster scratch = raster_record_own(&recording.recorder, WIDTH, HEIGHT);
	int launch = prior_record_blur(&recording.recorder, &a, &b, &scratch);
	REQUIRE(recording.recorder.status == RV_OK);
	launch_set_float(&recording.list.launches[launch], PRIOR_BLUR, 0.8f);
	REQUIRE(recording_run(&recording) && recording_read_raster(&recording, &a, out));
	for (int i = 0; i < COUNT; i++) {
		int x = i / 3 % WIDTH, y = i / 3 / WIDTH;
		double expected = (double)base[i];
		for (int k = 0; k < 9; k++) {
			int row = y + k / 3 - 1, column = x + k % 3 - 1;
			row = row < 0 ? 0 : row < HEIGHT ? row : HEIGHT - 1;
			column = column < 0 ? 0 : column < WIDTH ? column : WIDTH - 1;
			int from = 3 * (row * WIDTH + column) + i % 3;
			expected += weights[k / 3] * weights[k % 3] *
			            ((double)picture[from] - (double)base[from]);
		}
		CHECK_MESSAGE(fabs((double)out[i] - expected) < 1e-6, "%d: %g, expected %g", i,
		              (double)out[i], expected);
	}
	recording_end(&recording);
	free(picture);
	free(base);
}

TEST(priors_add_up)
{
	check(0.7f, 1.3f, 0.9f);
}
