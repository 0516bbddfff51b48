/* The normalised gradient step. */
#include "engine/picture/gradient.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/device_fixture.h"
#include "tests/support/test.h"

/* Moves a picture, black in the middle of its range or as given, by one step; false on failure. */
static bool step(const struct gradient_settings *settings, const float *gradient,
                 const float *picture, float *out, int width, int height)
{
	size_t count = (size_t)width * (size_t)height * 3;
	float *zeros = calloc(count, sizeof(*zeros));
	struct recording recording;
	bool ok = false;

	if (recording_start(&recording)) {
		struct raster g = recording_raster(&recording, gradient, width, height);
		struct raster p =
			recording_raster(&recording, picture ? picture : zeros, width, height);
		gradient_record_step(&recording.recorder, &g, &p, settings);
		ok = recording_run(&recording) && recording_read_raster(&recording, &p, out);
		recording_end(&recording);
	}
	free(zeros);
	return ok;
}

static double rms(const float *values, size_t count)
{
	double sum = 0;
	for (size_t i = 0; i < count; i++)
		sum += (double)values[i] * (double)values[i];
	return sqrt(sum / (double)count);
}

enum { WIDTH = 61, HEIGHT = 47, COUNT = WIDTH * HEIGHT * 3 };
static const float small = 1e-3f; /* a step that nothing is clipped at */

TEST(mean_abs_and_deviation_scale_the_gradient)
{
	float *gradient = random_floats(COUNT, -1, 3, 9), out[COUNT];
	double absolute = 0, sum = 0, squares = 0;
	struct gradient_settings settings = {.step = small};

	for (int i = 0; i < COUNT; i++) {
		absolute += fabs((double)gradient[i]) / COUNT;
		sum += (double)gradient[i] / COUNT;
		squares += (double)gradient[i] * (double)gradient[i] / COUNT;
	}
	for (int mode = 0; mode < 2; mode++) {
		double divisor = mode ? absolute : sqrt(squares - sum * sum);
		settings.normalisation = mode ? RV_NORMALISE_MEAN_ABS : RV_NORMALISE_DEVIATION;
		REQUIRE(step(&settings, gradient, NULL, out, WIDTH, HEIGHT));
		for (int i = 0; i < COUNT; i++)
			CHECK(fabs(out[i] - (double)small * (double)gradient[i] / divisor) < 1e-8);
	}
	free(gradient);
}

/* ---- bands ---- */

/* A plain Laplacian pyramid in double precision, one plane at a time. */
struct plane {
	int width, height;
	double *values;
};

static struct plane plane_create(int width, int height)
{
	return (struct plane){width, height,
	                      calloc((size_t)width * (size_t)height, sizeof(double))};
}

static double plane_at(const struct plane *plane, int y, int x)
{
	y = y < 0 ? 0 : y >= plane->height ? plane->height - 1 : y;
	x = x < 0 ? 0 : x >= plane->width ? plane->width - 1 : x;
	return plane->values[y * plane->width + x];
}

static const double kernel[5] = {1, 4, 6, 4, 1};

static struct plane plane_halve(const struct plane *in)
{
	struct plane out = plane_create((in->width + 1) / 2, (in->height + 1) / 2);

	for (int i = 0; i < out.width * out.height; i++)
		for (int dy = 0; dy < 5; dy++)
			for (int dx = 0; dx < 5; dx++)
				out.values[i] += kernel[dy] * kernel[dx] / 256 *
				                 plane_at(in, 2 * (i / out.width) + dy - 2,
				                          2 * (i % out.width) + dx - 2);
	return out;
}

/* sign * what coarse is when enlarged, added to fine: only taps that fall on a sample count, and
 * there are four times fewer of them. */
static void plane_add_enlarged(struct plane *fine, const struct plane *coarse, double sign)
{
	for (int i = 0; i < fine->width * fine->height; i++) {
		int y = i / fine->width, x = i % fine->width;
		for (int dy = -2; dy <= 2; dy++)
			for (int dx = -2; dx <= 2; dx++)
				if ((y + dy) % 2 == 0 && (x + dx) % 2 == 0)
					fine->values[i] +=
						sign * kernel[dy + 2] * kernel[dx + 2] / 64 *
						plane_at(coarse, (y + dy) / 2, (x + dx) / 2);
	}
}

/* One band: a plane for each colour. */
struct band {
	struct plane colours[3];
};

static void bands_split(struct band *bands, int count, const float *gradient, int width, int height)
{
	for (int c = 0; c < 3; c++) {
		bands[0].colours[c] = plane_create(width, height);
		for (int i = 0; i < width * height; i++)
			bands[0].colours[c].values[i] = gradient[3 * i + c];
		for (int b = 1; b < count; b++)
			bands[b].colours[c] = plane_halve(&bands[b - 1].colours[c]);
		for (int b = 0; b < count - 1; b++)
			plane_add_enlarged(&bands[b].colours[c], &bands[b + 1].colours[c], -1);
	}
}

