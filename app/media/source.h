/* Reads a video: its frames, decoded in presentation order, deinterlaced, upright and in RGB, and
 * the packets of all other streams as they are. Timestamps rise even where those of the input jump
 * back. */
#ifndef APP_MEDIA_SOURCE_H
#define APP_MEDIA_SOURCE_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/fifo.h>

#include "app/media/convert.h"
#include "app/media/deinterlace.h"
#include "app/media/hdr.h"
#include "app/media/input.h"
#include "app/media/libav.h"
#include "app/media/panorama.h"
#include "app/media/timeline.h"
#include "app/media/video.h"
#include "engine/reverie.h"

enum source_event {
	SOURCE_FRAME,  /* a frame of the video: source_image, source->pts */
	SOURCE_PACKET, /* a packet of another stream: source->packet */
	SOURCE_END,
};

/* Closed by source_close. Belongs to one thread at a time. */
struct source {
	struct input *input;
	int video_index; /* of the stream that is decoded */
	/* Of the last frame: renewed where one is of another size, format or orientation. */
	struct video_description video;
	int64_t damaged; /* packets and frames that could not be decoded */
	/* Width by height, as they are to be seen, of the pictures that source_image fills: the
	 * first frame's, unless the caller sets another. */
	double display_aspect;

	/* After SOURCE_FRAME: times in units of video.time_base. pts always rises; duration 0:
	 * unknown. */
	int64_t pts, duration;
	/* After SOURCE_PACKET: the packet, whose reference the caller may take. */
	AVPacket *packet;

	struct panorama panorama;   /* what the stream says */
	struct interlace interlace; /* what a look at an unmarked video found */

	struct hdr *hdr;   /* of a video of high dynamic range; NULL: it has none */
	rv_image original; /* of such a video, in RV_RGB16: what source_image rendered last */

	/* private */
	AVCodecContext *decoder;
	AVFrame *frame;
	struct converter converter;
	rv_image stored; /* the frame in RGB before it is turned upright */
	int orientation;
	struct timeline timeline;
	struct deinterlacer deinterlacer;
	struct libav_packets early; /* read before the first frame was whole */
	bool timed;                 /* pts and duration hold those of an earlier frame */
	bool frame_held; /* the first frame waits for the early packets to be handed out */
	int unreadable;  /* reads in a row that failed for damage */
	bool flushed;    /* the deinterlacer was told that no frame follows */
	bool draining;   /* the input has ended, the decoder may hold more */
};

/* Takes over the input (and clears the pointer, on errors too), chooses the best video stream
 * (cover pictures do not count) and decodes its first frame, which the first SOURCE_FRAME then
 * hands out: video describes that frame, because what a container says may be wrong.
 * RV_UNSUPPORTED: no video, or no decoder; RV_CORRUPT: no frame can be decoded; RV_MEMORY: frames
 * beyond the limits of app/media/libav.h; RV_IO; RV_CANCELLED. */
rv_status source_open(struct source **source, struct input **input, rv_error *error);

/* Goes on to whatever comes next. Damaged packets are counted and passed over. RV_CANCELLED: a read
 * was ended by the stop flag; RV_IO: reading failed, after which source_next says SOURCE_END. */
rv_status source_next(struct source *source, enum source_event *event, rv_error *error);

/* Writes the frame of the last SOURCE_FRAME into image, whose size (any) and format are the
 * caller's. The image is taken to have source->display_aspect; a frame of another aspect is fitted
 * into it, with black around. Of a video of high dynamic range it is the rendition in sRGB
 * (app/media/hdr.h), and source->original then holds what that was made of. RV_MEMORY,
 * RV_UNSUPPORTED. */
rv_status source_image(struct source *source, const rv_image *image, rv_error *error);

/* The frame of the last SOURCE_FRAME as it was decoded, where that is upright; else NULL. */
const AVFrame *source_frame(const struct source *source);

/* Whether the decoder leaves out frames that no other frame refers to, which helps one that cannot
 * keep up. False by default. */
void source_skip_unreferenced(struct source *source, bool skip);

/* Goes on at a key frame at or before a time, in microseconds, or where that cannot be, from where
 * it is. The first frame may be one that refers to others before it: begin early enough. */
void source_seek(struct source *source, int64_t time);

/* From now on no frame is decoded: source_next hands out the packets of the other streams alone. */
void source_skip_frames(struct source *source);

/* Frames are converted to RGB as players do from now on, less exactly but in a small part of the
 * time. For frames that are shown once. */
void source_convert_quickly(struct source *source);

void source_close(struct source **source);

/* When the frame is to be shown: nanoseconds from where the source's clock starts
 * (libav_clock_start). */
int64_t source_time(const struct source *source);

#endif
