/* The same gradients and steps, of a whole picture and in tiles. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/api/channel_rms.h"
#include "engine/api/model.h"
#include "engine/base/random.h"
#include "engine/convolution/convolution.h"
#include "engine/dream/octave.h"
#include "tests/support/device_fixture.h"
#include "tests/support/onnx_builder.h"
#include "tests/support/test.h"

static const char inception[] = "models/inception_v3.onnx";

/* ---- a network ---- */

static void block(struct onnx_builder *builder, const char *input, int inputs, const char *output,
                  int outputs, unsigned seed)
{
	float *values = random_floats((size_t)(outputs * inputs * 9), -1, 1, seed);

	onnx_builder_block(builder, input, inputs, output, outputs, values);
	free(values);
}

/* Three convolutions and a pool: 12 pixels of the picture for each of the layer "top". */
static struct onnx_model *small_network(void)
{
	struct onnx_builder *builder = onnx_builder_create(13);
	rv_error error = {RV_OK, ""};
	struct onnx_model *model;

	onnx_builder_picture(builder, "picture", 3, 0, 0);
	block(builder, "picture", 3, "low", 16, 1);
	onnx_builder_node(builder, "MaxPool", "low", "pooled");
	onnx_builder_ints(builder, "kernel_shape", 2, (int64_t[]){2, 2});
	onnx_builder_ints(builder, "strides", 2, (int64_t[]){2, 2});
	block(builder, "pooled", 16, "middle", 32, 2);
	block(builder, "middle", 32, "top", 16, 3);
	model = onnx_builder_parse(builder, &error);
	onnx_builder_destroy(&builder);
	if (!model)
		test_failed(__FILE__, __LINE__, "%s", error.message);
	return model;
}

static const rv_input_format format = {.name = "signed",
                                       .mean = {127.5f, 127.5f, 127.5f},
                                       .scale = {2 / 255.f, 2 / 255.f, 2 / 255.f}};

static struct graph *graph_to(const struct onnx_model *model, const char *layer)
{
	struct graph_options options = {.no_fuse = false};
	struct graph *graph = NULL;
	rv_error error;

	if (graph_build(&graph, model, &layer, 1, &options, &error))
		test_failed(__FILE__, __LINE__, "%s", error.message);
	return graph;
}

TEST(the_receptive_field_of_a_small_network_is_counted)
{
	struct onnx_model *model = small_network();
	struct graph *graph = model ? graph_to(model, "top") : NULL;
	struct tiles_receptive_field reach;

	REQUIRE(graph && tiles_receptive_field(graph, &reach));
	CHECK(reach.stride == 2);
	CHECK(reach.width == 12);
	CHECK(reach.height == 12);
	graph_destroy(&graph);
	onnx_close(&model);
}

/* A window of 3 with a dilation of 4 spans 9 pixels, one with a dilation of 2 spans 5: together
 * they see 8 + 4 pixels besides their own. */
TEST(the_receptive_field_counts_dilation)
{
	struct onnx_builder *builder = onnx_builder_create(13);
	float *values = random_floats(16 * 16 * 9, -1, 1, 7);
	struct tiles_receptive_field field;
	struct onnx_model *model;
	struct graph *graph;

	onnx_builder_picture(builder, "picture", 3, 0, 0);
	onnx_builder_floats(builder, "first", 4, (int64_t[]){16, 3, 3, 3}, values);
	onnx_builder_node(builder, "Conv", "picture first", "middle");
	onnx_builder_ints(builder, "dilations", 2, (int64_t[]){4, 2});
	onnx_builder_floats(builder, "second", 4, (int64_t[]){16, 16, 3, 3}, values);
	onnx_builder_node(builder, "Conv", "middle second", "top");
	onnx_builder_ints(builder, "dilations", 2, (int64_t[]){2, 4});
	model = onnx_builder_parse(builder, NULL);
	graph = model ? graph_to(model, "top") : NULL;
	REQUIRE(graph && tiles_receptive_field(graph, &field));
	CHECK(field.stride == 1 && field.height == 13 && field.width == 13);
	graph_destroy(&graph);
	onnx_close(&model);
	onnx_builder_destroy(&builder);
	free(values);
}

