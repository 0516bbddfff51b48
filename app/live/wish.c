#include "app/live/wish.h"

#include <stdio.h>

#include "app/media/convert.h"
#include "app/media/panorama.h"
#include "app/options/differing.h"

enum { DREAM_SIDE_MAX = 1280 }; /* pixels, unless a size is asked for */

/* The size asked for, or the frame's; never more than the frame's, which holds no more detail. */
static void find_size(const struct options *options, int frame_width, int frame_height, int *width,
                      int *height)
{
	*width = options->output.size.width;
	*height = options->output.size.height;
	if (!*width && !*height) {
		if (frame_width >= frame_height)
			*width = frame_width < DREAM_SIDE_MAX ? frame_width : DREAM_SIDE_MAX;
		else
			*height = frame_height < DREAM_SIDE_MAX ? frame_height : DREAM_SIDE_MAX;
	}
	convert_fit_size(width, height, frame_width, frame_height);
	if (*width > frame_width || *height > frame_height) {
		*width = frame_width;
		*height = frame_height;
	}
}

struct governor_quality wish_quality(const struct options *options, int width, int height)
{
	struct governor_quality wish = {
		.warm_steps = options->dream.params.time.warm_steps,
		.warm_octaves = options->dream.params.time.warm_octaves,
		.warm_share = 1,
		.iterations = options->dream.params.iterations,
		.octave_scale = options->dream.params.octave_scale,
		.flow = options->dream.params.time.flow_quality,
	};
	find_size(options, width, height, &wish.width, &wish.height);
	return wish;
}

void wish_grant(const struct governor_quality *quality, int octaves_most, rv_params *params)
{
	rv_time *time = &params->time;
	if (octaves_most && params->octaves > octaves_most)
		params->octaves = octaves_most;
	/* A step in each octave, so that no frame waits long for another one's beginning. */
	time->onset = params->iterations;
	time->warm_steps = quality->warm_steps;
	time->warm_share = quality->warm_share;
	time->warm_octaves = quality->warm_octaves;
	time->flow_quality = quality->flow;
}

void wish_shape(const struct options *options, rv_params *params)
{
	rv_time *time = &params->time;
	params->sphere = options->output.sphere == PANORAMA_ON;
	if (!params->sphere)
		return;
	time->pan_x += time->rotation / 360;
	time->zoom = 1;
	time->rotation = time->pan_y = 0;
	params->resize = 0;
	params->mirror = false;
}

unsigned wish_locks(const struct options *options)
{
	return (options->live.lock_steps ? GOVERNOR_STEPS : 0u) |
	       (options->live.lock_octaves ? GOVERNOR_OCTAVES : 0u) |
	       (options->live.lock_size ? GOVERNOR_SIZE : 0u) |
	       (options->live.lock_flow ? GOVERNOR_FLOW : 0u);
}

bool wish_is_another(const struct options *a, const struct options *b)
{
	const rv_params *first = &a->dream.params, *second = &b->dream.params;
	return !option_type_layers.equal(&a->dream.layers, &b->dream.layers) ||
	       !option_type_targets.equal(&a->dream.targets, &b->dream.targets) ||
	       !option_type_classes.equal(&a->dream.classes, &b->dream.classes) ||
	       !option_type_size.equal(&a->output.size, &b->output.size) ||
	       first->octaves != second->octaves || first->octave_scale != second->octave_scale;
}

void wish_tell(const struct options *options, int64_t position)
{
	char text[2 * OPTION_VALUE_LENGTH];
	differing_write(options, text, sizeof(text));
	fprintf(stderr, "live: dreamed %.3f: %s\n", (double)position / 1e9, text);
}