static double band_rms(const struct band *band)
{
	int count = band->colours[0].width * band->colours[0].height;
	double sum = 0;

	for (int c = 0; c < 3; c++)
		for (int i = 0; i < count; i++)
			sum += band->colours[c].values[i] * band->colours[c].values[i];
	return sqrt(sum / (3 * count));
}

static void band_scale(struct band *band, double factor)
{
	for (int c = 0; c < 3; c++)
		for (int i = 0; i < band->colours[c].width * band->colours[c].height; i++)
			band->colours[c].values[i] *= factor;
}

static void bands_release(struct band *bands, int count)
{
	for (int b = 0; b < count; b++)
		for (int c = 0; c < 3; c++)
			free(bands[b].colours[c].values);
}

/* The whole method: bands brought to their shares, put together, RMS 1; or each to RMS 1, and left
 * so. */
static void expected_bands(const float *gradient, int width, int height, int count, bool even,
                           float *out)
{
	struct band bands[GRADIENT_BANDS_MAX];
	double whole;

	bands_split(bands, count, gradient, width, height);
	for (int b = 0; b < count; b++)
		band_scale(&bands[b], (even ? 1 : gradient_band_weight(b)) / band_rms(&bands[b]));
	for (int c = 0; c < 3; c++)
		for (int b = count - 2; b >= 0; b--)
			plane_add_enlarged(&bands[b].colours[c], &bands[b + 1].colours[c], 1);
	whole = even ? 1 : band_rms(&bands[0]);
	for (int i = 0; i < width * height * 3; i++)
		out[i] = (float)(bands[0].colours[i % 3].values[i / 3] / whole);
	bands_release(bands, count);
}

static void check_bands(rv_normalisation how, int width, int height, int wanted, int bands)
{
	int count = width * height * 3;
	bool even = how == RV_NORMALISE_EVEN_BANDS;
	struct gradient_settings settings = {.normalisation = how, .step = small, .bands = wanted};
	float *gradient = random_floats((size_t)count, -1, 1, 21);
	float *out = calloc((size_t)count, sizeof(*out)),
	      *expected = calloc((size_t)count, sizeof(*out));

	/* Weaker in its upper part and with a slope, so that bands differ. */
	for (int i = 0; i < count; i++)
		gradient[i] = 1e-3f * gradient[i] + 1e-2f * (float)(i / 3 % width) / (float)width;
	CHECK_MESSAGE(gradient_bands(&settings, width, height) == bands, "%dx%d: %d bands", width,
	              height, gradient_bands(&settings, width, height));
	expected_bands(gradient, width, height, bands, even, expected);
	if (step(&settings, gradient, NULL, out, width, height)) {
		for (int i = 0; i < count; i++)
			expected[i] *= small;
		CHECK_MESSAGE(test_relative_error(out, expected, (size_t)count) < 1e-4,
		              "%dx%d: relative error %g", width, height,
		              test_relative_error(out, expected, (size_t)count));
		CHECK(even || fabs(rms(out, (size_t)count) / (double)small - 1) < 1e-4);
	}
	free(gradient);
	free(out);
	free(expected);
}

TEST(bands_of_a_laplacian_pyramid_get_their_shares)
{
	check_bands(RV_NORMALISE_BANDS, 61, 47, 0, 4);
	check_bands(RV_NORMALISE_BANDS, 128, 100, 0, 5);
	check_bands(RV_NORMALISE_BANDS, 64, 64, 2, 2);
	check_bands(RV_NORMALISE_BANDS, 300, 9, 0, 2);
	check_bands(RV_NORMALISE_BANDS, 7, 6, 0, 1);
	check_bands(RV_NORMALISE_BANDS, 33, 40, 1, 1);
}

TEST(even_bands_of_a_laplacian_pyramid_have_the_length_of_a_step_each)
{
	check_bands(RV_NORMALISE_EVEN_BANDS, 61, 47, 0, 4);
	check_bands(RV_NORMALISE_EVEN_BANDS, 128, 100, 0, 5);
	check_bands(RV_NORMALISE_EVEN_BANDS, 7, 6, 0, 1);
}

/* A gradient that is nearly the same everywhere has little more than rounding errors in its fine
 * bands. Brought to the length of the others these would be all that is seen; a hundredth of it is
 * allowed, as they are a millionth of the strongest and may come to 1e-4 of it. */
