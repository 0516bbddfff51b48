/* The functions of engine/reverie_inspect.h that measure: steps, launches, memory, convolutions. */

#include <stdlib.h>

#include "engine/api/channel_rms.h"
#include "engine/api/dream.h"
#include "engine/api/probe.h"
#include "engine/api/wanted.h"
#include "engine/base/clock.h"
#include "engine/opencl/profile.h"
#include "engine/opencl/program.h"
#include "engine/reverie_inspect.h"

/* One step: the milliseconds until it is enqueued, and until it is done. */
static rv_status time_step(struct probe *probe, double *enqueued, double *done, rv_error *error)
{
	double start = clock_now_ms();
	rv_status status = probe_run(probe, error);
	cl_int code;

	*enqueued = clock_now_ms() - start;
	code = status != RV_OK ? CL_SUCCESS : clFinish(probe->engine->device->queue);
	*done = clock_now_ms() - start;
	return code ? device_fail(error, code, "running a gradient step") : status;
}

static rv_status present_dead_leaves(struct probe *probe, rv_error *error)
{
	rv_image image = {.format = RV_RGBF32,
	                  .width = probe->picture.width,
	                  .height = probe->picture.height,
	                  .stride = 3 * (size_t)probe->picture.width * sizeof(float)};
	rv_status status;

	image.pixels = channel_rms_dead_leaves(image.width, image.height, 1);
	if (!image.pixels)
		return rv_fail(error, RV_MEMORY, "out of memory");
	status = probe_present(probe, &image, error);
	free(image.pixels);
	return status;
}

/* A probe of a whole step that has run once, which builds what drivers build late. */
static rv_status create_warm(struct probe *probe, rv_engine *engine, const char *layer, int width,
                             int height, rv_error *error)
{
	double enqueued, done;
	rv_status status = probe_create(probe, engine, layer, width, height, true,
	                                (float)width * (float)height, error);

	if (status != RV_OK)
		return status;
	status = present_dead_leaves(probe, error);
	if (status == RV_OK)
		status = time_step(probe, &enqueued, &done, error);
	if (status == RV_OK)
		program_cache_keep(engine->device, true);
	else
		probe_release(probe);
	return status;
}

rv_status rv_measure_step(rv_engine *engine, const char *layer, int width, int height, int runs,
                          double *milliseconds, double *gflop, rv_error *error)
{
	struct probe probe;
	double enqueued;
	rv_status status;

	if (!engine || !layer || runs < 0 || width < 1 || height < 1 || !gflop ||
	    (runs && !milliseconds))
		return rv_fail(error, RV_INVALID,
		               "rv_measure_step needs an engine, a layer, a size and room for what "
		               "is measured");
	status = create_warm(&probe, engine, layer, width, height, error);
	if (status != RV_OK)
		return status;
	for (int i = 0; i < runs && status == RV_OK; i++)
		status = time_step(&probe, &enqueued, &milliseconds[i], error);
	/* Backward multiplies and adds as often as forward. */
	*gflop = 2 * probe.network->layout->flop * 1e-9;
	probe_release(&probe);
	return status;
}

/* ---- what launching costs ---- */

static rv_status measure_launches(struct probe *probe, int runs, rv_launch_cost *cost,
                                  rv_error *error)
{
	const struct network *network = probe->network;
	double *times = calloc(2 * (size_t)runs, sizeof(*times)); /* enqueued, then done */
	rv_status status = times ? RV_OK : rv_fail(error, RV_MEMORY, "out of memory");

	for (int i = 0; i < runs && status == RV_OK; i++)
		status = time_step(probe, &times[i], &times[runs + i], error);
	if (status == RV_OK)
		*cost = (rv_launch_cost){network->forward.count + network->backward.count,
		                         profile_median(times, runs),
		                         profile_median(times + runs, runs)};
	free(times);
	return status;
}

rv_status rv_measure_launches(rv_engine *engine, const char *layer, int width, int height, int runs,
                              rv_launch_cost *cost, rv_error *error)
{
	struct probe probe;
	rv_status status;

	if (!engine || !layer || !cost || runs < 1 || width < 1 || height < 1)
		return rv_fail(error, RV_INVALID,
		               "rv_measure_launches needs an engine, a layer, a size and runs");
	status = create_warm(&probe, engine, layer, width, height, error);
	if (status != RV_OK)
		return status;
	status = measure_launches(&probe, runs, cost, error);
	probe_release(&probe);
	return status;
}

/* ---- profiles ---- */

static rv_status profile_probe(struct probe *probe, struct profile *profile, int runs,
                               rv_error *error)
{
	const struct network *network = probe->network;
	rv_status status = profile_list(profile, &network->forward, false, runs, 1, error);

	if (status == RV_OK)
		status = profile_list(profile, &network->backward, true, runs, 1, error);
	return status;
}

