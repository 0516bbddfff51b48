#include "app/screen/window_draw.h"

#include <math.h>

enum {
	CELLS = 16, /* of the mesh of a bent picture, across and down */
	VERTICES = (CELLS + 1) * (CELLS + 1) + CELLS * CELLS,
	HANDLE = 14, /* pixels, for each 500 of the window */
};

static const SDL_Color white = {255, 255, 255, 255};
static const SDL_Color marked = {255, 190, 80, 255};

/* ---- textures ---- */

static rv_status reserve(SDL_Renderer *renderer, struct window_texture *layer, Uint32 format,
                         int width, int height, rv_error *error)
{
	if (layer->texture && layer->width == width && layer->height == height)
		return RV_OK;
	if (layer->texture)
		SDL_DestroyTexture(layer->texture);
	layer->texture =
		SDL_CreateTexture(renderer, format, SDL_TEXTUREACCESS_STREAMING, width, height);
	layer->width = width;
	layer->height = height;
	if (layer->texture)
		return RV_OK;
	return rv_fail(error, RV_DEVICE, "no room for a picture: %s", SDL_GetError());
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

static rv_status update_picture(struct window_pane *pane, const struct window_content *content,
                                rv_error *error)
{
	const rv_image *picture = content->picture;
	rv_status status = reserve(pane->renderer, &pane->picture, SDL_PIXELFORMAT_ARGB8888,
	                           picture->width, picture->height, error);
	if (status != RV_OK)
		return status;
	SDL_SetTextureBlendMode(pane->picture.texture, SDL_BLENDMODE_NONE);
	SDL_SetTextureScaleMode(pane->picture.texture, content->scale == PROJECTION_INTEGER
	                                                       ? SDL_ScaleModeNearest
	                                                       : SDL_ScaleModeLinear);
	upload(pane->picture.texture, picture);
	return RV_OK;
}

static rv_status update_hud(struct window_pane *pane, const struct hud_picture *hud,
                            rv_error *error)
{
	rv_status status = reserve(pane->renderer, &pane->hud, SDL_PIXELFORMAT_RGBA32, hud->width,
	                           hud->height, error);
	if (status != RV_OK)
		return status;
	SDL_SetTextureBlendMode(pane->hud.texture, SDL_BLENDMODE_BLEND);
	SDL_SetTextureScaleMode(pane->hud.texture, SDL_ScaleModeNearest);
	SDL_UpdateTexture(pane->hud.texture, NULL, hud->rgba, 4 * hud->width);
	return RV_OK;
}

/* ---- drawing ---- */

static SDL_FPoint to_point(struct projection_point point)
{
	return (SDL_FPoint){(float)point.x, (float)point.y};
}

static SDL_Vertex vertex_at(const struct projection *projection, double x, double y)
{
	struct projection_point at = {x, y};
	return (SDL_Vertex){to_point(projection_map(projection, at)), white, to_point(at)};
}

/* Triangles are filled as if they were flat: what is bent takes many. Each cell is four of them
 * around its middle, as two that make a rectangle are taken for one by SDL, which then forgets that
 * the picture may lie on its side. */
static void draw_mesh(SDL_Renderer *renderer, SDL_Texture *texture,
                      const struct projection *projection, int cells)
{
	SDL_Vertex vertices[VERTICES];
	int indices[12 * CELLS * CELLS], vertex_count = 0, index_count = 0;
	for (int row = 0; row <= cells; row++)
		for (int column = 0; column <= cells; column++)
			vertices[vertex_count++] =
				vertex_at(projection, (double)column / cells, (double)row / cells);
	for (int row = 0; row < cells; row++)
		for (int column = 0; column < cells; column++) {
			int first = row * (cells + 1) + column, below = first + cells + 1;
			const int corners[] = {first, first + 1, below + 1, below};
			for (int i = 0; i < 4; i++) {
				indices[index_count++] = corners[i];
				indices[index_count++] = corners[(i + 1) % 4];
				indices[index_count++] = vertex_count;
			}
			vertices[vertex_count++] =
				vertex_at(projection, (column + 0.5) / cells, (row + 0.5) / cells);
		}
	SDL_RenderGeometry(renderer, texture, vertices, vertex_count, indices, index_count);
}

static void draw(SDL_Renderer *renderer, SDL_Texture *texture, const struct projection *projection)
{
	if (!projection->straight) {
		draw_mesh(renderer, texture, projection, projection->flat ? 1 : CELLS);
		return;
	}
	SDL_Rect place = {(int)lround(projection->to[2]), (int)lround(projection->to[5]),
	                  (int)lround(projection->to[0]), (int)lround(projection->to[4])};
	SDL_RenderCopy(renderer, texture, NULL, &place);
}

static void draw_handle(SDL_Renderer *renderer, struct projection_point at, double size,
                        SDL_Color colour)
{
	const double sides[] = {size, size * 0.75};
	const SDL_Color colours[] = {{0, 0, 0, 255}, colour};
	for (int i = 0; i < 2; i++) {
		SDL_FRect square = {(float)(at.x - sides[i]), (float)(at.y - sides[i]),
		                    (float)(2 * sides[i]), (float)(2 * sides[i])};
		SDL_SetRenderDrawColor(renderer, colours[i].r, colours[i].g, colours[i].b, 255);
		SDL_RenderFillRectF(renderer, &square);
	}
}

/* The screen's outline, and its corners to be dragged. */
static void draw_corners(SDL_Renderer *renderer, const struct projection_screen *screen, int mark)
{
	struct projection_point at[PROJECTION_CORNERS];
	double size = fmax(screen->height * HANDLE / 500.0, 6);
	for (int i = 0; i < PROJECTION_CORNERS; i++)
		at[i] = (struct projection_point){screen->corners.corner[i].x * screen->width,
		                                  screen->corners.corner[i].y * screen->height};
	SDL_SetRenderDrawColor(renderer, 255, 255, 255, 255);
	for (int i = 0; i < PROJECTION_CORNERS; i++) {
		SDL_FPoint from = to_point(at[i]), to = to_point(at[(i + 1) % PROJECTION_CORNERS]);
		SDL_RenderDrawLineF(renderer, from.x, from.y, to.x, to.y);
	}
	for (int i = 0; i < PROJECTION_CORNERS; i++)
		draw_handle(renderer, at[i], size, i == mark ? marked : white);
}

static void clear(SDL_Renderer *renderer)
{
	SDL_SetRenderDrawColor(renderer, 0, 0, 0, 255);
	SDL_RenderClear(renderer);
}

static rv_status show_picture(struct window_pane *pane, bool hud_lies_over,
                              const struct window_content *content, struct projection *projection,
                              rv_error *error)
{
	struct projection_screen screen = {
		.scale = content->scale, .turn = content->turn, .corners = content->corners};
	window_pane_size(pane, &screen.width, &screen.height);
	rv_status status = update_picture(pane, content, error);
	if (status != RV_OK)
		return status;
	*projection =
		projection_of_picture(&screen, content->picture->width, content->picture->height);
	clear(pane->renderer);
	draw(pane->renderer, pane->picture.texture, projection);
	if (hud_lies_over && content->hud->width && pane->hud.texture) {
		struct projection sheet =
			projection_of_sheet(&screen, content->hud->width, content->hud->height);
		draw(pane->renderer, pane->hud.texture, &sheet);
	}
	if (content->marked_corner >= 0)
		draw_corners(pane->renderer, &screen, content->marked_corner);
	SDL_RenderPresent(pane->renderer);
	return RV_OK;
}

/* Moves a window that sticks out of its display. */
static void keep_inside(SDL_Window *window)
{
	SDL_Rect bounds;
	int x, y, width, height, top = 0, left = 0;
	SDL_GetWindowPosition(window, &x, &y);
	SDL_GetWindowSize(window, &width, &height);
	SDL_GetWindowBordersSize(window, &top, &left, NULL, NULL);
	if (SDL_GetDisplayUsableBounds(SDL_GetWindowDisplayIndex(window), &bounds))
		return;
	int most_x = SDL_max(bounds.x + bounds.w - width, bounds.x + left);
	int most_y = SDL_max(bounds.y + bounds.h - height, bounds.y + top);
	if (x > most_x || y > most_y)
		SDL_SetWindowPosition(window, SDL_min(x, most_x), SDL_min(y, most_y));
}

/* The HUD's window is as large as what is in it. */
static void show_hud(struct window_pane *pane, const struct hud_picture *hud)
{
	int width, height;
	SDL_GetWindowSize(pane->window, &width, &height);
	if (hud->width && (width != hud->width || height != hud->height)) {
		SDL_SetWindowSize(pane->window, hud->width, hud->height);
		keep_inside(pane->window);
	}
	clear(pane->renderer);
	if (hud->width && pane->hud.texture)
		SDL_RenderCopy(pane->renderer, pane->hud.texture, NULL, NULL);
	SDL_RenderPresent(pane->renderer);
}

rv_status window_draw(struct window_pane *show, struct window_pane *hud,
                      const struct window_content *content, struct projection *projection,
                      rv_error *error)
{
	struct window_pane *pane = hud->window ? hud : show;
	bool stale = content->hud_changed || pane->hud.width != content->hud->width ||
	             pane->hud.height != content->hud->height;
	rv_status status = RV_OK;
	if (stale && content->hud->width)
		status = update_hud(pane, content->hud, error);
	if (status == RV_OK)
		status = show_picture(show, !hud->window, content, projection, error);
	if (status == RV_OK && hud->window && (stale || hud->exposed))
		show_hud(hud, content->hud);
	hud->exposed = false;
	return status;
}
