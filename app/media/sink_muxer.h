/* The muxer of a sink, and where it writes to: a file of our own, or a stream or device that
 * libavformat opens. */
#ifndef APP_MEDIA_SINK_MUXER_H
#define APP_MEDIA_SINK_MUXER_H

#include <libavformat/avformat.h>

#include "app/base/output_file.h"

/* Belongs to one thread at a time. Zeroed, it is closed. */
struct sink_muxer {
	AVFormatContext *context;
	struct output_file *file; /* owned; NULL: a stream or a device */
	bool is_low_latency;      /* every packet goes out at once */
	bool keeps_partial;       /* a file that breaks off is kept */
	bool plays_early;         /* and can be played up to there */
	bool header_written;
};

/* Makes the muxer of output, to which streams can then be added; file is there already. RV_MEMORY.
 */
rv_status sink_muxer_open(struct sink_muxer *muxer, const AVOutputFormat *container,
                          const char *output, AVIOInterruptCB interrupt, rv_error *error);

/* Opens the place and writes the header. RV_NOT_FOUND, RV_IO: the place is not there; what libav
 * says. */
rv_status sink_muxer_begin(struct sink_muxer *muxer, rv_error *error);

/* Writes a packet, and takes its reference. RV_IO: the place is full or gone; another status: the
 * container refuses this packet. */
rv_status sink_muxer_write(struct sink_muxer *muxer, AVPacket *packet, rv_error *error);

/* Writes the trailer, and puts the file into its place. */
rv_status sink_muxer_finish(struct sink_muxer *muxer, rv_error *error);
/* After a failure. True: the file is in its place as far as it was written, and can be played. */
bool sink_muxer_keep(struct sink_muxer *muxer);
/* Leaves nothing behind but what was put into its place. */
void sink_muxer_close(struct sink_muxer *muxer);

#endif
