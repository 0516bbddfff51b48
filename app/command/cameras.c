/* reverie cameras: lists the cameras, and what they can do. */
#include "app/command/command.h"
#include "app/media/camera.h"

rv_status command_cameras(const struct options *options, rv_error *error)
{
	struct camera camera;
	int count = 0;
	rv_status status = command_takes_no_operand(options, error);
	if (status != RV_OK)
		return status;
	for (int number = 0; camera_next(number, &camera); number = camera.number + 1, count++)
		camera_print(&camera, stdout);
	if (!count)
		printf("There is no camera\n");
	return RV_OK;
}
