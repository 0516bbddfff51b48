#include "engine/flow/record.h"

#include <stdio.h>

#include "engine/base/minmax.h"
#include "engine/base/rounding.h"

/* The least work of a work-group on a CPU, below which starting it costs too much. Where there is
 * more work there are several work-groups for each core, as PoCL gives the first thread that asks
 * more than its share of those left: of two work-groups, one core would get both. */
enum { ROWS_OF_A_BAND = 16, BANDS_OF_A_CORE = 4, PIXELS_OF_A_RUN = 4096, RUNS_OF_A_CORE = 16 };
/* Work-items of a work-group on a GPU. */
enum { GPU_TILE_WIDTH = 16, GPU_TILE_HEIGHT = 8 };
/* Of a region of flow_relax_regions: what is kept of it, and the items that share it. */
enum { KEPT_WIDTH = 56, KEPT_HEIGHT = 24, REGION_COLUMNS = 32, REGION_ITEMS = 256 };

static void start(struct launch_recorder *recorder, const char *shader, const char *kernel,
                  const char *label)
{
	record_kernel(recorder, shader, NULL, kernel, label);
}

static void record_plane(struct launch_recorder *recorder, cl_mem plane,
                         const struct flow_level *level)
{
	record_buffer(recorder, plane);
	record_int(recorder, level->stride);
}

static void record_flow(struct launch_recorder *recorder, const struct flow_planes *planes,
                        const struct flow_level *level)
{
	record_plane(recorder, planes->u, level);
	record_plane(recorder, planes->v, level);
}

static void record_size(struct launch_recorder *recorder, const struct flow_level *level)
{
	record_int(recorder, level->width);
	record_int(recorder, level->height);
}

static size_t at_least_one(int value)
{
	return value > 1 ? (size_t)value : 1;
}

/* Ends a launch over all pixels of a level, whose work-items take columns_of_item columns. */
static void finish(struct launch_recorder *recorder, const struct flow_level *level,
                   int columns_of_item)
{
	const rv_device_info *info = &recorder->device->info;
	size_t pixels = (size_t)level->width * (size_t)level->height, runs;

	if (device_wants_groups(recorder->device)) {
		int items = divide_up(level->width, columns_of_item);

		record_launch(recorder, (size_t)round_up(items, GPU_TILE_WIDTH),
		              (size_t)round_up(level->height, GPU_TILE_HEIGHT), 1, GPU_TILE_WIDTH,
		              GPU_TILE_HEIGHT, 1);
		return;
	}
	runs = min_size(pixels / PIXELS_OF_A_RUN + 1, (size_t)info->compute_units * RUNS_OF_A_CORE);
	record_launch(recorder, 1, min_size(runs, (size_t)level->height), 1, 1, 1, 1);
}

static int lanes(const struct launch_recorder *recorder)
{
	return recorder->device->lanes;
}

/* ---- the pyramid ---- */

void flow_record_pyramid(struct launch_recorder *recorder, struct flow *flow,
                         const struct flow_pyramid *pyramid)
{
	const struct flow_level *level = flow->levels;

	start(recorder, "flow/pyramid", "flow_luma", "flow luma");
	record_buffer(recorder, flow->raw); /* in place of the picture, which flow_push sets */
	record_size(recorder, level);
	record_plane(recorder, flow->raw, level);
	finish(recorder, level, lanes(recorder));
	start(recorder, "flow/pyramid", "flow_smooth", "flow smooth");
	record_plane(recorder, flow->raw, level);
	record_plane(recorder, pyramid->levels[0], level);
	record_size(recorder, level);
	record_float(recorder, flow_model.smoothing);
	finish(recorder, level, lanes(recorder));
	for (int i = 1; i < flow->level_count; i++, level++) {
		start(recorder, "flow/pyramid", "flow_halve", "flow halve");
		record_plane(recorder, pyramid->levels[i - 1], level);
		record_int(recorder, level->height);
		record_plane(recorder, pyramid->levels[i], level + 1);
		record_size(recorder, level + 1);
		finish(recorder, level + 1, lanes(recorder));
	}
}

