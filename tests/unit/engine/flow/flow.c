/* Optical flow. The made-up scenes are sums of waves, so that a picture that has moved by any part
 * of a pixel is known exactly. */
#include "engine/flow/flow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/device_fixture.h"
#include "tests/support/test.h"

/* ---- scenes ---- */

enum { WAVES = 60 };

struct scene {
	int width, height;
	float u, v;            /* motion from the first picture to the second */
	float offset;          /* brightness added to the second, on the scale -1..1 */
	float *first, *second; /* RGB */
	float *motion;         /* the estimate */
};

struct waves {
	float across[WAVES], down[WAVES], phase[WAVES], height[WAVES];
};

/* Wavelengths from 5 pixels to 200, taller the longer they are, as in pictures of nature. */
static void make_waves(struct waves *waves)
{
	float *random = random_floats(3 * WAVES, 0, 1, 7);

	for (int i = 0; i < WAVES; i++) {
		float length = 5 * powf(40, random[3 * i]);
		float direction = 6.2831853f * random[3 * i + 1];
		waves->across[i] = 6.2831853f / length * cosf(direction);
		waves->down[i] = 6.2831853f / length * sinf(direction);
		waves->phase[i] = 6.2831853f * random[3 * i + 2];
		waves->height[i] = 0.012f * sqrtf(length);
	}
	free(random);
}

static float brightness(const struct waves *waves, float x, float y)
{
	float sum = 0;

	for (int i = 0; i < WAVES; i++)
		sum += waves->height[i] *
		       sinf(waves->across[i] * x + waves->down[i] * y + waves->phase[i]);
	return sum;
}

static float *make_picture(int width, int height, float shift_x, float shift_y, float offset)
{
	struct waves waves;
	float *rgb = calloc((size_t)width * (size_t)height * 3, sizeof(*rgb));

	make_waves(&waves);
	for (int y = 0; rgb && y < height; y++)
		for (int x = 0; x < width; x++)
			for (int c = 0; c < 3; c++)
				rgb[((size_t)y * width + x) * 3 + c] =
					brightness(&waves, x - shift_x, y - shift_y) + offset;
	return rgb;
}

static bool scene_make(struct scene *scene, int width, int height, float u, float v, float offset)
{
	*scene = (struct scene){.width = width, .height = height, .u = u, .v = v};
	scene->first = make_picture(width, height, 0, 0, 0);
	scene->second = make_picture(width, height, u, v, offset);
	scene->motion = calloc((size_t)width * (size_t)height, 2 * sizeof(float));
	return scene->first && scene->second && scene->motion;
}

static void scene_release(struct scene *scene)
{
	free(scene->first);
	free(scene->second);
	free(scene->motion);
	memset(scene, 0, sizeof(*scene));
}

/* ---- estimates ---- */

/* An open flow, and a recording that owns the rasters given to it. */
struct estimator {
	struct recording recording;
	struct flow *flow;
	struct flow_settings settings;
};

static bool estimator_open(struct estimator *it, int width, int height, rv_flow_quality quality)
{
	struct flow_settings settings = {.width = width, .height = height, .quality = quality};

	memset(it, 0, sizeof(*it));
	if (!recording_start(&it->recording))
		return false;
	it->settings = settings;
	return flow_create(&it->flow, it->recording.recorder.device, &settings, NULL,
	                   &it->recording.error) == RV_OK;
}

static void estimator_close(struct estimator *it)
{
	flow_destroy(&it->flow);
	recording_end(&it->recording);
}

static bool push(struct estimator *it, const float *rgb)
{
	struct raster raster =
		recording_raster(&it->recording, rgb, it->settings.width, it->settings.height);

	return flow_push(it->flow, &raster, &it->recording.error) == RV_OK;
}

static bool estimate(struct estimator *it, enum flow_direction direction, float *motion)
{
	size_t bytes = (size_t)it->settings.width * (size_t)it->settings.height * 2 * sizeof(float);

	return flow_estimate(it->flow, direction, &it->recording.error) == RV_OK &&
	       recording_read(&it->recording, flow_field(it->flow, direction), motion, bytes);
}

static bool estimate_scene(struct scene *scene, rv_flow_quality quality)
{
	struct estimator it;
	bool ok = estimator_open(&it, scene->width, scene->height, quality) &&
	          push(&it, scene->first) && push(&it, scene->second) &&
	          estimate(&it, FLOW_TO_NEWEST, scene->motion);

	CHECK_MESSAGE(ok, "%s", it.recording.error.message);
	estimator_close(&it);
	return ok;
}

