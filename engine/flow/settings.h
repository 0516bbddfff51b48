/* What a flow is made for. */
#ifndef ENGINE_FLOW_SETTINGS_H
#define ENGINE_FLOW_SETTINGS_H

#include "engine/reverie.h"

enum flow_direction {
	FLOW_TO_PAST,   /* where the pixels of the newest picture were in the one before */
	FLOW_TO_NEWEST, /* where the pixels of the one before are in the newest */
	FLOW_DIRECTIONS
};

struct flow_settings {
	int width, height; /* of the pictures, at least 1 */
	rv_flow_quality quality;
	/* Octaves left out at the fine end, beyond those the quality leaves out, 0..8: each makes
	 * the flow of that direction about four times cheaper, and coarser. */
	int skip[FLOW_DIRECTIONS];
};

#endif
