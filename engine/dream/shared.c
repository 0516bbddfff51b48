#include "engine/dream/shared.h"

#include <math.h>
#include <string.h>

#include "engine/base/minmax.h"
#include "engine/dream/view.h"
#include "engine/picture/gradient.h"
#include "engine/time/temporal.h"

int shared_scaled(int side, double scale)
{
	return (int)lround(side / scale);
}

struct shared_sizes shared_plan(int width, int height, const rv_params *params)
{
	struct shared_sizes sizes = {.count = params->octaves};
	double scale = 1;

	for (int i = 0; i < sizes.count; i++, scale *= params->octave_scale)
		sizes.octaves[i] = (struct raster){NULL, max_int(shared_scaled(width, scale), 1),
		                                   max_int(shared_scaled(height, scale), 1)};
	return sizes;
}

static cl_mem part(struct launch_recorder *recorder, int width, int height)
{
	return record_part(recorder, raster_bytes(width, height));
}

/* What lies below the full size, of which `second` is the largest. Resizing keeps rows of the one
 * side and columns of the other between its two passes, which is most where the frame shrinks to
 * the octave below it, or that grows again. Before an octave's steps nobody needs a gradient, nor
 * the detail of a larger one, unless steps go from octave to octave. */
static void take_below(struct shared *shared, struct launch_recorder *recorder,
                       const struct dream_recipe *recipe, const struct raster *full,
                       const struct raster *second)
{
	shared->scratch_bytes = max_size(raster_bytes(second->width, full->height),
	                                 raster_bytes(full->width, second->height));
	shared->scratch = shared->gradient;
	shared->base = shared->details[0];
	if (recipe->params->octave_order == RV_OCTAVES_CHANCE) {
		shared->scratch = record_part(recorder, shared->scratch_bytes);
		shared->base = part(recorder, second->width, second->height);
	}
	if (recipe->pictures.past != DREAM_PAST_NONE)
		shared->past = part(recorder, second->width, second->height);
}

static void take(struct shared *shared, struct launch_recorder *recorder,
                 const struct dream_recipe *recipe, const struct shared_sizes *sizes)
{
	const struct raster *full = &sizes->octaves[0];
	const struct view view = view_plan(recipe, full->width, full->height);
	int rows = view.parts * view.height;

	for (int i = 0; i < SHARED_DETAILS && i < sizes->count; i++)
		shared->details[i] =
			part(recorder, sizes->octaves[i].width, sizes->octaves[i].height);
	if (!recipe->lends_detail)
		shared->gradient = part(recorder, full->width, full->height);
	if (view.kind != VIEW_STRAIGHT) {
		shared->seen = part(recorder, view.width, rows);
		shared->seen_gradient = part(recorder, view.width, rows);
	}
	if (sizes->count > 1)
		take_below(shared, recorder, recipe, full, &sizes->octaves[1]);
}

rv_status shared_create(struct shared *shared, struct device *device,
                        const struct dream_recipe *recipe, const struct shared_sizes *sizes,
                        cl_mem detail, rv_error *error)
{
	struct launch_recorder recorder = {
		.device = device, .list = &shared->parts, .room = &shared->room, .error = error};
	rv_status status = room_create(&shared->room, device, shared_measure(recipe, sizes), error);

	if (status != RV_OK)
		return status;
	if (recipe->lends_detail)
		shared->gradient = detail;
	take(shared, &recorder, recipe, sizes);
	return recorder.status;
}

void shared_release(struct shared *shared)
{
	launch_list_clear(&shared->parts);
	room_release(&shared->room);
	memset(shared, 0, sizeof(*shared));
}

size_t shared_measure(const struct dream_recipe *recipe, const struct shared_sizes *sizes)
{
	struct shared shared = {0};
	size_t owned = 0, timed = 0;
	struct launch_recorder recorder = {.room = &shared.room, .measured = &owned};
	const struct raster *full = &sizes->octaves[0];
	const struct view view = view_plan(recipe, full->width, full->height);
	struct gradient_settings settings = {.normalisation = recipe->params->normalisation};
	bool sphere = view.kind == VIEW_SPHERE; /* normalised where it is seen */

	const struct raster gradient = {NULL, sphere ? view.width : full->width,
	                                sphere ? view.parts * view.height : full->height};

	settings.parts = view.parts;
	take(&shared, &recorder, recipe, sizes);
	if (recipe->params->soften > 0)
		raster_record_part(&recorder, gradient.width, gradient.height);
	gradient_measure(&recorder, gradient.width, gradient.height, &settings);
	if (recipe->pictures.past == DREAM_PAST_IN_TIME)
		temporal_measure(full->width, full->height, &recipe->params->time, &timed);
	return max_size(shared.room.bytes, timed);
}

cl_mem shared_detail(const struct shared *shared, int from_top)
{
	return shared->details[from_top ? 2 - from_top % 2 : 0];
}