/* Mean end-point error in pixels, over what is still in the picture after the motion. */
static double scene_error(const struct scene *scene)
{
	double sum = 0;
	int count = 0;

	for (int y = 0; y < scene->height; y++)
		for (int x = 0; x < scene->width; x++) {
			const float *motion = scene->motion + ((size_t)y * scene->width + x) * 2;
			if (x + scene->u < 0 || x + scene->u > scene->width - 1 ||
			    y + scene->v < 0 || y + scene->v > scene->height - 1)
				continue;
			sum += hypot(motion[0] - scene->u, motion[1] - scene->v);
			count++;
		}
	return sum / count;
}

static void check_motion(int width, int height, float u, float v, float offset,
                         rv_flow_quality quality, double allowed)
{
	struct scene scene;

	if (scene_make(&scene, width, height, u, v, offset) && estimate_scene(&scene, quality))
		CHECK_MESSAGE(scene_error(&scene) <= allowed,
		              "motion (%g, %g) of %dx%d pixels, quality %d: mean error %.4f, "
		              "allowed %.4f",
		              u, v, width, height, (int)quality, scene_error(&scene), allowed);
	scene_release(&scene);
}

/* A tenth of a pixel of the level at which the estimate ends. */
static double allowed_error(rv_flow_quality quality)
{
	return quality == RV_FLOW_FINE ? 0.1 : quality == RV_FLOW_MEDIUM ? 0.2 : 0.4;
}

TEST(flow_finds_parts_of_a_pixel)
{
	for (int quality = RV_FLOW_FAST; quality <= RV_FLOW_FINE; quality++)
		check_motion(200, 150, 0.3f, -0.45f, 0, quality, allowed_error(quality));
}

TEST(flow_finds_several_pixels)
{
	for (int quality = RV_FLOW_FAST; quality <= RV_FLOW_FINE; quality++)
		check_motion(200, 150, -3.25f, 5.5f, 0, quality, allowed_error(quality));
}

TEST(flow_finds_large_motion)
{
	for (int quality = RV_FLOW_FAST; quality <= RV_FLOW_FINE; quality++) {
		check_motion(320, 240, 40, 0, 0, quality, allowed_error(quality));
		check_motion(320, 240, -21, -28, 0, quality, allowed_error(quality));
	}
}

TEST(flow_does_not_follow_brightness)
{
	for (int quality = RV_FLOW_FAST; quality <= RV_FLOW_FINE; quality++)
		check_motion(200, 150, 2.5f, -1.25f, 0.2f, quality, allowed_error(quality));
}

TEST(flow_takes_odd_sizes)
{
	check_motion(161, 121, 1.5f, -2, 0, RV_FLOW_FINE, 0.1);
	check_motion(33, 97, 1, 0.5f, 0, RV_FLOW_FINE, 0.1);
	check_motion(97, 33, -0.5f, 1, 0, RV_FLOW_MEDIUM, 0.2);
	check_motion(17, 13, 0.5f, 0.25f, 0, RV_FLOW_FINE, 0.2);
}

/* Too small to show anything, but neither may they crash nor give anything but numbers. */
TEST(flow_takes_tiny_sizes)
{
	static const int sizes[][2] = {{1, 1}, {2, 3}, {1, 40}, {40, 1}, {5, 4}};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (int quality = RV_FLOW_FAST; quality <= RV_FLOW_FINE; quality++) {
			struct scene scene;
			int count = sizes[i][0] * sizes[i][1] * 2;

			if (scene_make(&scene, sizes[i][0], sizes[i][1], 1, 0, 0) &&
			    estimate_scene(&scene, quality))
				for (int k = 0; k < count; k++)
					CHECK(fabsf(scene.motion[k]) < 100);
			scene_release(&scene);
		}
}

static float largest(const float *values, size_t count)
{
	float found = 0;

	for (size_t i = 0; i < count; i++)
		if (!(fabsf(values[i]) <= found))
			found = fabsf(values[i]);
	return found;
}

