#include "engine/convolution_weights.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct weight_entry {
	uint64_t key;
	cl_mem buffer;
};

struct weight_cache {
	struct weight_entry *entries;
	int count, capacity;
};

/* ---- filter banks ---- */

static int padded(int channels)
{
	return (channels + TENSOR_ALIGNMENT - 1) / TENSOR_ALIGNMENT * TENSOR_ALIGNMENT;
}

static int padded_filters(const struct graph_node *node)
{
	int count = 0;
	for (int i = 0; i < node->output_count; i++)
		count += padded(node->parts[i].channels);
	return count;
}

/* Filters of all parts one after the other, each part padded. */
static void list_filters(struct filter_bank *bank)
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
		index += padded(part->channels);
	}
}

/* Leaves only the filters of one group, which see input channels from 0 on. */
static void keep_group(struct filter_bank *bank, int group)
{
	int filters = bank->node->parts[0].channels / bank->node->groups;

	memmove(bank->filter, bank->filter + group * filters, filters * sizeof(*bank->filter));
	memset(bank->first, 0, filters * sizeof(*bank->first));
	bank->inner = bank->own;
}

bool filter_bank_create(struct filter_bank *bank, const struct convolution_problem *problem)
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
		filter_bank_release(bank);
		return false;
	}
	list_filters(bank);
	if (problem->group >= 0)
		keep_group(bank, problem->group);
	return true;
}

void filter_bank_release(struct filter_bank *bank)
{
	free(bank->filter);
	free(bank->first);
	memset(bank, 0, sizeof(*bank));
}

float filter_bank_weight(const struct filter_bank *bank, int tap, int row, int column)
{
	int outer = bank->backward ? row : column;
	int inner = bank->backward ? column : row;
	int own = inner - bank->first[outer];

	if (!bank->filter[outer] || own < 0 || own >= bank->own)
		return 0;
	return bank->filter[outer][(size_t)own * bank->taps + tap];
}

/* ---- cache ---- */

rv_status weight_cache_create(struct weight_cache **cache, rv_error *error)
{
	*cache = calloc(1, sizeof(**cache));
	return *cache ? RV_OK : rv_fail(error, RV_MEMORY, "out of memory");
}

void weight_cache_destroy(struct weight_cache **cache)
{
	if (!*cache)
		return;
	for (int i = 0; i < (*cache)->count; i++)
		clReleaseMemObject((*cache)->entries[i].buffer);
	free((*cache)->entries);
	free(*cache);
	*cache = NULL;
}

size_t weight_cache_bytes(const struct weight_cache *cache)
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

/* Words of 8 bytes at a time: all weights of a network are hashed for every picture size. The
 * multiplier is the one of FNV-1a, the rotation spreads the high bits it moves up. */
static uint64_t mix(uint64_t hash, const void *data, size_t bytes)
{
	const unsigned char *place = data;

	for (; bytes; bytes -= bytes < 8 ? bytes : 8, place += 8) {
		uint64_t word = 0;
		memcpy(&word, place, bytes < 8 ? bytes : 8);
		hash = (hash ^ word) * 0x100000001b3ull;
		hash = hash << 29 | hash >> 35;
	}
	return hash;
}

static uint64_t weight_key(const struct convolution_problem *problem,
                           const struct weight_layout *layout)
{
	const struct graph_node *node = problem->node;
	int input =
		problem->backward ? problem->outputs[0].run.channels : problem->inputs[0].channels;
	int own = problem->group < 0 ? input / node->groups : input;
	const struct window *window = &node->window;
	int taps = window->height * window->width;
	int shape[] = {
		problem->backward,    problem->group,        node->groups,       input,
		problem->input_width, problem->output_width, window->height,     window->width,
		window->stride_y,     window->stride_x,      window->dilation_y, window->dilation_x,
		node->output_count};
	uint64_t key = mix(0xcbf29ce484222325ull, shape, sizeof(shape));

	key = mix(key, layout->method, strlen(layout->method));
	key = mix(key, layout->parameters, sizeof(layout->parameters));
	for (int i = 0; i < node->output_count; i++) {
		const struct convolution_part *part = &node->parts[i];
		key = mix(key, &part->channels, sizeof(part->channels));
		key = mix(key, part->weights,
		          (size_t)part->channels * own * taps * sizeof(*part->weights));
	}
	return key;
}

/* Packed weights in a new buffer. */
static cl_mem weight_pack(struct recorder *recorder, const struct convolution_problem *problem,
                          const struct weight_layout *layout)
{
	struct filter_bank bank;
	float *packed = NULL;
	cl_mem buffer = NULL;

	if (!filter_bank_create(&bank, problem)) {
		record_fail(recorder, RV_MEMORY, "%s: out of memory", problem->node->name);
		return NULL;
	}
	packed = calloc(layout->count, sizeof(*packed));
	if (!packed || !layout->pack(layout, &bank, packed))
		record_fail(recorder, RV_MEMORY, "%s: out of memory for %zu weights",
		            problem->node->name, layout->count);
	else
		recorder->status = device_buffer(recorder->device, layout->count * sizeof(*packed),
		                                 packed, &buffer, recorder->error);
	free(packed);
	filter_bank_release(&bank);
	return recorder->status ? NULL : buffer;
}

static bool reserve(struct weight_cache *cache)
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

cl_mem weight_cache_find(struct weight_cache *cache, struct recorder *recorder,
                         const struct convolution_problem *problem,
                         const struct weight_layout *layout)
{
	uint64_t key;
	cl_mem buffer;

	if (recorder->status)
		return NULL;
	key = weight_key(problem, layout);
	for (int i = 0; i < cache->count; i++)
		if (cache->entries[i].key == key)
			return cache->entries[i].buffer;
	if (!reserve(cache)) {
		record_fail(recorder, RV_MEMORY, "out of memory");
		return NULL;
	}
	buffer = weight_pack(recorder, problem, layout);
	if (buffer)
		cache->entries[cache->count++] = (struct weight_entry){key, buffer};
	return buffer;
}