/* ---- one linearisation ---- */

static void record_warp(struct launch_recorder *recorder, const struct flow *flow, cl_mem first,
                        cl_mem second, const struct flow_level *level)
{
	start(recorder, "flow/solver", "flow_warp", "flow warp");
	record_plane(recorder, first, level);
	record_plane(recorder, second, level);
	record_flow(recorder, &flow->flow, level);
	record_size(recorder, level);
	record_float(recorder, flow_model.alpha);
	record_float(recorder, flow_model.smooth_epsilon);
	record_plane(recorder, flow->mean, level);
	record_plane(recorder, flow->difference, level);
	record_plane(recorder, flow->smoothness, level);
	finish(recorder, level, lanes(recorder));
}

static void record_linearise(struct launch_recorder *recorder, const struct flow *flow,
                             const struct flow_level *level)
{
	start(recorder, "flow/solver", "flow_linearise", "flow linearise");
	record_plane(recorder, flow->mean, level);
	record_plane(recorder, flow->difference, level);
	record_plane(recorder, flow->smoothness, level);
	record_flow(recorder, &flow->flow, level);
	record_size(recorder, level);
	record_float(recorder, flow_model.gamma);
	record_float(recorder, flow_model.data_epsilon);
	record_float(recorder, flow_model.noise);
	record_buffer(recorder, flow->system);
	record_int(recorder, level->half_row);
	finish(recorder, level, 2 * lanes(recorder));
}

static void record_system(struct launch_recorder *recorder, const struct flow *flow,
                          const struct flow_level *level)
{
	record_buffer(recorder, flow->system);
	record_int(recorder, level->half_row);
	record_size(recorder, level);
}

static void record_relax_bands(struct launch_recorder *recorder, const struct flow *flow,
                               const struct flow_level *level, int warp)
{
	size_t bands = min_size(at_least_one(level->height / ROWS_OF_A_BAND),
	                        (size_t)recorder->device->info.compute_units * BANDS_OF_A_CORE);
	int rows = level->height / (int)bands;

	start(recorder, "flow/solver", "flow_relax_bands", "flow relax");
	record_system(recorder, flow, level);
	record_int(recorder, 2 * flow->tuning->iterations);
	record_float(recorder, flow_model.relaxation);
	record_int(recorder, (warp % 3 - 1) * rows / 8);
	record_float(recorder, flow_model.change_limit);
	record_flow(recorder, &flow->relaxed, level);
	record_launch(recorder, bands, 1, 1, 1, 1, 1);
}

/* On a GPU. */
static void record_relax_regions(struct launch_recorder *recorder, const struct flow *flow,
                                 const struct flow_level *level)
{
	size_t rows = device_group_items(recorder->device, REGION_ITEMS) / REGION_COLUMNS;
	char options[32];

	snprintf(options, sizeof(options), "-DGROUP_ROWS=%zu", rows);
	record_kernel(recorder, "flow/regions", options, "flow_relax_regions", "flow relax");
	record_system(recorder, flow, level);
	record_int(recorder, flow->tuning->iterations);
	record_float(recorder, flow_model.relaxation);
	record_float(recorder, flow_model.change_limit);
	record_flow(recorder, &flow->relaxed, level);
	record_launch(recorder, (size_t)divide_up(level->width, KEPT_WIDTH) * REGION_COLUMNS,
	              (size_t)divide_up(level->height, KEPT_HEIGHT) * rows, 1, REGION_COLUMNS, rows,
	              1);
}

/* The buffers of mean and difference are not read any more at this point, and serve as scratch. */
static void record_median(struct launch_recorder *recorder, const struct flow *flow,
                          const struct flow_level *level)
{
	start(recorder, "flow/median", "flow_median", "flow median");
	record_flow(recorder, &flow->relaxed, level);
	record_plane(recorder, flow->mean, level);
	record_flow(recorder, &flow->flow, level);
	record_size(recorder, level);
	finish(recorder, level, lanes(recorder));
}