TEST(flow_of_what_rests_is_zero)
{
	for (int quality = RV_FLOW_FAST; quality <= RV_FLOW_FINE; quality++) {
		struct scene scene;

		if (scene_make(&scene, 203, 151, 0, 0, 0) && estimate_scene(&scene, quality))
			CHECK_MESSAGE(largest(scene.motion, 203 * 151 * 2) < 1e-4f, "%g",
			              largest(scene.motion, 203 * 151 * 2));
		scene_release(&scene);
	}
}

TEST(flow_of_black_is_zero)
{
	struct scene scene;

	REQUIRE(scene_make(&scene, 90, 70, 3, 3, 0));
	for (int i = 0; i < 90 * 70 * 3; i++)
		scene.first[i] = scene.second[i] = -1;
	if (estimate_scene(&scene, RV_FLOW_FINE))
		CHECK(largest(scene.motion, 90 * 70 * 2) == 0);
	scene_release(&scene);
}

/* ---- pictures in a row ---- */

/* The third picture's flow to the second must be what the two give alone, to the bit, although the
 * first was pushed before and estimates lay between. */
TEST(flow_keeps_pyramids_from_picture_to_picture)
{
	enum { WIDTH = 161, HEIGHT = 121, COUNT = WIDTH * HEIGHT * 2 };
	static float in_a_row[COUNT], alone[COUNT], unused[COUNT];
	struct estimator it;
	struct scene scene;
	float *third = make_picture(WIDTH, HEIGHT, 4, 3, 0);
	bool ok;

	REQUIRE(third && scene_make(&scene, WIDTH, HEIGHT, 2, 1, 0));
	ok = estimator_open(&it, WIDTH, HEIGHT, RV_FLOW_MEDIUM) && push(&it, scene.first) &&
	     push(&it, scene.second) && estimate(&it, FLOW_TO_PAST, unused) && push(&it, third) &&
	     estimate(&it, FLOW_TO_NEWEST, unused) && estimate(&it, FLOW_TO_PAST, in_a_row);
	CHECK_MESSAGE(ok, "%s", it.recording.error.message);
	flow_forget(it.flow);
	ok = ok && push(&it, scene.second) && push(&it, third) &&
	     estimate(&it, FLOW_TO_PAST, alone);
	CHECK(ok && memcmp(in_a_row, alone, sizeof(alone)) == 0);
	estimator_close(&it);
	free(third);
	scene_release(&scene);
}

TEST(flow_goes_both_ways)
{
	enum { WIDTH = 160, HEIGHT = 120, COUNT = WIDTH * HEIGHT * 2 };
	static float there[COUNT], back[COUNT];
	struct estimator it;
	struct scene scene;

	REQUIRE(scene_make(&scene, WIDTH, HEIGHT, 2.5f, -1.5f, 0));
	if (estimator_open(&it, WIDTH, HEIGHT, RV_FLOW_FINE) && push(&it, scene.first) &&
	    push(&it, scene.second) && estimate(&it, FLOW_TO_NEWEST, there) &&
	    estimate(&it, FLOW_TO_PAST, back))
		for (int y = 20; y < HEIGHT - 20; y++)
			for (int x = 20; x < WIDTH - 20; x++)
				for (int c = 0; c < 2; c++) {
					int i = (y * WIDTH + x) * 2 + c;
					CHECK(fabsf(there[i] + back[i]) < 0.1f);
				}
	else
		CHECK_MESSAGE(false, "%s", it.recording.error.message);
	estimator_close(&it);
	scene_release(&scene);
}

TEST(flow_is_the_same_every_time)
{
	struct scene scene;
	size_t bytes = 203 * 151 * 2 * sizeof(float);
	float *before;

	REQUIRE(scene_make(&scene, 203, 151, 3, -2, 0));
	before = malloc(bytes);
	for (int run = 0; before && run < 4 && estimate_scene(&scene, RV_FLOW_FINE); run++) {
		if (run)
			CHECK(memcmp(before, scene.motion, bytes) == 0);
		memcpy(before, scene.motion, bytes);
	}
	free(before);
	scene_release(&scene);
}

/* ---- every way to run it ---- */

/* Estimates with kernels of another shape. */
static double error_with(int lanes, rv_kernels kernels)
{
	struct device *device = fixture_device();
	int old_lanes = device ? device->lanes : 0;
	double error = INFINITY;
	rv_kernels old_kernels;
	struct scene scene;

	if (!device)
		return error;
	old_kernels = device->kernels;
	device->lanes = lanes;
	device->kernels = kernels;
	if (scene_make(&scene, 61, 45, 1.5f, -0.75f, 0) && estimate_scene(&scene, RV_FLOW_FINE))
		error = scene_error(&scene);
	device->lanes = old_lanes;
	device->kernels = old_kernels;
	scene_release(&scene);
	return error;
}

