#include "app/live/input.h"

#include <math.h>
#include <string.h>

#include "app/media/camera.h"

enum {
	SIDE_MAX = 1920, /* pixels; larger frames are made smaller, as no display needs more */
};

/* Of several, the one that is to be shown first. */
static rv_status find_first(const struct options *options, const char **name, rv_error *error)
{
	int count = options->call.input_count, number = options->live.input;
	*name = options->call.operand;
	if (number > (count > 1 ? count : 1))
		return count > 1 ? rv_fail(error, RV_INVALID, "--input %d: there are %d inputs",
		                           number, count)
		                 : rv_fail(error, RV_INVALID, "--input %d: there is one input",
		                           number);
	if (count > 1)
		*name = options->call.inputs[number - 1];
	return RV_OK;
}

rv_status live_input_find(const struct options *options, char input[PATH_LENGTH], rv_error *error)
{
	struct camera camera;
	struct paths folders = paths_asset_folders();
	const char *name;
	rv_status status = find_first(options, &name, error);
	if (status != RV_OK)
		return status;
	if (strlen(name) >= PATH_LENGTH)
		return rv_fail(error, RV_INVALID, "%.64s...: too long a name", name);
	if (name[0]) {
		strcpy(input, name);
		return RV_OK;
	}
	if (camera_next(0, &camera)) {
		strcpy(input, camera.path);
		return RV_OK;
	}
	if (!paths_find(&folders, "clouds.mp4", input))
		return rv_fail(error, RV_NOT_FOUND,
		               "there is no camera; reverie live INPUT takes a file or a stream");
	if (!options->call.quiet)
		fprintf(stderr, "There is no camera; playing %s\n", input);
	return RV_OK;
}

void live_input_size(const struct source *source, int *width, int *height, double *shape)
{
	double wide = source->video.width, high = source->video.height;
	*shape = source->display_aspect;
	if (*shape * high > wide)
		wide = *shape * high;
	else
		high = wide / *shape;
	double scale = fmin(1, SIDE_MAX / fmax(wide, high));
	*width = (int)fmax(lround(scale * wide), 1);
	*height = (int)fmax(lround(scale * high), 1);
}
