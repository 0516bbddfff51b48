#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/cache.h"
#include "tests/test.h"

static char directory[CACHE_PATH_LENGTH];

/* A fresh folder of our own, removed with its files by forget_directory. */
static bool make_directory(void)
{
	strcpy(directory, "/tmp/reverie-test-cache-XXXXXX");
	return mkdtemp(directory) != NULL;
}

static int entries(char *path, size_t size)
{
	DIR *stream = opendir(directory);
	int count = 0;

	for (struct dirent *entry; stream && (entry = readdir(stream));) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, size, "%s/%s", directory, entry->d_name);
		count++;
	}
	if (stream)
		closedir(stream);
	return count;
}

static void forget_directory(void)
{
	char path[CACHE_PATH_LENGTH + 300];

	while (entries(path, sizeof(path)))
		unlink(path);
	rmdir(directory);
}

TEST(cache_gives_back_what_was_written)
{
	size_t size = 0;
	char *data;

	REQUIRE(make_directory());
	CHECK(cache_write(directory, "program", "a key", "12345", 5));
	data = cache_read(directory, "program", "a key", &size);
	CHECK(data && size == 5 && memcmp(data, "12345", 5) == 0);
	free(data);
	CHECK(!cache_read(directory, "program", "another key", &size));
	CHECK(!cache_read(directory, "levels", "a key", &size));
	forget_directory();
}

TEST(cache_leaves_no_temporary_files)
{
	char path[CACHE_PATH_LENGTH + 300];

	REQUIRE(make_directory());
	CHECK(cache_write(directory, "program", "key", "1", 1));
	CHECK(cache_write(directory, "program", "key", "2", 1));
	CHECK(entries(path, sizeof(path)) == 1);
	forget_directory();
}

/* Changes one byte, or cuts the file there, at every position; never may the entry be found. */
TEST(cache_ignores_a_damaged_entry)
{
	char path[CACHE_PATH_LENGTH + 300];
	struct stat status;
	size_t size;

	REQUIRE(make_directory());
	REQUIRE(cache_write(directory, "program", "key", "payload", 7));
	REQUIRE(entries(path, sizeof(path)) == 1);
	REQUIRE(stat(path, &status) == 0);
	for (long at = 0; at < status.st_size; at++) {
		FILE *file = fopen(path, "r+b");
		REQUIRE(file);
		fseek(file, at, SEEK_SET);
		int byte = fgetc(file);
		fseek(file, at, SEEK_SET);
		fputc(byte ^ 0x40, file);
		fclose(file);
		CHECK_MESSAGE(!cache_read(directory, "program", "key", &size),
		              "found in spite of a changed byte %ld", at);
		REQUIRE(cache_write(directory, "program", "key", "payload", 7));
		REQUIRE(truncate(path, at) == 0);
		CHECK_MESSAGE(!cache_read(directory, "program", "key", &size),
		              "found though cut at byte %ld", at);
		REQUIRE(cache_write(directory, "program", "key", "payload", 7));
	}
	forget_directory();
}

TEST(cache_directory_follows_xdg)
{
	char path[CACHE_PATH_LENGTH], wanted[CACHE_PATH_LENGTH + 16];

	REQUIRE(make_directory());
	setenv("XDG_CACHE_HOME", directory, 1);
	cache_directory(NULL, path);
	snprintf(wanted, sizeof(wanted), "%s/reverie", directory);
	CHECK(strcmp(path, wanted) == 0);
	CHECK(access(path, W_OK) == 0);
	unsetenv("XDG_CACHE_HOME");
	rmdir(path);
	cache_directory("", path);
	CHECK(path[0] == '\0');
	cache_directory("/proc/none/such", path);
	CHECK(path[0] == '\0');
	CHECK(!cache_write("", "program", "key", "1", 1));
	forget_directory();
}
