#include "engine/base/cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/test.h"

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

/* Whether key is found, and holds text. */
static bool holds(const char *key, const char *text)
{
	struct cache_entry entry;
	bool same = cache_find(directory, "program", key, &entry) && entry.size == strlen(text) &&
	            memcmp(entry.data, text, entry.size) == 0;

	cache_release(&entry);
	return same;
}

static bool is_found(const char *kind, const char *key)
{
	struct cache_entry entry;
	bool found = cache_find(directory, kind, key, &entry);

	CHECK(found == (entry.data != NULL));
	cache_release(&entry);
	return found;
}

TEST(cache_gives_back_what_was_written)
{
	REQUIRE(make_directory());
	CHECK(cache_write(directory, "program", "a key", "12345", 5));
	CHECK(holds("a key", "12345"));
	CHECK(!is_found("program", "another key"));
	CHECK(!is_found("levels", "a key"));
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
/* A folder stands where the entry is to go, so that the rename fails. */
TEST(cache_leaves_nothing_behind_where_writing_fails)
{
	char path[CACHE_PATH_LENGTH + 300], inside[CACHE_PATH_LENGTH + 310];

	REQUIRE(make_directory());
	REQUIRE(cache_write(directory, "program", "key", "data", 4));
	REQUIRE(entries(path, sizeof(path)) == 1 && unlink(path) == 0 && mkdir(path, 0700) == 0);
	snprintf(inside, sizeof(inside), "%s/file", path);
	fclose(fopen(inside, "w"));
	CHECK(!cache_write(directory, "program", "key", "data", 4));
	unlink(inside);
	CHECK(rmdir(path) == 0);
	CHECK_MESSAGE(entries(path, sizeof(path)) == 0, "%s is left", path);
	forget_directory();
}

TEST(cache_ignores_a_damaged_entry)
{
	char path[CACHE_PATH_LENGTH + 300];
	struct stat status;

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
		CHECK_MESSAGE(!is_found("program", "key"), "found in spite of a changed byte %ld",
		              at);
		REQUIRE(cache_write(directory, "program", "key", "payload", 7));
		REQUIRE(truncate(path, at) == 0);
		CHECK_MESSAGE(!is_found("program", "key"), "found though cut at byte %ld", at);
		REQUIRE(cache_write(directory, "program", "key", "payload", 7));
	}
	CHECK(holds("key", "payload"));
	forget_directory();
}

/* What is in the folder of a cache that others can write to too must not be run. */
TEST(cache_ignores_what_others_could_have_written)
{
	char path[CACHE_PATH_LENGTH + 300];

	REQUIRE(make_directory());
	CHECK(cache_write(directory, "program", "a key", "12345", 5));
	REQUIRE(entries(path, sizeof(path)) == 1);
	CHECK(chmod(path, 0622) == 0 && !is_found("program", "a key"));
	CHECK(chmod(path, 0644) == 0 && is_found("program", "a key"));
	if (geteuid() == 0)
		CHECK(chown(path, 65534, (gid_t)-1) == 0 && !is_found("program", "a key"));
	unlink(path);
	CHECK(mkfifo(path, 0600) == 0 && !is_found("program", "a key")); /* and does not wait */
	unlink(path);
	CHECK(symlink("/etc/passwd", path) == 0 && !is_found("program", "a key"));
	forget_directory();
}

TEST(cache_entries_outlive_their_files)
{
	char path[CACHE_PATH_LENGTH + 300];
	struct cache_entry entry;

	REQUIRE(make_directory());
	REQUIRE(cache_write(directory, "program", "key", "old", 3));
	REQUIRE(cache_find(directory, "program", "key", &entry));
	CHECK((uintptr_t)entry.data % CACHE_ALIGNMENT == 0);
	CHECK(cache_write(directory, "program", "key", "new", 3));
	CHECK(holds("key", "new"));
	CHECK(entries(path, sizeof(path)) == 1 && unlink(path) == 0);
	CHECK(memcmp(entry.data, "old", 3) == 0);
	cache_release(&entry);
	forget_directory();
}

