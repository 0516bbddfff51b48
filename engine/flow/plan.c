#include "engine/flow/plan.h"

#include "engine/base/rounding.h"

/* The smallest side a level may have. A smaller level shows too little to be matched; without
 * levels as small as this, motion by a sixth of the picture would be missed. */
enum { SMALLEST_SIDE = 6 };

/* Coarse levels cost little, and many linearisations there find large motions. */
const struct flow_tuning flow_tunings[FLOW_QUALITIES] = {
	[RV_FLOW_FAST] = {.finest = 2, .warps = 2, .finest_warps = 2, .iterations = 6},
	[RV_FLOW_MEDIUM] = {.finest = 1, .warps = 3, .finest_warps = 2, .iterations = 6},
	[RV_FLOW_FINE] = {.finest = 0, .warps = 5, .finest_warps = 2, .iterations = 6},
};

const struct flow_model flow_model = {
	.smoothing = 0.17f, /* as a Gaussian of 0.6 pixels */
	.alpha = 2,
	.gamma = 8,
	.data_epsilon = 0.05f,
	.smooth_epsilon = 0.01f,
	.noise = 4,
	.relaxation = 1.85f,
	.change_limit = 2,
};

int flow_estimate_end(int finest)
{
	return finest > 0 ? 1 : 0;
}

int flow_plan_levels(int width, int height, struct flow_level *levels)
{
	int count = 0;

	while (count < FLOW_LEVELS_MAX) {
		int padded = round_up(width, FLOW_ROW_UNIT);

		levels[count++] = (struct flow_level){.width = width,
		                                      .height = height,
		                                      .stride = padded + 2 * FLOW_MARGIN,
		                                      .half_row = padded / 2 + 2 * FLOW_MARGIN};
		width = (width + 1) / 2;
		height = (height + 1) / 2;
		if (width < SMALLEST_SIDE || height < SMALLEST_SIDE)
			break;
	}
	return count;
}
