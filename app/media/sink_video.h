/* The video of a sink: images in, encoded packets out. */
#ifndef APP_MEDIA_SINK_VIDEO_H
#define APP_MEDIA_SINK_VIDEO_H

#include <libavformat/avformat.h>

#include "app/media/encoder.h"
#include "engine/reverie.h"

/* Belongs to one thread at a time. */
struct sink_video;

/* Opens the encoder that request asks for, and for GIF its palette. The errors of encoder_open. */
rv_status sink_video_open(struct sink_video **video, const struct encoder_request *request,
                          rv_error *error);

/* Describes the encoded video in stream, which is that of the packets from now on; how bright it is
 * as its source says. The stream must outlive the video. RV_MEMORY. */
rv_status sink_video_describe(struct sink_video *video, const struct video_description *source,
                              AVStream *stream, rv_error *error);

/* See sink_excess (app/media/sink.h). */
uint64_t sink_video_excess(const struct sink_video *video);

/* The name of its encoder, which outlives it. */
const char *sink_video_encoder(const struct sink_video *video);

/* See sink_keep (app/media/sink.h). */
void sink_video_keep(struct sink_video *video, const AVFrame *frame, const rv_image *image);

/* Hands in an image, which is scaled where it is of another size. pts rises; it and duration (0:
 * unknown) are in the source's time base. Image NULL: that was all. Every packet is to be pulled
 * before the next push. RV_MEMORY, RV_UNSUPPORTED, and what libav says. */
rv_status sink_video_push(struct sink_video *video, const rv_image *image, int64_t pts,
                          int64_t duration, rv_error *error);
/* Takes out the next packet, with its stream's index and times; *there false: none before another
 * image is pushed. */
rv_status sink_video_pull(struct sink_video *video, AVPacket *packet, bool *there, rv_error *error);

/* How long the last image that was pushed is to be seen, in seconds; 0/1: nobody said. */
AVRational sink_video_last_duration(const struct sink_video *video);

/* Accepts NULL. */
void sink_video_close(struct sink_video **video);

#endif
