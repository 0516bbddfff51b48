/* Chooses, sets up and opens the encoder of a video. */
#ifndef APP_ENCODER_H
#define APP_ENCODER_H

#include "app/source.h"
#include "engine/reverie.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

struct encoder_request {
	const char *name; /* an encoder's or a codec's; NULL: what suits the container */
	const AVOutputFormat *container;
	const struct video_description *video; /* of the source */
	int quality;                           /* 0..51, x264's scale; lower is better */
	int width, height;
};

/* Opens an encoder whose pixel format, colour description and time base are set; see sink_open for
 * what is kept. GIF's takes PAL8 (app/palette.h). RV_NOT_FOUND: no encoder of that name;
 * RV_UNSUPPORTED: not for this container; RV_INVALID: it refuses the settings; RV_MEMORY. */
rv_status encoder_open(AVCodecContext **encoder, const struct encoder_request *request,
                       rv_error *error);

#endif
