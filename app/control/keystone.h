/* Where the corners of each display lie on the wall it shines on, kept from one run to the next.
 * One display a line, by its name and size, with its corners from the top left one clockwise, in
 * parts of its width and height:
 *
 *     HDMI-1 1920x1080 = 0.02,0 1,0 1,1 0,0.98
 *
 * Displays that are not listed are whole. Nothing here prints or exits. */
#ifndef APP_CONTROL_KEYSTONE_H
#define APP_CONTROL_KEYSTONE_H

#include "app/screen/projection.h"
#include "engine/reverie.h"

enum { KEYSTONES_MAX = 32, KEYSTONE_DISPLAY_LENGTH = 128, KEYSTONE_TEXT_LENGTH = 8192 };

/* Zeroed, it lists none. */
struct keystone_list {
	int count;
	struct keystone {
		char display[KEYSTONE_DISPLAY_LENGTH];
		struct projection_quad corners;
	} list[KEYSTONES_MAX]; /* the one changed last comes last */
};

/* Reads lines over those there are; a # begins a comment line. name stands for the text in
 * messages, which begin with it and the number of the line. On an error the list is undefined.
 * RV_INVALID. */
rv_status keystone_parse(struct keystone_list *list, const char *name, const char *text,
                         rv_error *error);

/* Reads the program's own list (paths_config_file), if there is one. RV_IO, RV_INVALID. */
rv_status keystone_load(struct keystone_list *list, rv_error *error);

/* The file that keystone_load reads, and what is to be in it. */
extern const char keystone_file[];
void keystone_format(const struct keystone_list *list, char text[KEYSTONE_TEXT_LENGTH]);

struct projection_quad keystone_of(const struct keystone_list *list, const char *display);

/* Of more than KEYSTONES_MAX displays the one that was not changed for the longest is forgotten. */
void keystone_set(struct keystone_list *list, const char *display,
                  const struct projection_quad *corners);

/* Moves a corner; false, and corners as they were, where they would be none (projection.h), or lie
 * further than half the screen from it. */
bool keystone_move(struct projection_quad *corners, int corner, double x, double y);

/* The corner that is nearest to a point of the screen, as seen on one of this shape. */
int keystone_nearest(const struct projection_quad *corners, struct projection_point point,
                     double width_to_height);

#endif
