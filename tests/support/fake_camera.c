/* Cameras that are none, for the tests: a library to be loaded before the others (LD_PRELOAD),
 * which answers for /dev/videoN as a driver of Video4Linux would. What is tested on top of it is
 * the real libavdevice.
 *
 * The folder $FAKE_CAMERAS holds a file for each camera that is plugged in, called by its number,
 * with its name and where it is plugged in, a line each; removing the file pulls the plug, and
 * writing "stuck" as a third line makes it send nothing. Every camera has two modes: MJPG 640x480
 * at 30 and 15 frames a second, of $FAKE_CAMERAS/frame.jpg, and YUYV 320x240 at 25, which is grey.
 */
#include <dlfcn.h>
#include <errno.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/open_instead.h"

enum { DESCRIPTORS = 1024, BUFFERS = 8, BUFFER_BYTES = 1 << 20 };

static struct device {
	int number; /* plus 1; 0: this descriptor is no camera */
	int is_mjpeg, rate, streaming;
	int queued[BUFFERS], first, count; /* a ring */
	unsigned sequence;
	double due;
	unsigned char jpeg[BUFFER_BYTES];
	size_t jpeg_bytes;
} * devices[DESCRIPTORS];

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int read_file(int number, char *name, char *place, char *state)
{
	char path[512];
	snprintf(path, sizeof(path), "%s/%d", getenv("FAKE_CAMERAS"), number);
	FILE *file = fopen(path, "r");
	*name = *place = *state = '\0';
	if (!file)
		return 0;
	int count = fscanf(file, " %31[^\n] %31[^\n] %31[^\n]", name, place, state);
	fclose(file);
	return count >= 2;
}

static int is_there(const struct device *device, char *name, char *place, char *state)
{
	return read_file(device->number - 1, name, place, state);
}

static int open_camera(int number)
{
	char name[32], place[32], state[32], path[512];
	if (!read_file(number, name, place, state)) {
		errno = ENOENT;
		return -1;
	}
	int descriptor = memfd_create("camera", MFD_CLOEXEC);
	if (descriptor < 0 || descriptor >= DESCRIPTORS ||
	    ftruncate(descriptor, (off_t)BUFFERS * BUFFER_BYTES))
		return -1;
	struct device *device = calloc(1, sizeof(*device));
	device->number = number + 1;
	device->rate = 25;
	snprintf(path, sizeof(path), "%s/frame.jpg", getenv("FAKE_CAMERAS"));
	FILE *file = fopen(path, "rb");
	if (file) {
		device->jpeg_bytes = fread(device->jpeg, 1, sizeof(device->jpeg), file);
		fclose(file);
	}
	free(devices[descriptor]);
	devices[descriptor] = device;
	return descriptor;
}

typedef int open_function(const char *, int, ...);

int open_instead(const char *real, const char *path, int flags, mode_t mode)
{
	int number;
	if (getenv("FAKE_CAMERAS") && sscanf(path, "/dev/video%d", &number) == 1)
		return open_camera(number);
	int descriptor = ((open_function *)dlsym(RTLD_NEXT, real))(path, flags, mode);
	if (descriptor >= 0 && descriptor < DESCRIPTORS) {
		free(devices[descriptor]); /* the number of a camera that was closed */
		devices[descriptor] = NULL;
	}
	return descriptor;
}

static int fail(int code)
{
	errno = code;
	return -1;
}

static int fill_format(const struct device *device, struct v4l2_pix_format *format)
{
	format->width = device->is_mjpeg ? 640 : 320;
	format->height = device->is_mjpeg ? 480 : 240;
	format->pixelformat = device->is_mjpeg ? V4L2_PIX_FMT_MJPEG : V4L2_PIX_FMT_YUYV;
	format->field = V4L2_FIELD_NONE;
	format->bytesperline = device->is_mjpeg ? 0 : 640;
	format->sizeimage = device->is_mjpeg ? BUFFER_BYTES : 320 * 240 * 2;
	return 0;
}

static int list_intervals(struct v4l2_frmivalenum *interval)
{
	int is_mjpeg = interval->pixel_format == V4L2_PIX_FMT_MJPEG;
	if (interval->index >= (is_mjpeg ? 2u : 1u))
		return fail(EINVAL);
	interval->type = V4L2_FRMIVAL_TYPE_DISCRETE;
	interval->discrete.numerator = 1;
	interval->discrete.denominator = !is_mjpeg ? 25 : interval->index ? 15 : 30;
	return 0;
}

static int list_sizes(struct v4l2_frmsizeenum *size)
{
	int is_mjpeg = size->pixel_format == V4L2_PIX_FMT_MJPEG;
	if (size->index)
		return fail(EINVAL);
	size->type = V4L2_FRMSIZE_TYPE_DISCRETE;
	size->discrete.width = is_mjpeg ? 640 : 320;
	size->discrete.height = is_mjpeg ? 480 : 240;
	return 0;
}

static int list_formats(struct v4l2_fmtdesc *format)
{
	if (format->index > 1)
		return fail(EINVAL);
	format->pixelformat = format->index ? V4L2_PIX_FMT_YUYV : V4L2_PIX_FMT_MJPEG;
	snprintf((char *)format->description, sizeof(format->description), "%s",
	         format->index ? "YUYV 4:2:2" : "Motion-JPEG");
	return 0;
}

