#include "engine/flow/flow.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/minmax.h"
#include "engine/flow/plan.h"
#include "engine/flow/record.h"

enum { SIDE_MAX = 1 << 15, SKIP_MAX = 8 };

static size_t plane_bytes(const struct flow_level *level)
{
	return (size_t)level->stride * (size_t)level->height * sizeof(float);
}

static void plan(struct flow *flow, const struct flow_settings *settings)
{
	flow->settings = *settings;
	flow->tuning = &flow_tunings[settings->quality];
	flow->level_count = flow_plan_levels(settings->width, settings->height, flow->levels);
	flow->solved = flow->level_count - 1;
	for (int i = 0; i < FLOW_DIRECTIONS; i++) {
		flow->finest[i] =
			min_int(flow->tuning->finest + settings->skip[i], flow->level_count - 1);
		flow->solved = min_int(flow->solved, flow->finest[i]);
	}
}

/* What lasts: the pyramids, down to the finest level that is solved. */
static void allocate_pyramids(struct launch_recorder *recorder, struct flow *flow)
{
	for (int picture = 0; picture < 2; picture++)
		for (int i = flow->solved; i < flow->level_count; i++)
			flow->pyramids[picture].levels[i] =
				record_own_buffer(recorder, plane_bytes(&flow->levels[i]), NULL);
}

/* What a pyramid is made by way of. */
static void allocate_for_push(struct launch_recorder *recorder, struct flow *flow)
{
	flow->raw = record_part(recorder, plane_bytes(&flow->levels[0]));
	for (int i = 0; i < flow->solved; i++)
		flow->pyramids[0].levels[i] = flow->pyramids[1].levels[i] =
			record_part(recorder, plane_bytes(&flow->levels[i]));
}

/* What an estimate is made by way of. */
static void allocate_for_estimate(struct launch_recorder *recorder, struct flow *flow)
{
	const struct flow_level *solved = &flow->levels[flow->solved];
	const struct flow_level *largest = &flow->levels[flow_estimate_end(flow->solved)];
	cl_mem *planes[] = {&flow->relaxed.u, &flow->relaxed.v, &flow->mean, &flow->difference,
	                    &flow->smoothness};
	cl_mem *flows[] = {&flow->flow.u, &flow->flow.v, &flow->enlarged.u, &flow->enlarged.v};

	for (size_t i = 0; i < sizeof(planes) / sizeof(planes[0]); i++)
		*planes[i] = record_part(recorder, plane_bytes(solved));
	for (size_t i = 0; i < sizeof(flows) / sizeof(flows[0]); i++)
		*flows[i] = record_part(recorder, plane_bytes(largest));
	flow->system = record_part(recorder, (size_t)solved->half_row * 2 * FLOW_SYSTEM_PLANES *
	                                             (size_t)solved->height * sizeof(float));
}

/* The fields are there beside all else; a picture is not pushed while an estimate is made. */
static void allocate(struct launch_recorder *recorder, struct flow *flow)
{
	size_t pixels = (size_t)flow->levels->width * (size_t)flow->levels->height, taken;

	allocate_pyramids(recorder, flow);
	for (int direction = 0; direction < FLOW_DIRECTIONS; direction++)
		flow->fields[direction] = record_part(recorder, pixels * 2 * sizeof(float));
	taken = recorder->room ? recorder->room->taken : 0;
	allocate_for_push(recorder, flow);
	if (recorder->room)
		recorder->room->taken = taken;
	allocate_for_estimate(recorder, flow);
	if (recorder->room)
		recorder->room->taken = taken;
}

/* The two pyramids swap their roles with every push, so everything is recorded for either
 * assignment. */
static rv_status record(struct flow *flow, struct room *room, rv_error *error)
{
	struct launch_recorder recorder = {
		.device = flow->device, .list = &flow->buffers, .room = room, .error = error};

	allocate(&recorder, flow);
	for (int newest = 0; newest < 2; newest++) {
		struct flow_pyramid *present = &flow->pyramids[newest];
		struct flow_pyramid *past = &flow->pyramids[1 - newest];

		recorder.list = &present->build;
		flow_record_pyramid(&recorder, flow, present);
		recorder.list = &flow->estimates[FLOW_TO_PAST][newest];
		flow_record_estimate(&recorder, flow, present, past, FLOW_TO_PAST);
		recorder.list = &flow->estimates[FLOW_TO_NEWEST][newest];
		flow_record_estimate(&recorder, flow, past, present, FLOW_TO_NEWEST);
	}
	return recorder.status;
}

