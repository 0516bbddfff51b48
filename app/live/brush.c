#include "app/live/brush.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 256, BYTES = 3 * SIDE * SIDE };

/* The part of the radius from which on the disc fades. */
static const float firm = 0.6f;

struct brush {
	pthread_mutex_t lock;
	uint8_t canvas[BYTES];
	bool painted;
	unsigned changes; /* of the canvas */
	float x, y;       /* where it was last */
	/* The engine's thread's: */
	uint8_t given[BYTES];
	rv_image image; /* of them */
	unsigned changes_given;
	bool has_given;
};

rv_status brush_create(struct brush **created, rv_error *error)
{
	struct brush *brush = calloc(1, sizeof(*brush));
	*created = brush;
	if (!brush)
		return rv_fail(error, RV_MEMORY, "out of memory for a brush");
	pthread_mutex_init(&brush->lock, NULL);
	brush->image = (rv_image){RV_RGB8, SIDE, SIDE, 3 * (size_t)SIDE, brush->given};
	return RV_OK;
}

void brush_destroy(struct brush **brush)
{
	if (!*brush)
		return;
	pthread_mutex_destroy(&(*brush)->lock);
	free(*brush);
	*brush = NULL;
}

/* How far a point is from the stroke between the brush's place and (x, y), in widths. */
static float distance(const struct brush *brush, float x, float y, float aspect, float px, float py)
{
	float dx = x - brush->x, dy = (y - brush->y) / aspect;
	float fx = px - brush->x, fy = (py - brush->y) / aspect;
	float square = dx * dx + dy * dy;
	float along = square > 0 ? fminf(1, fmaxf(0, (fx * dx + fy * dy) / square)) : 0;
	return hypotf(fx - along * dx, fy - along * dy);
}

static void stroke(struct brush *brush, float x, float y, float radius, float aspect)
{
	for (int row = 0; row < SIDE; row++)
		for (int column = 0; column < SIDE; column++) {
			float away = distance(brush, x, y, aspect, (column + 0.5f) / SIDE,
			                      (row + 0.5f) / SIDE);
			float part = (radius - away) / (radius * (1 - firm));
			uint8_t value = (uint8_t)(255 * fminf(1, fmaxf(0, part)));
			uint8_t *pixel = brush->canvas + 3 * (row * SIDE + column);
			if (value > pixel[0])
				memset(pixel, value, 3);
		}
}

void brush_paint(struct brush *brush, float x, float y, float radius, float aspect, bool begins)
{
	pthread_mutex_lock(&brush->lock);
	if (begins || !brush->painted) {
		brush->x = x;
		brush->y = y;
	}
	stroke(brush, x, y, radius, aspect);
	brush->x = x;
	brush->y = y;
	brush->painted = true;
	brush->changes++;
	pthread_mutex_unlock(&brush->lock);
}

void brush_clear(struct brush *brush)
{
	pthread_mutex_lock(&brush->lock);
	memset(brush->canvas, 0, sizeof(brush->canvas));
	brush->painted = false;
	brush->changes++;
	pthread_mutex_unlock(&brush->lock);
}

const rv_image *brush_next(struct brush *brush, bool *painted)
{
	pthread_mutex_lock(&brush->lock);
	bool is_new = !brush->has_given || brush->changes != brush->changes_given;
	*painted = brush->painted;
	if (*painted && is_new)
		memcpy(brush->given, brush->canvas, sizeof(brush->given));
	brush->has_given = *painted;
	brush->changes_given = brush->changes;
	pthread_mutex_unlock(&brush->lock);
	return *painted && is_new ? &brush->image : NULL;
}

rv_status brush_take(struct brush *brush, rv_engine *engine, rv_params *params, rv_error *error)
{
	bool painted;
	const rv_image *image = brush_next(brush, &painted);
	rv_status status = image ? rv_set_picture(engine, BRUSH_SOURCE, image, error) : RV_OK;
	if (status != RV_OK)
		brush_forget(brush);
	if (painted)
		params->mask = BRUSH_SOURCE + 1;
	return status;
}

void brush_forget(struct brush *brush)
{
	brush->has_given = false;
}