/* ---- an octave ---- */

/* One octave of a picture, with all that it needs. */
struct trial {
	struct octave octave;
	struct convolution_library *convolutions;
	struct network_buffers buffers;
	struct launch_list list; /* owns what follows */
	struct octave_shared shared;
	struct raster frame, inherited;
	rv_error error;
};

static void trial_end(struct trial *trial)
{
	octave_release(&trial->octave);
	network_buffers_release(&trial->buffers);
	convolution_library_destroy(&trial->convolutions);
	launch_list_clear(&trial->list);
}

/* bytes: what the network may take. */
static rv_status trial_plan(struct trial *trial, const struct graph *graph, int width, int height,
                            size_t bytes)
{
	struct tile_budget budget = {bytes, bytes};
	struct octave *octave = &trial->octave;
	struct device *device = fixture_device();
	rv_status status;

	octave->width = width;
	octave->height = height;
	status = tiles_network(&octave->tiles, &octave->network, graph, height, width, &budget,
	                       &trial->error);
	if (!status)
		status = network_buffers_create(&trial->buffers, device, &octave->network->needs,
		                                &trial->error);
	if (!status)
		status = convolution_library_create(&trial->convolutions, device,
		                                    RV_CONVOLUTION_AUTO, &trial->error);
	return status;
}

static rv_status trial_record(struct trial *trial)
{
	struct launch_recorder recorder = {
		.device = fixture_device(), .list = &trial->list, .error = &trial->error};
	struct octave *octave = &trial->octave;
	rv_params params = rv_params_default();
	/* Relative to the tile, as the objective is a mean over its layer. */
	struct objective_target target = {.kind = OBJECTIVE_L2,
	                                  .weight = 1,
	                                  .scale = (float)octave->tiles.y.tile *
	                                           (float)octave->tiles.x.tile};
	struct dream_recipe ascent = {.format = &format, .params = &params, .targets = &target};
	struct octave_recipe recipe = {.ascent = &ascent,
	                               .frame = &trial->frame,
	                               .inherited = &trial->inherited,
	                               .shared = &trial->shared,
	                               .buffers = &trial->buffers,
	                               .convolutions = trial->convolutions};

	params.time.on = false;
	trial->frame = raster_record_own(&recorder, octave->width, octave->height);
	trial->inherited = raster_record_own(&recorder, octave->width, octave->height);
	trial->shared.gradient = raster_record_own(&recorder, octave->width, octave->height).buffer;
	return recorder.status ? recorder.status
	                       : octave_record(octave, recorder.device, &recipe, &trial->error);
}

/* An octave whose picture is `picture`, [height][width][4] from -1 to 1. */
static bool trial_start(struct trial *trial, const struct graph *graph, const float *picture,
                        int width, int height, size_t bytes)
{
	rv_status status;

	memset(trial, 0, sizeof(*trial));
	if (!fixture_device())
		return false;
	status = trial_plan(trial, graph, width, height, bytes);
	if (!status)
		status = trial_record(trial);
	if (!status &&
	    clEnqueueWriteBuffer(fixture_device()->queue, trial->octave.picture.buffer, CL_TRUE, 0,
	                         raster_bytes(width, height), picture, 0, NULL, NULL))
		status = rv_fail(&trial->error, RV_DEVICE, "the picture was refused");
	if (status) {
		test_failed(__FILE__, __LINE__, "%s", trial->error.message);
		trial_end(trial);
	}
	return !status;
}

static bool run_tiles(struct trial *trial, int shift_y, int shift_x)
{
	rv_status status = RV_OK;

	for (int i = 0; i < tiles_count(&trial->octave.tiles) && !status; i++)
		status = octave_tile(&trial->octave, i, shift_y, shift_x, fixture_device()->queue,
		                     &trial->error);
	if (status)
		test_failed(__FILE__, __LINE__, "%s", trial->error.message);
	return !status;
}

