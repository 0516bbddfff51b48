#include "engine/base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

#include "engine/base/rounding.h"

enum { ARENA_BLOCK = 64 * 1024 };

struct block {
	struct block *next;
	alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	struct block *blocks;
	unsigned char *free; /* rest of the newest small block */
	size_t free_size;
	size_t left; /* of the limit */
};

struct arena *arena_create(size_t limit)
{
	struct arena *arena = calloc(1, sizeof(*arena));
	if (arena)
		arena->left = limit;
	return arena;
}

static unsigned char *add_block(struct arena *arena, size_t size)
{
	struct block *block = calloc(1, sizeof(*block) + size);
	if (!block)
		return NULL;
	block->next = arena->blocks;
	arena->blocks = block;
	return block->bytes;
}

static unsigned char *allocate_small(struct arena *arena, size_t size)
{
	if (size > arena->free_size) {
		arena->free = add_block(arena, ARENA_BLOCK);
		arena->free_size = arena->free ? ARENA_BLOCK : 0;
		if (!arena->free)
			return NULL;
	}
	unsigned char *piece = arena->free;
	arena->free += size;
	arena->free_size -= size;
	return piece;
}

void *arena_allocate(struct arena *arena, size_t count, size_t size)
{
	const size_t alignment = alignof(max_align_t);
	if (size && count > (SIZE_MAX / 2) / size)
		return NULL;
	size_t total = round_up_size(count * size, alignment);
	if (!total)
		total = alignment;
	if (total > arena->left)
		return NULL;
	/* A large piece gets a block of its own, so that the rest of a small one is not lost. */
	void *piece =
		total > ARENA_BLOCK / 4 ? add_block(arena, total) : allocate_small(arena, total);
	if (piece)
		arena->left -= total;
	return piece;
}

void arena_raise_limit(struct arena *arena, size_t bytes)
{
	arena->left = bytes > SIZE_MAX - arena->left ? SIZE_MAX : arena->left + bytes;
}

void arena_destroy(struct arena **arena)
{
	if (!*arena)
		return;
	struct block *block = (*arena)->blocks;
	while (block) {
		struct block *next = block->next;
		free(block);
		block = next;
	}
	free(*arena);
	*arena = NULL;
}
