/* Chooses the container of a video by the name of its output, and says what kind of output that is.
 */
#ifndef APP_MEDIA_CONTAINER_H
#define APP_MEDIA_CONTAINER_H

#include <libavformat/avformat.h>

#include "engine/reverie.h"

enum { CONTAINER_EXTENSION_LENGTH = 16 };

enum container_place {
	CONTAINER_FILE,   /* of any kind, and "-": standard output; see app/base/output_file.h */
	CONTAINER_STREAM, /* "udp://...": over the network */
	CONTAINER_DEVICE, /* "/dev/video9": a video device that takes pictures */
};

enum container_place container_place(const char *output);

/* Finds the container. format is a muxer's name or NULL: then the output's name says it, or for "-"
 * pipe_format. RV_NOT_FOUND, RV_UNSUPPORTED. */
rv_status container_choose(const AVOutputFormat **container, const char *output, const char *format,
                           const char *pipe_format, rv_error *error);

/* Writes the end of names of the muxer called format, "mkv"; format NULL, or of no name: "mp4". */
void container_extension(const char *format, char extension[CONTAINER_EXTENSION_LENGTH]);

/* The end, with its dot, of the name that the dream of an input called name is written to: its own
 * where files of that kind can be written, else ".png" for a picture (".jpg" for a phone's) and
 * ".mkv" for a video. Goes by the name alone. */
const char *container_end_for(const char *name);

/* Whether H.264 and AAC play best in it, though libavformat's defaults are older codecs. */
bool container_prefers_h264(const AVOutputFormat *container);

/* Whether it stores the time of every picture; a device and y4m do not. */
bool container_keeps_times(const AVOutputFormat *container);

#endif
