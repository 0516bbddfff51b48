/* A mask that is painted with the mouse: the dream goes where it was. The main thread paints, the
 * engine's thread takes what was painted. */
#ifndef APP_LIVE_BRUSH_H
#define APP_LIVE_BRUSH_H

#include "engine/reverie.h"

struct brush;

/* The source that engines know it by. */
enum { BRUSH_SOURCE = RV_SOURCES_MAX - 1 };

/* RV_MEMORY. */
rv_status brush_create(struct brush **brush, rv_error *error);
void brush_destroy(struct brush **brush);

/* Paints from where the brush was, unless the stroke begins, to (x, y), in parts of the picture's
 * width and height, with a soft disc of that radius in parts of its width. aspect is the picture's
 * width by its height. */
void brush_paint(struct brush *brush, float x, float y, float radius, float aspect, bool begins);

/* There is no mask any more: the dream goes everywhere. */
void brush_clear(struct brush *brush);

/* Sets painted where there is a mask. Returns it unless it was returned before and is still the
 * same, when it returns NULL; valid until the next call. */
const rv_image *brush_next(struct brush *brush, bool *painted);

/* Where anything is painted, gives it to the engine, unless that has it already, and lets params
 * ask for it. For errors see rv_set_picture. */
rv_status brush_take(struct brush *brush, rv_engine *engine, rv_params *params, rv_error *error);

/* The next brush_take is by another engine. */
void brush_forget(struct brush *brush);

#endif
