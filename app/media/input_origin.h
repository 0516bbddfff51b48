/* What the name of an input stands for, and how libavformat is to open it. */
#ifndef APP_MEDIA_INPUT_ORIGIN_H
#define APP_MEDIA_INPUT_ORIGIN_H

#include <libavformat/avformat.h>

#include "app/media/input_options.h"

/* Released by input_origin_release. */
struct input_origin {
	char *url;                   /* for libavformat; owned */
	const AVInputFormat *format; /* NULL: libavformat is to find it out */
	AVDictionary *options;       /* for avformat_open_input; owned */
	int pipe;       /* descriptor for app/media/input_pipe.h; -1: none. Owned but for 0 */
	bool is_device; /* it is a camera, or hears sound */
	struct camera camera;
	bool is_network;
	bool is_listening;  /* waits for a sender, however long that takes */
	bool is_live;       /* its protocol is only used for what comes at its own rate */
	bool is_reopenable; /* as in struct input */
};

/* Looks at the name, and at the file where it names one. options is not NULL. The errors of
 * input_open that need no libavformat. */
rv_status input_origin_find(struct input_origin *origin, const char *name,
                            const struct input_options *options, rv_error *error);
void input_origin_release(struct input_origin *origin);

bool input_is_camera(const char *name);

/* Whether an input of that name may appear later though it is not there now: a camera, a stream,
 * a device that hears. */
bool input_may_appear(const char *name);

#endif
