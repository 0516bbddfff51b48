#include "app/live/atlas.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/control/action_atlas.h"
#include "app/screen/hud_font.h"
#include "app/screen/hud_paint.h"

/* In letter pixels: of a tile, of what is free around the line on top. */
enum { SIDE = 64, MARGIN = 4, HEAD = 2 * MARGIN + HUD_FONT_LINE };

static const struct hud_colour ink = {240, 240, 232, 255};

/* ---- what there is ---- */

static const char *wanted_layer(const struct action_state *actions, const rv_model *model)
{
	const struct option_layers *layers = &actions->options.dream.layers;
	return layers->count ? layers->list[0].name : rv_model_default_layer(model);
}

/* anew: what had failed is tried again. */
static rv_status open_layer(struct live_atlas *atlas, struct action_state *actions,
                            const rv_model *model, bool anew, rv_error *error)
{
	const char *layer = wanted_layer(actions, model);
	bool has_failed = anew && atlas->state.problem[0];
	rv_status status = RV_OK;
	if (!atlas->maker)
		status = tile_maker_start(&atlas->maker, model, &actions->options.device, error);
	if (status != RV_OK || (!has_failed && !strcmp(atlas->state.layer, layer)))
		return status;
	tile_maker_open(atlas->maker, layer);
	atlas->state.problem[0] = '\0';
	snprintf(atlas->state.layer, sizeof(atlas->state.layer), "%s", layer);
	actions->atlas.chosen = 0;
	const struct option_channels *channels = &actions->options.dream.channels;
	if (channels->count)
		actions->atlas.chosen = channels->list[0];
	return RV_OK;
}

static bool in_sight(const struct live_atlas *atlas, int index)
{
	int top = tiles_top(&atlas->grid, index);
	return index < atlas->grid.count && top < atlas->picture.height &&
	       top + atlas->grid.side > HEAD * atlas->grid.scale;
}

int live_atlas_wanted(const struct live_atlas *atlas, const struct action_state *actions,
                      int wanted[TILE_MAKER_WANTED])
{
	const struct action_atlas *offered = &actions->atlas;
	bool hides_show = !actions->options.display.hud_number;
	int count = 0, chosen = action_atlas_number(offered, offered->chosen);
	if (chosen >= 0)
		wanted[count++] = chosen;
	for (int i = 0; i < offered->count && count < TILE_MAKER_WANTED; i++)
		if (offered->is_list || (hides_show && in_sight(atlas, i)))
			wanted[count++] = action_atlas_number(offered, i);
	return count;
}

/* Tells actions what can be chosen, and the maker what to make of it. */
static void offer(struct live_atlas *atlas, struct action_state *actions)
{
	struct action_atlas *to = &actions->atlas;
	const struct tile_maker_state *state = &atlas->state;
	int wanted[TILE_MAKER_WANTED];
	to->is_list = actions->options.display.atlas == OPTION_ATLAS_PLACE;
	to->classes = state->classes;
	snprintf(to->layer, sizeof(to->layer), "%s", state->layer);
	to->count = state->count;
	if (to->is_list)
		to->count = state->answered && state->count ? state->answer_count : 0;
	for (int i = 0; i < to->count && to->is_list; i++)
		to->list[i] = state->answers[i].channel;
	if (to->count && to->chosen >= to->count)
		to->chosen = to->count - 1;
	tile_maker_want(atlas->maker, wanted, live_atlas_wanted(atlas, actions, wanted));
}

rv_status live_atlas_update(struct live_atlas *atlas, struct action_state *actions,
                            const rv_model *model, rv_error *error)
{
	bool opens = !atlas->is_open;
	atlas->is_open = actions->options.display.atlas != OPTION_ATLAS_OFF;
	if (!atlas->is_open)
		return RV_OK;
	rv_status status = open_layer(atlas, actions, model, opens, error);
	if (status != RV_OK)
		return status;
	tile_maker_look(atlas->maker, &atlas->state);
	offer(atlas, actions);
	return RV_OK;
}

rv_status live_atlas_probe(struct live_atlas *atlas, struct action_state *actions,
                           const rv_model *model, const rv_image *shown, float x, rv_error *error)
{
	rv_status status = open_layer(atlas, actions, model, true, error);
	actions->atlas.chosen = 0;
	return status != RV_OK ? status
	                       : tile_maker_probe(atlas->maker, shown, x, actions->atlas.y, error);
}

/* ---- painting ---- */

