#include "engine/dream/passage.h"

rv_status passage_record(struct octave *octave, const struct octave *top, struct device *device,
                         const struct octave_recipe *recipe, rv_error *error)
{
	struct launch_recorder recorder = {.device = device,
	                                   .list = &octave->descend,
	                                   .scratch = recipe->shared->scratch,
	                                   .scratch_bytes = recipe->shared->scratch_bytes,
	                                   .error = error};
	/* The gradient's raster is free once the step is taken. */
	const struct raster *before = &octave->gradient, *change = &top->gradient;
	const struct raster_term changed[] = {{&octave->picture, 1}, {before, -1}};
	const struct raster_term moved[] = {{&top->picture, 1}, {change, 1}};

	if (octave->step.has_priors || octave->step.blurs || octave->network->keep.count)
		raster_record_resize(&recorder, recipe->frame, &octave->base);
	raster_record_resize(&recorder, &top->picture, &octave->picture);
	recorder.list = &octave->ascend;
	raster_record_resize(&recorder, &top->picture, before);
	raster_record_combine(&recorder, &octave->picture, changed, 2, false);
	raster_record_resize(&recorder, &octave->picture, change);
	raster_record_combine(&recorder, &top->picture, moved, 2, true);
	return recorder.status;
}
