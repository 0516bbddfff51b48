/* Lines that a test writes into a FIFO, for the devices that are none (fake_midi.c, fake_pad.c). */
#ifndef TESTS_SUPPORT_FIFO_LINES_H
#define TESTS_SUPPORT_FIFO_LINES_H

#include <stdbool.h>
#include <stddef.h>

enum { FIFO_LINE_LENGTH = 256 };

struct fifo_lines {
	int descriptor;
	char pending[4096]; /* what was read and no line yet */
	size_t length;
};

/* False: it cannot be opened. */
bool fifo_lines_open(struct fifo_lines *lines, const char *path);
/* Takes the next line, cut to its length. False: there is none yet; nothing waits. */
bool fifo_lines_next(struct fifo_lines *lines, char line[FIFO_LINE_LENGTH]);

#endif