TEST(flow_works_with_vectors_of_any_width)
{
	for (int lanes = 4; lanes <= 16; lanes *= 2)
		CHECK(error_with(lanes, RV_KERNELS_CPU) < 0.1);
}

TEST(flow_works_the_way_gpus_run_it)
{
	CHECK(error_with(4, RV_KERNELS_GPU) < 0.1);
}

/* A coarser flow is cheaper, and less exact, but still the flow. */
TEST(flow_leaves_out_octaves)
{
	struct flow_settings settings = {.width = 200, .height = 150, .quality = RV_FLOW_FINE};
	struct estimator it;
	struct scene scene;

	settings.skip[FLOW_TO_NEWEST] = 2;
	REQUIRE(scene_make(&scene, 200, 150, 3.5f, -2, 0));
	REQUIRE(recording_start(&it.recording));
	it.settings = settings;
	if (flow_create(&it.flow, it.recording.recorder.device, &settings, NULL,
	                &it.recording.error) == RV_OK &&
	    push(&it, scene.first) && push(&it, scene.second) &&
	    estimate(&it, FLOW_TO_NEWEST, scene.motion))
		CHECK(scene_error(&scene) <= allowed_error(RV_FLOW_FAST));
	else
		CHECK_MESSAGE(false, "%s", it.recording.error.message);
	estimator_close(&it);
	scene_release(&scene);
}

/* What others leave in a room is nothing to a flow, and it takes no more than was measured. */
TEST(flow_in_a_room_is_the_flow)
{
	static const cl_float left_there = 1e6f;

	for (int quality = RV_FLOW_FAST; quality <= RV_FLOW_FINE; quality++) {
		struct room measured = {0}, room;
		struct scene scene;
		struct estimator it, lone;
		float *motion = calloc(2 * 150 * 110, sizeof(*motion));
		REQUIRE(motion && scene_make(&scene, 150, 110, 2.5f, -1, 0));
		REQUIRE(estimator_open(&lone, 150, 110, (rv_flow_quality)quality));
		REQUIRE(push(&lone, scene.first) && push(&lone, scene.second) &&
		        estimate(&lone, FLOW_TO_PAST, motion));
		flow_measure(&lone.settings, &measured);
		REQUIRE(recording_start(&it.recording));
		struct device *device = it.recording.recorder.device;
		REQUIRE(room_create(&room, device, measured.bytes, NULL) == RV_OK);
		clEnqueueFillBuffer(device->queue, room.buffer, &left_there, sizeof(left_there), 0,
		                    room.bytes, 0, NULL, NULL);
		it.settings = lone.settings;
		REQUIRE(flow_create(&it.flow, device, &it.settings, &room, NULL) == RV_OK);
		CHECK(room.taken >= 2 * 2 * sizeof(float) * 150 * 110 && room.taken < room.bytes);
		CHECK(push(&it, scene.first) && push(&it, scene.second) &&
		      estimate(&it, FLOW_TO_PAST, scene.motion));
		CHECK(!memcmp(motion, scene.motion, 2 * sizeof(float) * 150 * 110));
		estimator_close(&it);
		estimator_close(&lone);
		room_release(&room);
		scene_release(&scene);
		free(motion);
	}
}

TEST(flow_refuses_wrong_calls)
{
	struct flow_settings wrong[] = {
		{.width = 0, .height = 5},
		{.width = 5, .height = 1 << 20},
		{.width = 5, .height = 5, .quality = (rv_flow_quality)7},
		{.width = 5, .height = 5, .skip = {-1, 0}},
	};
	struct raster other = {NULL, 3, 3};
	struct estimator it;
	struct flow *flow;

	REQUIRE(estimator_open(&it, 20, 20, RV_FLOW_FAST));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		CHECK(flow_create(&flow, it.recording.recorder.device, &wrong[i], NULL,
		                  &it.recording.error) == RV_INVALID);
		CHECK(!flow);
	}
	CHECK(flow_push(it.flow, &other, NULL) == RV_INVALID);
	CHECK(flow_estimate(it.flow, FLOW_TO_PAST, NULL) == RV_INVALID);
	estimator_close(&it);
}
