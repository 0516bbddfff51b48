/* The sound of a live session's input, for whoever records it: read on the decode thread, and
 * handed on as samples of one format, whatever the input's is or becomes when it is opened anew. */
#ifndef APP_LIVE_SOUND_READER_H
#define APP_LIVE_SOUND_READER_H

#include <libavformat/avformat.h>

#include "app/live/feed.h"

/* Decodes the best stream of sound. Belongs to one thread. */
struct sound_reader;

/* format must outlive the reader. *reader is NULL where there is no sound, or none that can be
 * decoded. RV_MEMORY. */
rv_status sound_reader_open(struct sound_reader **reader, AVFormatContext *format, rv_error *error);

/* Keeps a packet of any stream, whose reference is taken where it is of the sound's. Containers lay
 * sound before or behind the picture it belongs to: what comes early waits for its picture, so that
 * both go by the same clock. */
void sound_reader_keep(struct sound_reader *reader, AVPacket *packet);

/* Takes out all packets up to the input's time `until`, decodes them and feeds them to lane,
 * with times that are the input's plus anchor (nanoseconds). lane NULL: nobody listens. Sound that
 * is damaged, or for which there is no memory, is left out. */
void sound_reader_play(struct sound_reader *reader, int64_t until, int64_t anchor,
                       struct feed_lane *lane);

/* Accepts NULL. */
void sound_reader_close(struct sound_reader **reader);

#endif