/* A raster of the trial, to be freed. */
static float *read_raster(const struct raster *raster)
{
	size_t bytes = raster_bytes(raster->width, raster->height);
	float *values = malloc(bytes);

	if (!values || clEnqueueReadBuffer(fixture_device()->queue, raster->buffer, CL_TRUE, 0,
	                                   bytes, values, 0, NULL, NULL)) {
		test_failed(__FILE__, __LINE__, "reading back failed");
		free(values);
		return NULL;
	}
	return values;
}

/* The gradient of a picture, whole where bytes is SIZE_MAX; tiles receives how it was done. */
static float *gradient_of(const struct graph *graph, const float *picture, int width, int height,
                          size_t bytes, int shift_y, int shift_x, struct tiles *tiles)
{
	struct trial trial;
	float *gradient = NULL;

	if (!trial_start(&trial, graph, picture, width, height, bytes))
		return NULL;
	*tiles = trial.octave.tiles;
	if (run_tiles(&trial, shift_y, shift_x))
		gradient = read_raster(&trial.octave.gradient);
	trial_end(&trial);
	return gradient;
}

/* What the network of the whole picture takes. */
static size_t whole_bytes(const struct graph *graph, int width, int height)
{
	struct network *network;
	size_t bytes;

	if (network_create(&network, graph, height, width, NULL))
		return 0;
	bytes = network_needs_bytes(&network->needs);
	network_destroy(&network);
	return bytes;
}

/* [height][width][4] from -1 to 1, the fourth 0. */
static float *leaves(int width, int height)
{
	float *rgb = channel_rms_dead_leaves(width, height, 7);
	float *raster = calloc((size_t)width * (size_t)height * 4, sizeof(*raster));

	for (size_t i = 0; rgb && raster && i < (size_t)width * (size_t)height; i++)
		for (int c = 0; c < 3; c++)
			raster[4 * i + c] = 2 * rgb[3 * i + c] - 1;
	free(rgb);
	return raster;
}

/* ---- gradients ---- */

/* True if the tile's pixel is so far from borders inside the picture that all that the gradient
 * there depends on lies in the tile. */
static bool is_deep(const struct tile_axis *axis, int index, int x, int field)
{
	return (index == 0 || x >= field) && (index == axis->count - 1 || x < axis->tile - field);
}

/* The only tile that counts at pixel x of the (unshifted) picture, if it is deep in it. */
static bool one_deep_tile(const struct tile_axis *axis, int x, int field)
{
	for (int i = 0; i < axis->count; i++) {
		struct tiles_span span = tiles_span(axis, i);
		int at = x - span.start;
		if (at >= 0 && at < axis->tile && tiles_weight(&span, at) == 1)
			return is_deep(axis, i, at, field);
	}
	return false;
}

/* Squares over pixels that lie deep in one tile, and how many those are. */
static int compare_deep(const float *tiled, const float *whole, const struct tiles *tiles,
                        int shift_y, int shift_x, int field, double *difference, double *energy)
{
	int height = tiles->y.size, width = tiles->x.size, count = 0;

	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++) {
			size_t at = ((size_t)((y + shift_y) % height) * (size_t)width +
			             (size_t)((x + shift_x) % width)) *
			            4;
			if (!one_deep_tile(&tiles->y, y, field) ||
			    !one_deep_tile(&tiles->x, x, field))
				continue;
			count++;
			for (int c = 0; c < 3; c++) {
				double d = (double)tiled[at + c] - (double)whole[at + c];
				*difference += d * d;
				*energy += (double)whole[at + c] * (double)whole[at + c];
			}
		}
	return count;
}

enum { SMALL_WIDTH = 172, SMALL_HEIGHT = 130, SMALL_FIELD = 12 };

