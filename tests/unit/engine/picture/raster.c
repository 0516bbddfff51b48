/* Pictures on the device. */
#include "engine/picture/raster.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/device_fixture.h"
#include "tests/support/test.h"

/* ---- the caller's pixels ---- */

/* Loads and stores bytes of pixels; rows of bytes are stride apart. */
static bool round_trip(rv_pixel_format format, const void *in, void *out, int width, int height,
                       size_t stride)
{
	struct recording recording;
	bool ok = false;

	if (recording_start(&recording)) {
		struct launch_recorder *recorder = &recording.recorder;
		size_t bytes = stride * (size_t)height;
		struct raster raster = raster_record_own(recorder, width, height);
		struct raster_pixels from = {record_own_buffer(recorder, bytes, in), format,
		                             stride};
		struct raster_pixels to = {record_own_buffer(recorder, bytes, NULL), format,
		                           stride};
		raster_record_load(recorder, &from, &raster);
		raster_record_store(recorder, &raster, NULL, 1, NULL, &to);
		ok = recording_run(&recording) && recording_read(&recording, to.buffer, out, bytes);
		recording_end(&recording);
	}
	return ok;
}

TEST(every_byte_comes_back)
{
	enum { WIDTH = 17, HEIGHT = 16, STRIDE = 3 * WIDTH + 5 };
	static unsigned char in[STRIDE * HEIGHT], out[STRIDE * HEIGHT];

	for (int i = 0; i < STRIDE * HEIGHT; i++)
		in[i] = (unsigned char)(i * 7);
	REQUIRE(round_trip(RV_RGB8, in, out, WIDTH, HEIGHT, STRIDE));
	for (int y = 0; y < HEIGHT; y++)
		for (int i = 0; i < STRIDE; i++) {
			int expected = i < 3 * WIDTH ? in[y * STRIDE + i] : 0;
			CHECK(out[y * STRIDE + i] == expected);
		}
}

TEST(every_word_comes_back)
{
	enum { WIDTH = 512, HEIGHT = 43, COUNT = WIDTH * HEIGHT * 3 };
	static uint16_t in[COUNT], out[COUNT];

	for (int i = 0; i < COUNT; i++)
		in[i] = (uint16_t)i;
	REQUIRE(round_trip(RV_RGB16, in, out, WIDTH, HEIGHT, WIDTH * 6));
	CHECK(memcmp(in, out, sizeof(in)) == 0);
}

TEST(floats_come_back_clipped)
{
	float in[9] = {0, 1, 0.25f, -0.5f, 1.5f, NAN, INFINITY, -INFINITY, 0.7f}, out[9];
	const float expected[9] = {0, 1, 0.25f, 0, 1, 0, 1, 0, 0.7f};

	REQUIRE(round_trip(RV_RGBF32, in, out, 3, 1, sizeof(in)));
	for (int i = 0; i < 9; i++)
		CHECK_MESSAGE(fabsf(out[i] - expected[i]) < 1e-6f, "%d: %g", i, (double)out[i]);
}

TEST(stored_is_frame_and_detail)
{
	const float frame[6] = {-1, 0, 0.5f, 1, -0.9f, 0.2f}, detail[6] = {0.5f, 1, -1, 1, -1, 0};
	const unsigned char half[6] = {32, 191, 128, 255, 0, 153};
	const unsigned char whole[6] = {64, 255, 64, 255, 0, 153};
	unsigned char out[6];
	struct recording recording;

	REQUIRE(recording_start(&recording));
	struct raster a = recording_raster(&recording, frame, 2, 1);
	struct raster b = recording_raster(&recording, detail, 2, 1);
	struct raster_pixels to = {record_own_buffer(&recording.recorder, 6, NULL), RV_RGB8, 6};
	int launch = raster_record_store(&recording.recorder, &a, &b, 0.5f, NULL, &to);
	if (recording_run(&recording) && recording_read(&recording, to.buffer, out, 6))
		CHECK(memcmp(out, half, 6) == 0);
	launch_set_float(&recording.list.launches[launch], RASTER_STORE_STRENGTH, 1);
	if (recording_run(&recording) && recording_read(&recording, to.buffer, out, 6))
		CHECK(memcmp(out, whole, 6) == 0);
	recording_end(&recording);
}

/* ---- sums ---- */

TEST(combine_weighs_and_clips)
{
	float a[6] = {-1, 0, 0.5f, 1, -0.9f, 0.2f}, b[6] = {0.5f, 1, -1, 1, -1, 0}, out[6];
	struct recording recording;

	REQUIRE(recording_start(&recording));
	struct raster first = recording_raster(&recording, a, 1, 2);
	struct raster second = recording_raster(&recording, b, 1, 2);
	const struct raster_term terms[] = {{&first, 1}, {&second, -1}, {&first, 0.5f}};
	int launch = raster_record_combine(&recording.recorder, &first, terms, 2, false);
	if (recording_run(&recording) && recording_read_raster(&recording, &first, out))
		for (int i = 0; i < 6; i++)
			CHECK(out[i] == a[i] - b[i]);
	launch_set_float(&recording.list.launches[launch], RASTER_COMBINE_WEIGHTS, 0);
	launch_set_float(&recording.list.launches[launch], RASTER_COMBINE_WEIGHTS + 1, 2);
	raster_record_combine(&recording.recorder, &first, terms, 3, true);
	if (recording_run(&recording) && recording_read_raster(&recording, &first, out))
		for (int i = 0; i < 6; i++) /* 2b, of which 2b - b + b is clipped */
			CHECK(out[i] == fmaxf(-1, fminf(1, 2 * b[i])));
	recording_end(&recording);
}

