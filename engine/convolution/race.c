#include "engine/convolution/race.h"

#include <string.h>

#include "engine/base/clock.h"
#include "engine/convolution/trial.h"
#include "engine/opencl/units.h"

enum {
	BLOCK_TILES_MAX = 48, /* of the blocks that are timed */
	ROUNDS = 5,
	/* A candidate this many times slower than the best so far is not timed again. */
	HOPELESS = 3,
};

static bool same_choice(const struct convolution_choice *a, const struct convolution_choice *b)
{
	return a->method == b->method &&
	       (a->method == RV_CONVOLUTION_GEMM ||
	        (a->tile.lanes == b->tile.lanes && a->tile.pixels == b->tile.pixels &&
	         a->tile.vectors == b->tile.vectors && a->tile.group == b->tile.group &&
	         a->tile.bfloat16 == b->tile.bfloat16 && a->block_tiles == b->block_tiles));
}

static void add_candidate(struct candidate *candidates, int *count, const struct device *device,
                          const struct convolution_problem *problem,
                          struct convolution_choice choice)
{
	if (*count == CANDIDATES_MAX || !choice_fits(&choice, device, problem))
		return;
	for (int i = 0; i < *count; i++)
		if (same_choice(&candidates[i].choice, &choice))
			return;
	memset(&candidates[*count], 0, sizeof(*candidates));
	candidates[(*count)++].choice = choice;
}

/* Tiles that would compute a third more than is wanted are left out. */
static bool wastes_much(struct register_tile tile, int output_width)
{
	int vectors = output_width / tile.lanes, block = tile.vectors * tile.group;
	int computed = round_up(vectors, block);

	return 3 * computed >= 4 * vectors && computed > vectors;
}

static void add_tile(struct candidate *candidates, int *count, const struct device *device,
                     const struct convolution_problem *problem, struct register_tile tile)
{
	add_candidate(candidates, count, device, problem,
	              (struct convolution_choice){RV_CONVOLUTION_DIRECT, tile, 0});
	if (tile.group == 1)
		add_candidate(candidates, count, device, problem,
		              (struct convolution_choice){RV_CONVOLUTION_WINOGRAD, tile, 0});
}

static void add_tiles(struct candidate *candidates, int *count, const struct device *device,
                      const struct convolution_problem *problem, const struct register_tile *tile)
{
	for (; tile->lanes; tile++) {
		struct register_tile rounded = *tile;

		if (wastes_much(*tile, problem->output_width))
			continue;
		add_tile(candidates, count, device, problem, *tile);
		rounded.bfloat16 = true;
		if (tile->group == 1)
			add_tile(candidates, count, device, problem, rounded);
	}
}

/* Of the tiles of its kind of units: the smallest. */
static bool is_last(const struct register_tile *tile)
{
	return !tile[1].lanes || tile[1].bfloat16 != tile->bfloat16;
}

/* By matrix units that give the right products, unless half of a block would be empty. */
static void add_matrix_tiles(struct candidate *candidates, int *count, struct device *device,
                             const struct convolution_problem *problem)
{
	const struct register_tile *tile = matrix_tiles(device);

	for (; tile->lanes; tile++)
		if (units_work(device, units_of(device, tile->bfloat16)) &&
		    (is_last(tile) || matrix_block_channels(*tile) < 2 * problem->output_width))
			add_candidate(candidates, count, device, problem,
			              (struct convolution_choice){RV_CONVOLUTION_MATRIX, *tile, 0});
}

/* With groups of one item, all tiles of the device's vectors and of those half as wide. The default
 * comes first, so that there is always one. */
static int list_candidates(struct candidate *candidates, struct device *device,
                           const struct convolution_problem *problem)
{
	int count = 0;

	add_candidate(candidates, &count, device, problem, choice_default(device, problem));
	if (device_wants_groups(device))
		add_tiles(candidates, &count, device, problem, tiled_tiles());
	else
		for (int lanes = device->lanes; lanes >= 4 && lanes >= device->lanes / 2;
		     lanes /= 2)
			add_tiles(candidates, &count, device, problem, register_tiles(lanes));
	add_matrix_tiles(candidates, &count, device, problem);
	add_candidate(candidates, &count, device, problem,
	              (struct convolution_choice){RV_CONVOLUTION_GEMM, {0, 0, 0, 0, false}, 0});
	return count;
}

/* One run of a candidate, in seconds. */
static rv_status time_once(const struct candidate *candidate, const struct device *device,
                           double *taken, rv_error *error)
{
	double start = clock_now_ms();
	rv_status status = launch_list_run(&candidate->list, device->queue, error);
	cl_int code = clFinish(device->queue);

	*taken = (clock_now_ms() - start) / 1000;
	return status != RV_OK ? status
	       : code          ? device_fail(error, code, "timing a convolution")
	                       : RV_OK;
}

/* What a driver cannot do is no reason to give up: the candidate loses. */
static rv_status lose(struct candidate *candidate, rv_status status)
{
	candidate->wrong = true;
	return status == RV_DEVICE ? RV_OK : status; /* RV_OK: it only is wrong */
}

/* All candidates in turn, several times: whatever else the machine does meanwhile meets all of
 * them. The first round builds kernels and is not counted. */
