/* Entries of the cache, which may be those of others: none but a whole one is found. */
#include "engine/base/cache.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"
#include "tests/support/test.h"

static char folder[] = "/tmp/fuzz-cache-XXXXXX", path[512];

static void clean_up(void)
{
	unlink(path);
	rmdir(folder);
}

/* Makes the entry, whose bytes are then replaced. */
static void begin(void)
{
	if (!mkdtemp(folder) || !cache_write(folder, "fuzz", "key", "data", 4))
		abort();
	DIR *stream = opendir(folder);
	for (struct dirent *entry; stream && (entry = readdir(stream));)
		if (entry->d_name[0] != '.')
			snprintf(path, sizeof(path), "%s/%.255s", folder, entry->d_name);
	closedir(stream);
	atexit(clean_up);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct cache_entry entry;
	if (!path[0])
		begin();
	FILE *file = fopen(path, "wb");
	if (!file || fwrite(bytes, 1, size, file) != size || fclose(file))
		abort();
	if (cache_find(folder, "fuzz", "key", &entry)) {
		/* An entry with that key may hold anything: its checksum is no secret. */
		CHECK(entry.size < size);
		cache_hash(CACHE_HASH_START, entry.data, entry.size);
	}
	cache_release(&entry);
	return 0;
}
