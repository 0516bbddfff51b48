#include "app/media/camera.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { CAMERAS_MAX = 64, LIST_MAX = 64 };

/* Of cameras that say a range. */
static const int usual_sizes[][2] = {{320, 240}, {640, 360},  {640, 480},
                                     {800, 600}, {1280, 720}, {1920, 1080}};
static const int usual_rates[] = {5, 10, 15, 20, 24, 25, 30, 50, 60};

/* ioctl() that a signal does not end. */
static int ask(int device, unsigned long request, void *argument)
{
	int code;
	do
		code = ioctl(device, request, argument);
	while (code < 0 && errno == EINTR);
	return code;
}

static int open_device(const char *path)
{
	return open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

/* ---- which there are ---- */

static bool describe(int device, struct camera *camera)
{
	struct v4l2_capability capability = {0};
	if (ask(device, VIDIOC_QUERYCAP, &capability) < 0)
		return false;
	unsigned can = capability.capabilities & V4L2_CAP_DEVICE_CAPS ? capability.device_caps
	                                                              : capability.capabilities;
	snprintf(camera->name, sizeof(camera->name), "%.32s", (const char *)capability.card);
	snprintf(camera->bus, sizeof(camera->bus), "%.32s", (const char *)capability.bus_info);
	return can & V4L2_CAP_VIDEO_CAPTURE;
}

bool camera_next(int number, struct camera *camera)
{
	for (; number < CAMERAS_MAX; number++) {
		*camera = (struct camera){.number = number};
		snprintf(camera->path, sizeof(camera->path), "/dev/video%d", number);
		int device = open_device(camera->path);
		if (device < 0)
			continue;
		bool found = describe(device, camera);
		close(device);
		if (found)
			return true;
	}
	return false;
}

static rv_status no_such_camera(const char *path, rv_error *error)
{
	struct camera camera;
	char available[RV_ERROR_LENGTH / 2] = "";
	size_t used = 0;
	for (int number = 0; camera_next(number, &camera); number = camera.number + 1)
		if (used < sizeof(available))
			used += (size_t)snprintf(available + used, sizeof(available) - used,
			                         "%s%s (%s)", used ? ", " : "", camera.path,
			                         camera.name);
	return rv_fail(error, RV_NOT_FOUND,
	               "%s: there is no such camera%s%s; --wait on waits for it", path,
	               used ? ", but there are " : " and no other", available);
}

rv_status camera_open(const char *path, struct camera *camera, rv_error *error)
{
	int device = open_device(path);
	*camera = (struct camera){.number = -1};
	if (device < 0 && (errno == ENOENT || errno == ENODEV || errno == ENXIO))
		return no_such_camera(path, error);
	if (device < 0)
		return rv_fail(error, RV_IO, "%s: cannot be opened: %s%s", path, strerror(errno),
		               errno == EACCES ? "; whoever is in the group video may" : "");
	snprintf(camera->path, sizeof(camera->path), "%s", path);
	bool captures = describe(device, camera);
	close(device);
	if (!captures)
		return rv_fail(error, RV_UNSUPPORTED,
		               "%s: captures no video; `reverie cameras` lists what does", path);
	return RV_OK;
}

int camera_match(const struct camera *gone, const struct camera *list, int count)
{
	int found = -1, same_name = 0;
	for (int i = 0; i < count; i++) {
		if (strcmp(list[i].name, gone->name))
			continue;
		if (!strcmp(list[i].bus, gone->bus))
			return i;
		found = i;
		same_name++;
	}
	return same_name == 1 ? found : -1;
}

rv_status camera_find_again(const struct camera *gone, struct camera *camera, rv_error *error)
{
	struct camera *list = calloc(CAMERAS_MAX, sizeof(*list));
	int count = 0;
	if (!list)
		return rv_fail(error, RV_MEMORY, "out of memory");
	while (count < CAMERAS_MAX &&
	       camera_next(count ? list[count - 1].number + 1 : 0, &list[count]))
		count++;
	int found = camera_match(gone, list, count);
	if (found >= 0)
		*camera = list[found];
	free(list);
	return found >= 0 ? RV_OK
	                  : rv_fail(error, RV_NOT_FOUND, "%s: %s is not plugged in", gone->path,
	                            gone->name);
}

/* ---- what they can do ---- */

static void add_rate_range(const struct v4l2_frmivalenum *interval, const struct camera_wish *wish,
                           struct camera_modes *modes)
{
	const struct v4l2_fract *shortest = &interval->stepwise.min,
				*longest = &interval->stepwise.max;
	int width = (int)interval->width, height = (int)interval->height;
	double most = shortest->numerator ? (double)shortest->denominator / shortest->numerator : 0;
	double least = longest->numerator ? (double)longest->denominator / longest->numerator : 0;
	for (size_t i = 0; i < sizeof(usual_rates) / sizeof(usual_rates[0]); i++) {
		struct camera_rate rate = {usual_rates[i], 1};
		if (usual_rates[i] >= least && usual_rates[i] <= most)
			camera_modes_add(modes, interval->pixel_format, width, height, &rate);
	}
	struct camera_rate wished = {(int)lroundf(wish->rate * 1000), 1000};
	if (wish->rate > 0 && (double)wish->rate >= least && (double)wish->rate <= most)
		camera_modes_add(modes, interval->pixel_format, width, height, &wished);
}

static void add_size(int device, uint32_t format, unsigned width, unsigned height,
                     const struct camera_wish *wish, struct camera_modes *modes)
{
	camera_modes_add(modes, format, (int)width, (int)height, NULL);
	for (unsigned i = 0; i < LIST_MAX; i++) {
		struct v4l2_frmivalenum interval = {
			.index = i, .pixel_format = format, .width = width, .height = height};
		if (ask(device, VIDIOC_ENUM_FRAMEINTERVALS, &interval) < 0)
			break;
		if (interval.type != V4L2_FRMIVAL_TYPE_DISCRETE) {
			add_rate_range(&interval, wish, modes);
			break;
		}
		const struct camera_rate rate = {(int)interval.discrete.denominator,
		                                 (int)interval.discrete.numerator};
		camera_modes_add(modes, format, (int)width, (int)height, &rate);
	}
}

static bool fits(unsigned side, unsigned least, unsigned most, unsigned step)
{
	return side >= least && side <= most && (side - least) % (step ? step : 1) == 0;
}

static void add_size_range(int device, const struct v4l2_frmsizeenum *range,
                           const struct camera_wish *wish, struct camera_modes *modes)
{
	const struct v4l2_frmsize_stepwise *sizes = &range->stepwise;
	enum { USUAL = sizeof(usual_sizes) / sizeof(usual_sizes[0]) };
	for (int i = 0; i <= USUAL; i++) {
		unsigned width = (unsigned)(i < USUAL ? usual_sizes[i][0] : wish->width);
		unsigned height = (unsigned)(i < USUAL ? usual_sizes[i][1] : wish->height);
		if (fits(width, sizes->min_width, sizes->max_width, sizes->step_width) &&
		    fits(height, sizes->min_height, sizes->max_height, sizes->step_height))
			add_size(device, range->pixel_format, width, height, wish, modes);
	}
	add_size(device, range->pixel_format, sizes->max_width, sizes->max_height, wish, modes);
}

static void add_format(int device, uint32_t format, const struct camera_wish *wish,
                       struct camera_modes *modes)
{
	for (unsigned i = 0; i < LIST_MAX; i++) {
		struct v4l2_frmsizeenum size = {.index = i, .pixel_format = format};
		if (ask(device, VIDIOC_ENUM_FRAMESIZES, &size) < 0)
			break;
		if (size.type != V4L2_FRMSIZE_TYPE_DISCRETE) {
			add_size_range(device, &size, wish, modes);
			break;
		}
		add_size(device, format, size.discrete.width, size.discrete.height, wish, modes);
	}
}

void camera_read_modes(const struct camera *camera, const struct camera_wish *wish,
                       struct camera_modes *modes)
{
	int device = open_device(camera->path);
	modes->count = 0;
	for (unsigned i = 0; device >= 0 && i < LIST_MAX; i++) {
		struct v4l2_fmtdesc format = {.index = i, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
		if (ask(device, VIDIOC_ENUM_FMT, &format) < 0)
			break;
		add_format(device, format.pixelformat, wish, modes);
	}
	if (device >= 0)
		close(device);
}

static void print_mode(const struct camera_mode *mode, FILE *file)
{
	const char *name = camera_format_name(mode->format);
	fprintf(file, "  %-8.4s %dx%d", (const char *)&mode->format, mode->width, mode->height);
	for (int i = 0; i < mode->rate_count; i++)
		fprintf(file, "%s%.4g", i ? " " : " at ",
		        (double)mode->rates[i].count / mode->rates[i].seconds);
	fprintf(file, "%s%s\n", mode->rate_count ? " fps" : "", name ? "" : ", cannot be used");
}

void camera_print(const struct camera *camera, FILE *file)
{
	const struct camera_wish wish = {0};
	struct camera_choice choice;
	struct camera_modes *modes = calloc(1, sizeof(*modes));
	fprintf(file, "%s  %s, %s\n", camera->path, camera->name, camera->bus);
	if (!modes)
		return;
	camera_read_modes(camera, &wish, modes);
	for (int i = 0; i < modes->count; i++)
		print_mode(&modes->list[i], file);
	if (camera_choose(&choice, modes, &wish, camera->path, NULL) == RV_OK && choice.format)
		fprintf(file, "  without --camera-size and --camera-rate: %s %dx%d at %.4g fps\n",
		        choice.format, choice.width, choice.height,
		        choice.rate.seconds ? (double)choice.rate.count / choice.rate.seconds : 0);
	free(modes);
}
