/* Writes a video into a file, a network stream or a video device: frames are encoded, and the other
 * streams of a source are copied packet by packet, or sound is encoded too. A file appears at its
 * place, whole, when it is finished (app/base/output_file.h). */
#ifndef APP_MEDIA_SINK_H
#define APP_MEDIA_SINK_H

#include "app/base/output_file.h"
#include "app/base/progress.h"
#include "app/media/encoder.h"
#include "app/media/source.h"
#include "engine/reverie.h"

struct sink_options {
	const char *output;  /* says container and place: see app/media/container.h */
	const char *format;  /* a muxer's name, or NULL */
	const char *encoder; /* or NULL */
	int quality;         /* 0..51, x264's scale */
	int width, height;   /* of the frames */
	enum encoder_speed speed;
	bool exact;                /* chroma stays as fine as the source's */
	AVIOInterruptCB interrupt; /* ends waiting for the network; zeroed: nothing does */
	struct progress *progress; /* for notes on streams that are left out; may be NULL */
	bool keeps_partial;        /* a file that breaks off is kept, where it can be played */
	uint64_t memory;           /* that the encoder is to keep within; 0: any */
	bool plays_early;          /* it is laid out so that it can be, up to where it ends */
};

/* What goes in. */
struct sink_contents {
	const struct video_description *video;
	/* Its streams but video_index, its chapters and its metadata are copied; NULL: none. */
	const AVFormatContext *source;
	int video_index;
	bool is_sphere; /* the video, and is to say so */
	bool has_sound; /* a stream of sound is made of sink_samples */
	/* The video comes by sink_encoded, from encoders like this sink's, with the head that this
	 * stream has; NULL: in images. */
	const AVStream *encoded;
};

/* Belongs to one thread at a time. */
struct sink;

/* Finds container and encoder and opens the encoder: whatever does not fit shows now, before
 * anything is written. Takes over file (clears the pointer, on errors too), which is NULL for a
 * stream or a device. The contents are only read from, and not kept.
 *
 * Kept of the video: time base and with it every timestamp, average rate, pixel aspect (where it is
 * not square, changed along with the size so that the picture keeps its shape), colour description,
 * range and bit depth where the encoder has them; chroma subsampling where the video is deeper than
 * 8 bits, the encoder lossless, or options->exact set, else it becomes 4:2:0, which plays
 * everywhere. A size that the encoder cannot subsample (libx264: an odd width or height in 4:2:0)
 * is encoded as 4:4:4 rather than cut. Frames are upright, so no display matrix is written. Of the
 * other streams, sound that does not fit is encoded anew, with a note, unless the container holds
 * no sound at all. Subtitles, data and attachments that do not fit, further videos and cover
 * pictures (which would show the undreamed video) are left out with a note. Chapters and metadata
 * are copied. RV_UNSUPPORTED, RV_NOT_FOUND: no such encoder; RV_INVALID; RV_MEMORY. */
rv_status sink_create(struct sink **sink, struct output_file **file,
                      const struct sink_options *options, const struct sink_contents *contents,
                      rv_error *error);

/* Lets what is written carry a text along (app/media/tag.h), before it is begun. RV_MEMORY. */
rv_status sink_tag(struct sink *sink, const char *text, rv_error *error);

/* Connects to the receiver or opens the device, and writes the header. To be called once, before
 * all functions below. RV_IO: there is nobody, or not any more; RV_UNSUPPORTED; what libav says. */
rv_status sink_begin(struct sink *sink, rv_error *error);

/* Whether frames are shown at their times; otherwise at a constant rate, as they come. */
bool sink_keeps_times(const struct sink *sink);

/* About how many bytes the encoder holds beyond options->memory; 0: it keeps within. */
uint64_t sink_excess(const struct sink *sink);

/* The name of the video's encoder (libavcodec's), which outlives the sink. */
const char *sink_encoder(const struct sink *sink);

/* Encodes a frame of the video's format; one of another size than the sink's is scaled. pts rises;
 * it and duration (0: unknown) are in the video's time base. RV_IO: the disk is full, or the
 * receiver is gone. */
rv_status sink_frame(struct sink *sink, const rv_image *image, int64_t pts, int64_t duration,
                     rv_error *error);
/* Tells what the next sink_frame's image was made of: a decoded frame, and the image that it was
 * converted to. Where both images agree the frame's own codes are written, as far as the encoder
 * takes them as they are: chroma that is finer or coarser in RGB, and colours beyond it, then lose
 * nothing. Both are borrowed until that sink_frame. frame NULL: nothing is known of it. */
void sink_keep(struct sink *sink, const AVFrame *frame, const rv_image *image);

/* Writes a packet of the encoded video, whose times are in the video's time base; takes its
 * reference. RV_IO. */
rv_status sink_encoded(struct sink *sink, AVPacket *packet, rv_error *error);
/* Writes a packet of the source's, in its stream's time base, and takes its reference. One of a
 * stream that is left out is dropped. */
rv_status sink_packet(struct sink *sink, AVPacket *packet, rv_error *error);
/* Whether packets of this stream of the source are written. */
bool sink_takes(const struct sink *sink, int stream_index);

/* Encodes sound, [count][SOUND_CHANNELS] samples of -1..1 at SOUND_RATE (app/media/sound.h), which
 * follow the last without a gap, the first at time 0. Only where sink_has_sound. RV_IO. */
rv_status sink_samples(struct sink *sink, const float *samples, int count, rv_error *error);
/* Whether sound goes in: it was wanted, and the container holds sound. */
bool sink_has_sound(const struct sink *sink);

/* Writes what the encoder still holds and the trailer, and puts the file into its place. The sink
 * is gone afterwards, whether or not that succeeded. Where it did not, this ends as sink_abort. */
rv_status sink_finish(struct sink **sink, rv_error *error);
/* Ends a sink after a failure, which error says. With keeps_partial the file is put into its place
 * as far as it was written, where that can be played, and error says so; otherwise this leaves no
 * output. Accepts NULL. */
void sink_abort(struct sink **sink, rv_error *error);
/* Leaves no output. Accepts NULL. */
void sink_discard(struct sink **sink);

#endif
