/* Opens an input and finds out what it is: a picture, an animation or a video, from a file, a
 * device or a stream. */
#ifndef APP_MEDIA_INPUT_H
#define APP_MEDIA_INPUT_H

#include <libavformat/avformat.h>
#include <stdatomic.h>

#include "app/media/camera.h"
#include "app/media/input_options.h"
#include "engine/reverie.h"

enum input_kind {
	INPUT_PICTURE,   /* a file that holds one picture */
	INPUT_ANIMATION, /* a picture format with more than one frame: GIF, APNG, WebP */
	INPUT_VIDEO,
};

enum { INPUT_PENDING_MAX = 2, INPUT_HEAD_BYTES = 32 };

/* Closed by input_close. Belongs to one thread at a time. */
struct input {
	AVFormatContext *format; /* NULL: a photograph that is decoded already */
	AVFrame *decoded;        /* that, in RGB and upright; NULL: none */
	enum input_kind kind;
	char *name;                    /* for messages: as given, without a password */
	bool live;                     /* as asked for */
	enum interlace_mode interlace; /* as asked for */
	bool has_fields;               /* fields was known before */
	struct interlace fields;
	bool is_realtime;   /* it comes at its own rate: a camera, a live protocol */
	bool is_reopenable; /* it may come back once it has gone: a camera, a stream, a FIFO */
	bool is_device;
	struct camera camera; /* empty where it is none */

	/* private */
	const atomic_int *stop;
	int64_t timeout, deadline; /* microseconds; 0: none, reads wait for ever */
	bool opened, waiting;
	AVIOContext *webp; /* an animated WebP, as libavformat reads it; or NULL */
	AVIOContext *pipe; /* standard input, a FIFO; NULL: none */
	AVPacket *pending[INPUT_PENDING_MAX]; /* read already, to find out the kind */
	int pending_count;
};

/* Opens a file, a URL, "lavfi:GRAPH", a numbered sequence ("f%04d.png"; a file that exists under
 * exactly that name comes first), a camera ("/dev/video0"), a device that hears sound
 * ("pulse:default", "alsa:hw:0") or "-" (standard input). What a file is is told by its content,
 * never by its name. No stream is decoded yet. options may be NULL.
 *
 * Nothing that can be waited for in slices blocks for longer than a tenth of a second after the
 * stop flag is set. Cameras and networks that do not answer for some seconds are RV_IO; what cannot
 * be cut short is only the look-up of a host's name (app/media/opening.h waits for that elsewhere).
 *
 * RV_NOT_FOUND; RV_IO; RV_INVALID: a directory, a wrong URL, or what the camera cannot do;
 * RV_UNSUPPORTED: nothing that libavformat knows; RV_CORRUPT: empty, or its header is damaged;
 * RV_CANCELLED; RV_MEMORY. */
rv_status input_open(struct input **input, const char *name, const struct input_options *options,
                     rv_error *error);

/* Reads how the file at path begins, as much as tells what libavformat does not read. Returns how
 * many bytes there are; 0: it is no regular file. */
size_t input_head(const char *path, uint8_t head[INPUT_HEAD_BYTES]);

/* Goes to a key frame at or before a time, in microseconds. False: the input cannot, and is where
 * it was. */
bool input_seek(struct input *input, int64_t time);

/* Tells the input that its first frame is decoded: from now on the timeout counts for every read.
 */
void input_note_opened(struct input *input);

/* Replaces the stop flag; NULL: none. */
void input_set_stop(struct input *input, const atomic_int *stop);

/* As av_read_frame, libav's codes included: AVERROR(EAGAIN) where a camera has nothing yet,
 * AVERROR_EXIT where the stop flag was set or nothing came for some seconds. */
int input_read(struct input *input, AVPacket *packet);

/* Fails for libav's (negative) code: RV_CANCELLED where the stop flag is set, or else RV_IO where
 * nothing came in time, or else as libav_fail (app/media/libav.h) with the message
 * "NAME: WHAT: REASON". */
rv_status input_fail(const struct input *input, int code, const char *what, rv_error *error);

void input_close(struct input **input);

#endif