TEST(inside_tiles_gradients_are_those_of_the_whole_picture)
{
	static const int shifts[][2] = {{0, 0}, {5, 3}, {129, 160}};
	struct onnx_model *model = small_network();
	struct graph *graph = model ? graph_to(model, "top") : NULL;
	float *picture = leaves(SMALL_WIDTH, SMALL_HEIGHT);

	REQUIRE(graph && picture);
	for (size_t i = 0; i < sizeof(shifts) / sizeof(shifts[0]); i++) {
		int y = shifts[i][0], x = shifts[i][1], deep;
		size_t bytes = whole_bytes(graph, SMALL_WIDTH, SMALL_HEIGHT);
		struct tiles tiles, one;
		double difference = 0, energy = 0;
		float *whole = gradient_of(graph, picture, SMALL_WIDTH, SMALL_HEIGHT, SIZE_MAX, y,
		                           x, &one);
		float *tiled = gradient_of(graph, picture, SMALL_WIDTH, SMALL_HEIGHT, bytes / 3, y,
		                           x, &tiles);
		REQUIRE(whole && tiled);
		CHECK(tiles_count(&one) == 1);
		CHECK(tiles_count(&tiles) > 2);
		deep = compare_deep(tiled, whole, &tiles, y, x, SMALL_FIELD, &difference, &energy);
		CHECK(deep > SMALL_WIDTH * SMALL_HEIGHT / 4);
		CHECK_MESSAGE(sqrt(difference / energy) < 5e-6, "relative error %g",
		              sqrt(difference / energy));
		free(whole);
		free(tiled);
	}
	free(picture);
	graph_destroy(&graph);
	onnx_close(&model);
}

/* What a pixel that is seen is worth to the objective; measured twice, as the second time must
 * begin anew. */
static double worth_of(const struct graph *graph, const float *picture, size_t bytes, int *count)
{
	struct trial trial;
	double worth = NAN;

	if (!trial_start(&trial, graph, picture, SMALL_WIDTH, SMALL_HEIGHT, bytes))
		return NAN;
	trial.octave.watched = true;
	*count = tiles_count(&trial.octave.tiles);
	if (run_tiles(&trial, 0, 0) && run_tiles(&trial, 0, 0))
		network_worth(trial.octave.network, fixture_device()->queue, &worth, NULL);
	worth /= (double)*count * trial.octave.tiles.y.tile * trial.octave.tiles.x.tile;
	trial_end(&trial);
	return worth;
}

/* Tiles see parts that differ, and some parts twice. */
TEST(tiles_are_worth_about_what_the_whole_picture_is)
{
	struct onnx_model *model = small_network();
	struct graph *graph = model ? graph_to(model, "top") : NULL;
	float *picture = leaves(SMALL_WIDTH, SMALL_HEIGHT);
	int one, tiles;
	double whole, tiled;

	REQUIRE(graph && picture);
	whole = worth_of(graph, picture, SIZE_MAX, &one);
	tiled = worth_of(graph, picture, whole_bytes(graph, SMALL_WIDTH, SMALL_HEIGHT) / 3, &tiles);
	CHECK(one == 1 && tiles > 2);
	CHECK_MESSAGE(fabs(tiled / whole - 1) < 0.2, "%g a pixel, not %g", tiled, whole);
	free(picture);
	graph_destroy(&graph);
	onnx_close(&model);
}

TEST(a_budget_for_no_tile_is_refused)
{
	struct onnx_model *model = small_network();
	struct graph *graph = model ? graph_to(model, "top") : NULL;
	struct tile_budget budget = {1000, 1000};
	struct network *network = NULL;
	struct tiles tiles;
	rv_error error;

	REQUIRE(graph);
	CHECK(tiles_network(&tiles, &network, graph, 130, 171, &budget, &error) == RV_MEMORY);
	CHECK(strstr(error.message, "171x130"));
	CHECK(strstr(error.message, "--memory-limit"));
	CHECK(!network);
	graph_destroy(&graph);
	onnx_close(&model);
}

/* ---- seams ---- */

enum { SEAM_WIDTH = 640, SEAM_HEIGHT = 320, SEAM_STEPS = 6, SEAM_JITTER = 16 };

