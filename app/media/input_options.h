/* How an input is to be opened. */
#ifndef APP_MEDIA_INPUT_OPTIONS_H
#define APP_MEDIA_INPUT_OPTIONS_H

#include <stdatomic.h>

#include "app/media/camera.h"

/* Zeroed, all mean their default. */
struct input_options {
	const atomic_int *stop; /* ends blocking reads once it is not 0; NULL: none */
	bool live;              /* as soon as possible rather than as well as possible */
	struct camera_wish camera_wish;
	struct camera camera; /* that an earlier input was, and that is to be found again under
	                       * whatever number it has now; empty: the one that is named */
};

#endif
