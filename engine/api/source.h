/* Sources: the pictures and numbers that targets speak of. */
#ifndef ENGINE_API_SOURCE_H
#define ENGINE_API_SOURCE_H

#include "engine/reverie.h"

/* Zeroed, there is none. */
struct source {
	rv_image picture; /* own pixels, rows packed; NULL: none */
	float *numbers;   /* own; NULL: none */
	int count;
};

/* source must be empty. RV_MEMORY. */
rv_status source_copy_picture(struct source *source, const rv_image *picture, rv_error *error);
void source_release(struct source *source);

/* The picture as a mask: width * height floats, 0..1, the mean of the three colours. Released with
 * free(); NULL without memory. */
float *source_mask(const struct source *source);
size_t source_mask_bytes(const struct source *source);

#endif
