#include "app/screen/window.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/screen/controller.h"
#include "app/screen/window_display.h"
#include "app/screen/window_draw.h"

enum { WINDOW_LEAST = 160 }; /* points */

struct window {
	struct window_displays displays;
	bool dragging;
	struct controllers controllers;
	struct projection projection; /* of the picture, when it was last drawn */
};

/* ---- opening ---- */

/* SDL falls back to drivers that show nothing, which only who asks for them can want. */
static bool shows_nothing(void)
{
	const char *driver = SDL_GetCurrentVideoDriver();
	return !SDL_getenv("SDL_VIDEODRIVER") &&
	       (!driver || !strcmp(driver, "offscreen") || !strcmp(driver, "dummy"));
}

static rv_status start_video(rv_error *error)
{
	/* Ctrl-C is the program's own, other windows keep their effects, and the show stays where
	 * it is when a window on another display is used. */
	SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
	SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
	SDL_SetHint(SDL_HINT_VIDEO_MINIMIZE_ON_FOCUS_LOSS, "0");
	SDL_SetHint(SDL_HINT_RENDER_SCALE_QUALITY, "linear");
	/* Where there is no graphics card, pictures go to the window as they are: the way through
	 * OpenGL would be drawn by the same processor. Drawing by a card does not depend on it. */
	SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
	/* Without its folder there is no Wayland, whose library would print that there is not. */
	bool without_wayland = !SDL_getenv("XDG_RUNTIME_DIR") && !SDL_getenv("SDL_VIDEODRIVER");
	if (without_wayland)
		SDL_SetHint(SDL_HINT_VIDEODRIVER, SDL_getenv("DISPLAY") ? "x11" : "x11,KMSDRM");
	const char *why = SDL_Init(SDL_INIT_VIDEO) && !without_wayland ? SDL_GetError()
	                  : shows_nothing()                            ? "no video driver found one"
	                                                               : NULL;
	if (!why)
		return RV_OK;
	rv_fail(error, RV_UNSUPPORTED,
	        "there is no display for a window (%s); reverie INPUT -o FILE dreams into a file",
	        why);
	SDL_Quit();
	return RV_UNSUPPORTED;
}

/* A window that is larger than the display, such as that of a portrait, would hide its own edges.
 */
static SDL_Rect find_place_for(int width, int height)
{
	SDL_Rect place = {SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED, width, height}, room;
	if (SDL_GetDisplayUsableBounds(0, &room))
		return place;
	double part = fmin((double)room.w / width, (double)room.h / height);
	if (part < 1) {
		place.w = (int)(width * part);
		place.h = (int)(height * part);
	}
	return place;
}

rv_status window_open(struct window **opened, const char *title, int width, int height,
                      rv_error *error)
{
	struct window *window = calloc(1, sizeof(*window));
	if (!window)
		return rv_fail(error, RV_MEMORY, "out of memory for a window");
	rv_status status = start_video(error);
	if (status != RV_OK) {
		free(window);
		return status;
	}
	status = window_pane_open(&window->displays.show, title, find_place_for(width, height),
	                          SDL_WINDOW_RESIZABLE, error);
	if (status != RV_OK) {
		window_close(&window);
		return status;
	}
	SDL_SetWindowMinimumSize(window->displays.show.window, WINDOW_LEAST, WINDOW_LEAST);
	SDL_DisableScreenSaver();
	controller_start();
	*opened = window;
	return RV_OK;
}

void window_close(struct window **closed)
{
	struct window *window = *closed;
	if (!window)
		return;
	controller_stop(&window->controllers);
	window_pane_close(&window->displays.hud);
	window_pane_close(&window->displays.show);
	SDL_Quit();
	free(window);
	*closed = NULL;
}

/* ---- events ---- */

static bool is_modifier(SDL_Keycode key)
{
	return key == SDLK_LSHIFT || key == SDLK_RSHIFT || key == SDLK_LCTRL || key == SDLK_RCTRL ||
	       key == SDLK_LALT || key == SDLK_RALT || key == SDLK_LGUI || key == SDLK_RGUI ||
	       key == SDLK_MODE;
}

static bool take_key(const SDL_KeyboardEvent *key, struct window_event *event)
{
	unsigned modifiers = key->keysym.mod;
	if (is_modifier(key->keysym.sym))
		return false;
	event->kind = WINDOW_KEY;
	snprintf(event->key, sizeof(event->key), "%s%s%s%s", modifiers & KMOD_CTRL ? "Ctrl+" : "",
	         modifiers & KMOD_ALT ? "Alt+" : "", modifiers & KMOD_SHIFT ? "Shift+" : "",
	         SDL_GetKeyName(key->keysym.sym));
	return true;
}

static bool name_key(struct window_event *event, const char *name)
{
	event->kind = WINDOW_KEY;
	snprintf(event->key, sizeof(event->key), "%s", name);
	return true;
}

static double within_one(double value)
{
	return value < 0 ? 0 : value > 1 ? 1 : value;
}

