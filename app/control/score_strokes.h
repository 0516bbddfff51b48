/* What the brush does in a score, in the order of time. */
#ifndef APP_CONTROL_SCORE_STROKES_H
#define APP_CONTROL_SCORE_STROKES_H

#include "app/options/brush.h"

struct score_stroke {
	double time; /* seconds */
	int number;  /* of two at one time the one that was added first comes first */
	struct brush_stroke stroke;
};

/* Zeroed, there are none. */
struct score_strokes {
	int count, room, drawn;    /* how many were drawn already */
	struct score_stroke *list; /* owned */
};

/* The word of a line that clears the mask, and of one that draws. */
extern const char score_clears[], score_draws[];

/* Reads what follows the word of one that draws: `X,Y [X,Y] SIZE`. False: it is none. */
bool score_stroke_read(const char *text, struct brush_stroke *stroke);

enum { SCORE_STROKE_LENGTH = 96 };

/* Writes a line without its time, as it is read. */
void score_stroke_write(const struct brush_stroke *stroke, char text[SCORE_STROKE_LENGTH]);

/* Adds one, in whatever order they come, until they are sorted. RV_MEMORY. */
rv_status score_strokes_add(struct score_strokes *strokes, double time,
                            const struct brush_stroke *stroke, rv_error *error);
void score_strokes_sort(struct score_strokes *strokes);
void score_strokes_release(struct score_strokes *strokes);

#endif
