#include "app/screen/window_display.h"

#include <math.h>

static const double usual_density = 96; /* dots per inch */

enum { DENSITY_MAX = 4, HUD_WIDTH = 320, HUD_HEIGHT = 120 /* until it has been drawn */ };

/* ---- displays ---- */

/* The display that was wished, 1 being the first, or the one that the window is on. */
static int choose_display(const struct window_displays *displays, int wished)
{
	bool is_there = wished >= 1 && wished <= SDL_GetNumVideoDisplays();
	return is_there ? wished - 1 : window_pane_display(&displays->show);
}

int window_display_next(const struct window_displays *displays)
{
	int count = SDL_GetNumVideoDisplays();
	return count < 1 ? 1 : (window_pane_display(&displays->show) + 1) % count + 1;
}

void window_display_name(const struct window_displays *displays, char name[WINDOW_DISPLAY_LENGTH])
{
	int index = window_pane_display(&displays->show);
	const char *known = SDL_GetDisplayName(index);
	SDL_Rect bounds = {0};
	SDL_GetDisplayBounds(index, &bounds);
	snprintf(name, WINDOW_DISPLAY_LENGTH, "%.96s %dx%d", known ? known : "display", bounds.w,
	         bounds.h);
}

/* ---- the show's window ---- */

/* Within the display, as large as it was before it filled one. */
static void leave_fullscreen(struct window_displays *displays)
{
	SDL_Window *show = displays->show.window;
	SDL_SetWindowFullscreen(show, 0);
	SDL_SetWindowBordered(show, SDL_TRUE);
	SDL_SetWindowSize(show, displays->inside.w, displays->inside.h);
	SDL_SetWindowPosition(show, displays->inside.x, displays->inside.y);
	displays->fullscreen = false;
}

/* SDL leaves fullscreen to the window manager; size and place are set, too, as there may be none.
 */
static void enter_fullscreen(struct window_displays *displays, const SDL_Rect *bounds)
{
	SDL_Window *show = displays->show.window;
	SDL_GetWindowSize(show, &displays->inside.w, &displays->inside.h);
	SDL_GetWindowPosition(show, &displays->inside.x, &displays->inside.y);
	SDL_SetWindowBordered(show, SDL_FALSE);
	SDL_SetWindowPosition(show, bounds->x, bounds->y);
	SDL_SetWindowSize(show, bounds->w, bounds->h);
	SDL_SetWindowFullscreen(show, SDL_WINDOW_FULLSCREEN_DESKTOP);
	displays->fullscreen = true;
}

static void bring_to(struct window_displays *displays, int display, bool fullscreen)
{
	int middle = (int)SDL_WINDOWPOS_CENTERED_DISPLAY(display);
	SDL_GetDisplayBounds(display, &displays->bounds);
	if (displays->fullscreen)
		leave_fullscreen(displays);
	if (display != window_pane_display(&displays->show))
		SDL_SetWindowPosition(displays->show.window, middle, middle);
	if (fullscreen)
		enter_fullscreen(displays, &displays->bounds);
	displays->display = display;
}

static void set_show(struct window_displays *displays, const struct window_place *place)
{
	int display = choose_display(displays, place->display);
	SDL_Rect bounds = {0};
	SDL_GetDisplayBounds(display, &bounds);
	/* A window may be dragged to another display; one that was sent to a display, or fills
	 * one, stays. */
	bool moves = (place->display != displays->place.display || place->fullscreen ||
	              place->display) &&
	             (display != displays->display || !SDL_RectEquals(&bounds, &displays->bounds));
	if (moves || place->fullscreen != displays->fullscreen)
		bring_to(displays, display, place->fullscreen);
}

/* ---- the HUD's window ---- */

/* Where the display that was wished is not there, one that the show is not on, if there is one. */
static int choose_hud_display(const struct window_displays *displays, int wished)
{
	int count = SDL_GetNumVideoDisplays(), show = window_pane_display(&displays->show);
	if (wished <= count)
		return wished - 1;
	return count > 1 && show == 0 ? 1 : 0;
}

static void set_hud(struct window_displays *displays, int wished)
{
	if (!wished) {
		window_pane_close(&displays->hud);
		return;
	}
	int display = choose_hud_display(displays, wished);
	int position = (int)SDL_WINDOWPOS_CENTERED_DISPLAY(display);
	if (!displays->hud.window) {
		const SDL_Rect place = {position, position, HUD_WIDTH, HUD_HEIGHT};
		/* Without one, the HUD lies over the show. */
		window_pane_open(&displays->hud, "Reverie HUD", place, 0, NULL);
	} else if (display != displays->hud_display) {
		SDL_SetWindowPosition(displays->hud.window, position, position);
	}
	displays->hud_display = display;
}

/* ---- both ---- */

void window_display_set(struct window_displays *displays, const struct window_place *place)
{
	bool shows_pointer = place->pointer || !(place->fullscreen || place->locked);
	set_show(displays, place);
	set_hud(displays, place->hud_display);
	if (place->locked != displays->place.locked)
		SDL_SetWindowKeyboardGrab(displays->show.window, place->locked);
	if (shows_pointer != (SDL_ShowCursor(SDL_QUERY) == SDL_ENABLE))
		SDL_ShowCursor(shows_pointer ? SDL_ENABLE : SDL_DISABLE);
	displays->place = *place;
}

/* The larger of what the display says of itself and of how many pixels a point has. */
static int density_of(const struct window_pane *pane)
{
	float dots = 0;
	int points = 0, pixels = 0;
	SDL_GetWindowSize(pane->window, &points, NULL);
	SDL_GetRendererOutputSize(pane->renderer, &pixels, NULL);
	double density = points > 0 ? (double)pixels / points : 1;
	if (!SDL_GetDisplayDPI(window_pane_display(pane), NULL, NULL, &dots))
		density = fmax(density, (double)dots / usual_density);
	return (int)lround(fmin(fmax(density, 1), DENSITY_MAX));
}

void window_display_hud_area(const struct window_displays *displays, double turn, int *width,
                             int *height, int *density)
{
	struct projection_screen screen = {.turn = turn, .corners = projection_whole};
	SDL_Rect usable = {0, 0, HUD_WIDTH, HUD_HEIGHT};
	int top = 0, left = 0, bottom = 0, right = 0;
	if (displays->hud.window) {
		SDL_GetDisplayUsableBounds(displays->hud_display, &usable);
		SDL_GetWindowBordersSize(displays->hud.window, &top, &left, &bottom, &right);
		*width = usable.w - left - right;
		*height = usable.h - top - bottom;
		*density = density_of(&displays->hud);
		return;
	}
	window_pane_size(&displays->show, &screen.width, &screen.height);
	projection_sheet_area(&screen, width, height);
	*density = density_of(&displays->show);
}
