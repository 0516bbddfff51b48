#include "engine/dream/octave_plan.h"

#include "engine/dream/shared.h"

/* By what part of it the memory for networks is made smaller where the octaves that were planned
 * for it turn out to keep too much besides. */
enum { PART = 8 };

static rv_status plan_one(struct octave *octave, const struct dream_recipe *recipe,
                          const struct tile_budget *budget, rv_error *error)
{
	struct view view = view_plan(recipe, octave->width, octave->height);

	if (!view_has_pixels(&view, octave->width, octave->height))
		return rv_fail(error, RV_INVALID, "a sphere has 4x2 pixels at least");
	return tiles_network(&octave->tiles, &octave->network, recipe->graph, view.height,
	                     view.width, budget, error);
}

/* The octaves from the full size down, until one is too small for the network. */
static rv_status plan_within(struct octave octaves[RV_OCTAVES_MAX], int *found,
                             const struct dream_recipe *recipe, int width, int height,
                             const struct tile_budget *budget, rv_error *error)
{
	struct octave large_first[RV_OCTAVES_MAX];
	rv_error later = {0}; /* of an octave but the largest */
	rv_status status = RV_OK;
	double scale = 1;
	int count = 0;

	for (; count < recipe->params->octaves; scale *= recipe->params->octave_scale) {
		struct octave octave = {.width = shared_scaled(width, scale),
		                        .height = shared_scaled(height, scale)};
		status = plan_one(&octave, recipe, budget, count ? &later : error);
		if (status != RV_OK)
			break;
		large_first[count++] = octave;
	}
	for (int i = 0; i < count; i++)
		octaves[i] = large_first[count - 1 - i];
	*found = count;
	if (status == RV_OK || count == 0)
		return status;
	return status == RV_INVALID ? RV_OK
	                            : rv_fail(error, status, "octave %d of the picture: %s",
	                                      count + 1, later.message);
}

/* What networks share is as large as the largest of them needs; what their targets keep is each
 * one's own. */
static size_t bytes_of(const struct octave *octaves, int count, const struct dream_recipe *recipe)
{
	struct network_needs shared = {0};
	size_t own = 0;

	for (int i = 0; i < count; i++) {
		network_needs_cover(&shared, &octaves[i].network->needs);
		own += network_targets_bytes(octaves[i].network, recipe->targets);
	}
	return network_needs_bytes(&shared) + own;
}

rv_status octave_plan(struct octave octaves[RV_OCTAVES_MAX], int *count,
                      const struct dream_recipe *recipe, int width, int height,
                      const struct tile_budget *budget, rv_error *error)
{
	struct tile_budget left = *budget;

	for (;; left.bytes -= left.bytes / PART) {
		rv_status status = plan_within(octaves, count, recipe, width, height, &left, error);
		if (status != RV_OK || bytes_of(octaves, *count, recipe) <= budget->bytes)
			return status;
		for (int i = 0; i < *count; i++)
			octave_release(&octaves[i]);
		*count = 0;
	}
}