static void record_median_steps(struct launch_recorder *recorder, const struct flow *flow,
                                const struct flow_level *level)
{
	const struct flow_planes medians = {flow->mean, flow->difference};

	start(recorder, "flow/median", "flow_median_down", "flow median");
	record_flow(recorder, &flow->relaxed, level);
	record_flow(recorder, &medians, level);
	record_size(recorder, level);
	finish(recorder, level, lanes(recorder));
	start(recorder, "flow/median", "flow_median_across", "flow median");
	record_flow(recorder, &medians, level);
	record_flow(recorder, &flow->flow, level);
	record_size(recorder, level);
	finish(recorder, level, lanes(recorder));
}

static void record_level(struct launch_recorder *recorder, const struct flow *flow,
                         const struct flow_pyramid *first, const struct flow_pyramid *second,
                         int number, int warps)
{
	const struct flow_level *level = &flow->levels[number];

	for (int warp = 0; warp < warps; warp++) {
		record_warp(recorder, flow, first->levels[number], second->levels[number], level);
		record_linearise(recorder, flow, level);
		if (device_wants_groups(recorder->device)) {
			record_relax_regions(recorder, flow, level);
			record_median_steps(recorder, flow, level);
		} else {
			record_relax_bands(recorder, flow, level, warp);
			record_median(recorder, flow, level);
		}
	}
}

/* ---- from level to level ---- */

/* Sets the flow of a level to no motion: zeros in both planes and their margins. */
static void record_rest(struct launch_recorder *recorder, const struct flow *flow,
                        const struct flow_level *level)
{
	start(recorder, "flow/pyramid", "flow_rest", "flow rest");
	record_flow(recorder, &flow->flow, level);
	record_size(recorder, level);
	finish(recorder, level, lanes(recorder));
}

/* The flow of level number becomes that of the next finer one. */
static void record_enlarge(struct launch_recorder *recorder, struct flow *flow, int number)
{
	const struct flow_level *from = &flow->levels[number], *to = from - 1;
	struct flow_planes swapped = flow->flow;

	start(recorder, "flow/pyramid", "flow_enlarge", "flow enlarge");
	record_flow(recorder, &flow->flow, from);
	record_int(recorder, from->height);
	record_flow(recorder, &flow->enlarged, to);
	record_size(recorder, to);
	finish(recorder, to, 2 * lanes(recorder));
	flow->flow = flow->enlarged;
	flow->enlarged = swapped;
}

/* The flow of the level that an estimate ends at becomes the field of all pixels. */
static void record_result(struct launch_recorder *recorder, const struct flow *flow, int end,
                          cl_mem field)
{
	const struct flow_level *picture = &flow->levels[0], *from = &flow->levels[end];

	start(recorder, "flow/pyramid", end ? "flow_result_enlarged" : "flow_result",
	      "flow result");
	record_flow(recorder, &flow->flow, from);
	if (end)
		record_int(recorder, from->height);
	record_size(recorder, picture);
	record_buffer(recorder, field);
	finish(recorder, picture, (end ? 2 : 1) * lanes(recorder));
}

void flow_record_estimate(struct launch_recorder *recorder, struct flow *flow,
                          const struct flow_pyramid *first, const struct flow_pyramid *second,
                          enum flow_direction direction)
{
	const struct flow_tuning *tuning = flow->tuning;
	int coarsest = flow->level_count - 1, finest = flow->finest[direction];
	int end = flow_estimate_end(finest);

	record_rest(recorder, flow, &flow->levels[coarsest]);
	for (int number = coarsest; number >= end; number--) {
		if (number < coarsest)
			record_enlarge(recorder, flow, number + 1);
		if (number >= finest)
			record_level(recorder, flow, first, second, number,
			             number == finest ? tuning->finest_warps : tuning->warps);
	}
	record_result(recorder, flow, end, flow->fields[direction]);
}