/* What was added to a picture by a few steps with jitter; to be freed. */
static float *dream_detail(const struct graph *graph, const float *picture, size_t bytes,
                           struct tiles *tiles)
{
	struct trial trial;
	struct octave_role role = {.from_below = 1, .step = 0.02f};
	uint64_t random = 1;
	float *detail = NULL;
	bool done;

	if (!trial_start(&trial, graph, picture, SEAM_WIDTH, SEAM_HEIGHT, bytes))
		return NULL;
	*tiles = trial.octave.tiles;
	octave_set(&trial.octave, &role);
	done = true;
	for (int i = 0; i < SEAM_STEPS && done; i++) {
		int shift_y = (int)(random_next(&random) % SEAM_JITTER);
		int shift_x = (int)(random_next(&random) % SEAM_JITTER);
		done = run_tiles(&trial, shift_y, shift_x) &&
		       !octave_step(&trial.octave, fixture_device()->queue, &trial.error);
	}
	if (done)
		detail = read_raster(&trial.octave.picture);
	for (size_t i = 0; detail && i < (size_t)SEAM_WIDTH * SEAM_HEIGHT * 4; i++)
		detail[i] -= picture[i];
	trial_end(&trial);
	return detail;
}

/* Mean square of the steps of detail from column x - 1 to x, over columns [from, to). */
static double edge_energy(const float *detail, int from, int to)
{
	double sum = 0;

	for (int y = 0; y < SEAM_HEIGHT; y++)
		for (int x = from; x < to; x++)
			for (int c = 0; c < 3; c++) {
				size_t at = ((size_t)y * SEAM_WIDTH + (size_t)x) * 4 + (size_t)c;
				double step = (double)detail[at] - (double)detail[at - 4];
				sum += step * step;
			}
	return sum / ((to - from) * SEAM_HEIGHT * 3.0);
}

/* In the tiled dream, relative to the whole one, columns around both borders of an overlap (jitter
 * moves them) must hold no more of what an edge is made of than columns everywhere. */
static void check_seams(const float *tiled, const float *whole, const struct tile_axis *axis)
{
	double everywhere = edge_energy(tiled, 1, axis->size) / edge_energy(whole, 1, axis->size);

	for (int i = 1; i < axis->count; i++) {
		int borders[] = {tiles_span(axis, i).start,
		                 tiles_span(axis, i - 1).start + axis->tile};
		for (int k = 0; k < 2; k++) {
			int from = borders[k] - 2, to = borders[k] + SEAM_JITTER + 2;
			double here = edge_energy(tiled, from, to) / edge_energy(whole, from, to);
			CHECK_MESSAGE(here < 1.2 * everywhere,
			              "columns %d to %d: energy %.3f of the whole picture's, "
			              "%.3f everywhere",
			              from, to, here, everywhere);
		}
	}
}

TEST(a_dream_in_tiles_has_no_seams)
{
	struct graph *graph;
	rv_model *model;
	rv_error error;
	float *picture, *whole, *tiled;
	struct tiles one, tiles;

	if (rv_model_open(&model, inception, NULL, &error))
		SKIP("%s is missing", inception);
	graph = graph_to(model_onnx(model), "mixed3");
	picture = leaves(SEAM_WIDTH, SEAM_HEIGHT);
	REQUIRE(graph && picture);
	whole = dream_detail(graph, picture, SIZE_MAX, &one);
	tiled = dream_detail(graph, picture, whole_bytes(graph, SEAM_WIDTH, SEAM_HEIGHT) * 2 / 3,
	                     &tiles);
	REQUIRE(whole && tiled);
	CHECK(tiles.x.count > 1);
	CHECK(tiles_count(&one) == 1);
	CHECK_MESSAGE(test_cosine(tiled, whole, (size_t)SEAM_WIDTH * SEAM_HEIGHT * 4) > 0.9,
	              "cosine %g", test_cosine(tiled, whole, (size_t)SEAM_WIDTH * SEAM_HEIGHT * 4));
	check_seams(tiled, whole, &tiles.x);
	free(picture);
	free(whole);
	free(tiled);
	graph_destroy(&graph);
	rv_model_close(&model);
}
