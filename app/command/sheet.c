#include "app/command/sheet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/command/command.h"
#include "app/media/picture_write.h"
#include "app/screen/hud_font.h"
#include "app/screen/hud_paint.h"

/* The title's letters, what is free around it, and how much wider than high a sheet is, in tiles.
 */
enum { TITLE_SCALE = 2, MARGIN = 6, HEAD = 2 * MARGIN + HUD_FONT_LINE * TITLE_SCALE };
static const double wideness = 1.6;

static const struct hud_colour ink = {240, 240, 232, 255};

/* A sheet of few tiles is too narrow for large letters. */
static int title_scale(const char *title, int width)
{
	int letters = (int)strlen(title) * HUD_FONT_ADVANCE;
	return letters * TITLE_SCALE <= width - 2 * MARGIN ? TITLE_SCALE : 1;
}

rv_status sheet_create(struct sheet *sheet, const char *title, int count, int lines,
                       rv_error *error)
{
	int columns = (int)ceil(sqrt(count * wideness));
	*sheet = (struct sheet){.grid = {.top = HEAD,
	                                 .count = count,
	                                 .columns = columns < count ? columns : count,
	                                 .side = RV_ATLAS_SIDE,
	                                 .scale = 1,
	                                 .lines = lines}};
	struct hud_picture *paper = &sheet->paper;
	paper->width = tiles_width(&sheet->grid);
	paper->height = HEAD + tiles_height(&sheet->grid);
	paper->capacity = 4 * (size_t)paper->width * (size_t)paper->height;
	paper->rgba = malloc(paper->capacity);
	if (!paper->rgba)
		return rv_fail(error, RV_MEMORY, "out of memory for a sheet of %d tiles", count);
	tiles_fill(paper, 0, paper->height);
	hud_paint_text(paper, MARGIN, MARGIN, title, title_scale(title, paper->width), ink);
	return RV_OK;
}

rv_status sheet_draw(struct sheet *sheet, int index, rv_atlas *atlas, int number,
                     char lines[TILES_LINES_MAX][TILES_LABEL_LENGTH], struct progress *progress,
                     rv_error *error)
{
	unsigned char pixels[RV_ATLAS_SIDE * RV_ATLAS_SIDE * 3];
	const rv_image image = {RV_RGB8, RV_ATLAS_SIDE, RV_ATLAS_SIDE, 3 * RV_ATLAS_SIDE, pixels};
	struct tile tile = {.rgb = pixels, .source = RV_ATLAS_SIDE};
	rv_status status = RV_OK;
	if (!rv_atlas_find(atlas, number, &image)) {
		status = rv_atlas_make(atlas, number, &image, command_show_part, progress, error);
		sheet->made++;
	}
	if (status != RV_OK)
		return status;
	memcpy(tile.lines, lines, sizeof(tile.lines));
	tiles_paint(&sheet->paper, &sheet->grid, index, &tile);
	progress_frame(progress);
	return RV_OK;
}

rv_status sheet_write(const struct sheet *sheet, struct output_file *file, const char *name,
                      rv_error *error)
{
	const struct hud_picture *paper = &sheet->paper;
	size_t count = (size_t)paper->width * (size_t)paper->height;
	uint8_t *rgb = malloc(3 * count);
	if (!rgb)
		return rv_fail(error, RV_MEMORY, "out of memory for the sheet");
	for (size_t i = 0; i < count; i++)
		for (int c = 0; c < 3; c++)
			rgb[3 * i + (size_t)c] = paper->rgba[4 * i + (size_t)c];
	const struct picture picture = {.image = {.format = RV_RGB8,
	                                          .width = paper->width,
	                                          .height = paper->height,
	                                          .stride = 3 * (size_t)paper->width,
	                                          .pixels = rgb}};
	rv_status status = picture_write(&picture, file, name, error);
	free(rgb);
	return status;
}

void sheet_release(struct sheet *sheet)
{
	hud_picture_release(&sheet->paper);
}
