#include "window.h"

#include <SDL.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW_LEAST = 160 }; /* points */

/* A texture, made anew only where its size changes. */
struct layer {
	SDL_Texture *texture;
	int width, height;
};

struct window {
	SDL_Window *window;
	SDL_Renderer *renderer;
	struct layer picture, hud;
	SDL_Rect place; /* of the picture, in pixels */
	bool fullscreen, dragging;
};

static rv_status refuse(rv_error *error, rv_status status, const char *what)
{
	return rv_fail(error, status, "%s: %s", what, SDL_GetError());
}

/* SDL falls back to drivers that show nothing, which only who asks for them can want. */
static bool shows_nothing(void)
{
	const char *driver = SDL_GetCurrentVideoDriver();
	return !SDL_getenv("SDL_VIDEODRIVER") &&
	       (!driver || !strcmp(driver, "offscreen") || !strcmp(driver, "dummy"));
}

static rv_status start_video(rv_error *error)
{
	const char *why = SDL_Init(SDL_INIT_VIDEO) ? SDL_GetError()
	                  : shows_nothing()        ? "no video driver found one"
	                                           : NULL;
	if (!why)
		return RV_OK;
	rv_fail(error, RV_UNSUPPORTED,
	        "there is no display for a window (%s); reverie INPUT -o FILE dreams into a file",
	        why);
	SDL_Quit();
	return RV_UNSUPPORTED;
}

