#include "app/control/score_strokes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const char score_clears[] = "brush-clear", score_draws[] = "stroke";

/* In widths and heights of the picture: a stroke may come from outside of it. */
static const float farthest = 100, largest = 10;

/* ---- as text ---- */

static bool is_place(float x, float y)
{
	return fabsf(x) <= farthest && fabsf(y) <= farthest;
}

bool score_stroke_read(const char *text, struct brush_stroke *stroke)
{
	struct brush_stroke *to = stroke;
	int end = 0, more = 0;
	if (sscanf(text, "%f,%f %n", &to->from_x, &to->from_y, &end) != 2)
		return false;
	to->x = to->from_x;
	to->y = to->from_y;
	if (sscanf(text + end, "%f,%f %n", &to->x, &to->y, &more) == 2)
		end += more;
	else
		to->x = to->from_x;
	more = 0;
	return sscanf(text + end, "%f %n", &to->radius, &more) == 1 && !text[end + more] &&
	       is_place(to->from_x, to->from_y) && is_place(to->x, to->y) && to->radius > 0 &&
	       to->radius <= largest;
}

void score_stroke_write(const struct brush_stroke *stroke, char text[SCORE_STROKE_LENGTH])
{
	char to[40] = "";
	if (!(stroke->radius > 0)) {
		snprintf(text, SCORE_STROKE_LENGTH, "%s", score_clears);
		return;
	}
	if (stroke->x != stroke->from_x || stroke->y != stroke->from_y)
		snprintf(to, sizeof(to), " %.4f,%.4f", (double)stroke->x, (double)stroke->y);
	snprintf(text, SCORE_STROKE_LENGTH, "%s %.4f,%.4f%s %.4f", score_draws,
	         (double)stroke->from_x, (double)stroke->from_y, to, (double)stroke->radius);
}

/* ---- in the order of time ---- */

rv_status score_strokes_add(struct score_strokes *strokes, double time,
                            const struct brush_stroke *stroke, rv_error *error)
{
	if (strokes->count == strokes->room) {
		int room = strokes->room ? 2 * strokes->room : 64;
		struct score_stroke *list = realloc(strokes->list, (size_t)room * sizeof(*list));
		if (!list)
			return rv_fail(error, RV_MEMORY, "out of memory for a score");
		strokes->list = list;
		strokes->room = room;
	}
	strokes->list[strokes->count] = (struct score_stroke){time, strokes->count, *stroke};
	strokes->count++;
	return RV_OK;
}

static int by_time(const void *a, const void *b)
{
	const struct score_stroke *first = a, *second = b;
	if (first->time != second->time)
		return first->time < second->time ? -1 : 1;
	return first->number - second->number;
}

void score_strokes_sort(struct score_strokes *strokes)
{
	if (strokes->count)
		qsort(strokes->list, (size_t)strokes->count, sizeof(*strokes->list), by_time);
}

void score_strokes_release(struct score_strokes *strokes)
{
	free(strokes->list);
	*strokes = (struct score_strokes){0};
}
