/* Opens what is to be dreamed, finds out what it is, and says in one line what is wrong with it. */
#ifndef APP_INPUT_H
#define APP_INPUT_H

#include "engine/reverie.h"

#include <libavformat/avformat.h>
#include <signal.h>

enum input_kind {
	INPUT_PICTURE,   /* a file that holds one picture */
	INPUT_ANIMATION, /* a picture format with more than one frame: GIF, APNG */
	INPUT_VIDEO,
};

enum { INPUT_PENDING_MAX = 2 };

/* Closed by input_close. Belongs to one thread at a time. */
struct input {
	AVFormatContext *format;
	enum input_kind kind;
	char *name;                           /* for messages */
	AVPacket *pending[INPUT_PENDING_MAX]; /* read already, to find out the kind */
	int pending_count;
};

/* Opens a file, a URL, "lavfi:GRAPH", a numbered sequence ("f%04d.png"; a file that exists under
 * exactly that name comes first), a camera ("/dev/video0") or "-" (standard input). What a file is
 * is told by its content, never by its name. No stream is decoded yet. stop, which may be NULL,
 * ends blocking reads once it is not 0. RV_NOT_FOUND; RV_IO; RV_INVALID: a directory;
 * RV_UNSUPPORTED: nothing that libavformat knows; RV_CORRUPT: empty, or its header is damaged;
 * RV_CANCELLED; RV_MEMORY. */
rv_status input_open(struct input **input, const char *name, const volatile sig_atomic_t *stop,
                     rv_error *error);
/* As av_read_frame, libav's codes included. */
int input_read(struct input *input, AVPacket *packet);
void input_close(struct input **input);

#endif
