/* A video device to write to that is none, for the tests: a library to be loaded before the others
 * (LD_PRELOAD). What is tested on top of it is libavdevice's way to the kernel's v4l2loopback.
 *
 * /dev/video987 is the file $DEVICE_FILE, and takes every format. $DEVICE_NOTES becomes a file of
 * lines: which format was set, WIDTHxHEIGHT and its four letters, and then of each write when that
 * was, in seconds, and how many bytes. */
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/open_instead.h"

static int device = -1;
static FILE *notes;

static bool is_device(const char *path)
{
	return !strcmp(path, "/dev/video987");
}

/* What stands behind us under that name. */
static void *next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

int access(const char *path, int mode)
{
	int (*real)(const char *, int);
	*(void **)&real = next("access");
	return is_device(path) ? 0 : real(path, mode);
}

int open_instead(const char *name, const char *path, int flags, mode_t mode)
{
	int (*real)(const char *, int, ...);
	*(void **)&real = next(name);
	if (!is_device(path))
		return real(path, flags, mode);
	notes = fopen(getenv("DEVICE_NOTES"), "w");
	return device = real(getenv("DEVICE_FILE"), O_RDWR | O_CREAT | O_TRUNC, 0600);
}

int ioctl(int descriptor, unsigned long request, ...)
{
	int (*real)(int, unsigned long, ...);
	va_list arguments;
	va_start(arguments, request);
	void *argument = va_arg(arguments, void *);
	va_end(arguments);
	*(void **)&real = next("ioctl");
	if (descriptor != device || descriptor < 0)
		return real(descriptor, request, argument);
	const struct v4l2_format *format = argument;
	if (request == VIDIOC_S_FMT)
		fprintf(notes, "%ux%u %.4s\n", format->fmt.pix.width, format->fmt.pix.height,
		        (const char *)&format->fmt.pix.pixelformat);
	return 0;
}

static void note_write(size_t count)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	fprintf(notes, "%.3f %zu\n", (double)now.tv_sec + (double)now.tv_nsec / 1e9, count);
	fflush(notes);
}

ssize_t write(int descriptor, const void *bytes, size_t count)
{
	ssize_t (*real)(int, const void *, size_t);
	*(void **)&real = next("write");
	if (descriptor == device && descriptor >= 0)
		note_write(count);
	return real(descriptor, bytes, count);
}
