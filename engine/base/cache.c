#include "engine/base/cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#include "engine/base/rounding.h"

/* A file is this header, the key, zeros up to CACHE_ALIGNMENT, and the data. */
struct header {
	char magic[8];
	uint64_t key_size, data_size, checksum; /* checksum of all that follows */
};

static const char magic[8] = "reverie2";

enum {
	HASH_DIGITS = 16, /* an entry's name begins with them, and ends with a dot and its kind */
	STALE = 3600,     /* seconds, in which any entry has long been written */
};

/* What mkstemp makes of an entry's name until the entry is whole. */
static const char temporary_ending[] = ".XXXXXX";

uint64_t cache_hash(uint64_t hash, const void *data, size_t size)
{
	return XXH3_64bits_withSeed(data, size, hash);
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
	int length = snprintf(path, size, "%s/%0*llx.%s", directory, HASH_DIGITS,
	                      (unsigned long long)hash, kind);
	return directory[0] && length > 0 && (size_t)length < size;
}

/* Where the data begins in a file whose key has so many bytes. */
static size_t data_offset(size_t key_size)
{
	return round_up_size(sizeof(struct header) + key_size, CACHE_ALIGNMENT);
}

/* front is what lies before the data. */
static uint64_t checksum(const struct header *front, size_t offset, const void *data, size_t size)
{
	uint64_t hash = cache_hash(CACHE_HASH_START, front + 1, offset - sizeof(*front));
	return cache_hash(hash, data, size);
}

void cache_key_add(char *key, size_t size, const int *numbers, size_t count)
{
	size_t length = strlen(key);

	for (size_t i = 0; i < count && length + 16 < size; i++)
		length += (size_t)snprintf(key + length, size - length, " %d", numbers[i]);
}

/* ---- reading ---- */

/* Sets data and size of what is mapped, if all of it is as it was written. */
static bool check_entry(struct cache_entry *entry, const char *key)
{
	const struct header *header = entry->map;
	size_t key_size = strlen(key), offset = data_offset(key_size);
	char *data = (char *)entry->map + offset;

	if (entry->map_size < offset || memcmp(header->magic, magic, sizeof(magic)) ||
	    header->key_size != key_size || header->data_size != entry->map_size - offset ||
	    memcmp(header + 1, key, key_size) ||
	    checksum(header, offset, data, header->data_size) != header->checksum)
		return false;
	entry->data = data;
	entry->size = header->data_size;
	return true;
}

/* What is in an entry is run, as a kernel or as what measured fastest: one that others could have
 * written is left alone, and so is what is no file. */
static bool is_ours(const struct stat *status)
{
	return S_ISREG(status->st_mode) && (status->st_uid == geteuid() || status->st_uid == 0) &&
	       !(status->st_mode & (S_IWGRP | S_IWOTH));
}

/* Private, so that not even a driver that writes where it should not can damage the file. */
static bool map_file(struct cache_entry *entry, int descriptor)
{
	struct stat status;

	if (fstat(descriptor, &status) || !is_ours(&status) ||
	    status.st_size < (off_t)sizeof(struct header))
		return false;
	entry->map_size = (size_t)status.st_size;
	entry->map =
		mmap(NULL, entry->map_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, 0);
	if (entry->map == MAP_FAILED)
		entry->map = NULL;
	return entry->map != NULL;
}

bool cache_find(const char *directory, const char *kind, const char *key, struct cache_entry *entry)
{
	char path[CACHE_PATH_LENGTH + 64];
	int descriptor;

	*entry = (struct cache_entry){0};
	if (!entry_path(path, sizeof(path), directory, kind, key))
		return false;
	/* A FIFO would wait for its writer. */
	descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (descriptor < 0)
		return false;
	if (map_file(entry, descriptor) && check_entry(entry, key))
		futimens(descriptor, NULL);
	else
		cache_release(entry);
	close(descriptor);
	return entry->data != NULL;
}

void cache_release(struct cache_entry *entry)
{
	if (entry->map)
		munmap(entry->map, entry->map_size);
	*entry = (struct cache_entry){0};
}

