/* Where an engine keeps a picture or numbers that targets speak of. */
#ifndef ENGINE_API_SLOT_H
#define ENGINE_API_SLOT_H

#include "engine/reverie.h"

/* Zeroed, it is empty. */
struct slot {
	rv_image picture; /* own pixels, rows packed; NULL: none */
	float *numbers;   /* own; NULL: none */
	int count;
};

/* slot must be empty. RV_MEMORY. */
rv_status slot_copy_picture(struct slot *slot, const rv_image *picture, rv_error *error);
void slot_release(struct slot *slot);

/* The picture as a mask: width * height floats, 0..1, the mean of the three colours. Released with
 * free(); NULL without memory. */
float *slot_mask(const struct slot *slot);
size_t slot_mask_bytes(const struct slot *slot);

#endif
