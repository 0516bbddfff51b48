/* What a layer sees on one device, held against what it saw on another. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/options/dreamer.h"
#include "engine/reverie_inspect.h"
#include "tests/bundle/bundle.h"
#include "tests/support/npy.h"

enum { DEVICES_MAX = 16 };

/* Winograd's sums against plain ones turned whole gradients by 1.3e-5, and activations by less than
 * 1e-4 of the largest: what is ten times worse has another cause than another order of sums. */
static const struct bounds {
	double cosine_least, error_most;
} of_floats = {1 - 1.3e-4, 1e-3};
/* Factors of 11 bits turned the gradient of mixed5 by a cosine of 0.9973 and moved activations by
 * 1.5e-3 of the largest (processors round as the units do): what is far from that has another
 * cause. */
static const struct bounds of_tf32 = {0.99, 1e-2};

struct arrays {
	const struct options *options;
	struct dreamer dreamer;
	const char *layer;
	struct option_size size;
	rv_array activation, gradient;
};

/* ---- devices ---- */

/* A value of NAME=VALUE has no blanks. */
static void join_words(char *text)
{
	for (; *text; text++)
		if (*text == ' ')
			*text = '_';
}

rv_status bundle_devices(const struct options *options, rv_error *error)
{
	static const char *const kinds[] = {
		[RV_DEVICE_CPU] = "CPU", [RV_DEVICE_GPU] = "GPU", [RV_DEVICE_OTHER] = "other"};
	rv_device_info list[DEVICES_MAX];
	int count;
	rv_status status = rv_device_list(list, DEVICES_MAX, &count, error);
	(void)options;
	for (int i = 0; status == RV_OK && i < count && i < DEVICES_MAX; i++) {
		rv_device_info *info = &list[i];
		join_words(info->name);
		join_words(info->platform);
		join_words(info->driver);
		printf("device %d name=%s platform=%s driver=%s kind=%s units=%u lanes=%u "
		       "memory_mb=%.0f largest_buffer_mb=%.0f usable=%s\n",
		       i + 1, info->name, info->platform, info->driver, kinds[info->kind],
		       info->compute_units, info->vector_width,
		       (double)info->memory_bytes / (1 << 20),
		       (double)info->max_buffer_bytes / (1 << 20), info->usable ? "yes" : "no");
	}
	if (status == RV_OK)
		printf("devices count=%d\n", count);
	return status;
}

/* ---- arrays ---- */

/* Shapes of many sizes, so that no layer is without anything to see. */
static void paint(unsigned char *pixels, struct option_size size)
{
	unsigned state = 1;
	for (int y = 0; y < size.height; y++)
		for (int x = 0; x < size.width; x++)
			for (int c = 0; c < 3; c++) {
				int rings = (x * x + y * y * (c + 1)) / 512 % 2 ? 60 : 0;
				int squares = (x / 24 + y / 16 + c) % 2 ? 70 : 0;
				state = state * 1664525u + 1013904223u;
				*pixels++ = (unsigned char)(40 + rings + squares + (state >> 26));
			}
}

static rv_status inspect(struct arrays *arrays, rv_error *error)
{
	struct option_size size = arrays->size;
	rv_image picture = {RV_RGB8, size.width, size.height, 3 * (size_t)size.width, NULL};
	rv_status status;
	picture.pixels = malloc(picture.stride * (size_t)size.height);
	if (!picture.pixels)
		return rv_fail(error, RV_MEMORY, "no memory for a picture");
	paint(picture.pixels, size);
	status = rv_inspect(arrays->dreamer.engine, &picture, arrays->layer, &arrays->activation,
	                    &arrays->gradient, error);
	free(picture.pixels);
	return status;
}

static rv_status compute(struct arrays *arrays, rv_error *error)
{
	const struct options *options = arrays->options;
	rv_status status;
	if (!options->call.operand[0])
		return rv_fail(error, RV_INVALID, "keep and check need a FOLDER");
	if ((status = dreamer_size(options, &arrays->size, error)) != RV_OK ||
	    (status = dreamer_open(&arrays->dreamer, options, error)) != RV_OK ||
	    (status = dreamer_layer(&arrays->dreamer, &options->dream, &arrays->layer, error)) !=
	            RV_OK)
		return status;
	return inspect(arrays, error);
}

