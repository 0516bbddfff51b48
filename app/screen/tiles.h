/* Squares with a line of text below each, in a grid. Belongs to one thread at a time; needs no
 * window. */
#ifndef APP_SCREEN_TILES_H
#define APP_SCREEN_TILES_H

#include <stdbool.h>

#include "app/screen/hud_picture.h"

/* How the tiles lie; lengths in pixels. */
struct tiles_grid {
	int left, top; /* where it begins in the picture */
	int count, columns;
	int side;  /* of a tile as it is shown */
	int scale; /* the side of a letter's pixel */
	int lines; /* of text below each */
};

enum { TILES_LINES_MAX = 2, TILES_LABEL_LENGTH = 96 };

/* One tile: rgb[source][source][3], or NULL for one that is not there yet. What does not fit of a
 * text loses its beginning. */
struct tile {
	const unsigned char *rgb;
	int source;
	char lines[TILES_LINES_MAX][TILES_LABEL_LENGTH];
	bool chosen;
};

int tiles_width(const struct tiles_grid *grid);
int tiles_height(const struct tiles_grid *grid);

/* The first row of a tile. */
int tiles_top(const struct tiles_grid *grid, int index);

/* The tile that a pixel of the picture lies on; -1: none. */
int tiles_at(const struct tiles_grid *grid, int x, int y);

/* Makes rows of the picture the ground that tiles lie on. */
void tiles_fill(struct hud_picture *picture, int top, int height);

/* Paints a tile into its place, which is opaque then. What lies outside the picture is cut off. */
void tiles_paint(struct hud_picture *picture, const struct tiles_grid *grid, int index,
                 const struct tile *tile);

#endif
