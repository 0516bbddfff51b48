#include "app/control/keystone.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/base/paths.h"
#include "app/base/text_lines.h"

static const double beyond = 0.5; /* of the screen: so far may a corner lie outside it */

const char keystone_file[] = "keystone.conf";

/* ---- corners ---- */

bool keystone_move(struct projection_quad *corners, int corner, double x, double y)
{
	struct projection_quad moved = *corners;
	moved.corner[corner] = (struct projection_point){x, y};
	bool within = x >= -beyond && x <= 1 + beyond && y >= -beyond && y <= 1 + beyond;
	if (!within || !projection_quad_is_sound(&moved))
		return false;
	*corners = moved;
	return true;
}

int keystone_nearest(const struct projection_quad *corners, struct projection_point point,
                     double width_to_height)
{
	int nearest = 0;
	double least = 1e300;
	for (int i = 0; i < PROJECTION_CORNERS; i++) {
		double x = (corners->corner[i].x - point.x) * width_to_height;
		double y = corners->corner[i].y - point.y;
		if (x * x + y * y < least) {
			least = x * x + y * y;
			nearest = i;
		}
	}
	return nearest;
}

/* ---- the list ---- */

static int find(const struct keystone_list *list, const char *display)
{
	for (int i = 0; i < list->count; i++)
		if (!strcmp(list->list[i].display, display))
			return i;
	return -1;
}

struct projection_quad keystone_of(const struct keystone_list *list, const char *display)
{
	int index = find(list, display);
	return index < 0 ? projection_whole : list->list[index].corners;
}

static void forget(struct keystone_list *list, int index)
{
	size_t after = (size_t)(--list->count - index);
	memmove(&list->list[index], &list->list[index + 1], after * sizeof(list->list[0]));
}

void keystone_set(struct keystone_list *list, const char *display,
                  const struct projection_quad *corners)
{
	int index = find(list, display);
	if (index >= 0)
		forget(list, index);
	if (projection_quad_is_whole(corners))
		return;
	if (list->count == KEYSTONES_MAX)
		forget(list, 0);
	struct keystone *added = &list->list[list->count++];
	snprintf(added->display, sizeof(added->display), "%s", display);
	added->corners = *corners;
}

/* ---- text ---- */

static bool parse_corners(const char *text, struct projection_quad *quad)
{
	for (int i = 0; i < 4; i++) {
		double x, y;
		int used = 0;
		if (sscanf(text, " %lf,%lf %n", &x, &y, &used) != 2 || !used)
			return false;
		quad->corner[i] = (struct projection_point){x, y};
		text += used;
	}
	return !*text;
}

/* The name of a display may hold anything: the last = counts. */
static rv_status parse_line(void *context, char *line, const char *prefix, rv_error *error)
{
	struct projection_quad corners;
	char *equals = strrchr(line, '=');
	line += strspn(line, " \t\r");
	if (!line[0] || line[0] == '#')
		return RV_OK;
	if (!equals || equals <= line || equals[-1] != ' ')
		return rv_fail(error, RV_INVALID, "%s: it goes `DISPLAY WxH = X,Y X,Y X,Y X,Y`",
		               prefix);
	equals[-1] = '\0';
	if (strlen(line) >= KEYSTONE_DISPLAY_LENGTH)
		return rv_fail(error, RV_INVALID, "%s: too long a name of a display", prefix);
	if (!parse_corners(equals + 1, &corners))
		return rv_fail(error, RV_INVALID, "%s: \"%.64s\" are not four corners as X,Y",
		               prefix, equals + 1);
	if (!projection_quad_is_sound(&corners))
		return rv_fail(error, RV_INVALID,
		               "%s: these corners make no screen: it must bulge everywhere, from "
		               "the top left corner clockwise",
		               prefix);
	keystone_set(context, line, &corners);
	return RV_OK;
}

rv_status keystone_parse(struct keystone_list *list, const char *name, const char *text,
                         rv_error *error)
{
	return text_each_line(name, text, strlen(text), parse_line, list, error);
}

void keystone_format(const struct keystone_list *list, char text[KEYSTONE_TEXT_LENGTH])
{
	size_t used = (size_t)snprintf(text, KEYSTONE_TEXT_LENGTH,
	                               "# Corners of displays, from the top left one clockwise.\n");
	for (int i = 0; i < list->count && used < KEYSTONE_TEXT_LENGTH; i++) {
		const struct projection_point *c = list->list[i].corners.corner;
		used += (size_t)snprintf(text + used, KEYSTONE_TEXT_LENGTH - used,
		                         "%s = %.5f,%.5f %.5f,%.5f %.5f,%.5f %.5f,%.5f\n",
		                         list->list[i].display, c[0].x, c[0].y, c[1].x, c[1].y,
		                         c[2].x, c[2].y, c[3].x, c[3].y);
	}
}

rv_status keystone_load(struct keystone_list *list, rv_error *error)
{
	char path[PATH_LENGTH];
	if (!paths_config_file(keystone_file, path) || access(path, F_OK))
		return RV_OK;
	return text_read_lines(path, "list of corners", parse_line, list, error);
}
