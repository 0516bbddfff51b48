#include "app/live/display.h"

#include <stdio.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/paths.h"
#include "app/control/keys.h"

rv_status live_display_open(struct live_display *display, struct action_state *actions,
                            struct live_hud *hud, rv_error *error)
{
	display->actions = actions;
	display->hud = hud;
	return keystone_load(&display->keystones, error);
}

/* ---- corners ---- */

/* Writes the corners of the display into the list and its file where they were moved. */
static void keep_corners(struct live_display *display)
{
	char text[KEYSTONE_TEXT_LENGTH], path[PATH_LENGTH];
	rv_error error = {0};
	struct keystone_list *list = &display->keystones;
	const struct projection_quad *corners = &display->actions->corners;
	struct projection_quad kept = keystone_of(list, display->name);
	if (!display->name[0] || !memcmp(&kept, corners, sizeof(kept)))
		return;
	keystone_set(list, display->name, corners);
	keystone_format(list, text);
	if (paths_config_file(keystone_file, path) &&
	    live_disk_write_text(display->disk, text, path, NULL, NULL, &error))
		live_hud_say(display->hud, error.message, clock_now());
}

/* Another display has corners of its own. */
static void take_corners(struct live_display *display)
{
	char name[WINDOW_DISPLAY_LENGTH];
	struct action_state *actions = display->actions;
	window_size(display->window, &actions->screen_width, &actions->screen_height);
	window_name_display(display->window, name);
	if (!strcmp(name, display->name))
		return;
	keep_corners(display);
	strcpy(display->name, name);
	actions->corners = keystone_of(&display->keystones, name);
}

void live_display_close(struct live_display *display)
{
	if (display->disk)
		keep_corners(display);
}

bool live_display_drag(struct live_display *display, const struct window_event *event)
{
	struct action_state *actions = display->actions;
	if (!actions->options.display.corner)
		return false;
	if (event->begins)
		actions->options.display.corner =
			1 +
			keystone_nearest(&actions->corners, event->screen,
		                         (double)actions->screen_width / actions->screen_height);
	keystone_move(&actions->corners, actions->options.display.corner - 1, event->screen.x,
	              event->screen.y);
	return true;
}

/* ---- displays ---- */

void live_display_place(struct live_display *display)
{
	const struct options *options = &display->actions->options;
	const struct window_place place = {
		.display = options->display.number,
		.hud_display = options->display.hud_number,
		.fullscreen = options->display.fullscreen || options->display.kiosk,
		.locked = options->display.kiosk,
		.pointer = options->display.corner,
	};
	if (!display->window)
		return;
	window_set_place(display->window, &place);
	take_corners(display);
	if (!options->display.corner)
		keep_corners(display);
}

void live_display_next(struct live_display *display)
{
	char said[64];
	if (!display->window)
		return;
	display->actions->options.display.number = window_next_display(display->window);
	snprintf(said, sizeof(said), "display %d", display->actions->options.display.number);
	live_hud_say(display->hud, said, clock_now());
}

const char *live_display_mode(const struct options *options)
{
	if (options->display.corner)
		return keys_corner_mode;
	if (options->display.atlas)
		return keys_atlas_mode;
	return options->display.brush ? keys_brush_mode : NULL;
}

bool live_display_obeys(const struct options *options, const char *key)
{
	return !options->display.kiosk || (!strncmp(key, "Ctrl+", 5) && strstr(key, "Shift+"));
}

void live_display_describe(const struct live_display *display, struct window_content *content)
{
	const struct options *options = &display->actions->options;
	content->scale = (enum projection_scale)options->display.scale;
	content->turn = (double)options->display.turn;
	content->corners = display->actions->corners;
	content->marked_corner = options->display.corner - 1;
}
