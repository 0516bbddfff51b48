#include "app/media/camera_mode.h"

#include <linux/videodev2.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* What a mode costs that is not as it should be; sizes are compared by the logarithm of their
 * area. */
static const double size_least = 640 * 480, size_most = 1280 * 720;
static const double rate_enough = 24, rate_best = 30;
static const double slow_cost = 4;    /* of standing still, against a wrong size of half the area */
static const double small_cost = 0.3; /* of half the area, within the sizes that suit */

static const struct {
	uint32_t format;
	const char *name;
	double cost; /* decoding takes time, and what is sent as differences comes late */
} formats[] = {
	{V4L2_PIX_FMT_YUYV, "yuyv422", 0},    {V4L2_PIX_FMT_UYVY, "uyvy422", 0},
	{V4L2_PIX_FMT_NV12, "nv12", 0},       {V4L2_PIX_FMT_YUV420, "yuv420p", 0},
	{V4L2_PIX_FMT_YUV422P, "yuv422p", 0}, {V4L2_PIX_FMT_RGB24, "rgb24", 0},
	{V4L2_PIX_FMT_BGR24, "bgr24", 0},     {V4L2_PIX_FMT_GREY, "gray", 0.2},
	{V4L2_PIX_FMT_MJPEG, "mjpeg", 0.05},  {V4L2_PIX_FMT_JPEG, "mjpeg", 0.05},
	{V4L2_PIX_FMT_H264, "h264", 0.5},
};

enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

static int find_format(uint32_t format)
{
	for (int i = 0; i < FORMATS; i++)
		if (formats[i].format == format)
			return i;
	return -1;
}

const char *camera_format_name(uint32_t format)
{
	int index = find_format(format);
	return index < 0 ? NULL : formats[index].name;
}

void camera_modes_add(struct camera_modes *modes, uint32_t format, int width, int height,
                      const struct camera_rate *rate)
{
	struct camera_mode *mode = NULL;
	for (int i = 0; i < modes->count && !mode; i++)
		if (modes->list[i].format == format && modes->list[i].width == width &&
		    modes->list[i].height == height)
			mode = &modes->list[i];
	if (!mode && modes->count < CAMERA_MODES_MAX) {
		mode = &modes->list[modes->count++];
		*mode = (struct camera_mode){.format = format, .width = width, .height = height};
	}
	if (mode && rate && rate->seconds > 0 && rate->count > 0 &&
	    mode->rate_count < CAMERA_RATES_MAX)
		mode->rates[mode->rate_count++] = *rate;
}

/* ---- choosing ---- */

static double per_second(struct camera_rate rate)
{
	return rate.seconds ? (double)rate.count / rate.seconds : 0;
}

/* 30 also stands for 29.97. */
static bool is_rate(struct camera_rate rate, float wish)
{
	return fabs(per_second(rate) - (double)wish) < 0.01 * (double)wish;
}

static bool has_size(const struct camera_mode *mode, const struct camera_wish *wish)
{
	return (!wish->width || mode->width == wish->width) &&
	       (!wish->height || mode->height == wish->height);
}

/* False: the mode has not the wished one. */
static bool choose_rate(const struct camera_mode *mode, float wish, struct camera_rate *chosen)
{
	*chosen = (struct camera_rate){0, 0};
	if (wish > 0 && !mode->rate_count) {
		*chosen = (struct camera_rate){(int)lroundf(wish * 1000), 1000};
		return true;
	}
	for (int i = 0; i < mode->rate_count; i++) {
		struct camera_rate rate = mode->rates[i];
		if (wish > 0 ? is_rate(rate, wish)
		             : !chosen->count || fabs(per_second(rate) - rate_best) <
		                                         fabs(per_second(*chosen) - rate_best))
			*chosen = rate;
	}
	return wish <= 0 || chosen->count;
}

