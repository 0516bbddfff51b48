#include "app/live/input.h"

#include <string.h>

#include "app/media/camera.h"

rv_status live_input_find(const struct options *options, char input[PATH_LENGTH], rv_error *error)
{
	struct camera camera;
	struct paths folders = paths_asset_folders();
	if (strlen(options->call.operand) >= PATH_LENGTH)
		return rv_fail(error, RV_INVALID, "%.64s...: too long a name",
		               options->call.operand);
	if (options->call.operand[0]) {
		strcpy(input, options->call.operand);
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