TEST(bands_of_rounding_errors_stay_small)
{
	static float out[COUNT];
	float *gradient = random_floats(COUNT, 1 - 1e-6f, 1 + 1e-6f, 5);
	struct gradient_settings settings = {
		.normalisation = RV_NORMALISE_BANDS, .step = small, .bands = 0};

	REQUIRE(step(&settings, gradient, NULL, out, WIDTH, HEIGHT));
	CHECK_MESSAGE(rms(out, COUNT) > 0.9 * (double)small, "%g", rms(out, COUNT));
	for (int i = 0; i < COUNT; i++)
		out[i] -= small;
	CHECK_MESSAGE(rms(out, COUNT) < 0.05 * (double)small, "%g", rms(out, COUNT));
	free(gradient);
}

TEST(pictures_of_any_size_have_bands)
{
	const struct gradient_settings settings = {.bands = 0},
				       many = {.bands = GRADIENT_BANDS_MAX};

	CHECK(gradient_bands(&settings, 1, 1) == 1);
	CHECK(gradient_bands(&settings, 2, 3) == 1);
	CHECK(gradient_bands(&settings, 4000, 7) == 2);
	CHECK(gradient_bands(&settings, 512, 384) == GRADIENT_BANDS_DEFAULT);
	CHECK(gradient_bands(&many, 20000, 20000) == GRADIENT_BANDS_MAX);
}

/* ---- before it is brought to strength ---- */

static int mirrored(int place, int count)
{
	place = place < 0 ? -place : place;
	return place < count ? place : 2 * (count - 1) - place;
}

/* The mean of three Gaussians of a half, one and two times sigma, each cut off after 4 pixels and
 * of weight 1, at one value of a picture. */
static double softened(const float *picture, int width, int height, int i, double sigma)
{
	int x = i / 3 % width, y = i / 3 / width;
	double value = 0;

	for (int g = 0; g < 3; g++) {
		double s = sigma * (g == 0 ? 0.5 : g), sum = 0, weights = 0;
		for (int k = 0; k < 81; k++) {
			int dy = k / 9 - 4, dx = k % 9 - 4;
			int from = mirrored(y + dy, height) * width + mirrored(x + dx, width);
			double weight = exp(-(dx * dx + dy * dy) / (2 * s * s));
			sum += weight * (double)picture[3 * from + i % 3];
			weights += weight;
		}
		value += sum / weights / 3;
	}
	return value;
}

/* Two pictures, one below the other, of which neither reaches into the other. Floats near 1. */
TEST(softening_is_the_mean_of_three_gaussians)
{
	enum { ROWS = 9, PART = 3 * WIDTH * ROWS };
	float *gradient = random_floats(2 * PART, -1, 1, 6), out[2 * PART];
	struct recording recording;

	REQUIRE(recording_start(&recording));
	struct raster g = recording_raster(&recording, gradient, WIDTH, 2 * ROWS);
	int launch = gradient_record_soften(&recording.recorder, &g, 2);
	for (int step = 1; step < 4; step++) {
		float sigma = 0.7f * (float)step;
		struct raster fresh = recording_raster(&recording, gradient, WIDTH, 2 * ROWS);
		clEnqueueCopyBuffer(fixture_device()->queue, fresh.buffer, g.buffer, 0, 0,
		                    raster_bytes(WIDTH, 2 * ROWS), 0, NULL, NULL);
		launch_set_float(&recording.list.launches[launch], GRADIENT_SOFTEN, sigma);
		REQUIRE(recording_run(&recording) && recording_read_raster(&recording, &g, out));
		for (int i = 0; i < 2 * PART; i++) {
			double expected = softened(gradient + i / PART * PART, WIDTH, ROWS,
			                           i % PART, (double)sigma);
			CHECK_MESSAGE(fabs((double)out[i] - expected) < 1e-6, "%d: %g, not %g", i,
			              (double)out[i], expected);
		}
	}
	recording_end(&recording);
	free(gradient);
}

TEST(centring_takes_the_mean_off)
{
	float *gradient = random_floats(COUNT, -0.5f, 1.5f, 8), out[COUNT];
	struct recording recording;
	double mean = 0;

	REQUIRE(recording_start(&recording));
	struct raster g = recording_raster(&recording, gradient, WIDTH, HEIGHT);
	gradient_record_centre(&recording.recorder, &g);
	REQUIRE(recording_run(&recording) && recording_read_raster(&recording, &g, out));
	for (int i = 0; i < COUNT; i++)
		mean += (double)gradient[i] / COUNT;
	for (int i = 0; i < COUNT; i++)
		CHECK(fabs((double)out[i] - ((double)gradient[i] - mean)) < 1e-6);
	recording_end(&recording);
	free(gradient);
}

/* ---- edges ---- */

static const rv_normalisation modes[] = {RV_NORMALISE_BANDS, RV_NORMALISE_DEVIATION,
                                         RV_NORMALISE_MEAN_ABS, RV_NORMALISE_EVEN_BANDS};
