/* Writes a video: frames are encoded, every other stream of the source is copied packet by packet,
 * and the whole appears at its place when it is finished (app/output_file.h). */
#ifndef APP_SINK_H
#define APP_SINK_H

#include "app/output_file.h"
#include "app/progress.h"
#include "app/source.h"
#include "engine/reverie.h"

struct sink_options {
	const char *output;        /* its extension says the container; "-": see app/job.h */
	const char *format;        /* a muxer's name, or NULL */
	const char *encoder;       /* or NULL */
	int quality;               /* 0..51, x264's scale */
	int width, height;         /* of the frames */
	struct progress *progress; /* for notes on streams that are left out; may be NULL */
};

/* Belongs to one thread at a time. */
struct sink;

/* Finds container and encoder, opens both, and writes the header: whatever does not fit shows now.
 * Takes over file (clears the pointer, on errors too). The source is only read from, and not kept.
 *
 * Kept of the video: time base and with it every timestamp, average rate, pixel aspect (where it is
 * not square, changed along with the size so that the picture keeps its shape), colour description,
 * range, bit depth and chroma subsampling where the encoder has them. A size that the encoder
 * cannot subsample (libx264: an odd width or height in 4:2:0) is encoded as 4:4:4 rather than cut.
 * RGB is encoded as 4:2:0, which plays everywhere. Frames are upright, so no display matrix is
 * written.
 * Of the other streams, sound must fit: RV_UNSUPPORTED names what does not, unless the container
 * holds no sound at all. Subtitles, data and attachments that do not fit, further videos and cover
 * pictures (which would show the undreamed video) are left out with a note. Chapters and metadata
 * are copied.
 * RV_UNSUPPORTED, RV_NOT_FOUND: no such encoder; RV_INVALID; RV_IO; RV_MEMORY. */
rv_status sink_open(struct sink **sink, struct output_file **file,
                    const struct sink_options *options, const struct source *source,
                    rv_error *error);

/* Encodes a frame of the source's format and the sink's size. pts rises; it and duration (0:
 * unknown) are in the source's video time base. RV_IO: the disk is full. */
rv_status sink_frame(struct sink *sink, const rv_image *image, int64_t pts, int64_t duration,
                     rv_error *error);
/* Writes a packet of the source's, in its stream's time base, and takes its reference. One of a
 * stream that is left out is dropped. */
rv_status sink_packet(struct sink *sink, AVPacket *packet, rv_error *error);
/* Whether packets of this stream of the source are written. */
bool sink_takes(const struct sink *sink, int stream_index);

/* Writes what the encoder still holds and the trailer, and puts the file into its place. The sink
 * is gone afterwards, whether or not that succeeded. */
rv_status sink_finish(struct sink **sink, rv_error *error);
/* Leaves no output. Accepts NULL. */
void sink_discard(struct sink **sink);

#endif
