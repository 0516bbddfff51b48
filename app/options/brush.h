/* A mask that is painted, with the mouse or by a score: the dream goes where it was. One thread
 * paints, that of an engine takes what was painted. */
#ifndef APP_OPTIONS_BRUSH_H
#define APP_OPTIONS_BRUSH_H

#include "engine/reverie.h"

struct brush;

/* What the brush does at once: it draws a line from one place to another, in parts of the picture's
 * width and height, with a soft disc of that radius in parts of its width. With radius 0 it clears
 * the mask. */
struct brush_stroke {
	float from_x, from_y, x, y, radius;
};

/* Strokes are told in so many parts, so that a text (app/control/score.h) can tell them exactly. */
enum { BRUSH_PARTS = 10000 };

/* The slot that engines know it by. */
enum { BRUSH_SLOT = RV_SLOTS_MAX - 1 };

/* RV_MEMORY. */
rv_status brush_create(struct brush **brush, rv_error *error);
void brush_destroy(struct brush **brush);

/* The stroke from where the brush was, unless one begins, to (x, y). For the thread that paints. */
struct brush_stroke brush_stroke_to(struct brush *brush, double x, double y, double radius,
                                    bool begins);

/* Paints a stroke on a picture whose width by its height is aspect, or clears: then the dream goes
 * everywhere. Returns the position (brush_take) of the last frame that goes without it; below 0:
 * none does. */
int64_t brush_paint(struct brush *brush, const struct brush_stroke *stroke, float aspect);

/* Sets painted where there is a mask. Returns it unless it was returned before and is still the
 * same, when it returns NULL; valid until the next call. */
const rv_image *brush_next(struct brush *brush, int64_t position, bool *painted);

/* Where anything is painted, gives it to the engine, unless that has it already, and lets params
 * ask for it, for the frame at that position of the input. For errors see rv_set_picture. */
rv_status brush_take(struct brush *brush, rv_engine *engine, int64_t position, rv_params *params,
                     rv_error *error);

/* The next brush_take is by another engine. */
void brush_forget(struct brush *brush);

#endif
