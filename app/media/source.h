/* The frames of a video, decoded in presentation order, whole where they were interlaced, upright
 * and in RGB, and the packets of all the streams beside it as they are but for their timestamps,
 * which go on where those of the input jump back. */
#ifndef APP_MEDIA_SOURCE_H
#define APP_MEDIA_SOURCE_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/fifo.h>

#include "app/media/convert.h"
#include "app/media/deinterlace.h"
#include "app/media/input.h"
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
	int video_index;                /* of the stream that is decoded */
	struct video_description video; /* anew where a later frame is of another size, format
	                                 * or orientation */
	int64_t damaged;                /* packets and frames that could not be decoded */
	double shape; /* width by height of the pictures that source_image fills, as they are to be
	               * seen: the first frame's, unless it is set to another */

	/* After SOURCE_FRAME: in units of video.time_base, always rising, also where the input's
	 * jump back. */
	int64_t pts, duration; /* duration 0: unknown */
	/* After SOURCE_PACKET: whose reference the caller may take. */
	AVPacket *packet;

	/* private */
	AVCodecContext *decoder;
	AVFrame *frame;
	struct converter converter;
	rv_image stored; /* turned videos: the frame in RGB before it is turned */
	int orientation;
	struct timeline timeline;
	struct deinterlacer deinterlacer;
	AVFifo *early;   /* met before the first frame was whole */
	bool timed;      /* pts and duration hold those of an earlier frame */
	bool frame_held; /* the first frame waits for the early packets to be handed out */
	int unreadable;  /* reads in a row that failed for damage */
	bool flushed;    /* the deinterlacer gives what it holds */
	bool draining;   /* the input has ended, the decoder may hold more */
};

/* Takes over the input (and clears the pointer, on errors too), chooses the best video stream
 * (cover pictures do not count) and decodes its first frame, which the first SOURCE_FRAME then
 * hands out: its description is the truth where the container's may not be.
 * RV_UNSUPPORTED: no video, or no decoder; RV_CORRUPT: no frame can be decoded; RV_MEMORY: frames
 * beyond the limits of app/media/libav.h; RV_IO; RV_CANCELLED. */
rv_status source_open(struct source **source, struct input **input, rv_error *error);

/* Goes on to whatever comes next. Damaged packets are counted and passed over. RV_CANCELLED: a read
 * was ended by the stop flag; RV_IO: reading failed, after which source_next says SOURCE_END. */
rv_status source_next(struct source *source, enum source_event *event, rv_error *error);

/* Writes the frame of the last SOURCE_FRAME into image, whose size (any) and format are the
 * caller's: it is taken for a picture of source->shape. A frame of another shape is fitted into
 * it, with black around. */
rv_status source_image(struct source *source, const rv_image *image, rv_error *error);

/* Leaves out the frames that no other frame needs, where the decoder cannot keep up; or does not,
 * which is the default. */
void source_hurry(struct source *source, bool hurry);

/* Frames are converted as players do rather than as exactly as can be, which takes a small part of
 * the time: for those that are shown once. */
void source_play(struct source *source);

void source_close(struct source **source);

#endif