rv_status rv_profile_step(rv_engine *engine, const char *layer, int width, int height, int runs,
                          rv_profile_entry *entries, int capacity, int *count, rv_error *error)
{
	struct profile *profile;
	struct probe probe;
	rv_status status;

	if (!engine || !layer || !count || runs < 1 || width < 1 || height < 1)
		return rv_fail(error, RV_INVALID,
		               "rv_profile_step needs an engine, a layer, a size and runs");
	*count = 0;
	status = profile_create(&profile, engine->device, error);
	if (status != RV_OK)
		return status;
	status = create_warm(&probe, engine, layer, width, height, error);
	if (status == RV_OK) {
		status = profile_probe(&probe, profile, runs, error);
		probe_release(&probe);
	}
	if (status == RV_OK)
		profile_read(profile, entries, capacity, count);
	profile_destroy(&profile);
	return status;
}

/* For ascent_visit. */
struct visit {
	struct profile *profile;
	int runs;
};

static rv_status profile_visited(void *context, const struct launch_list *list, bool backward,
                                 int times, rv_error *error)
{
	const struct visit *visit = context;

	return profile_list(visit->profile, list, backward, visit->runs, times, error);
}

/* For single pictures of 8 bits. */
static rv_status prepare(rv_engine *engine, int width, int height, rv_error *error)
{
	const struct dream_pictures pictures = {width, height, DREAM_PAST_NONE,
	                                        raster_sample_bytes(RV_RGB8)};

	return dream_prepare(engine, &pictures, error);
}

rv_status rv_profile_dream(rv_engine *engine, int width, int height, int runs,
                           rv_profile_entry *entries, int capacity, int *count, rv_error *error)
{
	struct visit visit = {.runs = runs};
	rv_status status;

	if (!engine || !count || runs < 1 || width < 1 || height < 1)
		return rv_fail(error, RV_INVALID,
		               "rv_profile_dream needs an engine, a size and runs");
	*count = 0;
	status = prepare(engine, width, height, error);
	if (status == RV_OK)
		status = profile_create(&visit.profile, engine->device, error);
	if (status != RV_OK)
		return status;
	status = ascent_visit(engine->ascent, &engine->params, profile_visited, &visit, error);
	if (status == RV_OK)
		profile_read(visit.profile, entries, capacity, count);
	profile_destroy(&visit.profile);
	return status;
}

rv_status rv_measure_peak(rv_engine *engine, double *gflops, double *unit_gflops, rv_error *error)
{
	rv_status status;

	if (!engine || !gflops || !unit_gflops)
		return rv_fail(error, RV_INVALID, "rv_measure_peak needs an engine");
	*unit_gflops = 0;
	status = profile_peak(engine->device, gflops, error);
	return status == RV_OK && engine->device->matrix_units
	               ? profile_units_peak(engine->device, unit_gflops, error)
	               : status;
}

/* ---- memory ---- */

rv_status rv_measure_memory(rv_engine *engine, int width, int height, rv_memory *memory,
                            rv_error *error)
{
	rv_status status;

	if (!engine || !memory || width < 1 || height < 1)
		return rv_fail(error, RV_INVALID, "rv_measure_memory needs an engine and a size");
	*memory = (rv_memory){0};
	status = prepare(engine, width, height, error);
	if (status != RV_OK)
		return status;
	ascent_measure(engine->ascent, memory);
	memory->kept += wanted_bytes(engine);
	memory->weights = convolution_library_bytes(engine->convolutions);
	return RV_OK;
}

/* ---- convolutions ---- */

rv_status rv_compare_convolutions(rv_engine *engine, const char *layer, int width, int height,
                                  rv_convolution_report *report, void *context, rv_error *error)
{
	struct probe probe;
	rv_status status;

	if (!engine || !layer || !report || width < 1 || height < 1)
		return rv_fail(error, RV_INVALID,
		               "rv_compare_convolutions needs an engine, a layer and a report");
	status = probe_create(&probe, engine, layer, width, height, true, 1, error);
	if (status != RV_OK)
		return status;
	/* The picture is an ordinary one: kernels that compute with zeros or denormal numbers take
	 * another time. */
	status = present_dead_leaves(&probe, error);
	if (status == RV_OK)
		status = probe_run(&probe, error);
	for (int n = 0; n < probe.graph->node_count && status == RV_OK; n++)
		if (probe.network->operations[n].node->kind == OPERATOR_CONVOLUTION)
			status = convolution_compare(probe.convolutions,
			                             &probe.network->operations[n],
			                             probe.buffers.zeros, report, context, error);
	probe_release(&probe);
	return status;
}
