#include "engine/convolution_tune.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/cache.h"
#include "engine/shader_sources.h"

enum {
	KEY_LENGTH = 1024,
	CANDIDATES_MAX = 64,
	BLOCK_TILES_MAX = 48, /* of the blocks that are timed */
	ROUNDS = 5,
	/* A candidate this many times slower than the best so far is not timed again. */
	HOPELESS = 3,
	/* Fewer multiply-adds are not worth a library call and its kernels' start. */
	MANY_PRODUCTS = 1 << 24,
};

struct tuner_entry {
	char *key;
	bool measured; /* false: looked for on disk and not found */
	bool raced;    /* measured by this tuner */
	struct convolution_choice choice;
};

struct tuner {
	struct device *device;
	uint64_t sources; /* of the kernels that compete: another version, another race */
	struct tuner_entry *entries;
	int count, capacity;
};

struct candidate {
	struct convolution_choice choice;
	struct launch_list list;
	double best;   /* seconds; 0 before the first run that counts */
	bool hopeless; /* out of the race */
};

/* ---- choices ---- */

static const struct {
	rv_convolution method;
	const char *name;
} method_names[] = {{RV_CONVOLUTION_DIRECT, "direct"},
                    {RV_CONVOLUTION_WINOGRAD, "winograd"},
                    {RV_CONVOLUTION_GEMM, "gemm"}};

static bool tile_is_known(struct register_tile wanted, const struct register_tile *tile)
{
	for (; tile->lanes; tile++)
		if (tile->lanes == wanted.lanes && tile->pixels == wanted.pixels &&
		    tile->vectors == wanted.vectors && tile->group == wanted.group)
			return true;
	return false;
}

static bool is_tiled(struct register_tile tile)
{
	return tile.group > 1;
}

bool choice_fits(const struct convolution_choice *choice, const struct device *device,
                 const struct convolution_problem *problem)
{
	switch (choice->method) {
	case RV_CONVOLUTION_DIRECT:
		return is_tiled(choice->tile)
		               ? tile_is_known(choice->tile, tiled_tiles()) &&
		                         convolution_tiled_fits(device, choice->tile)
		               : tile_is_known(choice->tile, register_tiles(choice->tile.lanes));
	case RV_CONVOLUTION_WINOGRAD:
		return tile_is_known(choice->tile, register_tiles(choice->tile.lanes)) &&
		       convolution_winograd_fits(device, problem, choice->tile,
		                                 choice->block_tiles);
	case RV_CONVOLUTION_GEMM:
		return convolution_gemm_fits(problem);
	case RV_CONVOLUTION_AUTO:
		break;
	}
	return false;
}

struct convolution_choice choice_direct(const struct device *device,
                                        const struct convolution_problem *problem)
{
	struct register_tile tile = {0, 0, 0, 0};

	if (device_wants_groups(device))
		tile = tiled_tile_default(device, problem);
	if (!tile.lanes)
		tile = register_tile_default(device->lanes, problem->output_width);
	return (struct convolution_choice){RV_CONVOLUTION_DIRECT, tile, 0};
}

static struct convolution_choice default_of_groups(const struct device *device,
                                                   const struct convolution_problem *problem)
{
	const struct window *window = &problem->node->window;
	struct convolution_choice choice = choice_direct(device, problem);

	if (window->height * window->width == 1 && window->stride_y == 1 && window->stride_x == 1 &&
	    problem->input_count == 1 && problem->flop >= 2.0 * MANY_PRODUCTS &&
	    convolution_gemm_fits(problem))
		choice.method = RV_CONVOLUTION_GEMM;
	return choice;
}

struct convolution_choice choice_default(const struct device *device,
                                         const struct convolution_problem *problem)
{
	struct convolution_choice choice = choice_direct(device, problem);

	if (device_wants_groups(device))
		return default_of_groups(device, problem);
	if (convolution_winograd_fits(device, problem, choice.tile, 0) &&
	    convolution_winograd_saves(problem))
		choice.method = RV_CONVOLUTION_WINOGRAD;
	return choice;
}

