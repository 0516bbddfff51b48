#include "engine/api/guide.h"

#include <stdlib.h>

struct guide {
	struct probe probe;
	struct objective_rows rows;
	struct launch_list keep; /* from the layer to the rows */
};

static void release(void *context)
{
	struct guide *guide = context;

	launch_list_clear(&guide->keep);
	probe_release(&guide->probe);
	free(guide);
}

/* The list is never run: it owns what is made for an ascent. */
static cl_int do_nothing(void *context, cl_command_queue queue)
{
	(void)context;
	(void)queue;
	return CL_SUCCESS;
}

static void record_keep(struct launch_recorder *recorder, struct guide *guide, float power)
{
	const int layer = guide->probe.graph->wanted[0];
	struct objective_target target = {.kind = OBJECTIVE_GUIDE,
	                                  .power = power,
	                                  .operand.activation =
	                                          network_activation(guide->probe.network, layer)};
	const struct slice *activation = &target.operand.activation;
	struct launch_recorder keep = {
		.device = recorder->device, .list = &guide->keep, .error = recorder->error};

	guide->rows.buffer = record_own_buffer(recorder, objective_rows_bytes(activation), NULL);
	guide->rows.count = slice_pixels(activation);
	guide->rows.panels = record_own_buffer(
		recorder, objective_panels_bytes(recorder->device, activation, guide->rows.count),
		NULL);
	target.rows = guide->rows;
	if (recorder->status != RV_OK)
		return;
	objective_keep(&keep, &target);
	objective_pack(&keep, &target);
	recorder->status = keep.status;
}

struct guide *guide_record(struct launch_recorder *recorder, rv_engine *engine,
                           const rv_target *target, const rv_image *picture)
{
	struct guide *guide = calloc(1, sizeof(*guide));

	if (!guide) {
		record_fail(recorder, RV_MEMORY, "out of memory for a guide");
		return NULL;
	}
	recorder->status = probe_create(&guide->probe, engine, target->layer, picture->width,
	                                picture->height, false, 1, recorder->error);
	if (recorder->status != RV_OK) {
		free(guide);
		return NULL;
	}
	record_keep(recorder, guide, target->power);
	record_call(recorder, "guide", 0, do_nothing, guide, release);
	if (recorder->status == RV_OK)
		recorder->status = guide_look(guide, picture, recorder->error);
	return recorder->status == RV_OK ? guide : NULL;
}

struct objective_rows guide_rows(const struct guide *guide)
{
	return guide->rows;
}

size_t guide_bytes(const struct guide *guide)
{
	const struct probe *probe = &guide->probe;

	return network_needs_bytes(&probe->network->needs) + network_own_bytes(probe->network) +
	       convolution_library_bytes(probe->convolutions) + launch_list_bytes(&probe->present);
}

bool guide_fits(const struct guide *guide, const rv_image *picture)
{
	const struct raster *size = &guide->probe.picture;

	return size->width == picture->width && size->height == picture->height;
}

rv_status guide_look(struct guide *guide, const rv_image *picture, rv_error *error)
{
	rv_status status = probe_present(&guide->probe, picture, error);

	if (status == RV_OK)
		status = probe_run(&guide->probe, error);
	return status != RV_OK
	               ? status
	               : launch_list_run(&guide->keep, guide->probe.engine->device->queue, error);
}
