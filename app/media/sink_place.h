/* Where a sink's muxer writes to: a file of our own, or a stream or device that libavformat opens.
 */
#ifndef APP_MEDIA_SINK_PLACE_H
#define APP_MEDIA_SINK_PLACE_H

#include <libavformat/avformat.h>

#include "app/base/output_file.h"

/* Gives muxer its place: file, which must outlive it, or where that is NULL what its URL names.
 * RV_NOT_FOUND, RV_IO: it is not there; what libav says. */
rv_status sink_open_place(AVFormatContext *muxer, struct output_file *file, rv_error *error);

/* Lets go of the place, and frees muxer. Accepts NULL. */
void sink_close_place(AVFormatContext *muxer);

/* Whether the file at path can be opened and holds a whole packet of video. */
bool sink_can_be_played(const char *path);

#endif