enum { MODES = sizeof(modes) / sizeof(modes[0]) };

TEST(no_gradient_moves_nothing)
{
	float *picture = random_floats(COUNT, -1, 1, 5), *zeros = calloc(COUNT, sizeof(*zeros));
	float out[COUNT];

	for (int i = 0; i < MODES; i++) {
		struct gradient_settings settings = {
			.normalisation = modes[i], .step = 0.5f, .bands = 0};
		REQUIRE(step(&settings, zeros, picture, out, WIDTH, HEIGHT));
		CHECK(memcmp(picture, out, sizeof(out)) == 0);
	}
	free(picture);
	free(zeros);
}

TEST(tiny_pictures_move)
{
	const float gradient[18] = {1, -2, 3, 0, 1, 2, -1, -2, 5, 1, 1, 0, 2, -3, 1, 1, 2, -1};
	const int sizes[][2] = {{1, 1}, {2, 3}, {6, 1}, {1, 6}};
	float out[18];

	for (int s = 0; s < 4; s++)
		for (int i = 0; i < MODES; i++) {
			struct gradient_settings settings = {
				.normalisation = modes[i], .step = small, .bands = 0};
			size_t count = (size_t)(sizes[s][0] * sizes[s][1] * 3);
			REQUIRE(step(&settings, gradient, NULL, out, sizes[s][0], sizes[s][1]));
			CHECK(fabs(test_cosine(out, gradient, count) - 1) < 1e-5);
		}
}

TEST(the_picture_stays_in_range_and_the_step_can_change)
{
	float *gradient = random_floats(COUNT, -1, 1, 2), *picture = random_floats(COUNT, -1, 1, 3);
	struct gradient_settings settings = {
		.normalisation = RV_NORMALISE_BANDS, .step = 0, .bands = 0};
	float out[COUNT];
	struct recording recording;
	int clipped = 0;

	REQUIRE(recording_start(&recording));
	struct raster g = recording_raster(&recording, gradient, WIDTH, HEIGHT);
	struct raster p = recording_raster(&recording, picture, WIDTH, HEIGHT);
	int launch = gradient_record_step(&recording.recorder, &g, &p, &settings);
	if (recording_run(&recording) && recording_read_raster(&recording, &p, out))
		CHECK(memcmp(out, picture, sizeof(out)) == 0);
	launch_set_float(&recording.list.launches[launch], GRADIENT_STEP, 0.8f);
	if (recording_run(&recording) && recording_read_raster(&recording, &p, out))
		for (int i = 0; i < COUNT; i++) {
			CHECK(out[i] >= -1 && out[i] <= 1);
			clipped += fabsf(out[i]) == 1;
		}
	CHECK(clipped > COUNT / 10 && clipped < COUNT * 9 / 10);
	recording_end(&recording);
	free(gradient);
	free(picture);
}

TEST(the_same_gradient_gives_the_same_step)
{
	float *gradient = random_floats(COUNT, -1, 1, 8), first[COUNT], again[COUNT];

	for (int i = 0; i < MODES; i++) {
		struct gradient_settings settings = {
			.normalisation = modes[i], .step = 0.1f, .bands = 0};
		REQUIRE(step(&settings, gradient, NULL, first, WIDTH, HEIGHT));
		for (int k = 0; k < 5; k++) {
			REQUIRE(step(&settings, gradient, NULL, again, WIDTH, HEIGHT));
			CHECK(memcmp(first, again, sizeof(again)) == 0);
		}
	}
	free(gradient);
}

/* Two gradients one below the other, the second of which is the first times two: each is taken
 * apart as if it were alone, and both by the same measure, so that one step is twice the other. */
TEST(parts_are_normalised_together_and_taken_apart_alone)
{
	float *both = malloc(2 * COUNT * sizeof(*both)), *alone = random_floats(COUNT, -1, 1, 4);
	float *out = malloc(2 * COUNT * sizeof(*out)), single[COUNT];

	for (int i = 0; i < COUNT; i++) {
		both[i] = alone[i];
		both[COUNT + i] = 2 * alone[i];
	}
	for (int i = 0; i < MODES; i++) {
		struct gradient_settings settings = {.normalisation = modes[i], .step = small};
		REQUIRE(step(&settings, alone, NULL, single, WIDTH, HEIGHT));
		settings.parts = 2;
		REQUIRE(step(&settings, both, NULL, out, WIDTH, 2 * HEIGHT));
		CHECK(fabs(test_cosine(out, single, COUNT) - 1) < 1e-6);
		CHECK(fabs(test_cosine(out + COUNT, single, COUNT) - 1) < 1e-6);
		CHECK(fabs(rms(out + COUNT, COUNT) / rms(out, COUNT) - 2) < 1e-4);
	}
	free(both);
	free(alone);
	free(out);
}
