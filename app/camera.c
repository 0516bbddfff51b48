#include "camera.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { CAMERAS_MAX = 64, LIST_MAX = 64 };

/* ioctl() that a signal does not end. */
static int ask(int device, unsigned long request, void *argument)
{
	int code;
	do
		code = ioctl(device, request, argument);
	while (code < 0 && errno == EINTR);
	return code;
}

static bool describe(int device, struct camera *camera)
{
	struct v4l2_capability capability = {0};
	if (ask(device, VIDIOC_QUERYCAP, &capability) < 0)
		return false;
	unsigned can = capability.capabilities & V4L2_CAP_DEVICE_CAPS ? capability.device_caps
	                                                              : capability.capabilities;
	snprintf(camera->name, sizeof(camera->name), "%.32s", (const char *)capability.card);
	return can & V4L2_CAP_VIDEO_CAPTURE;
}

bool camera_next(int number, struct camera *camera)
{
	for (; number < CAMERAS_MAX; number++) {
		*camera = (struct camera){.number = number};
		snprintf(camera->path, sizeof(camera->path), "/dev/video%d", number);
		int device = open(camera->path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
		if (device < 0)
			continue;
		bool found = describe(device, camera);
		close(device);
		if (found)
			return true;
	}
	return false;
}

static void print_rates(int device, unsigned format, unsigned width, unsigned height, FILE *file)
{
	for (unsigned i = 0; i < LIST_MAX; i++) {
		struct v4l2_frmivalenum interval = {
			.index = i, .pixel_format = format, .width = width, .height = height};
		if (ask(device, VIDIOC_ENUM_FRAMEINTERVALS, &interval) < 0)
			break;
		if (interval.type == V4L2_FRMIVAL_TYPE_DISCRETE && interval.discrete.numerator)
			fprintf(file, " %g",
			        (double)interval.discrete.denominator /
			                interval.discrete.numerator);
	}
}

static void print_sizes(int device, const struct v4l2_fmtdesc *format, FILE *file)
{
	for (unsigned i = 0; i < LIST_MAX; i++) {
		struct v4l2_frmsizeenum size = {.index = i, .pixel_format = format->pixelformat};
		if (ask(device, VIDIOC_ENUM_FRAMESIZES, &size) < 0)
			break;
		if (size.type != V4L2_FRMSIZE_TYPE_DISCRETE) {
			fprintf(file, "  %.32s, %ux%u to %ux%u\n",
			        (const char *)format->description, size.stepwise.min_width,
			        size.stepwise.min_height, size.stepwise.max_width,
			        size.stepwise.max_height);
			break;
		}
		fprintf(file, "  %.32s, %ux%u at", (const char *)format->description,
		        size.discrete.width, size.discrete.height);
		print_rates(device, format->pixelformat, size.discrete.width, size.discrete.height,
		            file);
		fprintf(file, " fps\n");
	}
}

void camera_print(const struct camera *camera, FILE *file)
{
	int device = open(camera->path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	fprintf(file, "%s  %s\n", camera->path, camera->name);
	for (unsigned i = 0; device >= 0 && i < LIST_MAX; i++) {
		struct v4l2_fmtdesc format = {.index = i, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
		if (ask(device, VIDIOC_ENUM_FMT, &format) < 0)
			break;
		print_sizes(device, &format, file);
	}
	if (device >= 0)
		close(device);
}
