#include "engine/convolution/weights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/bfloat16.h"
#include "engine/base/cache.h"
#include "engine/base/rounding.h"

/* Of the layouts in this program. To be raised whenever one of them comes to mean something else:
 * files of other versions are not found. */
enum { LAYOUTS_VERSION = 3 };

/* Bytes of packed weights on disk at most: more than two large networks need at one picture size.
 */
static const size_t disk_bytes_most = (size_t)1 << 30;

enum { KEY_LENGTH = 256 };

struct weight_entry {
	char key[KEY_LENGTH];
	cl_mem buffer;
};

struct weights_cache {
	const char *directory;
	bool wrote;
	struct weight_entry *entries;
	int count, capacity;
};

/* ---- filter banks ---- */

static int padded_filters(const struct graph_node *node)
{
	int count = 0;
	for (int i = 0; i < node->output_count; i++)
		count += round_up(node->parts[i].channels, TENSOR_ALIGNMENT);
	return count;
}

/* Filters of all parts one after the other, each part padded. */
static void list_filters(struct weights_bank *bank)
{
	const struct graph_node *node = bank->node;
	int index = 0;

	for (int i = 0; i < node->output_count; i++) {
		const struct convolution_part *part = &node->parts[i];
		int group_filters = part->channels / node->groups;
		for (int k = 0; k < part->channels; k++) {
			bank->filter[index + k] =
				part->weights + (size_t)k * bank->own * bank->taps;
			bank->first[index + k] = k / group_filters * bank->own;
		}
		index += round_up(part->channels, TENSOR_ALIGNMENT);
	}
}

/* Leaves only the filters of one group, which see input channels from 0 on. */
static void keep_group(struct weights_bank *bank, int group)
{
	int filters = bank->node->parts[0].channels / bank->node->groups;

	memmove(bank->filter, bank->filter + group * filters, filters * sizeof(*bank->filter));
	memset(bank->first, 0, filters * sizeof(*bank->first));
	bank->inner = bank->own;
}

bool weights_bank_create(struct weights_bank *bank, const struct convolution_problem *problem)
{
	const struct graph_node *node = problem->node;
	int channels =
		problem->backward ? problem->outputs[0].run.channels : problem->inputs[0].channels;
	int count = padded_filters(node);

	memset(bank, 0, sizeof(*bank));
	bank->node = node;
	bank->backward = problem->backward;
	bank->taps = node->window.height * node->window.width;
	bank->rows = problem->input_width;
	bank->columns = problem->output_width;
	bank->inner = channels;
	bank->own = problem->group < 0 ? channels / node->groups : channels;
	bank->filter = calloc(count, sizeof(*bank->filter));
	bank->first = calloc(count, sizeof(*bank->first));
	if (!bank->filter || !bank->first) {
		weights_bank_release(bank);
		return false;
	}
	list_filters(bank);
	if (problem->group >= 0)
		keep_group(bank, problem->group);
	return true;
}

void weights_bank_release(struct weights_bank *bank)
{
	free(bank->filter);
	free(bank->first);
	memset(bank, 0, sizeof(*bank));
}

float weights_bank_weight(const struct weights_bank *bank, int tap, int row, int column)
{
	int outer = bank->backward ? row : column;
	int inner = bank->backward ? column : row;
	int own = inner - bank->first[outer];

	if (!bank->filter[outer] || own < 0 || own >= bank->own)
		return 0;
	return bank->filter[outer][(size_t)own * bank->taps + tap];
}

int weights_element_rows(bool bfloat16)
{
	return bfloat16 ? 2 : 1;
}

void weights_put(float *element, int row, float weight, bool bfloat16)
{
	const uint16_t half = bfloat16_of(weight);

	if (bfloat16)
		memcpy((char *)element + row % 2 * sizeof(half), &half, sizeof(half));
	else
		*element = weight;
}

/* ---- cache ---- */

rv_status weights_cache_create(struct weights_cache **cache, const char *directory, rv_error *error)
{
	*cache = calloc(1, sizeof(**cache));
	if (!*cache)
		return rv_fail(error, RV_MEMORY, "out of memory");
	(*cache)->directory = directory;
	return RV_OK;
}

void weights_cache_destroy(struct weights_cache **cache)
{
	if (!*cache)
		return;
	for (int i = 0; i < (*cache)->count; i++)
		clReleaseMemObject((*cache)->entries[i].buffer);
	if ((*cache)->wrote)
		cache_trim((*cache)->directory, "weights", disk_bytes_most);
	free((*cache)->entries);
	free(*cache);
	*cache = NULL;
}

size_t weights_cache_bytes(const struct weights_cache *cache)
{
	size_t bytes = 0;

	for (int i = 0; i < cache->count; i++) {
		size_t size = 0;
		clGetMemObjectInfo(cache->entries[i].buffer, CL_MEM_SIZE, sizeof(size), &size,
		                   NULL);
		bytes += size;
	}
	return bytes;
}

