/* Where a sink's muxer writes to: a file of our own, or a stream or device that libavformat opens.
 */
#ifndef APP_MEDIA_SINK_PLACE_H
#define APP_MEDIA_SINK_PLACE_H

#include <libavformat/avformat.h>

#include "app/base/output_file.h"

/* Opens what muxer writes to: file, which must outlive it, or where that is NULL what its URL
 * names. RV_NOT_FOUND, RV_IO: it is not there; what libav says. */
rv_status sink_open_place(AVFormatContext *muxer, struct output_file *file, rv_error *error);

/* Closes that, and frees muxer. Accepts NULL. */
void sink_close_place(AVFormatContext *muxer);

/* Whether libavformat opens the file at path and finds a whole packet of video in it. */
bool sink_is_playable(const char *path);

#endif
