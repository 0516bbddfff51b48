/* How the gradient steps of an octave see the picture: as it is, turned and resized by a little,
 * or, where it shows a whole sphere, as six views of that. */
#ifndef ENGINE_DREAM_VIEW_H
#define ENGINE_DREAM_VIEW_H

#include "engine/dream/recipe.h"
#include "engine/picture/sphere.h"
#include "engine/picture/turn.h"

struct view {
	enum view_kind { VIEW_STRAIGHT, VIEW_TURNED, VIEW_SPHERE } kind;
	int width, height; /* of a part of what is seen, for which a network or its tiles are */
	int parts;         /* one below the other */
	struct sphere sphere;
};

/* How one step looks. */
struct look {
	struct turn_view turn; /* of VIEW_TURNED */
	struct sphere_rotation rotation;
};

enum view_kind view_kind_of(const rv_params *params);

/* The view of an octave of this size; and whether that can be seen: a place of a sphere, and of a
 * view of it, is looked for between four pixels. */
struct view view_plan(const struct dream_recipe *recipe, int width, int height);
bool view_has_pixels(const struct view *view, int width, int height);

/* Records seen = what is seen of picture, and the way back of a gradient; of VIEW_STRAIGHT neither
 * is wanted. Return the launch, for view_set. seen is width wide and parts times height high. */
int view_record(struct launch_recorder *recorder, const struct view *view,
                const struct raster *picture, const struct raster *seen);
int view_record_back(struct launch_recorder *recorder, const struct view *view,
                     const struct raster *seen, const struct raster *picture);
void view_set(const struct view *view, struct launch *launch, const struct look *look);

#endif
