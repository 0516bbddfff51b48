#include "engine/dream/view.h"

enum view_kind view_kind_of(const rv_params *params)
{
	if (params->sphere)
		return VIEW_SPHERE;
	return params->turn > 0 || params->resize > 0 || params->mirror ? VIEW_TURNED
	                                                                : VIEW_STRAIGHT;
}

struct view view_plan(const struct dream_recipe *recipe, int width, int height)
{
	struct view view = {
		.kind = view_kind_of(recipe->params), .width = width, .height = height, .parts = 1};

	if (view.kind != VIEW_SPHERE)
		return view;
	view.sphere.margin = recipe->margin * (float)width;
	view.sphere.period = (float)width - 2 * view.sphere.margin;
	view.width = view.height = sphere_view_side(view.sphere.period);
	view.parts = SPHERE_VIEWS;
	return view;
}

bool view_has_pixels(const struct view *view, int width, int height)
{
	int least = view->kind == VIEW_SPHERE ? 2 : 1;

	return width >= least && height >= least && view->width >= least;
}

int view_record(struct launch_recorder *recorder, const struct view *view,
                const struct raster *picture, const struct raster *seen)
{
	return view->kind == VIEW_SPHERE
	               ? sphere_record_views(recorder, picture, &view->sphere, seen)
	               : turn_record(recorder, picture, seen);
}

int view_record_back(struct launch_recorder *recorder, const struct view *view,
                     const struct raster *seen, const struct raster *picture)
{
	return view->kind == VIEW_SPHERE
	               ? sphere_record_back(recorder, seen, picture, &view->sphere)
	               : turn_record_back(recorder, seen, picture);
}

void view_set(const struct view *view, struct launch *launch, const struct look *look)
{
	if (view->kind == VIEW_SPHERE)
		sphere_set(launch, &look->rotation);
	else
		turn_set(launch, &look->turn);
}
