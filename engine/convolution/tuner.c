#include "engine/convolution/tuner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/cache.h"
#include "engine/opencl/shader_sources.h"

enum { KEY_LENGTH = 1024 };

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

static const struct {
	rv_convolution method;
	const char *name;
} method_names[] = {{RV_CONVOLUTION_DIRECT, "direct"},
                    {RV_CONVOLUTION_WINOGRAD, "winograd"},
                    {RV_CONVOLUTION_GEMM, "gemm"},
                    {RV_CONVOLUTION_MATRIX, "matrix"}};

/* Of what a pass may round to. */
static const char *const precision_names[] = {[RV_PRECISION_FLOAT] = "",
                                              [RV_PRECISION_TF32] = " tf32",
                                              [RV_PRECISION_BFLOAT16] = " bfloat16"};

rv_status tuner_create(struct tuner **tuner, struct device *device, rv_error *error)
{
	static const char *const competing[] = {"base/common",        "convolution/direct",
	                                        "convolution/tiled",  "convolution/winograd",
	                                        "convolution/im2col", "convolution/matrix"};

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

/* Writes what identifies the shape of a problem. A key that does not fit is cut off: shapes that
 * agree that far may share a choice. */
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

	snprintf(key, KEY_LENGTH, "%s|%016llx|%s%s|", tuner->device->key,
	         (unsigned long long)tuner->sources,
	         device_wants_groups(tuner->device) ? "gpu" : "cpu",
	         precision_names[problem_precision(problem, tuner->device)]);
	cache_key_add(key, KEY_LENGTH, shape, sizeof(shape) / sizeof(shape[0]));
	for (int i = 0; i < problem->input_count; i++)
		cache_key_add(key, KEY_LENGTH, &problem->inputs[i].channels, 1);
	for (int i = 0; i < problem->output_count; i++)
		cache_key_add(key, KEY_LENGTH, &problem->outputs[i].run.channels, 1);
}

/* The line "METHOD LANES PIXELS VECTORS GROUP BLOCK_TILES BFLOAT16". */
static bool parse_choice(const char *text, struct convolution_choice *choice)
{
	char name[16];
	int bfloat16;

	if (sscanf(text, "%15s %d %d %d %d %d %d", name, &choice->tile.lanes, &choice->tile.pixels,
	           &choice->tile.vectors, &choice->tile.group, &choice->block_tiles,
	           &bfloat16) != 7)
		return false;
	choice->tile.bfloat16 = bfloat16;
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
	struct cache_entry entry;
	bool found = cache_find(tuner->device->cache_directory, "tuning", key, &entry);
	const char *text = entry.data;

	found = found && entry.size > 0 && text[entry.size - 1] == '\0' &&
	        parse_choice(text, choice);
	cache_release(&entry);
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
	snprintf(text, sizeof(text), "%s %d %d %d %d %d %d", name, choice->tile.lanes,
	         choice->tile.pixels, choice->tile.vectors, choice->tile.group, choice->block_tiles,
	         choice->tile.bfloat16);
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

rv_status tuner_measure(struct tuner *tuner, const struct convolution_problem *problem,
                        cl_mem zeros, const struct race_callbacks *callbacks, rv_error *error)
{
	struct race race = {.count = 0};
	char key[KEY_LENGTH];
	struct tuner_entry *entry;
	rv_status status;

	shape_key(tuner, problem, key);
	entry = entry_of(tuner, key);
	if (!entry)
		return rv_fail(error, RV_MEMORY, "out of memory");
	status = race_run(&race, tuner->device, problem, zeros, callbacks, error);
	if (status == RV_OK) {
		entry->choice = *race_winner(&race);
		entry->measured = entry->raced = true;
		write_choice(tuner, key, &entry->choice);
		race_report(&race, problem, callbacks);
	}
	race_release(&race);
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
