/* A disk that fails, for the tests: a library to be loaded before the others (LD_PRELOAD), which
 * stands in for the calls that write files. What to fail is said by
 *
 *     FAIL_FILES         a part of the paths of the files that fail; without it none does
 *     FAIL_FILES_CALL    "write", "fallocate", "fsync", "ftruncate", "rename" or "open" ("write")
 *     FAIL_FILES_FROM    the first such call that fails, counted from 1 (1)
 *     FAIL_FILES_COUNT   how many fail from there on (0: for good)
 *     FAIL_FILES_HOW     an errno's number (28, ENOSPC); "short": writes take one byte less than a
 *                        half; "slow": they take 50 ms; "KILL", "TERM" or "INT": renames do what
 *                        they should, and the program gets that signal before it goes on
 *     FAIL_FILES_FLAG    a file: nothing fails while it is not there
 *     FAIL_FILES_ROOM    bytes that any disk has left, as it says while it fails
 *     FAIL_FILES_COUNTS  a file, to which "CALL NUMBER" is written at the end, for each call
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

enum { WRITE, FALLOCATE, FSYNC, FTRUNCATE, RENAME, OPEN, CALLS };

static const char *const names[CALLS] = {"write",     "fallocate", "fsync",
                                         "ftruncate", "rename",    "open"};
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of what follows */
static long calls[CALLS], failed;

static long number(const char *name, long otherwise)
{
	const char *text = getenv(name);
	return text && *text ? atol(text) : otherwise;
}

static const char *how(void)
{
	const char *text = getenv("FAIL_FILES_HOW");
	return text ? text : "28";
}

__attribute__((destructor)) static void write_counts(void)
{
	const char *path = getenv("FAIL_FILES_COUNTS");
	FILE *file = path ? fopen(path, "a") : NULL;
	for (int i = 0; file && i < CALLS; i++)
		fprintf(file, "%s %ld\n", names[i], calls[i]);
	if (file)
		fclose(file);
}

/* Whether this call, on the file at path, is to fail. */
static int fails(int call, const char *path)
{
	const char *part = getenv("FAIL_FILES"), *flag = getenv("FAIL_FILES_FLAG");
	const char *wanted = getenv("FAIL_FILES_CALL");
	long from = number("FAIL_FILES_FROM", 1), most = number("FAIL_FILES_COUNT", 0);
	if (!part || !strstr(path, part))
		return 0;
	pthread_mutex_lock(&lock);
	int result = ++calls[call] >= from && !strcmp(names[call], wanted ? wanted : "write") &&
	             (!most || failed < most) && (!flag || !access(flag, F_OK));
	failed += result;
	pthread_mutex_unlock(&lock);
	return result;
}

static int fails_on(int call, int descriptor)
{
	char link[64], path[1024];
	snprintf(link, sizeof(link), "/proc/self/fd/%d", descriptor);
	ssize_t length = readlink(link, path, sizeof(path) - 1);
	path[length > 0 ? length : 0] = '\0';
	return fails(call, path);
}

static int fail(void)
{
	errno = (int)strtol(how(), NULL, 10);
	return -1;
}

ssize_t write(int descriptor, const void *bytes, size_t count)
{
	static ssize_t (*next)(int, const void *, size_t);
	const struct timespec nap = {0, 50000000};
	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "write");
	if (!fails_on(WRITE, descriptor))
		return next(descriptor, bytes, count);
	if (!strcmp(how(), "short"))
		return next(descriptor, bytes, count > 2 ? count / 2 - 1 + (count & 1) : count);
	if (strcmp(how(), "slow"))
		return fail();
	nanosleep(&nap, NULL);
	return next(descriptor, bytes, count);
}

int fallocate(int descriptor, int mode, off_t from, off_t length)
{
	int (*next)(int, int, off_t, off_t) =
		(int (*)(int, int, off_t, off_t))dlsym(RTLD_NEXT, "fallocate");
	return fails_on(FALLOCATE, descriptor) ? fail() : next(descriptor, mode, from, length);
}

int fsync(int descriptor)
{
	int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
	return fails_on(FSYNC, descriptor) ? fail() : next(descriptor);
}

int ftruncate(int descriptor, off_t length)
{
	int (*next)(int, off_t) = (int (*)(int, off_t))dlsym(RTLD_NEXT, "ftruncate");
	return fails_on(FTRUNCATE, descriptor) ? fail() : next(descriptor, length);
}

static int rename_as_real(int folder, const char *from, int other, const char *to, unsigned flags)
{
	int (*next)(int, const char *, int, const char *, unsigned) =
		(int (*)(int, const char *, int, const char *, unsigned))dlsym(RTLD_NEXT,
	                                                                       "renameat2");
	return next(folder, from, other, to, flags);
}

/* That is to be sent; 0: none. */
static int signal_number(void)
{
	static const struct {
		const char *name;
		int number;
	} signals[] = {{"KILL", SIGKILL}, {"TERM", SIGTERM}, {"INT", SIGINT}};
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (!strcmp(how(), signals[i].name))
			return signals[i].number;
	return 0;
}

int renameat2(int folder, const char *from, int other, const char *to, unsigned flags)
{
	if (!fails(RENAME, to))
		return rename_as_real(folder, from, other, to, flags);
	int number = signal_number();
	if (!number)
		return fail();
	int result = rename_as_real(folder, from, other, to, flags);
	kill(getpid(), number);
	return result;
}

int rename(const char *from, const char *to)
{
	return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int statvfs(const char *path, struct statvfs *place)
{
	int (*next)(const char *, struct statvfs *) =
		(int (*)(const char *, struct statvfs *))dlsym(RTLD_NEXT, "statvfs");
	const char *room = getenv("FAIL_FILES_ROOM"), *flag = getenv("FAIL_FILES_FLAG");
	int result = next(path, place);
	if (!result && room && (!flag || !access(flag, F_OK)))
		place->f_bavail = (fsblkcnt_t)atol(room) / place->f_frsize;
	return result;
}

int open(const char *path, int flags, ...)
{
	int (*next)(const char *, int, ...) =
		(int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
	va_list arguments;
	va_start(arguments, flags);
	mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	return (flags & O_ACCMODE) != O_RDONLY && fails(OPEN, path) ? fail()
	                                                            : next(path, flags, mode);
}