/* All that the filters are. */
static uint64_t hash_filters(const struct convolution_problem *problem, int own)
{
	const struct graph_node *node = problem->node;
	int taps = node->window.height * node->window.width;
	uint64_t hash = CACHE_HASH_START;

	for (int i = 0; i < node->output_count; i++) {
		const struct convolution_part *part = &node->parts[i];
		hash = cache_hash(hash, &part->channels, sizeof(part->channels));
		hash = cache_hash(hash, part->weights,
		                  (size_t)part->channels * own * taps * sizeof(*part->weights));
	}
	return hash;
}

/* What the weights are comes first, in which most keys differ. */
static void weight_key(const struct convolution_problem *problem,
                       const struct weight_layout *layout, char key[KEY_LENGTH])
{
	const struct graph_node *node = problem->node;
	int input =
		problem->backward ? problem->outputs[0].run.channels : problem->inputs[0].channels;
	int own = problem->group < 0 ? input / node->groups : input;
	const struct window *window = &node->window;
	const int shape[] = {
		problem->backward,    problem->group,        node->groups,       input,
		problem->input_width, problem->output_width, window->height,     window->width,
		window->stride_y,     window->stride_x,      window->dilation_y, window->dilation_x,
		node->output_count};

	snprintf(key, KEY_LENGTH, "%016llx weights-%d %s",
	         (unsigned long long)hash_filters(problem, own), LAYOUTS_VERSION, layout->method);
	cache_key_add(key, KEY_LENGTH, layout->parameters,
	              sizeof(layout->parameters) / sizeof(layout->parameters[0]));
	cache_key_add(key, KEY_LENGTH, shape, sizeof(shape) / sizeof(shape[0]));
}

/* The packed weights, in memory that the caller frees; NULL without memory for them. */
static float *weight_pack(const struct convolution_problem *problem,
                          const struct weight_layout *layout)
{
	struct weights_bank bank;
	float *packed;

	if (!weights_bank_create(&bank, problem))
		return NULL;
	packed = calloc(layout->count, sizeof(*packed));
	if (packed && !layout->pack(layout, &bank, packed)) {
		free(packed);
		packed = NULL;
	}
	weights_bank_release(&bank);
	return packed;
}

/* Packs the weights into a new buffer, and onto the disk for the next time. */
static cl_mem weight_create(struct weights_cache *cache, struct launch_recorder *recorder,
                            const struct convolution_problem *problem,
                            const struct weight_layout *layout, const char *key)
{
	size_t bytes = layout->count * sizeof(float);
	float *packed = weight_pack(problem, layout);
	cl_mem buffer = NULL;

	if (!packed) {
		record_fail(recorder, RV_MEMORY, "%s: out of memory for %zu weights",
		            problem->node->name, layout->count);
		return NULL;
	}
	if (cache_write(cache->directory, "weights", key, packed, bytes))
		cache->wrote = true;
	recorder->status = device_buffer(recorder->device, bytes, packed, &buffer, recorder->error);
	free(packed);
	return buffer;
}

/* The buffer of weights that the disk has; NULL where it has none. */
static cl_mem weight_load(struct weights_cache *cache, struct launch_recorder *recorder,
                          const struct weight_layout *layout, const char *key)
{
	struct cache_entry entry;
	cl_mem buffer = NULL;

	if (!cache_find(cache->directory, "weights", key, &entry))
		return NULL;
	if (entry.size == layout->count * sizeof(float))
		recorder->status =
			device_buffer_adopt(recorder->device, &entry, &buffer, recorder->error);
	cache_release(&entry);
	return buffer;
}

static bool reserve(struct weights_cache *cache)
{
	int capacity = cache->capacity ? 2 * cache->capacity : 64;
	struct weight_entry *entries;

	if (cache->count < cache->capacity)
		return true;
	entries = realloc(cache->entries, capacity * sizeof(*entries));
	if (!entries)
		return false;
	cache->entries = entries;
	cache->capacity = capacity;
	return true;
}

cl_mem weights_cache_find(struct weights_cache *cache, struct launch_recorder *recorder,
                          const struct convolution_problem *problem,
                          const struct weight_layout *layout)
{
	struct weight_entry *entry;

	if (recorder->status != RV_OK)
		return NULL;
	if (!reserve(cache)) {
		record_fail(recorder, RV_MEMORY, "out of memory");
		return NULL;
	}
	entry = &cache->entries[cache->count];
	weight_key(problem, layout, entry->key);
	for (int i = 0; i < cache->count; i++)
		if (strcmp(cache->entries[i].key, entry->key) == 0)
			return cache->entries[i].buffer;
	entry->buffer = weight_load(cache, recorder, layout, entry->key);
	if (!entry->buffer && recorder->status == RV_OK)
		entry->buffer = weight_create(cache, recorder, problem, layout, entry->key);
	cache->count += entry->buffer != NULL;
	return entry->buffer;
}
