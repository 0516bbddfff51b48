/* Small files kept between runs: compiled programs, tuning results, measured levels.
 *
 * An entry is found by its whole key, not only a hash of it, and carries a checksum: an entry that
 * is damaged, foreign or from another version is simply not found. Entries are written to a
 * temporary name and renamed, so several processes may share a folder. Nothing here is an error:
 * without a cache everything works, only later. */
#ifndef CACHE_H
#define CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CACHE_PATH_LENGTH = 1024 };

/* Writes the folder to use to path: asked if not NULL ("" stays "", no cache), else
 * $XDG_CACHE_HOME/reverie or ~/.cache/reverie; creates it. "" where it cannot be. */
void cache_directory(const char *asked, char path[CACHE_PATH_LENGTH]);

/* The entry for key, or NULL; *size bytes, released with free(). kind is a short word that ends the
 * file name, such as "program". */
void *cache_read(const char *directory, const char *kind, const char *key, size_t *size);

/* True if the entry was written whole. */
bool cache_write(const char *directory, const char *kind, const char *key, const void *data,
                 size_t size);

/* FNV-1a, continued from hash; start with CACHE_HASH_START. */
#define CACHE_HASH_START 0xcbf29ce484222325ull
uint64_t cache_hash(uint64_t hash, const void *data, size_t size);

#endif