/* Slashes of a layer's name would be folders. */
static void write_path(const struct arrays *arrays, const char *what, char path[PATH_LENGTH])
{
	int start = snprintf(path, PATH_LENGTH, "%.256s/", arrays->options->call.operand);
	snprintf(path + start, (size_t)(PATH_LENGTH - start), "%s-%dx%d.%s.npy", arrays->layer,
	         arrays->size.width, arrays->size.height, what);
	for (char *at = path + start; *at; at++)
		if (*at == '/')
			*at = '_';
}

static rv_status keep_array(const struct arrays *arrays, const rv_array *array, const char *what,
                            rv_error *error)
{
	char path[PATH_LENGTH];
	write_path(arrays, what, path);
	if (!npy_write_array(path, array->data, array->channels, array->height, array->width))
		return rv_fail(error, RV_IO, "%s cannot be written", path);
	return RV_OK;
}

struct likeness {
	double cosine, error; /* error: the largest one, by the largest value */
};

static struct likeness compare(const float *found, const float *kept, size_t count)
{
	double product = 0, found_square = 0, kept_square = 0, most = 0, error = 0;
	for (size_t i = 0; i < count; i++) {
		product += (double)found[i] * (double)kept[i];
		found_square += (double)found[i] * (double)found[i];
		kept_square += (double)kept[i] * (double)kept[i];
		most = fmax(most, fabs((double)kept[i]));
		error = fmax(error, fabs((double)found[i] - (double)kept[i]));
	}
	return (struct likeness){product / sqrt(found_square * kept_square), error / most};
}

static rv_status check_array(const struct arrays *arrays, const rv_array *array, const char *what,
                             struct likeness *likeness, rv_error *error)
{
	size_t count = (size_t)array->channels * (size_t)array->height * (size_t)array->width;
	char path[PATH_LENGTH];
	float *kept;
	write_path(arrays, what, path);
	kept = npy_read_array(path, count);
	if (!kept)
		return rv_fail(error, RV_NOT_FOUND, "%s does not hold %zu floats", path, count);
	*likeness = compare(array->data, kept, count);
	free(kept);
	return RV_OK;
}

static rv_status keep(struct arrays *arrays, rv_error *error)
{
	rv_status status = keep_array(arrays, &arrays->activation, "activation", error);
	return status ? status : keep_array(arrays, &arrays->gradient, "gradient", error);
}

/* NaN agrees with nothing. */
static rv_status check(struct arrays *arrays, rv_error *error)
{
	struct likeness activation, gradient;
	const struct bounds *bounds = arrays->options->device.config.precision == RV_PRECISION_TF32
	                                      ? &of_tf32
	                                      : &of_floats;
	rv_status status =
		check_array(arrays, &arrays->activation, "activation", &activation, error);
	if (status == RV_OK)
		status = check_array(arrays, &arrays->gradient, "gradient", &gradient, error);
	if (status == RV_OK)
		printf("check %s %dx%d activation_cosine=%.9f activation_error=%.3g "
		       "gradient_cosine=%.9f gradient_error=%.3g agrees=%s\n",
		       arrays->layer, arrays->size.width, arrays->size.height, activation.cosine,
		       activation.error, gradient.cosine, gradient.error,
		       activation.error < bounds->error_most &&
		                       gradient.cosine > bounds->cosine_least
		               ? "yes"
		               : "no");
	return status;
}

static rv_status run(const struct options *options,
                     rv_status (*use)(struct arrays *arrays, rv_error *error), rv_error *error)
{
	struct arrays arrays = {.options = options};
	rv_status status = compute(&arrays, error);
	if (status == RV_OK)
		status = use(&arrays, error);
	rv_array_release(&arrays.activation);
	rv_array_release(&arrays.gradient);
	dreamer_close(&arrays.dreamer);
	return status;
}

rv_status bundle_keep(const struct options *options, rv_error *error)
{
	return run(options, keep, error);
}

rv_status bundle_check(const struct options *options, rv_error *error)
{
	return run(options, check, error);
}
