#include "app/live/display.h"

#include <stdio.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/live/session.h"

rv_status live_display_load(struct live_display *display, rv_error *error)
{
	return keystone_load(&display->keystones, error);
}

/* ---- corners ---- */

/* Writes the corners of the display down where they were moved. */
static void keep_corners(struct live *live)
{
	char text[KEYSTONE_TEXT_LENGTH], path[PATH_LENGTH];
	rv_error error = {0};
	struct keystone_list *list = &live->display.keystones;
	const struct projection_quad *corners = &live->actions->corners;
	struct projection_quad kept = keystone_of(list, live->display.display);
	if (!live->display.display[0] || !memcmp(&kept, corners, sizeof(kept)))
		return;
	keystone_set(list, live->display.display, corners);
	keystone_format(list, text);
	if (paths_config_file(keystone_file, path) &&
	    live_disk_write_text(live->disk, text, path, &error))
		live_hud_say(&live->hud, error.message, clock_now());
}

/* Another display has corners of its own. */
static void take_corners(struct live *live)
{
	char display[WINDOW_DISPLAY_LENGTH];
	struct action_state *actions = live->actions;
	window_size(live->window, &actions->screen_width, &actions->screen_height);
	window_name_display(live->window, display);
	if (!strcmp(display, live->display.display))
		return;
	keep_corners(live);
	strcpy(live->display.display, display);
	actions->corners = keystone_of(&live->display.keystones, display);
}

void live_display_end(struct live *live)
{
	if (live->window && live->disk)
		keep_corners(live);
}

bool live_display_drag(struct live *live, const struct window_event *event)
{
	struct action_state *actions = live->actions;
	if (!actions->options.corner)
		return false;
	if (event->begins)
		actions->options.corner = 1 + keystone_nearest(&actions->corners, event->screen,
		                                               (double)actions->screen_width /
		                                                       actions->screen_height);
	keystone_move(&actions->corners, actions->options.corner - 1, event->screen.x,
	              event->screen.y);
	return true;
}

/* ---- displays ---- */

void live_display_place(struct live *live)
{
	const struct options *options = &live->actions->options;
	const struct window_place place = {
		.display = options->display,
		.hud_display = options->hud_display,
		.fullscreen = options->fullscreen || options->kiosk,
		.locked = options->kiosk,
		.pointer = options->corner,
	};
	window_set_place(live->window, &place);
	take_corners(live);
	if (!options->corner)
		keep_corners(live);
}

void live_display_next(struct live *live)
{
	char said[64];
	if (!live->window)
		return;
	live->actions->options.display = window_next_display(live->window);
	snprintf(said, sizeof(said), "display %d", live->actions->options.display);
	live_hud_say(&live->hud, said, clock_now());
}

const char *live_display_mode(const struct live *live)
{
	return live->actions->options.corner ? keys_corner_mode : NULL;
}

bool live_display_obeys(const struct live *live, const char *key)
{
	return !live->actions->options.kiosk ||
	       (!strncmp(key, "Ctrl+", 5) && strstr(key, "Shift+"));
}

void live_display_describe(const struct live *live, struct window_scene *scene)
{
	const struct options *options = &live->actions->options;
	scene->scale = (enum projection_scale)options->scale;
	scene->turn = (double)options->turn;
	scene->corners = live->actions->corners;
	scene->marked_corner = options->corner - 1;
}
