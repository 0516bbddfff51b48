/* A picture of tiles under a title, for the commands that write one. */
#ifndef APP_COMMAND_SHEET_H
#define APP_COMMAND_SHEET_H

#include "app/base/output_file.h"
#include "app/base/progress.h"
#include "app/screen/tiles.h"
#include "engine/reverie_inspect.h"

/* Released by sheet_release. */
struct sheet {
	struct tiles_grid grid;
	struct hud_picture paper;
	int made; /* tiles that the cache did not have */
};

/* An empty sheet for so many tiles, with `lines` lines of text below each. RV_MEMORY. */
rv_status sheet_create(struct sheet *sheet, const char *title, int count, int lines,
                       rv_error *error);

/* Draws the tile of one channel or class of the open atlas, with these lines of text, which is made
 * where the cache does not have it. For errors see rv_atlas_make(). */
rv_status sheet_draw(struct sheet *sheet, int index, rv_atlas *atlas, int number,
                     char lines[TILES_LINES_MAX][TILES_LABEL_LENGTH], struct progress *progress,
                     rv_error *error);

/* Writes it in the format that name says. For errors see picture_write(). */
rv_status sheet_write(const struct sheet *sheet, struct output_file *file, const char *name,
                      rv_error *error);
void sheet_release(struct sheet *sheet);

#endif
