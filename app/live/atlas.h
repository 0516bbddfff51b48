/* The atlas over the show: tiles to choose from, painted where the HUD would be. Main thread. */
#ifndef APP_LIVE_ATLAS_H
#define APP_LIVE_ATLAS_H

#include "app/control/action_state.h"
#include "app/live/tile_maker.h"
#include "app/screen/tiles.h"

/* Zeroed, closed. */
struct live_atlas {
	struct tile_maker *maker;   /* NULL until the atlas is opened */
	struct hud_picture picture; /* what is painted; valid while the atlas is open */
	struct tiles_grid grid;
	struct tile_maker_state state;
	/* What the picture was painted for. */
	int view, chosen, width, height;
	unsigned changes;
	bool painted;
	bool is_open;
};

/* Opens and closes it as the options say, for the layer that they name, and keeps what actions can
 * choose from. model and device are what tiles are made with. The first opening starts the thread.
 * RV_MEMORY. */
rv_status live_atlas_update(struct live_atlas *atlas, struct action_state *actions,
                            const rv_model *model, rv_error *error);

/* Which channels of that layer answer where the pipette points? x: on the picture as it is shown.
 */
rv_status live_atlas_probe(struct live_atlas *atlas, struct action_state *actions,
                           const rv_model *model, const rv_image *shown, float x, rv_error *error);

/* Chooses the tile at a place of the window, 0..1 across and down. */
void live_atlas_point(const struct live_atlas *atlas, struct action_state *actions, double x,
                      double y);

/* Paints it for an area of so many pixels, where anything changed; says whether it did. RV_MEMORY.
 */
rv_status live_atlas_paint(struct live_atlas *atlas, struct action_state *actions, int width,
                           int height, int scale, bool *changed, rv_error *error);

/* The tiles to be made where they are not there, the most wanted first, and how many: the chosen
 * one, then all answers, or what was last painted of a layer. Where the HUD has a window of its own
 * the show goes on beside it, from which making so many would take long: there the chosen one
 * alone. */
int live_atlas_wanted(const struct live_atlas *atlas, const struct action_state *actions,
                      int wanted[TILE_MAKER_WANTED]);

void live_atlas_release(struct live_atlas *atlas);

#endif
