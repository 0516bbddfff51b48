/* The dreaming of one picture after another: what an engine's params and a picture's size become.
 */
#ifndef ENGINE_API_DREAM_H
#define ENGINE_API_DREAM_H

#include "engine/api/engine.h"

/* Plans and records the engine's ascent for such pictures, unless it is there already. */
rv_status dream_prepare(rv_engine *engine, const struct dream_pictures *pictures, rv_error *error);

/* What the engine's params let a picture of that presentation time go on from. */
enum dream_past dream_past_of(const rv_engine *engine, int64_t time);

/* Ends the ascent, whose dream the next one goes on from. melts: that one raises something else. */
void dream_begin_other(rv_engine *engine, bool melts);

#endif