/* ---- resizing ---- */

static bool resize(const float *in, int width, int height, float *out, int to_width, int to_height)
{
	struct recording recording;
	bool ok = false;

	if (recording_start(&recording)) {
		struct raster from = recording_raster(&recording, in, width, height);
		struct raster to = raster_record_own(&recording.recorder, to_width, to_height);
		raster_record_resize(&recording.recorder, &from, &to);
		ok = recording_run(&recording) && recording_read_raster(&recording, &to, out);
		recording_end(&recording);
	}
	return ok;
}

static const int sizes[][4] = {{40, 30, 40, 30}, {40, 30, 56, 42}, {41, 31, 13, 7}, {1, 9, 1, 20},
                               {9, 1, 2, 1},     {1, 1, 5, 3},     {2, 3, 1, 1},    {300, 2, 7, 5}};
enum { SIZES = sizeof(sizes) / sizeof(sizes[0]), LARGEST = 3 * 3000 };

TEST(resizing_keeps_constants)
{
	static float in[LARGEST], out[LARGEST];

	for (int i = 0; i < LARGEST; i++)
		in[i] = (float)(i % 3) * 0.3f - 0.37f;
	for (int s = 0; s < SIZES; s++) {
		int count = sizes[s][2] * sizes[s][3] * 3;
		REQUIRE(resize(in, sizes[s][0], sizes[s][1], out, sizes[s][2], sizes[s][3]));
		for (int i = 0; i < count; i++)
			CHECK_MESSAGE(fabsf(out[i] - in[i]) < 1e-6f, "size %d: %g for %g", s,
			              (double)out[i], (double)in[i]);
	}
}

TEST(resizing_to_the_same_size_copies)
{
	enum { WIDTH = 19, HEIGHT = 23, COUNT = WIDTH * HEIGHT * 3 };
	float *in = random_floats(COUNT, -1, 1, 1), out[COUNT];

	CHECK(resize(in, WIDTH, HEIGHT, out, WIDTH, HEIGHT) && memcmp(in, out, sizeof(out)) == 0);
	free(in);
}

/* A ramp whose pixel centres are where they ought to be, at least two filter widths from the
 * borders. Catmull and Rom's cubic keeps ramps; widened, it keeps them to a small part of a step.
 */
static void check_ramp(int width, int to_width)
{
	enum { HEIGHT = 2, MOST = 400 };
	static float in[MOST * HEIGHT * 3], out[MOST * HEIGHT * 3];
	float ratio = (float)width / (float)to_width, tolerance = ratio > 1 ? 0.02f : 1e-5f;
	int margin = 3 + (int)(3 / ratio);

	for (int i = 0; i < width * HEIGHT * 3; i++)
		in[i] = (float)(i / 3 % width);
	REQUIRE(resize(in, width, HEIGHT, out, to_width, HEIGHT));
	for (int x = margin; x < to_width - margin; x++) {
		float expected = ((float)x + 0.5f) * ratio - 0.5f;
		CHECK_MESSAGE(fabsf(out[3 * x] - expected) <
		                      tolerance * fmaxf(ratio, 1) + 1e-6f * width,
		              "%d to %d: pixel %d is %g, expected %g", width, to_width, x,
		              (double)out[3 * x], (double)expected);
	}
}

TEST(resizing_keeps_ramps_in_their_place)
{
	check_ramp(100, 140);
	check_ramp(50, 350);
	check_ramp(140, 100);
	check_ramp(396, 90);
}

/* Stripes of one pixel must vanish where they are too fine for the smaller picture. */
TEST(shrinking_does_not_alias)
{
	enum { WIDTH = 300, TO = 107 };
	static float in[WIDTH * 3], out[TO * 3];

	for (int x = 0; x < WIDTH; x++)
		in[3 * x] = in[3 * x + 1] = in[3 * x + 2] = x % 2 ? 1 : -1;
	REQUIRE(resize(in, WIDTH, 1, out, TO, 1));
	for (int x = 2; x < TO - 2; x++)
		CHECK_MESSAGE(fabsf(out[3 * x]) < 0.03f, "pixel %d is %g", x, (double)out[3 * x]);
}

/* ---- the network's input ---- */

enum { P_WIDTH = 7, P_HEIGHT = 5, P_PIXELS = P_WIDTH * P_HEIGHT };

struct presentation {
	rv_input_format format;
	int channels, shift_y, shift_x;
};

