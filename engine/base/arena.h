/* Memory that is allocated piece by piece and freed all at once, with a limit: what a file makes us
 * allocate is bounded by what the file's length can explain. */
#ifndef ENGINE_BASE_ARENA_H
#define ENGINE_BASE_ARENA_H

#include <stddef.h>

struct arena;

/* limit: the most bytes that arena_allocate hands out, all pieces together. NULL: out of memory. */
struct arena *arena_create(size_t limit);

/* count * size zeroed bytes, aligned for any type. NULL where memory or the limit is exhausted, or
 * count * size overflows. Zero bytes give a pointer that must not be read through. */
void *arena_allocate(struct arena *arena, size_t count, size_t size);

/* That many bytes more than so far. */
void arena_raise_limit(struct arena *arena, size_t bytes);

/* Accepts NULL; clears the pointer. */
void arena_destroy(struct arena **arena);

#endif
