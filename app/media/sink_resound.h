/* Sound of a source that a container cannot hold as it is: decoded, and encoded as what it holds.
 */
#ifndef APP_MEDIA_SINK_RESOUND_H
#define APP_MEDIA_SINK_RESOUND_H

#include "app/base/progress.h"
#include "app/media/sink_sound.h"

/* Belongs to one thread at a time. */
struct sink_resound;

/* Adds to muxer, whose header is not yet written, a stream for the sound of stream from, which is
 * only read from. *index is its place. Where the sound cannot be decoded, *index is
 * SINK_STREAM_LEFT_OUT, and *resound NULL. A note goes to progress (may be NULL). RV_UNSUPPORTED:
 * there is no encoder; RV_MEMORY. */
rv_status sink_resound_open(struct sink_resound **resound, AVFormatContext *muxer,
                            const AVStream *from, int *index, struct progress *progress,
                            rv_error *error);
/* Accepts a pointer to NULL. */
void sink_resound_close(struct sink_resound **resound);

/* Hands in a packet of that stream, whose times are taken back by shift, microseconds; NULL: that
 * was all. Before the next one all that it gives is to be pulled. */
void sink_resound_push(struct sink_resound *resound, const AVPacket *packet, int64_t shift);
/* As sink_sound_pull (app/media/sink_sound.h). A hole of hours is encoded piece by piece. */
int sink_resound_pull(struct sink_resound *resound, AVPacket *packet);

#endif
