/* How a dream moves by itself, and how a journey's picture keeps its tone. Plain arithmetic. */
#ifndef ENGINE_TIME_CAMERA_PATH_H
#define ENGINE_TIME_CAMERA_PATH_H

#include "engine/time/scene.h"

/* Pixel (x, y) comes from (at[0] x + at[1] y + at[2], at[3] x + at[4] y + at[5]). */
enum { MOVE_COUNT = 6 };

struct camera_move {
	float at[MOVE_COUNT];
};

/* What zoom, rotation and pan make of a picture of this size in `seconds`, about its centre. */
struct camera_move camera_find_move(const rv_time *time, int width, int height, double seconds);

/* What a drifting dream does to the zoom at a time: it breathes, slowly. */
rv_time camera_breathe(const rv_time *time, double seconds);

/* A gain of brightness and one of colours, what these differ from brightness; then an offset of
 * each colour, on the range -1..1. */
struct camera_tone {
	double contrast, colourfulness, offset[3];
};

/* A feedback loop amplifies whatever the dream does to colours. What draws their mean and spread
 * back from what they are now to those that they began with, in about a second. */
struct camera_tone camera_find_tone(const struct dream_view *first, const struct dream_view *now,
                                    double seconds);

#endif
