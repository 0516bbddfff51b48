/* What a camera can do, and which of it is to be used. Only numbers: app/media/camera.h asks the
 * camera.
 */
#ifndef APP_MEDIA_CAMERA_MODE_H
#define APP_MEDIA_CAMERA_MODE_H

#include "engine/reverie.h"

enum { CAMERA_RATES_MAX = 12, CAMERA_MODES_MAX = 256 };

/* Frames a second: count / seconds. */
struct camera_rate {
	int count, seconds;
};

/* One format at one size. */
struct camera_mode {
	uint32_t format; /* four characters, as linux/videodev2.h has them */
	int width, height;
	int rate_count; /* 0: the camera does not say */
	struct camera_rate rates[CAMERA_RATES_MAX];
};

struct camera_modes {
	int count; /* 0: the camera does not say */
	struct camera_mode list[CAMERA_MODES_MAX];
};

/* 0: not said. */
struct camera_wish {
	int width, height;
	float rate; /* frames a second */
};

/* What was chosen, for libavdevice. */
struct camera_choice {
	const char *format;      /* FFmpeg's name; NULL: nothing is known of the camera's modes */
	int width, height;       /* 0: not said */
	struct camera_rate rate; /* count 0: not said */
};

/* FFmpeg's name of a pixel format or codec, such as "yuyv422" or "mjpeg"; NULL: it reads none such.
 */
const char *camera_format_name(uint32_t format);

/* Adds a mode; one that there is already gets the rate alone. What there is no room for is left
 * out. rate NULL: the camera does not say. */
void camera_modes_add(struct camera_modes *modes, uint32_t format, int width, int height,
                      const struct camera_rate *rate);

/* Chooses the mode that has the wished size and rate. What is not wished is chosen so that the
 * camera comes to 25 or 30 frames a second, at 1280x720 or else a little less, uncompressed if that
 * is possible. RV_INVALID: there is no such mode; the message begins with name and says which there
 * are. */
rv_status camera_choose(struct camera_choice *choice, const struct camera_modes *modes,
                        const struct camera_wish *wish, const char *name, rv_error *error);

#endif