/* ---- writing ---- */

static bool write_entry(FILE *file, const char *key, const void *data, size_t size)
{
	size_t key_size = strlen(key), offset = data_offset(key_size);
	struct header *front = calloc(1, offset);
	bool written;

	if (!front)
		return false;
	memcpy(front->magic, magic, sizeof(magic));
	memcpy(front + 1, key, key_size);
	front->key_size = key_size;
	front->data_size = size;
	front->checksum = checksum(front, offset, data, size);
	written = fwrite(front, offset, 1, file) == 1 && fwrite(data, 1, size, file) == size;
	free(front);
	return written;
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
	snprintf(temporary, sizeof(temporary), "%s%s", path, temporary_ending);
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

/* ---- trimming ---- */

struct entry_file {
	char name[64];
	size_t bytes;
	struct timespec used;
};

struct entry_list {
	struct entry_file *files;
	size_t count, capacity, bytes;
};

static bool list_add(struct entry_list *list, const char *name, const struct stat *status)
{
	if (list->count == list->capacity) {
		size_t capacity = list->capacity ? 2 * list->capacity : 64;
		struct entry_file *files = realloc(list->files, capacity * sizeof(*files));
		if (!files)
			return false;
		list->files = files;
		list->capacity = capacity;
	}
	struct entry_file *file = &list->files[list->count++];
	snprintf(file->name, sizeof(file->name), "%s", name);
	file->bytes = (size_t)status->st_size;
	file->used = status->st_mtim;
	list->bytes += file->bytes;
	return true;
}

static bool is_of_kind(const char *name, const char *kind)
{
	const char *dot = strrchr(name, '.');
	return dot && strcmp(dot + 1, kind) == 0 &&
	       strlen(name) < sizeof(((struct entry_file *)0)->name);
}

static void list_entries(DIR *stream, const char *kind, struct entry_list *list)
{
	struct stat status;

	for (struct dirent *entry; (entry = readdir(stream));)
		if (is_of_kind(entry->d_name, kind) &&
		    fstatat(dirfd(stream), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(status.st_mode) && !list_add(list, entry->d_name, &status))
			return;
}

static bool is_temporary(const char *name)
{
	size_t ending = sizeof(temporary_ending) - 1, length = strlen(name);
	return length > HASH_DIGITS + 1 + ending && name[HASH_DIGITS] == '.' &&
	       strrchr(name, '.') == name + length - ending;
}

/* Removes what was left behind by processes that ended while they wrote. */
static void remove_temporaries(DIR *stream)
{
	struct stat status;
	time_t now = time(NULL);

	for (struct dirent *entry; (entry = readdir(stream));)
		if (is_temporary(entry->d_name) &&
		    fstatat(dirfd(stream), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(status.st_mode) && now - status.st_mtim.tv_sec > STALE)
			unlinkat(dirfd(stream), entry->d_name, 0);
}

static int compare_use(const void *left, const void *right)
{
	const struct timespec *a = &((const struct entry_file *)left)->used;
	const struct timespec *b = &((const struct entry_file *)right)->used;

	if (a->tv_sec != b->tv_sec)
		return a->tv_sec < b->tv_sec ? -1 : 1;
	return (a->tv_nsec > b->tv_nsec) - (a->tv_nsec < b->tv_nsec);
}

void cache_trim(const char *directory, const char *kind, size_t bytes)
{
	struct entry_list list = {0};
	DIR *stream = directory[0] ? opendir(directory) : NULL;

	if (!stream)
		return;
	remove_temporaries(stream);
	rewinddir(stream);
	list_entries(stream, kind, &list);
	if (list.bytes > bytes)
		qsort(list.files, list.count, sizeof(*list.files), compare_use);
	for (size_t i = 0; i < list.count && list.bytes > bytes; i++)
		if (unlinkat(dirfd(stream), list.files[i].name, 0) == 0)
			list.bytes -= list.files[i].bytes;
	free(list.files);
	closedir(stream);
}
