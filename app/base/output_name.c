#include "app/base/output_name.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINKS_MAX = 40, NEW_FILE_MODE = 0666, LETTERS = 6, TRIES = 100, NAME_KEPT = 200 };

static const char start[] = ".reverie-";

static size_t folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? (size_t)(slash - path) + 1 : 0;
}

/* ---- links ---- */

/* Where the link at path leads; NULL and errno where that cannot be told. */
static char *read_link(const char *path)
{
	char target[PATH_MAX];
	ssize_t length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		return NULL;
	target[length] = '\0';
	size_t folder = target[0] == '/' ? 0 : folder_length(path);
	char *place = malloc(folder + (size_t)length + 1);
	if (place) {
		memcpy(place, path, folder);
		memcpy(place + folder, target, (size_t)length + 1);
	}
	return place;
}

rv_status output_name_follow(const char *path, char **place, rv_error *error)
{
	char *at = strdup(path);
	struct stat status;
	for (int i = 0; at && i <= LINKS_MAX; i++) {
		if (lstat(at, &status) ? errno == ENOENT : !S_ISLNK(status.st_mode)) {
			*place = at;
			return RV_OK;
		}
		int cause = errno;
		char *next = lstat(at, &status) ? NULL : read_link(at);
		free(at);
		at = next;
		errno = next ? ELOOP : cause;
	}
	int cause = errno;
	free(at);
	return rv_fail(error, cause == ENOMEM ? RV_MEMORY : RV_IO, "%.256s: cannot be written: %s",
	               path, strerror(cause));
}

/* ---- temporary files ---- */

static void pick_letters(char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
	uint8_t random[LETTERS];
	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		memset(random, getpid() & 31, sizeof(random));
	for (int i = 0; i < LETTERS; i++)
		text[i] = letters[random[i] % 32];
	text[LETTERS] = '\0';
}

int output_name_create(const char *place, char **temporary)
{
	size_t folder = folder_length(place);
	size_t room = folder + sizeof(start) + NAME_KEPT + 1 + LETTERS + 1;
	char *name = malloc(room);
	int descriptor = -1;
	errno = ENOMEM;
	for (int i = 0; name && descriptor < 0 && i < TRIES; i++) {
		int used = snprintf(name, room, "%.*s%s%.*s-", (int)folder, place, start, NAME_KEPT,
		                    place + folder);
		pick_letters(name + used);
		/* The kernel takes the umask off, which cannot be asked for without changing it for
		 * all threads. */
		descriptor = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, NEW_FILE_MODE);
		if (descriptor < 0 && errno != EEXIST)
			break;
	}
	if (descriptor < 0) {
		int cause = errno;
		free(name);
		errno = cause;
		return -1;
	}
	/* Without locks, as on some networks, nothing is told apart from what is left over. */
	if (flock(descriptor, LOCK_EX | LOCK_NB))
		errno = 0;
	*temporary = name;
	return descriptor;
}

/* ---- what is left over ---- */

/* Whether entry could be a temporary file of one of that name, or also of one whose name only
 * begins so. */
static bool is_temporary(const char *entry, const char *name, bool is_whole)
{
	size_t length = strlen(entry), first = sizeof(start) - 1, kept = strnlen(name, NAME_KEPT);
	size_t least = first + kept + 1 + LETTERS;
	return (is_whole ? length == least : length >= least) && !strncmp(entry, start, first) &&
	       !strncmp(entry + first, name, kept) && entry[length - LETTERS - 1] == '-';
}

static bool nobody_writes(const char *path)
{
	int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	struct stat status;
	bool is_free = descriptor >= 0 && !fstat(descriptor, &status) && S_ISREG(status.st_mode) &&
	               !flock(descriptor, LOCK_SH | LOCK_NB);
	if (descriptor >= 0)
		close(descriptor);
	return is_free;
}

static bool find_leftover(const char *path, bool is_whole, char found[PATH_LENGTH])
{
	char folder[PATH_LENGTH];
	size_t length = folder_length(path);
	bool is_found = false;
	if (length >= sizeof(folder))
		return false;
	snprintf(folder, sizeof(folder), "%.*s", (int)(length > 1 ? length - 1 : length), path);
	DIR *directory = opendir(length ? folder : ".");
	for (struct dirent *entry; directory && !is_found && (entry = readdir(directory));)
		is_found = is_temporary(entry->d_name, path + length, is_whole) &&
		           paths_join(found, folder, entry->d_name) && nobody_writes(found);
	if (directory)
		closedir(directory);
	return is_found;
}

bool output_name_leftover(const char *path, char found[PATH_LENGTH])
{
	return find_leftover(path, false, found);
}

bool output_name_leftover_of(const char *path, char found[PATH_LENGTH])
{
	return find_leftover(path, true, found);
}