TEST(cache_entries_are_private)
{
	struct cache_entry entry;

	REQUIRE(make_directory());
	REQUIRE(cache_write(directory, "program", "key", "old", 3));
	REQUIRE(cache_find(directory, "program", "key", &entry));
	memcpy(entry.data, "new", 3);
	CHECK(holds("key", "old"));
	cache_release(&entry);
	forget_directory();
}

/* Writes and reads the same entry again and again; what is found must be whole, whoever wrote it.
 */
static int contend(char letter)
{
	enum { SIZE = 40000, ROUNDS = 300 };
	char *data = malloc(SIZE);
	int torn = !data;

	for (int round = 0; round < ROUNDS && data; round++) {
		struct cache_entry entry;
		memset(data, letter, SIZE);
		if (!cache_write(directory, "program", "key", data, SIZE) ||
		    !cache_find(directory, "program", "key", &entry)) {
			torn = 1;
			break;
		}
		memset(data, *(const char *)entry.data, SIZE);
		torn |= entry.size != SIZE || memcmp(entry.data, data, SIZE) != 0;
		cache_release(&entry);
	}
	free(data);
	return torn;
}

TEST(cache_is_shared_by_processes)
{
	enum { PROCESSES = 4 };
	pid_t processes[PROCESSES];
	char path[CACHE_PATH_LENGTH + 300];

	REQUIRE(make_directory());
	for (int i = 0; i < PROCESSES; i++) {
		processes[i] = fork();
		if (processes[i] == 0)
			_exit(contend((char)('a' + i)));
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status = 1;
		CHECK(processes[i] > 0 && waitpid(processes[i], &status, 0) == processes[i] &&
		      status == 0);
	}
	CHECK(entries(path, sizeof(path)) == 1);
	forget_directory();
}

TEST(cache_trims_what_was_used_longest_ago)
{
	char path[CACHE_PATH_LENGTH + 300];
	struct stat status;

	REQUIRE(make_directory());
	REQUIRE(cache_write(directory, "program", "first", "1", 1));
	REQUIRE(entries(path, sizeof(path)) == 1 && stat(path, &status) == 0);
	const struct timespec nap = {.tv_nsec = 20000000}; /* a file's time is that coarse */
	nanosleep(&nap, NULL);
	REQUIRE(cache_write(directory, "program", "second", "2", 1));
	REQUIRE(cache_write(directory, "levels", "third", "3", 1));
	nanosleep(&nap, NULL);
	CHECK(holds("first", "1"));
	cache_trim(directory, "program", 2 * (size_t)status.st_size);
	CHECK(entries(path, sizeof(path)) == 3);
	cache_trim(directory, "program", (size_t)status.st_size);
	CHECK(holds("first", "1"));
	CHECK(!is_found("program", "second"));
	CHECK(is_found("levels", "third"));
	cache_trim("", "program", 0);
	CHECK(holds("first", "1"));
	forget_directory();
}

/* A file of that name, which was last written so many seconds ago. */
static bool leave_file(const char *name, time_t age, char *path, size_t size)
{
	struct timespec written[2] = {{.tv_sec = time(NULL) - age}, {.tv_sec = time(NULL) - age}};
	snprintf(path, size, "%s/%s", directory, name);
	int file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	bool left = file >= 0 && write(file, "half", 4) == 4 && futimens(file, written) == 0;
	if (file >= 0)
		close(file);
	return left;
}

TEST(cache_trims_what_was_left_half_written)
{
	char stale[CACHE_PATH_LENGTH + 300], fresh[CACHE_PATH_LENGTH + 300];
	char whole[CACHE_PATH_LENGTH + 300], other[CACHE_PATH_LENGTH + 300];

	REQUIRE(make_directory());
	REQUIRE(leave_file("0123456789abcdef.levels.aB3dE6", 7200, stale, sizeof(stale)));
	REQUIRE(leave_file("0123456789abcdef.levels.bB3dE6", 60, fresh, sizeof(fresh)));
	REQUIRE(leave_file("0123456789abcdef.levels", 7200, whole, sizeof(whole)));
	REQUIRE(leave_file("of.somebody.else", 7200, other, sizeof(other)));
	cache_trim(directory, "weights", 1000);
	CHECK(access(stale, F_OK) != 0);
	CHECK(access(fresh, F_OK) == 0);
	CHECK(access(whole, F_OK) == 0);
	CHECK(access(other, F_OK) == 0);
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
