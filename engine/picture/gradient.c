#include "engine/picture/gradient.h"

#include <stdio.h>

#include "engine/base/minmax.h"

/* Work-groups of a launch, each leaving one partial sum: on a GPU of so many work-items, and enough
 * that its memory is busy. */
enum { GROUPS = 64, GPU_GROUPS = 512, GPU_GROUP = 256, PARTIAL_BYTES = 4 * sizeof(float) };

/* By which measure a band is normalised: the argument `how` of find_factors in
 * shaders/picture/gradient.cl. */
enum measure { BY_MEAN_ABS, BY_DEVIATION, BY_RMS, BY_NOTHING };

/* What each band weighs in the sum, finest first; the RMS it is brought to. With equal weights the
 * finest band lays a grain over everything, and the coarsest ones wash the picture's own colours
 * out; found by eye over layers mixed3 to mixed7 at 5 octaves. */
static const float band_shares[GRADIENT_BANDS_MAX] = {0.5f, 1, 1, 0.5f, 0.25f, 0.25f, 0.25f, 0.25f};
static const float even_shares[GRADIENT_BANDS_MAX] = {1, 1, 1, 1, 1, 1, 1, 1};

/* What was measured on some rasters and what follows from it; a plain gradient is one band. */
struct measurement {
	int bands;
	cl_mem partials; /* [bands][groups] float4 */
	cl_mem counts;   /* float [bands]: elements of each band */
	cl_mem shares;   /* float [bands]: what each is to measure afterwards */
	cl_mem factors;  /* float [bands]: what each is to be multiplied with for that */
};

static int halved(int size)
{
	return (size + 1) / 2;
}

int gradient_bands(const struct gradient_settings *settings, int width, int height)
{
	int wanted = settings->bands ? settings->bands : GRADIENT_BANDS_DEFAULT, bands = 1;
	int side = min_int(width, height);

	while (bands < wanted && bands < GRADIENT_BANDS_MAX &&
	       halved(side) >= GRADIENT_BAND_SMALLEST) {
		side = halved(side);
		bands++;
	}
	return bands;
}

float gradient_band_weight(int band)
{
	return band_shares[band];
}

static int group_items(const struct device *device)
{
	return device_wants_groups(device) ? (int)device_group_items(device, GPU_GROUP) : 1;
}

static int groups_of(const struct device *device)
{
	return device_wants_groups(device) ? GPU_GROUPS : GROUPS;
}

static void start(struct launch_recorder *recorder, const char *kernel)
{
	char options[32];

	snprintf(options, sizeof(options), "-DGROUP=%d", group_items(recorder->device));
	record_kernel(recorder, "picture/gradient", options, kernel, kernel);
}

static int finish(struct launch_recorder *recorder)
{
	size_t items = (size_t)group_items(recorder->device);

	record_launch(recorder, groups_of(recorder->device) * items, 1, 1, items, 1, 1);
	return recorder->list->count - 1;
}

static void record_size(struct launch_recorder *recorder, const struct raster *raster)
{
	record_int(recorder, raster->width);
	record_int(recorder, raster->height);
}

static struct measurement measurement_create(struct launch_recorder *recorder,
                                             const struct raster *levels, const float *shares,
                                             int bands)
{
	float counts[GRADIENT_BANDS_MAX];
	size_t partials = (size_t)bands * groups_of(recorder->device) * PARTIAL_BYTES;
	size_t size = (size_t)bands * sizeof(float);

	for (int i = 0; i < bands; i++)
		counts[i] = 3 * (float)levels[i].width * (float)levels[i].height;
	return (struct measurement){
		.bands = bands,
		.partials = record_own_buffer(recorder, partials, NULL),
		.counts = record_own_buffer(recorder, size, counts),
		.shares = record_own_buffer(recorder, size, shares),
		.factors = record_own_buffer(recorder, size, NULL),
	};
}

static void record_factors(struct launch_recorder *recorder, const struct measurement *measurement,
                           enum measure how)
{
	size_t items = (size_t)group_items(recorder->device);

	start(recorder, "find_factors");
	record_buffer(recorder, measurement->partials);
	record_int(recorder, groups_of(recorder->device));
	record_int(recorder, measurement->bands);
	record_buffer(recorder, measurement->counts);
	record_buffer(recorder, measurement->shares);
	record_int(recorder, how);
	record_buffer(recorder, measurement->factors);
	record_launch(recorder, items, 1, 1, items, 1, 1);
}

static void record_measure(struct launch_recorder *recorder, const struct raster *raster,
                           const struct measurement *measurement)
{
	start(recorder, "measure");
	record_buffer(recorder, raster->buffer);
	record_size(recorder, raster);
	record_buffer(recorder, measurement->partials);
	finish(recorder);
}

/* A pyramid; rasters[0] is the gradient, and each is half as large as the one before. */
struct levels {
	struct raster rasters[GRADIENT_BANDS_MAX];
	int bands;
	int parts; /* pictures that lie one below the other */
};

static int rows_of_part(const struct levels *levels, int level)
{
	return levels->rasters[level].height / levels->parts;
}

/* Takes room for all levels but the first. */
static void take_levels(struct launch_recorder *recorder, struct levels *levels)
{
	for (int i = 1; i < levels->bands; i++)
		levels->rasters[i] =
			raster_record_part(recorder, halved(levels->rasters[i - 1].width),
		                           levels->parts * halved(rows_of_part(levels, i - 1)));
}

