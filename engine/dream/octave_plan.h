/* The octaves of an ascent before anything is allocated: how large they are, and of what networks.
 */
#ifndef ENGINE_DREAM_OCTAVE_PLAN_H
#define ENGINE_DREAM_OCTAVE_PLAN_H

#include "engine/dream/octave.h"

/* Plans octaves of rasters of that size, the smallest first, until one is too small for the
 * network, in as many tiles as the budget asks for: what their networks share and what the recipe's
 * targets keep in each of them is within it. What was planned is to be released (octave_release),
 * also after an error. RV_INVALID: the picture is too small; RV_MEMORY; RV_UNSUPPORTED. */
rv_status octave_plan(struct octave octaves[RV_OCTAVES_MAX], int *count,
                      const struct dream_recipe *recipe, int width, int height,
                      const struct tile_budget *budget, rv_error *error);

#endif
