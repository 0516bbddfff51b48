/* How an input is to be opened. */
#ifndef APP_MEDIA_INPUT_OPTIONS_H
#define APP_MEDIA_INPUT_OPTIONS_H

#include <stdatomic.h>

#include "app/media/camera.h"
#include "app/media/interlace.h"

/* Zeroed, all mean their default. */
struct input_options {
	const atomic_int *stop; /* ends blocking reads once it is not 0; NULL: none */
	bool live;              /* prefer early frames to complete ones */
	enum interlace_mode interlace;
	const struct interlace *fields; /* what is known of an unmarked video; NULL: a look tells */
	struct camera_wish camera_wish;
	/* A camera that was open before: it is looked for again, whatever its number is now. Empty:
	 * the camera that the input's name says. */
	struct camera camera;
};

#endif
