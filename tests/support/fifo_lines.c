#include "tests/support/fifo_lines.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool fifo_lines_open(struct fifo_lines *lines, const char *path)
{
	lines->length = 0;
	/* For writing as well: it never ends. */
	lines->descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	return lines->descriptor >= 0;
}

bool fifo_lines_next(struct fifo_lines *lines, char line[FIFO_LINE_LENGTH])
{
	ssize_t count = read(lines->descriptor, lines->pending + lines->length,
	                     sizeof(lines->pending) - lines->length);
	lines->length += count > 0 ? (size_t)count : 0;
	const char *end = memchr(lines->pending, '\n', lines->length);
	if (!end)
		return false;
	size_t taken = (size_t)(end + 1 - lines->pending);
	snprintf(line, FIFO_LINE_LENGTH, "%.*s", (int)taken - 1, lines->pending);
	lines->length -= taken;
	memmove(lines->pending, lines->pending + taken, lines->length);
	return true;
}
