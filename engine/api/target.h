/* Targets as a caller gives them: whether they make sense, and whether two are the same. */
#ifndef ENGINE_API_TARGET_H
#define ENGINE_API_TARGET_H

#include "engine/reverie.h"

/* RV_INVALID unless every field that the target's kind reads is in its range. */
rv_status target_check(const rv_target *target, rv_error *error);

/* Of fields that the kind does not read nothing is asked. */
bool target_equal(const rv_target *a, const rv_target *b);

/* What a kind reads besides layer, weight and where. */
bool target_reads_channels(rv_target_kind kind);
bool target_reads_power(rv_target_kind kind);
bool target_reads_slot(rv_target_kind kind);

#endif
