#include "engine/dream/ascent.h"
#include "engine/dream/ascent_state.h"

/* By how much an octave raises each of several targets is found in the frame that begins a scene.
 */
static void visit_octave(struct octave *octave, struct checkpoint *checkpoint)
{
	checkpoint_bytes(checkpoint, &octave->weighed, sizeof(octave->weighed));
	checkpoint_buffer(checkpoint, octave->balance.factors,
	                  (size_t)octave->balance.count * sizeof(cl_float));
}

/* What the next frame starts from. */
static void visit_past(struct ascent *ascent, const rv_time *time, struct checkpoint *checkpoint)
{
	if (!time->on) {
		checkpoint_buffer(checkpoint, ascent->detail.buffer,
		                  raster_bytes(ascent->width, ascent->height));
		return;
	}
	if (checkpoint->status == RV_OK)
		checkpoint->status = ascent_prepare_temporal(ascent, time, checkpoint->error);
	if (checkpoint->status == RV_OK)
		temporal_checkpoint(ascent->temporal, checkpoint);
}

rv_status ascent_checkpoint(struct ascent *ascent, const rv_params *params,
                            struct checkpoint *checkpoint)
{
	checkpoint_bytes(checkpoint, &ascent->scene_frames, sizeof(ascent->scene_frames));
	for (int i = 0; i < ascent->octave_count; i++)
		visit_octave(&ascent->octaves[i], checkpoint);
	visit_past(ascent, &params->time, checkpoint);
	ascent->has_past = checkpoint->status == RV_OK;
	return checkpoint->status;
}

bool ascent_remembers(const struct ascent *ascent, const rv_params *params)
{
	return ascent->has_past && (!params->time.on || temporal_remembers(ascent->temporal));
}

struct dream_pictures ascent_pictures(const struct ascent *ascent)
{
	return ascent->pictures;
}
