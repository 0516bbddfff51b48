/* What every user of libav here needs: its errors as ours, its log, limits on the size of pictures,
 * and a queue of packets. */
#ifndef APP_MEDIA_LIBAV_H
#define APP_MEDIA_LIBAV_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/fifo.h>
#include <libavutil/frame.h>

#include "engine/reverie.h"

enum {
	/* The largest picture that is read or written. libav itself gives up at about 268 million
	 * pixels; 200 million leave memory for the dream. */
	LIBAV_SIDE_MAX = 16384,
	LIBAV_PIXELS_MAX = 200000000,
};

/* With how many threads libav decodes or filters; 0: as many as there are cores. */
#ifndef LIBAV_THREADS
#define LIBAV_THREADS 0
#endif

/* Microseconds at which the clock of what is read starts, and that are taken off all its times:
 * broadcasts start theirs at any time, files keep theirs. format may be NULL. */
int64_t libav_clock_start(const AVFormatContext *format);

/* Takes over libav's log: messages are shown on standard error where verbose, and otherwise held
 * back; either way libav_fail can quote the first error. Any thread may then log. */
void libav_take_log(bool verbose);
/* Forgets the error held so far. To be called before an operation whose failure is to be explained.
 */
void libav_clear_error(void);

/* rv_fail with the status that fits libav's (negative) code and the message "FORMAT...: REASON",
 * where the reason is libav's first error message since libav_clear_error, or else the text of the
 * code. */
rv_status libav_fail(rv_error *error, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* avformat_open_input of a file, whose name may look like a protocol's; container NULL: as it is
 * found to be. */
int libav_open_file(AVFormatContext **format, const char *path, const AVInputFormat *container);

/* RV_MEMORY and a line that names the limit, where width x height pixels exceed it; RV_CORRUPT
 * where a side is not positive. name is what is measured ("clip.mp4"). */
rv_status libav_check_picture_size(const char *name, int64_t width, int64_t height,
                                   rv_error *error);
/* Makes the decoder of an unopened context refuse frames beyond the limit before it allocates
 * them. */
void libav_limit_frames(AVCodecContext *decoder);

/* The components' depth in bits, alpha's aside; 8 for a palette. 0: no pixel format. */
int libav_pixel_depth(enum AVPixelFormat format);

/* Packets that wait, first in, first out. Zeroed before use. */
struct libav_packets {
	AVFifo *fifo;  /* of AVPacket pointers; NULL: none so far */
	int64_t bytes; /* that they take, about */
};

/* Moves packet's reference to the end. On an error nothing is moved. RV_CORRUPT: they would take
 * more than 512 MB, which no sound between two pictures does, and the message begins with name;
 * RV_MEMORY. */
rv_status libav_packets_push(struct libav_packets *packets, AVPacket *packet, const char *name,
                             rv_error *error);
/* The packet that is next; NULL: none. It stays the queue's. */
const AVPacket *libav_packets_first(const struct libav_packets *packets);
/* Moves the next packet's reference into packet, which holds none. The queue is not empty. */
void libav_packets_pop(struct libav_packets *packets, AVPacket *packet);
void libav_packets_release(struct libav_packets *packets);

#endif