static int give_buffer(struct device *device, int descriptor, struct v4l2_buffer *buffer,
                       const char *state)
{
	if (!device->count || now() < device->due || !strcmp(state, "stuck"))
		return fail(EAGAIN);
	device->due = now() + 1.0 / device->rate;
	int index = device->queued[device->first];
	device->first = (device->first + 1) % BUFFERS;
	device->count--;
	size_t bytes = device->is_mjpeg ? device->jpeg_bytes : 320 * 240 * 2;
	off_t place = (off_t)index * BUFFER_BYTES;
	if (device->is_mjpeg) {
		if (pwrite(descriptor, device->jpeg, bytes, place) != (ssize_t)bytes)
			return -1;
	} else {
		static unsigned char grey[320 * 240 * 2];
		memset(grey, 128, sizeof(grey));
		if (pwrite(descriptor, grey, bytes, place) != (ssize_t)bytes)
			return -1;
	}
	buffer->index = (unsigned)index;
	buffer->bytesused = (unsigned)bytes;
	buffer->flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
	buffer->sequence = device->sequence++;
	buffer->timestamp.tv_sec = (time_t)now();
	buffer->timestamp.tv_usec = (suseconds_t)((now() - (double)(time_t)now()) * 1e6);
	return 0;
}

static int tell_capability(const char *name, const char *place, struct v4l2_capability *capability)
{
	snprintf((char *)capability->card, sizeof(capability->card), "%s", name);
	snprintf((char *)capability->bus_info, sizeof(capability->bus_info), "%s", place);
	capability->capabilities = capability->device_caps =
		V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
	return 0;
}

static int set_format(struct device *device, struct v4l2_format *wish)
{
	struct v4l2_pix_format *format = &wish->fmt.pix;
	device->is_mjpeg = format->pixelformat == V4L2_PIX_FMT_MJPEG;
	return fill_format(device, format);
}

static int tell_rate(const struct device *device, struct v4l2_streamparm *parameters)
{
	struct v4l2_captureparm *capture = &parameters->parm.capture;
	capture->capability = V4L2_CAP_TIMEPERFRAME;
	capture->timeperframe.numerator = 1;
	capture->timeperframe.denominator = (unsigned)device->rate;
	return 0;
}

static int set_rate(struct device *device, struct v4l2_streamparm *parameters)
{
	struct v4l2_fract interval = parameters->parm.capture.timeperframe;
	if (interval.numerator)
		device->rate = (int)(interval.denominator / interval.numerator);
	return tell_rate(device, parameters);
}

static int count_buffers(struct v4l2_requestbuffers *wish)
{
	wish->count = wish->count < BUFFERS ? wish->count : BUFFERS;
	return 0;
}

static int tell_buffer(struct v4l2_buffer *buffer)
{
	buffer->length = BUFFER_BYTES;
	buffer->m.offset = buffer->index * BUFFER_BYTES;
	return 0;
}

static int queue_buffer(struct device *device, const struct v4l2_buffer *buffer)
{
	device->queued[(device->first + device->count++) % BUFFERS] = (int)buffer->index;
	return 0;
}

/* The requests about what the camera is and how it is to be read. */
static int answer_settings(struct device *device, unsigned long request, void *argument)
{
	switch (request) {
	case VIDIOC_ENUM_FMT:
		return list_formats(argument);
	case VIDIOC_ENUM_FRAMESIZES:
		return list_sizes(argument);
	case VIDIOC_ENUM_FRAMEINTERVALS:
		return list_intervals(argument);
	case VIDIOC_G_INPUT:
		*(int *)argument = 0;
		return 0;
	case VIDIOC_ENUMINPUT:
		return ((struct v4l2_input *)argument)->index ? fail(EINVAL) : 0;
	case VIDIOC_S_FMT:
		return set_format(device, argument);
	case VIDIOC_G_FMT:
		return fill_format(device, &((struct v4l2_format *)argument)->fmt.pix);
	case VIDIOC_S_PARM:
		return set_rate(device, argument);
	case VIDIOC_G_PARM:
		return tell_rate(device, argument);
	default:
		return fail(ENOTTY);
	}
}

static int answer(struct device *device, int descriptor, unsigned long request, void *argument)
{
	char name[32], place[32], state[32];
	if (!is_there(device, name, place, state))
		return fail(ENODEV);
	switch (request) {
	case VIDIOC_QUERYCAP:
		return tell_capability(name, place, argument);
	case VIDIOC_REQBUFS:
		return count_buffers(argument);
	case VIDIOC_QUERYBUF:
		return tell_buffer(argument);
	case VIDIOC_QBUF:
		return queue_buffer(device, argument);
	case VIDIOC_DQBUF:
		return give_buffer(device, descriptor, argument, state);
	case VIDIOC_STREAMON:
	case VIDIOC_STREAMOFF:
		return 0;
	default:
		return answer_settings(device, request, argument);
	}
}

typedef int ioctl_function(int, unsigned long, ...);

int ioctl(int descriptor, unsigned long request, ...)
{
	va_list arguments;
	va_start(arguments, request);
	void *argument = va_arg(arguments, void *);
	va_end(arguments);
	if (descriptor >= 0 && descriptor < DESCRIPTORS && devices[descriptor])
		return answer(devices[descriptor], descriptor, request, argument);
	return ((ioctl_function *)dlsym(RTLD_NEXT, "ioctl"))(descriptor, request, argument);
}