/* ---- entries ---- */

rv_status tuner_create(struct tuner **tuner, struct device *device, rv_error *error)
{
	static const char *const competing[] = {"common", "conv_direct", "conv_tiled", "winograd",
	                                        "im2col"};

	*tuner = calloc(1, sizeof(**tuner));
	if (!*tuner)
		return rv_fail(error, RV_MEMORY, "out of memory");
	(*tuner)->device = device;
	(*tuner)->sources = CACHE_HASH_START;
	for (const struct shader_source *source = shader_sources; source->name; source++)
		for (size_t i = 0; i < sizeof(competing) / sizeof(competing[0]); i++)
			if (strcmp(source->name, competing[i]) == 0)
				(*tuner)->sources = cache_hash((*tuner)->sources, source->text,
				                               strlen(source->text));
	return RV_OK;
}

void tuner_destroy(struct tuner **tuner)
{
	if (!*tuner)
		return;
	for (int i = 0; i < (*tuner)->count; i++)
		free((*tuner)->entries[i].key);
	free((*tuner)->entries);
	free(*tuner);
	*tuner = NULL;
}

/* Appends numbers to a key; what does not fit is left out: keys that agree that far are of shapes
 * alike enough. */
static void add_numbers(char key[KEY_LENGTH], const int *numbers, int count)
{
	size_t length = strlen(key);

	for (int i = 0; i < count && length + 16 < KEY_LENGTH; i++)
		length += (size_t)snprintf(key + length, KEY_LENGTH - length, " %d", numbers[i]);
}

static void shape_key(const struct tuner *tuner, const struct convolution_problem *problem,
                      char key[KEY_LENGTH])
{
	const struct window *window = &problem->node->window;
	const int shape[] = {problem->backward,
	                     problem->input_size.height,
	                     problem->input_size.width,
	                     problem->output_size.height,
	                     problem->output_size.width,
	                     window->height,
	                     window->width,
	                     window->stride_y,
	                     window->stride_x,
	                     window->dilation_y,
	                     window->dilation_x,
	                     problem->pad_top,
	                     problem->pad_left,
	                     problem->outputs[0].masked,
	                     problem->input_count,
	                     problem->output_count,
	                     problem->outputs[0].accumulate};

	snprintf(key, KEY_LENGTH, "%s|%016llx|%s|", tuner->device->key,
	         (unsigned long long)tuner->sources,
	         device_wants_groups(tuner->device) ? "gpu" : "cpu");
	add_numbers(key, shape, sizeof(shape) / sizeof(shape[0]));
	for (int i = 0; i < problem->input_count; i++)
		add_numbers(key, &problem->inputs[i].channels, 1);
	for (int i = 0; i < problem->output_count; i++)
		add_numbers(key, &problem->outputs[i].run.channels, 1);
}

/* The line "METHOD LANES PIXELS VECTORS GROUP BLOCK_TILES". */
static bool parse_choice(const char *text, struct convolution_choice *choice)
{
	char name[16];

	if (sscanf(text, "%15s %d %d %d %d %d", name, &choice->tile.lanes, &choice->tile.pixels,
	           &choice->tile.vectors, &choice->tile.group, &choice->block_tiles) != 6)
		return false;
	for (size_t i = 0; i < sizeof(method_names) / sizeof(method_names[0]); i++)
		if (strcmp(name, method_names[i].name) == 0) {
			choice->method = method_names[i].method;
			return true;
		}
	return false;
}

static bool read_choice(const struct tuner *tuner, const char *key,
                        struct convolution_choice *choice)
{
	size_t size = 0;
	char *data = cache_read(tuner->device->cache_directory, "tuning", key, &size);
	bool found = data && size > 0 && data[size - 1] == '\0' && parse_choice(data, choice);

	free(data);
	return found;
}

