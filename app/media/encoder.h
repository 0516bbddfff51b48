/* Chooses, sets up and opens the encoder of a video. */
#ifndef APP_MEDIA_ENCODER_H
#define APP_MEDIA_ENCODER_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include "app/media/video.h"
#include "engine/reverie.h"

/* How much time an encoder may take for a picture. */
enum encoder_speed {
	ENCODER_OFFLINE,  /* as much as makes the smallest file */
	ENCODER_REALTIME, /* less than there is between two pictures that come at their own rate */
	ENCODER_LOW_LATENCY, /* besides, no picture waits in the encoder for later ones */
};

struct encoder_request {
	const char *name; /* an encoder's or a codec's; NULL: what suits the container */
	const AVOutputFormat *container;
	const struct video_description *video; /* of the source */
	int quality;                           /* 0..51, x264's scale; lower is better */
	int width, height;
	enum encoder_speed speed;
	bool exact;      /* chroma as fine as the source's, also where few players take that */
	uint64_t memory; /* bytes that it is to keep within as far as it can; 0: what it likes */
};

/* What encodes a video that is to be played everywhere, or one that has too many bits for that. */
const char *encoder_usual_name(const struct video_description *video);

/* Opens an encoder whose pixel format, colour description and time base are set; see sink_open for
 * what is kept. GIF's takes PAL8 (app/media/palette.h). RV_NOT_FOUND: no encoder of that name;
 * RV_UNSUPPORTED: not for this container, or of too few bits for HDR; RV_INVALID: it refuses the
 * settings; RV_MEMORY. */
rv_status encoder_open(AVCodecContext **encoder, const struct encoder_request *request,
                       rv_error *error);

#endif
