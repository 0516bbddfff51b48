/* Packets of a stream of sound in, blocks of samples of one format out (app/media/sound.h),
 * whatever the stream's format is or becomes. */
#ifndef APP_MEDIA_SOUND_DECODER_H
#define APP_MEDIA_SOUND_DECODER_H

#include <libavformat/avformat.h>

#include "app/media/sound.h"

/* Belongs to one thread at a time. */
struct sound_decoder;

/* The stream is only read from, and not kept. RV_UNSUPPORTED: there is no decoder; RV_MEMORY; what
 * libav says. */
rv_status sound_decoder_open(struct sound_decoder **decoder, const AVStream *stream,
                             rv_error *error);
/* Accepts a pointer to NULL. */
void sound_decoder_close(struct sound_decoder **decoder);

/* Hands in a packet of the stream; NULL: that was all. All blocks are to be pulled before the next
 * packet. What is damaged is left out. */
void sound_decoder_push(struct sound_decoder *decoder, const AVPacket *packet);

/* The next block, whose time is the stream's; the caller's to release. NULL: there is none before
 * another packet comes, or no memory for it. */
struct sound *sound_decoder_pull(struct sound_decoder *decoder);

#endif