static void write_choice(const struct tuner *tuner, const char *key,
                         const struct convolution_choice *choice)
{
	char text[64];
	const char *name = "";

	for (size_t i = 0; i < sizeof(method_names) / sizeof(method_names[0]); i++)
		if (method_names[i].method == choice->method)
			name = method_names[i].name;
	snprintf(text, sizeof(text), "%s %d %d %d %d %d", name, choice->tile.lanes,
	         choice->tile.pixels, choice->tile.vectors, choice->tile.group,
	         choice->block_tiles);
	cache_write(tuner->device->cache_directory, "tuning", key, text, strlen(text) + 1);
}

/* The entry of key, which is made, from disk if possible, where there is none; NULL without
 * memory. */
static struct tuner_entry *entry_of(struct tuner *tuner, const char *key)
{
	struct tuner_entry *entry;

	for (int i = 0; i < tuner->count; i++)
		if (strcmp(tuner->entries[i].key, key) == 0)
			return &tuner->entries[i];
	if (tuner->count == tuner->capacity) {
		int capacity = tuner->capacity ? 2 * tuner->capacity : 64;
		struct tuner_entry *entries =
			realloc(tuner->entries, (size_t)capacity * sizeof(*entries));
		if (!entries)
			return NULL;
		tuner->entries = entries;
		tuner->capacity = capacity;
	}
	entry = &tuner->entries[tuner->count];
	memset(entry, 0, sizeof(*entry));
	entry->key = strdup(key);
	if (!entry->key)
		return NULL;
	entry->measured = read_choice(tuner, key, &entry->choice);
	tuner->count++;
	return entry;
}

bool tuner_find(struct tuner *tuner, const struct convolution_problem *problem,
                struct convolution_choice *choice)
{
	char key[KEY_LENGTH];
	const struct tuner_entry *entry;

	shape_key(tuner, problem, key);
	entry = entry_of(tuner, key);
	if (!entry || !entry->measured || !choice_fits(&entry->choice, tuner->device, problem))
		return false;
	*choice = entry->choice;
	return true;
}

/* ---- measuring ---- */

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static bool same_choice(const struct convolution_choice *a, const struct convolution_choice *b)
{
	return a->method == b->method &&
	       (a->method == RV_CONVOLUTION_GEMM ||
	        (a->tile.lanes == b->tile.lanes && a->tile.pixels == b->tile.pixels &&
	         a->tile.vectors == b->tile.vectors && a->tile.group == b->tile.group &&
	         a->block_tiles == b->block_tiles));
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
	int computed = (vectors + block - 1) / block * block;

	return 3 * computed >= 4 * vectors && computed > vectors;
}

static void add_tiles(struct candidate *candidates, int *count, const struct device *device,
                      const struct convolution_problem *problem, const struct register_tile *tile)
{
	for (; tile->lanes; tile++) {
		if (wastes_much(*tile, problem->output_width))
			continue;
		add_candidate(candidates, count, device, problem,
		              (struct convolution_choice){RV_CONVOLUTION_DIRECT, *tile, 0});
		if (!is_tiled(*tile))
			add_candidate(
				candidates, count, device, problem,
				(struct convolution_choice){RV_CONVOLUTION_WINOGRAD, *tile, 0});
	}
}

/* With groups of one item, all tiles of the device's vectors and of those half as wide. The default
 * comes first, so that there is always one. */
static int list_candidates(struct candidate *candidates, const struct device *device,
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
	add_candidate(candidates, &count, device, problem,
	              (struct convolution_choice){RV_CONVOLUTION_GEMM, {0, 0, 0, 0}, 0});
	return count;
}

/* One run of a candidate, in seconds. */
static rv_status time_once(const struct candidate *candidate, const struct device *device,
                           double *taken, rv_error *error)
{
	double start = seconds();
	rv_status status = launch_list_run(&candidate->list, device->queue, error);
	cl_int code = clFinish(device->queue);

	*taken = seconds() - start;
	return status ? status : code ? device_fail(error, code, "timing a convolution") : RV_OK;
}

/* All candidates in turn, several times: whatever else the machine does meanwhile meets all of
 * them. The first round builds kernels and is not counted. */
