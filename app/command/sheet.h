/* A picture of tiles under a title, for the commands that write one. */
#ifndef APP_COMMAND_SHEET_H
#define APP_COMMAND_SHEET_H

#include "app/base/output_file.h"
#include "app/screen/tiles.h"

/* Released by sheet_release. */
struct sheet {
	struct tiles_grid grid;
	struct hud_picture paper;
};

/* An empty sheet for so many tiles, with `lines` lines of text below each. RV_MEMORY. */
rv_status sheet_create(struct sheet *sheet, const char *title, int count, int lines,
                       rv_error *error);
void sheet_put(struct sheet *sheet, int index, const struct tile *tile);

/* Writes it in the format that name says. For errors see picture_write(). */
rv_status sheet_write(const struct sheet *sheet, struct output_file *file, const char *name,
                      rv_error *error);
void sheet_release(struct sheet *sheet);

#endif
