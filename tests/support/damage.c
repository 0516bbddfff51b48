#include "tests/support/damage.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/graph/graph.h"
#include "tests/support/graph_fixture.h"
#include "tests/support/test.h"

uint64_t damage_number(uint64_t *state, uint64_t below)
{
	return (uint64_t)((next_random(state) + 1) / 2 * (double)below) % below;
}

static void check_message(const rv_error *error)
{
	size_t length = strlen(error->message);
	bool clean = length > 0 && error->message[length - 1] != '.';
	for (const char *c = error->message; *c; c++)
		clean &= (unsigned char)*c >= 0x20 && *c != 0x7f;
	CHECK_MESSAGE(error->status != RV_OK && clean, "status %d with \"%s\"", error->status,
	              error->message);
}

/* Builds one layer and infers its sizes. */
static void try_layer(const struct onnx_model *model, const char *layer)
{
	rv_error error = {RV_OK, ""};
	struct graph *graph = NULL;
	if (graph_build(&graph, model, &layer, 1, NULL, &error)) {
		check_message(&error);
		return;
	}
	struct extent *extents = calloc((size_t)graph->tensor_count, sizeof(*extents));
	error.status = RV_OK;
	if (extents && graph_infer(graph, 64, 80, extents, &error))
		check_message(&error);
	free(extents);
	graph_destroy(&graph);
}

void damage_try_bytes(const unsigned char *bytes, size_t size, damage_parse *parse, int layer_step)
{
	rv_error error = {RV_OK, ""};
	struct onnx_model *model = NULL;
	struct graph_layer *layers;
	int count = 0;
	if (parse(&model, bytes, size, &error)) {
		check_message(&error);
		return;
	}
	struct arena *memory = arena_create(SIZE_MAX);
	if (!memory || graph_list_layers(model, memory, &layers, &count, &error))
		check_message(&error);
	for (int i = 0; i < count; i += layer_step)
		try_layer(model, layers[count - 1 - i].info.name);
	arena_destroy(&memory);
	onnx_close(&model);
}

/* What a byte becomes: one bit wrong, a number that often matters, its successor, or anything. */
static unsigned char damaged_byte(unsigned char byte, uint64_t *state)
{
	static const unsigned char telling[] = {0x00, 0x01, 0x7f, 0x80, 0xff, 0x0a, 0x12, 0x3a};
	switch (damage_number(state, 4)) {
	case 0:
		return byte ^ (unsigned char)(1u << damage_number(state, 8));
	case 1:
		return telling[damage_number(state, sizeof(telling))];
	case 2:
		return (unsigned char)(byte + 1);
	default:
		return (unsigned char)damage_number(state, 256);
	}
}

/* Overwrites a few of the first `most` bytes; sometimes inserts or removes one, which shifts all
 * lengths, or cuts the end off. Returns the new size; bytes has space for 8 more. */
static size_t damage_bytes(unsigned char *bytes, size_t size, size_t most, uint64_t *state)
{
	int changes = 1 + (int)damage_number(state, 3);
	for (int i = 0; i < changes && size > 1; i++) {
		size_t place = damage_number(state, size < most ? size : most);
		uint64_t kind = damage_number(state, 40);
		if (kind == 0) {
			memmove(bytes + place + 1, bytes + place, size - place);
			size++;
		} else if (kind == 1) {
			memmove(bytes + place, bytes + place + 1, size - place - 1);
			size--;
		} else if (kind == 2) {
			size = place + 1;
		} else {
			bytes[place] = damaged_byte(bytes[place], state);
		}
	}
	return size;
}

void damage_try(const struct damage_file *file, damage_parse *parse, size_t most, int times,
                int layer_step, uint64_t seed)
{
	unsigned char *bytes = malloc(file->size + 8);
	CHECK(bytes);
	for (int i = 0; bytes && i < times; i++) {
		/* An allocation of just that size, so that the sanitizer sees any reading beyond.
		 */
		memcpy(bytes, file->bytes, file->size);
		size_t size = damage_bytes(bytes, file->size, most, &seed);
		unsigned char *exact = malloc(size);
		CHECK(exact);
		if (exact) {
			memcpy(exact, bytes, size);
			damage_try_bytes(exact, size, parse, layer_step);
		}
		free(exact);
	}
	free(bytes);
}
