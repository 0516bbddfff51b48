/* The thread of a live session that has tiles of the atlas ready: those that the cache has, and by
 * and by those that are wanted and have yet to be made, with an engine of its own. It also finds
 * which channels answer at a place. Nobody waits for it. */
#ifndef APP_LIVE_TILE_MAKER_H
#define APP_LIVE_TILE_MAKER_H

#include "app/options/channel_names.h"
#include "app/options/options.h"
#include "engine/reverie_inspect.h"

enum {
	TILE_MAKER_ANSWERS = 8,
	TILE_MAKER_WANTED = 256,
	TILE_MAKER_BYTES = RV_ATLAS_SIDE * RV_ATLAS_SIDE * 3
};

struct tile_maker;

/* Starts the thread, which does nothing until a layer is asked for. model must outlive it.
 * RV_MEMORY.
 */
rv_status tile_maker_start(struct tile_maker **maker, const rv_model *model,
                           const struct option_device *device, rv_error *error);

/* Says that it is to end soon. Accepts NULL. */
void tile_maker_break_off(struct tile_maker *maker);

/* False: it could not be ended until then, and is left behind with what it uses. Accepts NULL. */
bool tile_maker_stop(struct tile_maker **maker, int64_t deadline);

/* What there is of the layer that was asked for. */
struct tile_maker_state {
	char layer[RV_LAYER_NAME_LENGTH]; /* as it was asked for; empty: none was */
	int count;                        /* of tiles; 0: not known yet */
	bool classes;
	unsigned changes; /* how often tiles or answers came */
	rv_answer answers[TILE_MAKER_ANSWERS];
	int answer_count;
	bool asked;                    /* by tile_maker_probe, of this layer */
	bool answered;                 /* since the last time */
	char problem[RV_ERROR_LENGTH]; /* no more tiles are made; empty: there is none */
};

/* Main thread: */
void tile_maker_look(struct tile_maker *maker, struct tile_maker_state *state);
/* Also where it is open: after a problem. */
void tile_maker_open(struct tile_maker *maker, const char *layer);

/* Tiles to be made where they are not there, the most wanted first; those after TILE_MAKER_WANTED
 * are left out. */
void tile_maker_want(struct tile_maker *maker, const int *numbers, int count);

/* Which channels of the layer answer at (x, y), in parts of the picture (RV_RGB8), which is copied?
 * RV_MEMORY. */
rv_status tile_maker_probe(struct tile_maker *maker, const rv_image *picture, float x, float y,
                           rv_error *error);

/* Copies a tile, and its name, which may be empty; false: it is not there. */
bool tile_maker_take(struct tile_maker *maker, int number, unsigned char *pixels,
                     char name[CHANNEL_NAME_LENGTH]);

#endif