static rv_status check(const struct flow_settings *settings, rv_error *error)
{
	if (settings->width < 1 || settings->height < 1 || settings->width > SIDE_MAX ||
	    settings->height > SIDE_MAX)
		return rv_fail(error, RV_INVALID, "no optical flow of %dx%d pixels: 1 to %d a side",
		               settings->width, settings->height, SIDE_MAX);
	if ((unsigned)settings->quality >= FLOW_QUALITIES)
		return rv_fail(error, RV_INVALID, "no flow quality %d", (int)settings->quality);
	for (int i = 0; i < FLOW_DIRECTIONS; i++)
		if (settings->skip[i] < 0 || settings->skip[i] > SKIP_MAX)
			return rv_fail(error, RV_INVALID,
			               "optical flow can leave out 0 to %d octaves, not %d",
			               SKIP_MAX, settings->skip[i]);
	return RV_OK;
}

rv_status flow_create(struct flow **out, struct device *device,
                      const struct flow_settings *settings, struct room *room, rv_error *error)
{
	struct flow *flow;
	rv_status status;

	*out = NULL;
	status = check(settings, error);
	if (status != RV_OK)
		return status;
	flow = calloc(1, sizeof(*flow));
	if (!flow)
		return rv_fail(error, RV_MEMORY, "out of memory");
	flow->device = device;
	plan(flow, settings);
	status = record(flow, room, error);
	if (status != RV_OK)
		flow_destroy(&flow);
	*out = flow;
	return status;
}

size_t flow_measure(const struct flow_settings *settings, struct room *room)
{
	size_t bytes = 0;
	struct launch_recorder recorder = {.room = room, .measured = &bytes};
	struct flow flow = {0};

	plan(&flow, settings);
	allocate(&recorder, &flow);
	return bytes;
}

void flow_destroy(struct flow **pointer)
{
	struct flow *flow = *pointer;

	if (!flow)
		return;
	for (int i = 0; i < 2; i++) {
		launch_list_clear(&flow->pyramids[i].build);
		for (int direction = 0; direction < FLOW_DIRECTIONS; direction++)
			launch_list_clear(&flow->estimates[direction][i]);
	}
	launch_list_clear(&flow->buffers);
	free(flow);
	*pointer = NULL;
}

rv_status flow_push(struct flow *flow, const struct raster *picture, rv_error *error)
{
	int newest = 1 - flow->newest;
	const struct launch_list *build = &flow->pyramids[newest].build;
	rv_status status;
	cl_int code;

	if (picture->width != flow->settings.width || picture->height != flow->settings.height)
		return rv_fail(error, RV_INVALID, "a picture of %dx%d for a flow of %dx%d",
		               picture->width, picture->height, flow->settings.width,
		               flow->settings.height);
	code = clSetKernelArg(build->launches[0].kernel, 0, sizeof(picture->buffer),
	                      &picture->buffer);
	if (code)
		return device_fail(error, code, "picture of the optical flow");
	status = launch_list_run(build, flow->device->queue, error);
	if (status != RV_OK)
		return status;
	flow->newest = newest;
	if (flow->pushed < 2)
		flow->pushed++;
	return RV_OK;
}

void flow_forget(struct flow *flow)
{
	flow->pushed = 0;
}

rv_status flow_estimate(struct flow *flow, enum flow_direction direction, rv_error *error)
{
	if (flow->pushed < 2)
		return rv_fail(error, RV_INVALID, "optical flow needs two pictures, and has %d",
		               flow->pushed);
	return launch_list_run(&flow->estimates[direction][flow->newest], flow->device->queue,
	                       error);
}

rv_status flow_rest(struct flow *flow, rv_error *error)
{
	static const cl_float none = 0;
	size_t bytes =
		(size_t)flow->settings.width * (size_t)flow->settings.height * 2 * sizeof(cl_float);

	for (int i = 0; i < FLOW_DIRECTIONS; i++) {
		cl_int code = clEnqueueFillBuffer(flow->device->queue, flow->fields[i], &none,
		                                  sizeof(none), 0, bytes, 0, NULL, NULL);

		if (code)
			return device_fail(error, code, "clearing the optical flow");
	}
	return RV_OK;
}

cl_mem flow_field(const struct flow *flow, enum flow_direction direction)
{
	return flow->fields[direction];
}
