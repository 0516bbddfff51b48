#include "tests/support/tile_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/api/channel_rms.h"
#include "engine/convolution/convolution.h"
#include "tests/support/device_fixture.h"
#include "tests/support/onnx_builder.h"
#include "tests/support/test.h"

/* ---- a network ---- */

static void block(struct onnx_builder *builder, const char *input, int inputs, const char *output,
                  int outputs, unsigned seed)
{
	float *values = random_floats((size_t)(outputs * inputs * 9), -1, 1, seed);

	onnx_builder_block(builder, input, inputs, output, outputs, values);
	free(values);
}

static void slice(struct onnx_builder *builder, const char *input, const struct slice_taken *taken,
                  const char *output)
{
	static const int64_t axes[] = {2, 3}, two[] = {2};
	char inputs[64];

	onnx_builder_integers(builder, "starts", 1, two, taken->starts);
	onnx_builder_integers(builder, "ends", 1, two, taken->ends);
	onnx_builder_integers(builder, "axes", 1, two, axes);
	onnx_builder_integers(builder, "steps", 1, two, taken->steps);
	snprintf(inputs, sizeof(inputs), "%s starts ends axes steps", input);
	onnx_builder_node(builder, "Slice", inputs, output);
	onnx_builder_node_name(builder, "taken");
}

struct onnx_model *tile_network(const struct slice_taken *taken)
{
	struct onnx_builder *builder = onnx_builder_create(13);
	rv_error error = {RV_OK, ""};
	struct onnx_model *model;

	onnx_builder_picture(builder, "picture", 3, 0, 0);
	block(builder, "picture", 3, "low", 16, 1);
	onnx_builder_node(builder, "MaxPool", "low", "pooled");
	onnx_builder_ints(builder, "kernel_shape", 2, (int64_t[]){2, 2});
	onnx_builder_ints(builder, "strides", 2, (int64_t[]){2, 2});
	if (taken)
		slice(builder, "pooled", taken, "sliced");
	block(builder, taken ? "sliced" : "pooled", 16, "middle", 32, 2);
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

struct graph *tile_graph(const struct onnx_model *model, const char *layer)
{
	struct graph_options options = {.no_fuse = false};
	struct graph *graph = NULL;
	rv_error error;

	if (graph_build(&graph, model, &layer, 1, &options, &error))
		test_failed(__FILE__, __LINE__, "%s", error.message);
	return graph;
}

/* ---- an octave ---- */

void tile_trial_end(struct tile_trial *trial)
{
	octave_release(&trial->octave);
	network_buffers_release(&trial->buffers);
	convolution_library_destroy(&trial->convolutions);
	launch_list_clear(&trial->list);
}

/* bytes: what the network may take. */
static rv_status tile_trial_plan(struct tile_trial *trial, const struct graph *graph, int width,
                                 int height, size_t bytes)
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

static rv_status tile_trial_record(struct tile_trial *trial)
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
	trial->shared.details[0] =
		raster_record_own(&recorder, octave->width, octave->height).buffer;
	trial->shared.gradient = raster_record_own(&recorder, octave->width, octave->height).buffer;
	return recorder.status ? recorder.status
	                       : octave_record(octave, recorder.device, &recipe, &trial->error);
}

bool tile_trial_start(struct tile_trial *trial, const struct graph *graph, const float *picture,
                      int width, int height, size_t bytes)
{
	rv_status status;

	memset(trial, 0, sizeof(*trial));
	if (!fixture_device())
		return false;
	status = tile_trial_plan(trial, graph, width, height, bytes);
	if (!status)
		status = tile_trial_record(trial);
	if (!status &&
	    clEnqueueWriteBuffer(fixture_device()->queue, trial->octave.picture.buffer, CL_TRUE, 0,
	                         raster_bytes(width, height), picture, 0, NULL, NULL))
		status = rv_fail(&trial->error, RV_DEVICE, "the picture was refused");
	if (status) {
		test_failed(__FILE__, __LINE__, "%s", trial->error.message);
		tile_trial_end(trial);
	}
	return !status;
}

bool tile_trial_run_tiles(struct tile_trial *trial, int shift_y, int shift_x)
{
	rv_status status = RV_OK;

	for (int i = 0; i < tiles_count(&trial->octave.tiles) && !status; i++)
		status = octave_tile(&trial->octave, i, shift_y, shift_x, fixture_device()->queue,
		                     &trial->error);
	if (status)
		test_failed(__FILE__, __LINE__, "%s", trial->error.message);
	return !status;
}

float *tile_trial_read(const struct raster *raster)
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

float *tile_trial_gradient(const struct graph *graph, const float *picture, int width, int height,
                           size_t bytes, int shift_y, int shift_x, struct tiles *tiles)
{
	struct tile_trial trial;
	float *gradient = NULL;

	if (!tile_trial_start(&trial, graph, picture, width, height, bytes))
		return NULL;
	*tiles = trial.octave.tiles;
	if (tile_trial_run_tiles(&trial, shift_y, shift_x))
		gradient = tile_trial_read(&trial.octave.gradient);
	tile_trial_end(&trial);
	return gradient;
}

size_t tile_trial_whole_bytes(const struct graph *graph, int width, int height)
{
	struct network *network;
	size_t bytes;

	if (network_create(&network, graph, height, width, NULL))
		return 0;
	bytes = network_needs_bytes(&network->needs);
	network_destroy(&network);
	return bytes;
}

float *tile_trial_picture(int width, int height)
{
	float *rgb = channel_rms_dead_leaves(width, height, 7);
	float *raster = calloc((size_t)width * (size_t)height * 4, sizeof(*raster));

	for (size_t i = 0; rgb && raster && i < (size_t)width * (size_t)height; i++)
		for (int c = 0; c < 3; c++)
			raster[4 * i + c] = 2 * rgb[3 * i + c] - 1;
	free(rgb);
	return raster;
}
