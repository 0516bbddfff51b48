#include "engine/cache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file is this header, the key, the data. */
struct header {
	char magic[8];
	uint64_t key_size, data_size, checksum; /* checksum of key and data */
};

static const char magic[8] = "reverie1";

uint64_t cache_hash(uint64_t hash, const void *data, size_t size)
{
	const unsigned char *bytes = data;
	for (size_t i = 0; i < size; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3ull;
	return hash;
}

static bool make_directories(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0777);
		*slash = '/';
	}
	mkdir(path, 0777);
	return access(path, W_OK | X_OK) == 0;
}

void cache_directory(const char *asked, char path[CACHE_PATH_LENGTH])
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	int length;

	if (asked)
		length = snprintf(path, CACHE_PATH_LENGTH, "%s", asked);
	else if (xdg && xdg[0] == '/')
		length = snprintf(path, CACHE_PATH_LENGTH, "%s/reverie", xdg);
	else if (home && home[0] == '/')
		length = snprintf(path, CACHE_PATH_LENGTH, "%s/.cache/reverie", home);
	else
		length = 0;
	if (length <= 0 || length >= CACHE_PATH_LENGTH || !make_directories(path))
		path[0] = '\0';
}

/* False where directory is "" or the name does not fit. */
static bool entry_path(char *path, size_t size, const char *directory, const char *kind,
                       const char *key)
{
	uint64_t hash = cache_hash(CACHE_HASH_START, key, strlen(key));
	int length =
		snprintf(path, size, "%s/%016llx.%s", directory, (unsigned long long)hash, kind);
	return directory[0] && length > 0 && (size_t)length < size;
}

static uint64_t checksum(const char *key, const void *data, size_t size)
{
	return cache_hash(cache_hash(CACHE_HASH_START, key, strlen(key)), data, size);
}

/* Reads what follows a header that was found to be ours; NULL if anything is amiss. */
static void *read_data(FILE *file, const struct header *header, const char *key)
{
	size_t key_size = strlen(key);
	struct stat status;
	char *stored_key = NULL;
	void *data = NULL;

	if (memcmp(header->magic, magic, sizeof(magic)) || header->key_size != key_size ||
	    fstat(fileno(file), &status) || status.st_size < 0 ||
	    header->data_size != (uint64_t)status.st_size - sizeof(*header) - key_size)
		return NULL;
	stored_key = malloc(key_size + 1);
	data = malloc(header->data_size + 1);
	if (!stored_key || !data || fread(stored_key, 1, key_size, file) != key_size ||
	    memcmp(stored_key, key, key_size) ||
	    fread(data, 1, header->data_size, file) != header->data_size ||
	    checksum(key, data, header->data_size) != header->checksum) {
		free(data);
		data = NULL;
	}
	free(stored_key);
	return data;
}

void *cache_read(const char *directory, const char *kind, const char *key, size_t *size)
{
	char path[CACHE_PATH_LENGTH + 64];
	struct header header;
	void *data = NULL;
	FILE *file;

	if (!entry_path(path, sizeof(path), directory, kind, key))
		return NULL;
	file = fopen(path, "rb");
	if (!file)
		return NULL;
	if (fread(&header, sizeof(header), 1, file) == 1)
		data = read_data(file, &header, key);
	fclose(file);
	if (data)
		*size = header.data_size;
	return data;
}

static bool write_entry(FILE *file, const char *key, const void *data, size_t size)
{
	struct header header = {.key_size = strlen(key), .data_size = size};
	memcpy(header.magic, magic, sizeof(magic));
	header.checksum = checksum(key, data, size);
	return fwrite(&header, sizeof(header), 1, file) == 1 &&
	       fwrite(key, 1, header.key_size, file) == header.key_size &&
	       fwrite(data, 1, size, file) == size;
}

bool cache_write(const char *directory, const char *kind, const char *key, const void *data,
                 size_t size)
{
	char path[CACHE_PATH_LENGTH + 64], temporary[CACHE_PATH_LENGTH + 96];
	bool whole;
	FILE *file;
	int descriptor;

	if (!entry_path(path, sizeof(path), directory, kind, key))
		return false;
	snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path);
	descriptor = mkstemp(temporary);
	if (descriptor < 0)
		return false;
	file = fdopen(descriptor, "wb");
	if (!file) {
		close(descriptor);
		unlink(temporary);
		return false;
	}
	whole = write_entry(file, key, data, size);
	whole = fclose(file) == 0 && whole;
	if (!whole || rename(temporary, path)) {
		unlink(temporary);
		return false;
	}
	return true;
}