static rv_status race(struct candidate *candidates, int count, const struct device *device,
                      rv_error *error)
{
	double best = 0;

	for (int round = 0; round <= ROUNDS; round++)
		for (int i = 0; i < count; i++) {
			struct candidate *candidate = &candidates[i];
			double taken;
			rv_status status;
			if (candidate->hopeless)
				continue;
			status = time_once(candidate, device, &taken, error);
			if (status)
				return status;
			if (round == 0)
				continue;
			if (round == 1 || taken < candidate->best)
				candidate->best = taken;
			if (best == 0 || taken < best)
				best = taken;
			candidate->hopeless = candidate->best > HOPELESS * best;
		}
	return RV_OK;
}

static const struct candidate *fastest(const struct candidate *candidates, int count)
{
	const struct candidate *winner = NULL;

	for (int i = 0; i < count; i++)
		if (candidates[i].best > 0 && (!winner || candidates[i].best < winner->best))
			winner = &candidates[i];
	return winner ? winner : candidates;
}

static rv_status record_candidates(struct candidate *candidates, int count, struct tuner *tuner,
                                   const struct convolution_problem *problem, cl_mem zeros,
                                   const struct race_manner *manner, rv_error *error)
{
	for (int i = 0; i < count; i++) {
		struct recorder recorder = {.device = tuner->device,
		                            .list = &candidates[i].list,
		                            .zeros = zeros,
		                            .error = error};
		manner->record(manner->record_context, &recorder, problem, &candidates[i].choice);
		if (recorder.status)
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

/* Puts the fastest last. */
static void put_last(struct candidate *candidates, int count)
{
	struct candidate *winner = candidates + (fastest(candidates, count) - candidates);
	struct candidate last = candidates[count - 1];

	candidates[count - 1] = *winner;
	*winner = last;
}

/* A race of all, and where Winograd wins it one of its blocks. Leaves the winner last. */
static rv_status race_twice(struct candidate *candidates, int *count, struct tuner *tuner,
                            const struct convolution_problem *problem, cl_mem zeros,
                            const struct race_manner *manner, rv_error *error)
{
	struct device *device = tuner->device;
	int first = *count - 1; /* where the winner of the first race is put */
	rv_status status =
		record_candidates(candidates, *count, tuner, problem, zeros, manner, error);

	if (status == RV_OK)
		status = race(candidates, *count, device, error);
	if (status)
		return status;
	put_last(candidates, *count);
	if (candidates[first].choice.method != RV_CONVOLUTION_WINOGRAD)
		return RV_OK;
	*count = add_blocks(candidates, *count, device, problem);
	status = record_candidates(candidates + first + 1, *count - first - 1, tuner, problem,
	                           zeros, manner, error);
	if (status == RV_OK)
		status = race(candidates + first, *count - first, device, error);
	if (status == RV_OK)
		put_last(candidates + first, *count - first);
	return status;
}

rv_status tuner_measure(struct tuner *tuner, const struct convolution_problem *problem,
                        cl_mem zeros, const struct race_manner *manner, rv_error *error)
{
	struct candidate candidates[CANDIDATES_MAX];
	int count = list_candidates(candidates, tuner->device, problem);
	char key[KEY_LENGTH];
	struct tuner_entry *entry;
	rv_status status;

	shape_key(tuner, problem, key);
	entry = entry_of(tuner, key);
	if (!entry)
		return rv_fail(error, RV_MEMORY, "out of memory");
	status = race_twice(candidates, &count, tuner, problem, zeros, manner, error);
	if (status == RV_OK) {
		entry->choice = candidates[count - 1].choice;
		entry->measured = entry->raced = true;
		write_choice(tuner, key, &entry->choice);
		for (int i = 0; manner->report && i < count; i++)
			manner->report(manner->report_context, problem, &candidates[i].choice,
			               candidates[i].best, i == count - 1);
	}
	for (int i = 0; i < count; i++)
		launch_list_clear(&candidates[i].list);
	return status;
}

bool tuner_raced(struct tuner *tuner, const struct convolution_problem *problem)
{
	char key[KEY_LENGTH];
	const struct tuner_entry *entry;

	shape_key(tuner, problem, key);
	entry = entry_of(tuner, key);
	return entry && entry->raced;
}
