/* The picture that is shown: the detail of the newest dream laid over the newest frame, which is
 * larger, sharper and later than the one that was dreamed. Pure functions of pictures. */
#ifndef LIVE_COMPOSE_H
#define LIVE_COMPOSE_H

#include "app/live_frame.h"

/* How the two become one. */
struct composition {
	const rv_image *source;    /* RV_RGB8 */
	const struct dream *dream; /* NULL: none yet */
	float fade;                /* 0..1: how much of the dream is shown */
	float split;               /* 0..1: the part, from the left, that shows the source alone */
	bool mark_split;           /* draw a line there */
	bool mirror;
};

/* Kept from picture to picture so that none allocates. Zeroed before use; released by
 * composer_release. */
struct composer {
	int source_width, dream_width;
	int *left;       /* [source_width]: 3 * the dream's pixel to the left */
	int16_t *weight; /* [source_width]: 0..256, of the pixel to the right of that */
	int16_t *row;    /* [dream_width + 1][3]: between two rows of the dream */
};

/* Writes to shown, RV_RGB8 of the source's size and not the source itself. RV_MEMORY. */
rv_status compose(struct composer *composer, const struct composition *composition,
                  const rv_image *shown, rv_error *error);

void composer_release(struct composer *composer);

/* How alike two frames of one size are, from 0 (another scene: the dream of one has no place on the
 * other) to 1. */
float frame_likeness(const rv_image *a, const rv_image *b);

#endif