static void record_pyramid(struct launch_recorder *recorder, const struct levels *levels)
{
	for (int i = 1; i < levels->bands; i++) {
		const struct raster *fine = &levels->rasters[i - 1];
		int rows = rows_of_part(levels, i - 1);
		start(recorder, "halve");
		record_buffer(recorder, fine->buffer);
		record_int(recorder, fine->width);
		record_int(recorder, rows);
		record_buffer(recorder, levels->rasters[i].buffer);
		record_size(recorder, &levels->rasters[i]);
		record_int(recorder, halved(rows));
		finish(recorder);
	}
}

/* Starts split_band or merge_band of one level. */
static void record_band(struct launch_recorder *recorder, const char *kernel,
                        const struct levels *levels, int band)
{
	bool coarsest = band == levels->bands - 1;
	int coarse = coarsest ? band : band + 1;

	start(recorder, kernel);
	record_buffer(recorder, levels->rasters[band].buffer);
	record_size(recorder, &levels->rasters[band]);
	record_int(recorder, rows_of_part(levels, band));
	record_buffer(recorder, levels->rasters[coarse].buffer);
	record_int(recorder, coarsest ? 0 : levels->rasters[coarse].width);
	record_int(recorder, rows_of_part(levels, coarse));
	record_int(recorder, band);
}

/* Leaves in the first level the sum of the bands, each brought to its share. */
static void record_bands(struct launch_recorder *recorder, struct levels *levels,
                         const float *shares)
{
	const int bands = levels->bands;
	struct measurement measurement;

	take_levels(recorder, levels);
	record_pyramid(recorder, levels);
	measurement = measurement_create(recorder, levels->rasters, shares, bands);
	/* The finest band is split off first, since splitting needs the next coarser level whole.
	 */
	for (int i = 0; i < bands; i++) {
		record_band(recorder, "split_band", levels, i);
		record_buffer(recorder, measurement.partials);
		finish(recorder);
	}
	record_factors(recorder, &measurement, BY_RMS);
	for (int i = bands - 1; i >= 0; i--) {
		record_band(recorder, "merge_band", levels, i);
		record_buffer(recorder, measurement.factors);
		finish(recorder);
	}
}

static bool by_bands(const struct gradient_settings *settings)
{
	return settings->normalisation == RV_NORMALISE_BANDS ||
	       settings->normalisation == RV_NORMALISE_EVEN_BANDS;
}

static struct levels plan_levels(const struct raster *gradient,
                                 const struct gradient_settings *settings)
{
	struct levels levels = {{*gradient}, .parts = settings->parts ? settings->parts : 1};

	levels.bands = gradient_bands(settings, gradient->width, gradient->height / levels.parts);
	return levels;
}

void gradient_measure(struct launch_recorder *recorder, int width, int height,
                      const struct gradient_settings *settings)
{
	struct levels levels = plan_levels(&(struct raster){NULL, width, height}, settings);

	if (by_bands(settings))
		take_levels(recorder, &levels);
}

void gradient_record_normalise(struct launch_recorder *recorder, const struct raster *gradient,
                               const struct gradient_settings *settings, cl_mem *factor)
{
	static const enum measure measures[] = {[RV_NORMALISE_BANDS] = BY_RMS,
	                                        [RV_NORMALISE_DEVIATION] = BY_DEVIATION,
	                                        [RV_NORMALISE_STANDARD] = BY_DEVIATION,
	                                        [RV_NORMALISE_MEAN_ABS] = BY_MEAN_ABS,
	                                        [RV_NORMALISE_EVEN_BANDS] = BY_NOTHING};
	bool even = settings->normalisation == RV_NORMALISE_EVEN_BANDS;
	struct levels levels = plan_levels(gradient, settings);
	const float unit = 1;
	struct measurement whole = measurement_create(recorder, levels.rasters, &unit, 1);

	if (settings->length)
		whole.shares = settings->length;
	if (by_bands(settings))
		record_bands(recorder, &levels, even ? even_shares : band_shares);
	record_measure(recorder, gradient, &whole);
	record_factors(recorder, &whole, measures[settings->normalisation]);
	*factor = whole.factors;
}

int gradient_record_move(struct launch_recorder *recorder, const struct raster *gradient,
                         const struct raster *picture, cl_mem factor, float step)
{
	start(recorder, "move_picture");
	record_buffer(recorder, picture->buffer);
	record_buffer(recorder, gradient->buffer);
	record_float(recorder, step);
	record_buffer(recorder, factor);
	record_size(recorder, picture);
	return finish(recorder);
}

int gradient_record_step(struct launch_recorder *recorder, const struct raster *gradient,
                         const struct raster *picture, const struct gradient_settings *settings)
{
	cl_mem factor;

	gradient_record_normalise(recorder, gradient, settings, &factor);
	return gradient_record_move(recorder, gradient, picture, factor, settings->step);
}

int gradient_record_soften(struct launch_recorder *recorder, const struct raster *gradient,
                           int parts)
{
	struct raster soft = raster_record_part(recorder, gradient->width, gradient->height);
	const struct raster_term all[] = {{&soft, 1}};
	int launch;

	start(recorder, "soften");
	record_buffer(recorder, gradient->buffer);
	record_float(recorder, 0);
	record_buffer(recorder, soft.buffer);
	record_size(recorder, gradient);
	record_int(recorder, gradient->height / parts);
	launch = finish(recorder);
	raster_record_combine(recorder, gradient, all, 1, false);
	return launch;
}

void gradient_record_centre(struct launch_recorder *recorder, const struct raster *gradient)
{
	const float unit = 1;
	struct measurement whole = measurement_create(recorder, gradient, &unit, 1);

	record_measure(recorder, gradient, &whole);
	start(recorder, "subtract_mean");
	record_buffer(recorder, gradient->buffer);
	record_size(recorder, gradient);
	record_buffer(recorder, whole.partials);
	record_int(recorder, groups_of(recorder->device));
	finish(recorder);
}