/* As many tiles as there is room for across, the chosen one in sight. */
static void lay_out(struct live_atlas *atlas, struct action_atlas *actions, int width, int height,
                    int scale)
{
	struct tiles_grid *grid = &atlas->grid;
	*grid = (struct tiles_grid){.count = actions->count,
	                            .columns = 1,
	                            .side = SIDE * scale,
	                            .scale = scale,
	                            .lines = actions->is_list ? 2 : 1};
	int one = tiles_width(grid);
	grid->columns = 2;
	int columns = 1 + (width - one) / (tiles_width(grid) - one);
	grid->columns = columns < 1 ? 1 : columns > grid->count ? grid->count : columns;
	if (grid->columns < 1)
		grid->columns = 1;
	if (actions->is_list && grid->columns < grid->count && grid->columns > grid->count / 2)
		grid->columns = (grid->count + 1) / 2;
	actions->columns = grid->columns;
	int head = HEAD * scale, rows = (grid->count + grid->columns - 1) / grid->columns;
	int row = rows ? tiles_height(grid) / rows : 1;
	int visible = (height - head) / row, first = actions->chosen / grid->columns - visible / 2;
	if (first > rows - visible)
		first = rows - visible;
	grid->top = head - (first > 0 ? first * row : 0);
}

static void describe(const struct live_atlas *atlas, const struct action_state *actions, char *line,
                     size_t capacity)
{
	const struct tile_maker_state *state = &atlas->state;
	const struct action_atlas *offered = &actions->atlas;
	if (state->problem[0])
		snprintf(line, capacity, "%.200s", state->problem);
	else if (offered->is_list && !state->asked)
		snprintf(line, capacity, "%s", action_atlas_no_place);
	else if (offered->is_list && !state->answered)
		snprintf(line, capacity, "%.100s: looking what answers there...", state->layer);
	else if (offered->is_list && !offered->count)
		snprintf(line, capacity, "%.100s: nothing answers there", state->layer);
	else
		snprintf(line, capacity, "%.100s  %d/%d", state->layer, offered->chosen + 1,
		         offered->count);
}

static void paint_tile(struct live_atlas *atlas, const struct action_state *actions, int index)
{
	unsigned char pixels[TILE_MAKER_BYTES];
	const struct action_atlas *offered = &actions->atlas;
	int number = action_atlas_number(offered, index);
	struct tile tile = {.source = RV_ATLAS_SIDE, .chosen = index == offered->chosen};
	char name[CHANNEL_NAME_LENGTH];
	if (tile_maker_take(atlas->maker, number, pixels, name))
		tile.rgb = pixels;
	if (offered->is_list)
		snprintf(tile.lines[0], TILES_LABEL_LENGTH, "%d x%.1f", number,
		         (double)atlas->state.answers[index].ratio);
	else if (!name[0])
		snprintf(tile.lines[0], TILES_LABEL_LENGTH, "%d", number);
	snprintf(tile.lines[offered->is_list || !name[0]], TILES_LABEL_LENGTH, "%.47s", name);
	tiles_paint(&atlas->picture, &atlas->grid, index, &tile);
}

static void paint(struct live_atlas *atlas, const struct action_state *actions)
{
	struct hud_picture *picture = &atlas->picture;
	const struct tiles_grid *grid = &atlas->grid;
	int head = HEAD * grid->scale;
	char line[256];
	hud_paint_nothing(picture);
	if (!actions->atlas.is_list)
		tiles_fill(picture, 0, picture->height);
	for (int i = 0; i < grid->count; i++)
		if (in_sight(atlas, i))
			paint_tile(atlas, actions, i);
	tiles_fill(picture, 0, head);
	describe(atlas, actions, line, sizeof(line));
	hud_paint_text(picture, MARGIN * grid->scale, MARGIN * grid->scale, line, grid->scale, ink);
}

static rv_status resize(struct hud_picture *picture, int width, int height, rv_error *error)
{
	size_t bytes = 4 * (size_t)width * (size_t)height;
	if (bytes > picture->capacity) {
		uint8_t *rgba = realloc(picture->rgba, bytes);
		if (!rgba)
			return rv_fail(error, RV_MEMORY, "out of memory for the atlas");
		picture->rgba = rgba;
		picture->capacity = bytes;
	}
	picture->width = width;
	picture->height = height;
	return RV_OK;
}

rv_status live_atlas_paint(struct live_atlas *atlas, struct action_state *actions, int width,
                           int height, int scale, bool *changed, rv_error *error)
{
	int view = actions->options.display.atlas, chosen = actions->atlas.chosen;
	*changed = !atlas->painted || atlas->view != view || atlas->chosen != chosen ||
	           atlas->width != width || atlas->height != height ||
	           atlas->changes != atlas->state.changes;
	if (!*changed)
		return RV_OK;
	rv_status status = resize(&atlas->picture, width, height, error);
	if (status != RV_OK)
		return status;
	atlas->picture.scale = scale;
	lay_out(atlas, &actions->atlas, width, height, scale);
	paint(atlas, actions);
	atlas->painted = true;
	atlas->view = view;
	atlas->chosen = chosen;
	atlas->width = width;
	atlas->height = height;
	atlas->changes = atlas->state.changes;
	return RV_OK;
}

void live_atlas_point(const struct live_atlas *atlas, struct action_state *actions, double x,
                      double y)
{
	int index = tiles_at(&atlas->grid, (int)(x * atlas->picture.width),
	                     (int)(y * atlas->picture.height));
	if (index >= 0 && atlas->painted)
		actions->atlas.chosen = index;
}

void live_atlas_release(struct live_atlas *atlas)
{
	hud_picture_release(&atlas->picture);
}
