/* Files kept between runs: compiled programs, tuning results, the RMS of channels, packed weights.
 *
 * An entry is found by its whole key, not only a hash of it, and carries a checksum: an entry that
 * is damaged, foreign or from another version is simply not found. Entries are written to a
 * temporary name and renamed, so several processes may share a folder, and one that another process
 * replaces or removes stays what it was for those that have it mapped. Nothing here is an error:
 * without a cache everything works, only later. */
#ifndef ENGINE_BASE_CACHE_H
#define ENGINE_BASE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CACHE_PATH_LENGTH = 1024,
	CACHE_ALIGNMENT = 4096, /* of an entry's data, in its file and in memory */
};

/* Writes the folder to use to path: asked if not NULL ("" stays "", no cache), else
 * $XDG_CACHE_HOME/reverie or ~/.cache/reverie; creates it. "" where it cannot be. */
void cache_directory(const char *asked, char path[CACHE_PATH_LENGTH]);

/* An entry mapped into memory. */
struct cache_entry {
	void *data; /* NULL: none; writing there changes nothing but this process's view */
	size_t size;
	void *map; /* what cache_release gives back */
	size_t map_size;
};

/* The entry for key; false, and entry->data NULL, where there is none, or others could have written
 * it. Notes that it was used. kind is a short word that ends the file name, such as "program". */
bool cache_find(const char *directory, const char *kind, const char *key,
                struct cache_entry *entry);
void cache_release(struct cache_entry *entry);

/* True if the entry was written whole. */
bool cache_write(const char *directory, const char *kind, const char *key, const void *data,
                 size_t size);

/* Appends numbers to a key of `size` bytes; what does not fit is left out. */
void cache_key_add(char *key, size_t size, const int *numbers, size_t count);

/* Removes entries of kind, those first that were used longest ago, until the rest takes no more
 * than so many bytes; and of any kind what was left half-written an hour ago or longer. */
void cache_trim(const char *directory, const char *kind, size_t bytes);

/* XXH3 of 64 bits, continued from hash; start with CACHE_HASH_START. */
#define CACHE_HASH_START 0
uint64_t cache_hash(uint64_t hash, const void *data, size_t size);

#endif