static const struct presentation presentations[] = {
	{{"caffe", true, {104, 117, 123}, {1, 1, 1}}, 3, 2, 6},
	{{"signed", false, {127.5f, 127.5f, 127.5f}, {1 / 127.5f, 1 / 127.5f, 1 / 127.5f}},
         3,
         0,
         0},
	{{"odd", true, {10, 20, 30}, {0.5f, 2, 0.1f}}, 3, 4, 1},
	{{"grey", false, {33, 0, 0}, {0.01f, 0, 0}}, 1, 3, 3},
};

static double luma(const float *pixel)
{
	return 0.299 * (double)pixel[0] + 0.587 * (double)pixel[1] + 0.114 * (double)pixel[2];
}

static double input_at(const struct presentation *p, const float *picture, int y, int x, int c)
{
	const float *pixel =
		picture + 3 * ((y + p->shift_y) % P_HEIGHT * P_WIDTH + (x + p->shift_x) % P_WIDTH);
	double value = p->channels == 1 ? luma(pixel) : pixel[p->format.bgr ? 2 - c : c];

	return ((value + 1) * 127.5 - (double)p->format.mean[c]) * (double)p->format.scale[c];
}

static void check_input(const struct presentation *p, const float *picture, const float *input)
{
	for (int i = 0; i < P_PIXELS; i++)
		for (int c = 0; c < INPUT_STRIDE; c++) {
			double expected =
				c < p->channels ? input_at(p, picture, i / P_WIDTH, i % P_WIDTH, c)
						: 0;
			CHECK_MESSAGE(fabs(input[4 * i + c] - expected) < 1e-4,
			              "%s: pixel %d channel %d is %g, expected %g", p->format.name,
			              i, c, (double)input[4 * i + c], expected);
		}
}

/* The derivative of sum(g * input) by each colour of each picture pixel; input is linear in it. */
static void check_picture_gradient(const struct presentation *p, const float *g,
                                   const float *gradient)
{
	static float picture[P_PIXELS * 3];

	for (int i = 0; i < P_PIXELS * 3; i++) {
		double expected = 0;
		for (int side = -1; side <= 1; side += 2) {
			picture[i] = (float)side;
			for (int k = 0; k < P_PIXELS; k++)
				for (int c = 0; c < p->channels; c++)
					expected +=
						0.5 * side * (double)g[4 * k + c] *
						input_at(p, picture, k / P_WIDTH, k % P_WIDTH, c);
		}
		picture[i] = 0;
		CHECK_MESSAGE(fabs(gradient[i] - expected) < 1e-5 * (1 + fabs(expected)),
		              "%s: gradient %d is %g, expected %g", p->format.name, i,
		              (double)gradient[i], expected);
	}
}

static void check_presentation(const struct presentation *p)
{
	float *picture = random_floats(P_PIXELS * 3, -1, 1, 1),
	      *g = random_floats(P_PIXELS * 4, -1, 1, 2);
	float input[P_PIXELS * 4], gradient[P_PIXELS * 3];
	struct slice slice = {NULL, 0, INPUT_STRIDE, p->channels, P_HEIGHT, P_WIDTH};
	struct recording recording;

	REQUIRE(recording_start(&recording));
	struct launch_recorder *recorder = &recording.recorder;
	struct raster from = recording_raster(&recording, picture, P_WIDTH, P_HEIGHT);
	struct raster to = raster_record_own(recorder, P_WIDTH, P_HEIGHT);
	struct slice input_slice = slice, gradient_slice = slice;
	input_slice.buffer = recording_buffer(&recording, g, P_PIXELS * 4);
	gradient_slice.buffer = recording_buffer(&recording, g, P_PIXELS * 4);
	int launches[2] = {
		raster_record_present(recorder, &from, &p->format, &input_slice),
		raster_record_present_backward(recorder, &gradient_slice, &p->format, &to)};
	for (int i = 0; i < 2 && !recorder->status; i++) {
		launch_set_int(&recording.list.launches[launches[i]], RASTER_SHIFT_Y, p->shift_y);
		launch_set_int(&recording.list.launches[launches[i]], RASTER_SHIFT_X, p->shift_x);
	}
	if (recording_run(&recording) &&
	    recording_read(&recording, input_slice.buffer, input, sizeof(input)) &&
	    recording_read_raster(&recording, &to, gradient)) {
		check_input(p, picture, input);
		check_picture_gradient(p, g, gradient);
	}
	recording_end(&recording);
	free(picture);
	free(g);
}

TEST(presenting_shifts_and_scales_and_its_gradient_comes_back)
{
	for (size_t i = 0; i < sizeof(presentations) / sizeof(presentations[0]); i++)
		check_presentation(&presentations[i]);
}

TEST(inputs_of_two_channels_are_refused)
{
	struct slice input = {NULL, 0, INPUT_STRIDE, 2, 1, 1};
	struct recording recording;

	REQUIRE(recording_start(&recording));
	struct raster raster = raster_record_own(&recording.recorder, 1, 1);
	raster_record_present(&recording.recorder, &raster, &presentations[0].format, &input);
	CHECK(recording.recorder.status == RV_UNSUPPORTED);
	recording_end(&recording);
}
