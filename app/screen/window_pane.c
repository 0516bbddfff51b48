#include "app/screen/window_pane.h"

rv_status window_pane_open(struct window_pane *pane, const char *title, SDL_Rect place,
                           Uint32 flags, rv_error *error)
{
	pane->window = SDL_CreateWindow(title, place.x, place.y, place.w, place.h,
	                                flags | SDL_WINDOW_ALLOW_HIGHDPI);
	if (pane->window)
		pane->renderer = SDL_CreateRenderer(pane->window, -1, 0);
	if (pane->window && !pane->renderer)
		pane->renderer = SDL_CreateRenderer(pane->window, -1, SDL_RENDERER_SOFTWARE);
	if (pane->renderer)
		return RV_OK;
	rv_fail(error, RV_UNSUPPORTED, "no window can be opened: %s", SDL_GetError());
	window_pane_close(pane);
	return RV_UNSUPPORTED;
}

void window_pane_close(struct window_pane *pane)
{
	if (pane->renderer)
		SDL_DestroyRenderer(pane->renderer);
	if (pane->window)
		SDL_DestroyWindow(pane->window);
	*pane = (struct window_pane){0};
}

void window_pane_size(const struct window_pane *pane, int *width, int *height)
{
	*width = *height = 1;
	SDL_GetRendererOutputSize(pane->renderer, width, height);
}

int window_pane_display(const struct window_pane *pane)
{
	int index = SDL_GetWindowDisplayIndex(pane->window);
	return index < 0 ? 0 : index;
}