rv_status window_open(struct window **opened, const char *title, int width, int height,
                      rv_error *error)
{
	struct window *window = calloc(1, sizeof(*window));
	if (!window)
		return rv_fail(error, RV_MEMORY, "out of memory for a window");
	/* Ctrl-C is the program's own, the screen stays awake, and other windows keep their
	 * effects. */
	SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
	SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
	SDL_SetHint(SDL_HINT_RENDER_SCALE_QUALITY, "linear");
	rv_status status = start_video(error);
	if (status != RV_OK) {
		free(window);
		return status;
	}
	window->window =
		SDL_CreateWindow(title, SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED, width,
	                         height, SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
	if (window->window)
		window->renderer = SDL_CreateRenderer(window->window, -1, 0);
	if (window->window && !window->renderer)
		window->renderer = SDL_CreateRenderer(window->window, -1, SDL_RENDERER_SOFTWARE);
	if (!window->renderer) {
		status = refuse(error, RV_UNSUPPORTED, "no window can be opened");
		window_close(&window);
		return status;
	}
	SDL_SetWindowMinimumSize(window->window, WINDOW_LEAST, WINDOW_LEAST);
	*opened = window;
	return RV_OK;
}

void window_close(struct window **closed)
{
	struct window *window = *closed;
	if (!window)
		return;
	if (window->renderer)
		SDL_DestroyRenderer(window->renderer); /* and its textures */
	if (window->window)
		SDL_DestroyWindow(window->window);
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

/* Events are in points, the picture's place is in pixels. */
static bool take_drag(const struct window *window, int x, struct window_event *event)
{
	int points, pixels;
	SDL_GetWindowSize(window->window, &points, NULL);
	SDL_GetRendererOutputSize(window->renderer, &pixels, NULL);
	if (!window->dragging || !points || !window->place.w)
		return false;
	float at = (float)x * (float)pixels / (float)points - (float)window->place.x;
	event->kind = WINDOW_DRAG;
	event->x = fminf(fmaxf(at / (float)window->place.w, 0), 1);
	return true;
}

static bool take_button(struct window *window, const SDL_MouseButtonEvent *button,
                        struct window_event *event)
{
	if (button->button != SDL_BUTTON_LEFT)
		return false;
	window->dragging = button->state == SDL_PRESSED;
	if (window->dragging && button->clicks == 2)
		return name_key(event, "Double Click");
	return take_drag(window, button->x, event);
}

static bool translate(struct window *window, const SDL_Event *from, struct window_event *event)
{
	switch (from->type) {
	case SDL_QUIT:
		event->kind = WINDOW_CLOSE;
		return true;
	case SDL_KEYDOWN:
		return take_key(&from->key, event);
	case SDL_MOUSEWHEEL:
		return from->wheel.y &&
		       name_key(event, from->wheel.y > 0 ? "Wheel Up" : "Wheel Down");
	case SDL_MOUSEBUTTONDOWN:
	case SDL_MOUSEBUTTONUP:
		return take_button(window, &from->button, event);
	case SDL_MOUSEMOTION:
		return take_drag(window, from->motion.x, event);
	default:
		return false;
	}
}

bool window_next_event(struct window *window, struct window_event *event)
{
	SDL_Event from;
	while (SDL_PollEvent(&from))
		if (translate(window, &from, event))
			return true;
	return false;
}

/* ---- what is seen ---- */

void window_set_fullscreen(struct window *window, bool fullscreen)
{
	if (window->fullscreen == fullscreen)
		return;
	window->fullscreen = fullscreen;
	SDL_SetWindowFullscreen(window->window, fullscreen ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0);
	SDL_ShowCursor(fullscreen ? SDL_DISABLE : SDL_ENABLE);
}

int window_height(struct window *window)
{
	int height = 0;
	SDL_GetRendererOutputSize(window->renderer, NULL, &height);
	return height;
}

static SDL_Rect fit(int width, int height, int window_width, int window_rows)
{
	double scale = fmin((double)window_width / width, (double)window_rows / height);
	int w = (int)lround(width * scale), h = (int)lround(height * scale);
	return (SDL_Rect){(window_width - w) / 2, (window_rows - h) / 2, w, h};
}

static rv_status reserve(struct window *window, struct layer *layer, Uint32 format, int width,
                         int height, rv_error *error)
{
	if (layer->texture && layer->width == width && layer->height == height)
		return RV_OK;
	if (layer->texture)
		SDL_DestroyTexture(layer->texture);
	layer->texture = SDL_CreateTexture(window->renderer, format, SDL_TEXTUREACCESS_STREAMING,
	                                   width, height);
	layer->width = width;
	layer->height = height;
	return layer->texture ? RV_OK : refuse(error, RV_DEVICE, "no room for a picture");
}

static rv_status update_hud(struct window *window, const struct hud_picture *hud, rv_error *error)
{
	rv_status status = reserve(window, &window->hud, SDL_PIXELFORMAT_RGBA32, hud->width,
	                           hud->height, error);
	if (status != RV_OK)
		return status;
	SDL_SetTextureBlendMode(window->hud.texture, SDL_BLENDMODE_BLEND);
	SDL_SetTextureScaleMode(window->hud.texture, SDL_ScaleModeNearest);
	SDL_UpdateTexture(window->hud.texture, NULL, hud->rgba, 4 * hud->width);
	return RV_OK;
}

/* Pixels of 32 bits: SDL scales no others fast without a graphics card. */
static void upload(SDL_Texture *texture, const rv_image *picture)
{
	void *pixels;
	int pitch;
	if (SDL_LockTexture(texture, NULL, &pixels, &pitch))
		return;
	for (int y = 0; y < picture->height; y++) {
		const uint8_t *from =
			(const uint8_t *)picture->pixels + (size_t)y * picture->stride;
		Uint32 *to = (Uint32 *)((char *)pixels + (ptrdiff_t)y * pitch);
		for (int x = 0; x < picture->width; x++)
			to[x] = 0xff000000u | (Uint32)from[3 * x] << 16 |
			        (Uint32)from[3 * x + 1] << 8 | from[3 * x + 2];
	}
	SDL_UnlockTexture(texture);
}

rv_status window_show(struct window *window, const rv_image *picture, const struct hud_picture *hud,
                      bool hud_changed, rv_error *error)
{
	int width, height;
	rv_status status = reserve(window, &window->picture, SDL_PIXELFORMAT_ARGB8888,
	                           picture->width, picture->height, error);
	if (status == RV_OK && hud_changed && hud->width)
		status = update_hud(window, hud, error);
	if (status != RV_OK)
		return status;
	SDL_GetRendererOutputSize(window->renderer, &width, &height);
	SDL_SetTextureBlendMode(window->picture.texture, SDL_BLENDMODE_NONE);
	window->place = fit(picture->width, picture->height, width, height);
	upload(window->picture.texture, picture);
	SDL_SetRenderDrawColor(window->renderer, 0, 0, 0, 255);
	SDL_RenderClear(window->renderer);
	SDL_RenderCopy(window->renderer, window->picture.texture, NULL, &window->place);
	if (hud->width && window->hud.texture) {
		SDL_Rect corner = {0, 0, hud->width, hud->height};
		SDL_RenderCopy(window->renderer, window->hud.texture, NULL, &corner);
	}
	SDL_RenderPresent(window->renderer);
	return RV_OK;
}
