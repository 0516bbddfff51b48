/* The picture that is shown: the detail of the newest dream laid over the newest frame, which is
 * larger, sharper and later than the one that was dreamed, along the motion in between. Pure
 * functions of pictures. */
#ifndef APP_LIVE_COMPOSE_H
#define APP_LIVE_COMPOSE_H

#include "app/live/dream.h"
#include "app/live/warp.h"

/* What is laid over what, and how. */
struct composition {
	const rv_image *source;    /* RV_RGB8 */
	const struct dream *dream; /* NULL: none yet */
	const struct warp *warp;   /* from source to the dream's frame; NULL: nothing moved */
	float fade;                /* 0..1: how much of the dream is shown */
	float split;               /* 0..1: the part, from the left, that shows the source alone */
	bool mark_split;           /* draw a line there */
	bool around;               /* a whole sphere: the dream goes on at its other side */
	bool mirror;
	float darkness; /* 0..1: all of it is black with 1 */
};

/* Memory that is kept from picture to picture, so that composing one allocates nothing. Zeroed
 * before use; released by compose_release. */
struct composer {
	int width;    /* of the source */
	int columns;  /* of the motion */
	int margin;   /* of these, on either side */
	int16_t *row; /* [3 * width + 1]: what is added to a row */
	struct composer_column {
		int32_t x, y;  /* 1/65536 pixels of the dream */
		int32_t shown; /* 1/65536: how much of it */
	} * column;            /* [columns]: the motion in a row */
	int runs;
	struct composer_run {
		int first;       /* pixel; the run goes on to the next one's */
		int left, right; /* columns it lies between */
		float ahead;     /* how many columns the first pixel is right of the left one */
	} * run;                 /* [runs + 1] */
};

/* Writes to shown, RV_RGB8 of the source's size and not the source itself. RV_MEMORY. */
rv_status compose_picture(struct composer *composer, const struct composition *composition,
                          const rv_image *shown, rv_error *error);

void compose_release(struct composer *composer);

/* How alike two frames of one size are, from 0 (another scene: the dream of one has no place on the
 * other) to 1. */
float compose_likeness(const rv_image *a, const rv_image *b);

#endif
