#include "app/options/brush.h"

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
	int64_t taken;    /* the position of the last frame that it was taken for; -1: none */
	float x, y;       /* where it was last; the painting thread's alone */
	bool is_down;     /* it was somewhere; likewise */
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
	brush->taken = -1;
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

/* ---- painting ---- */

static float part_of(double number)
{
	return (float)(round(number * BRUSH_PARTS) / BRUSH_PARTS);
}

struct brush_stroke brush_stroke_to(struct brush *brush, double x, double y, double radius,
                                    bool begins)
{
	struct brush_stroke stroke = {.x = part_of(x), .y = part_of(y), .radius = part_of(radius)};
	bool goes_on = brush->is_down && !begins;
	stroke.from_x = goes_on ? brush->x : stroke.x;
	stroke.from_y = goes_on ? brush->y : stroke.y;
	brush->x = stroke.x;
	brush->y = stroke.y;
	brush->is_down = true;
	return stroke;
}

/* How far a point is from the stroke, in widths. */
static float distance(const struct brush_stroke *stroke, float aspect, float x, float y)
{
	float dx = stroke->x - stroke->from_x, dy = (stroke->y - stroke->from_y) / aspect;
	float fx = x - stroke->from_x, fy = (y - stroke->from_y) / aspect;
	float square = dx * dx + dy * dy;
	float along = square > 0 ? fminf(1, fmaxf(0, (fx * dx + fy * dy) / square)) : 0;
	return hypotf(fx - along * dx, fy - along * dy);
}

/* The pixels of a side that a stroke may reach, from the first to before the last. */
struct reach {
	int first, last;
};

static struct reach reach_of(float from, float to, float radius)
{
	float first = floorf((fminf(from, to) - radius) * SIDE);
	float last = ceilf((fmaxf(from, to) + radius) * SIDE);
	return (struct reach){(int)fminf(fmaxf(first, 0), SIDE), (int)fminf(fmaxf(last, 0), SIDE)};
}

static void draw(struct brush *brush, const struct brush_stroke *stroke, float aspect)
{
	float radius = stroke->radius;
	struct reach rows = reach_of(stroke->from_y, stroke->y, radius * aspect);
	struct reach columns = reach_of(stroke->from_x, stroke->x, radius);
	for (int row = rows.first; row < rows.last; row++)
		for (int column = columns.first; column < columns.last; column++) {
			float away = distance(stroke, aspect, (column + 0.5f) / SIDE,
			                      (row + 0.5f) / SIDE);
			float part = (radius - away) / (radius * (1 - firm));
			uint8_t value = (uint8_t)(255 * fminf(1, fmaxf(0, part)));
			uint8_t *pixel = brush->canvas + 3 * (row * SIDE + column);
			if (value > pixel[0])
				memset(pixel, value, 3);
		}
}

int64_t brush_paint(struct brush *brush, const struct brush_stroke *stroke, float aspect)
{
	pthread_mutex_lock(&brush->lock);
	int64_t taken = brush->taken;
	brush->painted = stroke->radius > 0;
	if (brush->painted)
		draw(brush, stroke, aspect);
	else
		memset(brush->canvas, 0, sizeof(brush->canvas));
	brush->is_down &= brush->painted;
	brush->changes++;
	pthread_mutex_unlock(&brush->lock);
	return taken;
}

/* ---- the mask ---- */

const rv_image *brush_next(struct brush *brush, int64_t position, bool *painted)
{
	pthread_mutex_lock(&brush->lock);
	brush->taken = position;
	bool is_new = !brush->has_given || brush->changes != brush->changes_given;
	*painted = brush->painted;
	if (*painted && is_new)
		memcpy(brush->given, brush->canvas, sizeof(brush->given));
	brush->has_given = *painted;
	brush->changes_given = brush->changes;
	pthread_mutex_unlock(&brush->lock);
	return *painted && is_new ? &brush->image : NULL;
}

rv_status brush_take(struct brush *brush, rv_engine *engine, int64_t position, rv_params *params,
                     rv_error *error)
{
	bool painted;
	const rv_image *image = brush_next(brush, position, &painted);
	rv_status status = image ? rv_set_picture(engine, BRUSH_SLOT, image, error) : RV_OK;
	if (status != RV_OK)
		brush_forget(brush);
	if (painted)
		params->mask = BRUSH_SLOT + 1;
	return status;
}

void brush_forget(struct brush *brush)
{
	brush->has_given = false;
}
