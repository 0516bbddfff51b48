#include <math.h>

#include "app/screen/window_inside.h"

static const double usual_density = 96; /* dots per inch */

enum { DENSITY_MAX = 4, HUD_WIDTH = 320, HUD_HEIGHT = 120 /* until it has been drawn */ };

/* ---- displays ---- */

static int display_of(const struct window_pane *pane)
{
	int index = SDL_GetWindowDisplayIndex(pane->window);
	return index < 0 ? 0 : index;
}

/* The display that was wished, 1 being the first, or the one that the window is on. */
static int choose_display(const struct window *window, int wished)
{
	bool is_there = wished >= 1 && wished <= SDL_GetNumVideoDisplays();
	return is_there ? wished - 1 : display_of(&window->show);
}

int window_next_display(struct window *window)
{
	int count = SDL_GetNumVideoDisplays();
	return count < 1 ? 1 : (display_of(&window->show) + 1) % count + 1;
}

void window_name_display(struct window *window, char name[WINDOW_DISPLAY_LENGTH])
{
	int index = display_of(&window->show);
	const char *known = SDL_GetDisplayName(index);
	SDL_Rect bounds = {0};
	SDL_GetDisplayBounds(index, &bounds);
	snprintf(name, WINDOW_DISPLAY_LENGTH, "%.96s %dx%d", known ? known : "display", bounds.w,
	         bounds.h);
}

/* ---- the show's window ---- */

/* Within the display, as large as it was before it filled one. */
static void leave_fullscreen(struct window *window)
{
	SDL_Window *show = window->show.window;
	SDL_SetWindowFullscreen(show, 0);
	SDL_SetWindowBordered(show, SDL_TRUE);
	SDL_SetWindowSize(show, window->inside.w, window->inside.h);
	SDL_SetWindowPosition(show, window->inside.x, window->inside.y);
	window->fullscreen = false;
}

/* Also without a window manager, which SDL alone leaves it to. */
static void enter_fullscreen(struct window *window, const SDL_Rect *bounds)
{
	SDL_Window *show = window->show.window;
	SDL_GetWindowSize(show, &window->inside.w, &window->inside.h);
	SDL_GetWindowPosition(show, &window->inside.x, &window->inside.y);
	SDL_SetWindowBordered(show, SDL_FALSE);
	SDL_SetWindowPosition(show, bounds->x, bounds->y);
	SDL_SetWindowSize(show, bounds->w, bounds->h);
	SDL_SetWindowFullscreen(show, SDL_WINDOW_FULLSCREEN_DESKTOP);
	window->fullscreen = true;
}

static void bring_to(struct window *window, int display, bool fullscreen)
{
	int middle = (int)SDL_WINDOWPOS_CENTERED_DISPLAY(display);
	SDL_GetDisplayBounds(display, &window->bounds);
	if (window->fullscreen)
		leave_fullscreen(window);
	if (display != display_of(&window->show))
		SDL_SetWindowPosition(window->show.window, middle, middle);
	if (fullscreen)
		enter_fullscreen(window, &window->bounds);
	window->display = display;
}

static void set_show(struct window *window, const struct window_place *place)
{
	int display = choose_display(window, place->display);
	SDL_Rect bounds = {0};
	SDL_GetDisplayBounds(display, &bounds);
	/* A window may be dragged to another display; one that was sent to a display, or fills
	 * one, stays. */
	bool moves =
		(place->display != window->place.display || place->fullscreen || place->display) &&
		(display != window->display || !SDL_RectEquals(&bounds, &window->bounds));
	if (moves || place->fullscreen != window->fullscreen)
		bring_to(window, display, place->fullscreen);
}

/* ---- the HUD's window ---- */

/* Where the display that was wished is not there, one that the show is not on, if there is one. */
static int choose_hud_display(const struct window *window, int wished)
{
	int count = SDL_GetNumVideoDisplays(), show = display_of(&window->show);
	if (wished <= count)
		return wished - 1;
	return count > 1 && show == 0 ? 1 : 0;
}

static void set_hud(struct window *window, int wished)
{
	if (!wished) {
		window_pane_close(&window->hud);
		return;
	}
	int display = choose_hud_display(window, wished);
	int position = (int)SDL_WINDOWPOS_CENTERED_DISPLAY(display);
	if (!window->hud.window) {
		const SDL_Rect place = {position, position, HUD_WIDTH, HUD_HEIGHT};
		/* Without one, the HUD lies over the show. */
		window_pane_open(&window->hud, "Reverie HUD", place, 0, NULL);
	} else if (display != window->hud_display) {
		SDL_SetWindowPosition(window->hud.window, position, position);
	}
	window->hud_display = display;
}

/* ---- both ---- */

void window_set_place(struct window *window, const struct window_place *place)
{
	bool shows_pointer = place->pointer || !(place->fullscreen || place->locked);
	set_show(window, place);
	set_hud(window, place->hud_display);
	if (place->locked != window->place.locked)
		SDL_SetWindowKeyboardGrab(window->show.window, place->locked);
	if (shows_pointer != (SDL_ShowCursor(SDL_QUERY) == SDL_ENABLE))
		SDL_ShowCursor(shows_pointer ? SDL_ENABLE : SDL_DISABLE);
	window->place = *place;
}

void window_size(struct window *window, int *width, int *height)
{
	*width = *height = 1;
	SDL_GetRendererOutputSize(window->show.renderer, width, height);
}

/* By what the display says of itself, and by how many pixels a point has. */
static int density_of(const struct window_pane *pane)
{
	float dots = 0;
	int points = 0, pixels = 0;
	SDL_GetWindowSize(pane->window, &points, NULL);
	SDL_GetRendererOutputSize(pane->renderer, &pixels, NULL);
	double density = points > 0 ? (double)pixels / points : 1;
	if (!SDL_GetDisplayDPI(display_of(pane), NULL, NULL, &dots))
		density = fmax(density, (double)dots / usual_density);
	return (int)lround(fmin(fmax(density, 1), DENSITY_MAX));
}

void window_hud_area(struct window *window, double turn, int *width, int *height, int *density)
{
	struct projection_screen screen = {.turn = turn, .corners = projection_whole};
	SDL_Rect usable = {0, 0, HUD_WIDTH, HUD_HEIGHT};
	if (window->hud.window) {
		SDL_GetDisplayUsableBounds(window->hud_display, &usable);
		*width = usable.w;
		*height = usable.h;
		*density = density_of(&window->hud);
		return;
	}
	window_size(window, &screen.width, &screen.height);
	projection_sheet_area(&screen, width, height);
	*density = density_of(&window->show);
}
