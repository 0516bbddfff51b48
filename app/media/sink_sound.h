/* The sound of a sink that is encoded rather than copied: samples in, encoded packets out. */
#ifndef APP_MEDIA_SINK_SOUND_H
#define APP_MEDIA_SINK_SOUND_H

#include <libavformat/avformat.h>

#include "app/media/sound.h"

/* Belongs to one thread at a time. */
struct sink_sound;

/* Opens an encoder and adds its stream to muxer, whose header is not yet written. *sound is NULL
 * where the container holds none. RV_UNSUPPORTED, RV_MEMORY. */
rv_status sink_sound_open(struct sink_sound **sound, AVFormatContext *muxer, rv_error *error);

/* Hands in samples [count][SOUND_CHANNELS], -1..1, which follow the last ones without a gap;
 * NULL: that was all. */
rv_status sink_sound_push(struct sink_sound *sound, const float *samples, int count,
                          rv_error *error);
/* Takes out the next packet, with its stream's index and times: 0, or AVERROR(EAGAIN) where more
 * must be pushed first, AVERROR_EOF after the last, or libav's code for a failure. */
int sink_sound_pull(struct sink_sound *sound, AVPacket *packet);

/* Accepts NULL. */
void sink_sound_close(struct sink_sound **sound);

#endif