static rv_status time_in_turns(struct candidate *candidates, int count, const struct device *device,
                               rv_error *error)
{
	double best = 0;

	for (int round = 0; round <= ROUNDS; round++)
		for (int i = 0; i < count; i++) {
			struct candidate *candidate = &candidates[i];
			double taken;
			rv_status status;
			if (candidate->hopeless || candidate->wrong)
				continue;
			status = time_once(candidate, device, &taken, error);
			if (status != RV_OK && (status = lose(candidate, status)) != RV_OK)
				return status;
			if (round == 0 || candidate->wrong)
				continue;
			if (round == 1 || taken < candidate->best)
				candidate->best = taken;
			if (best == 0 || taken < best)
				best = taken;
			candidate->hopeless = candidate->best > HOPELESS * best;
		}
	return RV_OK;
}

/* NULL where every one is wrong. */
static struct candidate *fastest(struct candidate *candidates, int count)
{
	struct candidate *winner = NULL;

	for (int i = 0; i < count; i++)
		if (candidates[i].best > 0 && !candidates[i].wrong &&
		    (!winner || candidates[i].best < winner->best))
			winner = &candidates[i];
	return winner;
}

static rv_status record_candidates(struct candidate *candidates, int count, struct device *device,
                                   const struct convolution_problem *problem, cl_mem zeros,
                                   const struct race_callbacks *callbacks, rv_error *error)
{
	for (int i = 0; i < count; i++) {
		struct launch_recorder recorder = {.device = device,
		                                   .list = &candidates[i].list,
		                                   .zeros = zeros,
		                                   .error = error};
		callbacks->record(callbacks->record_context, &recorder, problem,
		                  &candidates[i].choice);
		if (recorder.status && (recorder.status = lose(&candidates[i], recorder.status)))
			return recorder.status;
	}
	return RV_OK;
}

/* The winner of the first race with other blocks, after the count candidates there are; returns how
 * many there are then. To time all tiles with all blocks would take several times as long. */
static int add_blocks(struct candidate *candidates, int count, const struct device *device,
                      const struct convolution_problem *problem)
{
	struct convolution_choice choice = candidates[count - 1].choice;

	for (int block = choice.tile.pixels; block <= BLOCK_TILES_MAX;
	     block += choice.tile.pixels) {
		choice.block_tiles = block;
		add_candidate(candidates, &count, device, problem, choice);
	}
	return count;
}

/* Puts the fastest last; the plain kernel takes the place of one where none is right. */
static void put_last(struct candidate *candidates, int count, const struct device *device,
                     const struct convolution_problem *problem)
{
	struct candidate *winner = fastest(candidates, count), last;

	if (!winner) {
		winner = candidates;
		winner->choice = choice_plain(device, problem);
		winner->best = 0;
	}
	last = candidates[count - 1];
	candidates[count - 1] = *winner;
	*winner = last;
}

/* Only who would win is tried: the others need not be right. */
static rv_status try_winners(struct candidate *candidates, int count, struct device *device,
                             const struct convolution_problem *problem, cl_mem zeros,
                             const struct race_callbacks *callbacks, rv_error *error)
{
	struct candidate *winner;
	rv_status status = RV_OK;
	bool agrees = false;

	while (status == RV_OK && !agrees && (winner = fastest(candidates, count)) &&
	       (device_wants_groups(device) || winner->choice.tile.bfloat16)) {
		status = trial_run(device, problem, zeros, callbacks->record,
		                   callbacks->record_context, &winner->choice, &agrees, error);
		if (status != RV_OK || !agrees)
			status = lose(winner, status);
	}
	return status;
}

rv_status race_run(struct race *race, struct device *device,
                   const struct convolution_problem *problem, cl_mem zeros,
                   const struct race_callbacks *callbacks, rv_error *error)
{
	struct candidate *candidates = race->candidates;
	rv_status status;
	int first; /* where the winner of the first race is put */

	race->count = list_candidates(candidates, device, problem);
	first = race->count - 1;
	status = record_candidates(candidates, race->count, device, problem, zeros, callbacks,
	                           error);
	if (status == RV_OK)
		status = time_in_turns(candidates, race->count, device, error);
	if (status == RV_OK)
		status = try_winners(candidates, race->count, device, problem, zeros, callbacks,
		                     error);
	if (status != RV_OK)
		return status;
	put_last(candidates, race->count, device, problem);
	if (candidates[first].choice.method != RV_CONVOLUTION_WINOGRAD)
		return RV_OK;
	race->count = add_blocks(candidates, race->count, device, problem);
	status = record_candidates(candidates + first + 1, race->count - first - 1, device, problem,
	                           zeros, callbacks, error);
	if (status == RV_OK)
		status = time_in_turns(candidates + first, race->count - first, device, error);
	if (status == RV_OK)
		put_last(candidates + first, race->count - first, device, problem);
	return status;
}

const struct convolution_choice *race_winner(const struct race *race)
{
	return &race->candidates[race->count - 1].choice;
}

void race_report(const struct race *race, const struct convolution_problem *problem,
                 const struct race_callbacks *callbacks)
{
	for (int i = 0; callbacks->report && i < race->count; i++)
		callbacks->report(callbacks->report_context, problem, &race->candidates[i].choice,
		                  race->candidates[i].best, i == race->count - 1);
}

void race_release(struct race *race)
{
	for (int i = 0; i < race->count; i++)
		launch_list_clear(&race->candidates[i].list);
	race->count = 0;
}