/* Where the pointer is: events are in points, the picture's place is in pixels. */
static bool find_place(struct window *window, int x, int y, struct window_event *event)
{
	const struct window_pane *pane =
		event->over_show ? &window->displays.show : &window->displays.hud;
	int points, rows, width, height;
	SDL_GetWindowSize(pane->window, &points, &rows);
	window_pane_size(pane, &width, &height);
	if (!points || !rows)
		return false;
	/* The pixel's middle. */
	event->screen.x = within_one((x + 0.5) / points);
	event->screen.y = within_one((y + 0.5) / rows);
	if (!event->over_show)
		return true;
	event->picture = projection_unmap(
		&window->projection,
		(struct projection_point){event->screen.x * width, event->screen.y * height});
	event->picture.x = within_one(event->picture.x);
	event->picture.y = within_one(event->picture.y);
	return true;
}

static bool take_drag(struct window *window, int x, int y, bool begins, struct window_event *event)
{
	event->kind = WINDOW_DRAG;
	event->begins = begins;
	return window->dragging && find_place(window, x, y, event);
}

static bool take_button(struct window *window, const SDL_MouseButtonEvent *button,
                        struct window_event *event)
{
	event->kind = WINDOW_PICK;
	if (button->button == SDL_BUTTON_RIGHT)
		return button->state == SDL_PRESSED &&
		       find_place(window, button->x, button->y, event);
	if (button->button != SDL_BUTTON_LEFT)
		return false;
	window->dragging = button->state == SDL_PRESSED;
	if (window->dragging && button->clicks == 2)
		return name_key(event, "Double Click");
	return take_drag(window, button->x, button->y, true, event);
}

static bool is_of(const struct window_pane *pane, Uint32 id)
{
	return pane->window && id == SDL_GetWindowID(pane->window);
}

static bool take_window(struct window *window, const SDL_WindowEvent *from,
                        struct window_event *event)
{
	bool of_hud = is_of(&window->displays.hud, from->windowID);
	/* The show is drawn anew with each frame. */
	window->displays.hud.exposed |= of_hud && from->event == SDL_WINDOWEVENT_EXPOSED;
	event->kind = of_hud ? WINDOW_HUD_CLOSE : WINDOW_CLOSE;
	return from->event == SDL_WINDOWEVENT_CLOSE;
}

static bool take_pointer(struct window *window, const SDL_Event *from, struct window_event *event)
{
	const struct window_displays *displays = &window->displays;
	/* In all of them windowID has the same place. */
	event->over_show = is_of(&displays->show, from->button.windowID);
	event->over_hud = is_of(displays->hud.window ? &displays->hud : &displays->show,
	                        from->button.windowID);
	if (!event->over_show && !event->over_hud)
		return false;
	switch (from->type) {
	case SDL_MOUSEWHEEL:
		return from->wheel.y &&
		       name_key(event, from->wheel.y > 0 ? "Wheel Up" : "Wheel Down");
	case SDL_MOUSEBUTTONDOWN:
	case SDL_MOUSEBUTTONUP:
		return take_button(window, &from->button, event);
	default:
		return take_drag(window, from->motion.x, from->motion.y, false, event);
	}
}

static bool translate(struct window *window, const SDL_Event *from, struct window_event *event)
{
	event->over_show = event->over_hud = true;
	switch (from->type) {
	case SDL_QUIT:
		event->kind = WINDOW_CLOSE;
		return true;
	case SDL_WINDOWEVENT:
		return take_window(window, &from->window, event);
	case SDL_KEYDOWN:
		return take_key(&from->key, event);
	case SDL_MOUSEWHEEL:
	case SDL_MOUSEBUTTONDOWN:
	case SDL_MOUSEBUTTONUP:
	case SDL_MOUSEMOTION:
		return take_pointer(window, from, event);
	default:
		event->kind = WINDOW_KEY;
		return controller_take(&window->controllers, from, event->key);
	}
}

bool window_next_event(struct window *window, struct window_event *event)
{
	SDL_Event from;
	while (SDL_PollEvent(&from))
		if (translate(window, &from, event))
			return true;
	event->kind = WINDOW_KEY;
	return controller_repeat(&window->controllers, SDL_GetTicks64(), event->key);
}

/* ---- what is seen ---- */

void window_set_place(struct window *window, const struct window_place *place)
{
	window_display_set(&window->displays, place);
}

int window_next_display(struct window *window)
{
	return window_display_next(&window->displays);
}

void window_name_display(struct window *window, char name[WINDOW_DISPLAY_LENGTH])
{
	window_display_name(&window->displays, name);
}

void window_size(struct window *window, int *width, int *height)
{
	window_pane_size(&window->displays.show, width, height);
}

void window_hud_area(struct window *window, double turn, int *width, int *height, int *density)
{
	window_display_hud_area(&window->displays, turn, width, height, density);
}

rv_status window_show(struct window *window, const struct window_content *content, rv_error *error)
{
	return window_draw(&window->displays.show, &window->displays.hud, content,
	                   &window->projection, error);
}
