/* Where a picture lies on a screen: scaled, turned, and drawn onto a wall that is not square to the
 * projector. Pure functions of numbers.
 *
 * A picture is first scaled and turned to lie on the screen as if that were flat and straight; then
 * the screen's four corners are moved (keystone), and everything on it with them, by the projective
 * map that takes a square to any quadrilateral (Heckbert: "Fundamentals of texture mapping and
 * image warping", 1989, section 2.2.3). */
#ifndef APP_SCREEN_PROJECTION_H
#define APP_SCREEN_PROJECTION_H

#include <stdbool.h>

struct projection_point {
	double x, y;
};

/* How a picture is brought to the screen's size; the order of the names of the option `scale`. */
enum projection_scale {
	PROJECTION_FIT,     /* all of it is seen, its shape kept */
	PROJECTION_FILL,    /* all of the screen is covered, its shape kept */
	PROJECTION_STRETCH, /* all of the screen is covered, whatever its shape becomes */
	PROJECTION_INTEGER, /* all of it is seen, by a whole factor, or a whole part of its size */
};

enum { PROJECTION_CORNERS = 4 };

/* Corners of the screen: top left, top right, bottom right, bottom left, in parts of its width and
 * height. Zeroed, it is no quadrilateral; see projection_whole. */
struct projection_quad {
	struct projection_point corner[PROJECTION_CORNERS];
};

extern const struct projection_quad projection_whole;

struct projection_screen {
	int width, height; /* pixels, at least 1 */
	enum projection_scale scale;
	double turn; /* degrees, clockwise */
	struct projection_quad corners;
};

struct projection {
	double to[9], from[9]; /* of (x, y, 1): row by row; from undoes to */
	bool straight;         /* upright and not bent: a rectangle, its sides along the screen's */
	bool flat;             /* not bent: triangles stay as they are */
};

/* Whether these corners make a screen: convex, in this order, and nowhere nearly a line. */
bool projection_quad_is_sound(const struct projection_quad *quad);
bool projection_quad_is_whole(const struct projection_quad *quad);

/* Where the unit square of a picture of width x height pixels lies on the screen, in the screen's
 * pixels. Corners that are not sound count as the whole screen. */
struct projection projection_of_picture(const struct projection_screen *screen, int width,
                                        int height);

/* Where a sheet of text of width x height pixels lies: pixel for pixel in the top left corner,
 * turned as the picture is but by quarters alone, and bent with the screen. */
struct projection projection_of_sheet(const struct projection_screen *screen, int width,
                                      int height);

/* Size of the screen as the sheet sees it: a quarter turn swaps its sides. */
void projection_sheet_area(const struct projection_screen *screen, int *width, int *height);

/* From the unit square of the picture to the screen's pixels, and back. */
struct projection_point projection_map(const struct projection *projection,
                                       struct projection_point point);
struct projection_point projection_unmap(const struct projection *projection,
                                         struct projection_point point);

#endif