static double cost_of(const struct camera_mode *mode, struct camera_rate rate)
{
	double area = (double)mode->width * mode->height, cost;
	if (area > size_most)
		cost = log2(area / size_most);
	else
		cost = small_cost * log2(size_most / fmax(area, size_least)) +
		       log2(fmax(size_least / area, 1));
	if (rate.count)
		cost += slow_cost * fmax(0, 1 - per_second(rate) / rate_enough);
	return cost + formats[find_format(mode->format)].cost;
}

/* ---- what there is ---- */

static bool is_listed(const char *text, const char *word)
{
	size_t length = strlen(word);
	for (; text; text = strstr(text, ", ")) {
		text += strspn(text, ", ");
		if (!strncmp(text, word, length) && (!text[length] || text[length] == ','))
			return true;
	}
	return false;
}

static void append(char *text, size_t capacity, const char *word)
{
	size_t used = strlen(text);
	if (!is_listed(text, word))
		snprintf(text + used, capacity - used, "%s%s", used ? ", " : "", word);
}

static void list_sizes(const struct camera_modes *modes, char *text, size_t capacity)
{
	char word[32];
	for (int i = 0; i < modes->count; i++) {
		if (!camera_format_name(modes->list[i].format))
			continue;
		snprintf(word, sizeof(word), "%dx%d", modes->list[i].width, modes->list[i].height);
		append(text, capacity, word);
	}
}

static void list_rates(const struct camera_modes *modes, const struct camera_wish *wish, char *text,
                       size_t capacity)
{
	char word[32];
	for (int i = 0; i < modes->count; i++) {
		const struct camera_mode *mode = &modes->list[i];
		if (!camera_format_name(mode->format) || !has_size(mode, wish))
			continue;
		for (int j = 0; j < mode->rate_count; j++) {
			snprintf(word, sizeof(word), "%.4g", per_second(mode->rates[j]));
			append(text, capacity, word);
		}
	}
}

static rv_status refuse(const struct camera_modes *modes, const struct camera_wish *wish,
                        const char *name, rv_error *error)
{
	char available[RV_ERROR_LENGTH / 2] = "";
	bool size_is_there = false;
	for (int i = 0; i < modes->count; i++)
		size_is_there |= camera_format_name(modes->list[i].format) &&
		                 has_size(&modes->list[i], wish);
	if (size_is_there) {
		list_rates(modes, wish, available, sizeof(available));
		return rv_fail(error, RV_INVALID,
		               "%s: --camera-rate: it has no %.4g frames a second%s; there are %s",
		               name, (double)wish->rate,
		               wish->width || wish->height ? " at that size" : "", available);
	}
	list_sizes(modes, available, sizeof(available));
	if (!available[0])
		return rv_fail(error, RV_UNSUPPORTED, "%s: has no format that FFmpeg reads", name);
	return rv_fail(error, RV_INVALID, "%s: --camera-size: it has no such size; there are %s",
	               name, available);
}

rv_status camera_choose(struct camera_choice *choice, const struct camera_modes *modes,
                        const struct camera_wish *wish, const char *name, rv_error *error)
{
	double least = INFINITY;
	*choice = (struct camera_choice){.width = wish->width, .height = wish->height};
	if (!modes->count) {
		choice->rate = (struct camera_rate){(int)lroundf(wish->rate * 1000), 1000};
		return RV_OK;
	}
	for (int i = 0; i < modes->count; i++) {
		const struct camera_mode *mode = &modes->list[i];
		struct camera_rate rate;
		if (!camera_format_name(mode->format) || !has_size(mode, wish) ||
		    !choose_rate(mode, wish->rate, &rate))
			continue;
		double cost = cost_of(mode, rate);
		if (cost >= least)
			continue;
		least = cost;
		*choice = (struct camera_choice){camera_format_name(mode->format), mode->width,
		                                 mode->height, rate};
	}
	return least < INFINITY ? RV_OK : refuse(modes, wish, name, error);
}
