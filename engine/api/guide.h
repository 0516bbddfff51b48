/* A guide at one layer: its features on the device, which another picture of its size renews. */
#ifndef ENGINE_API_GUIDE_H
#define ENGINE_API_GUIDE_H

#include "engine/api/probe.h"

struct guide;

/* Looks at the target's picture for the first time. The guide, with its rows, belongs to the
 * recorder's list. NULL after a failure, which is the recorder's. */
struct guide *guide_record(struct launch_recorder *recorder, rv_engine *engine,
                           const rv_target *target, const rv_image *picture);

/* The features, one row a place; they stay where they are. */
struct objective_rows guide_rows(const struct guide *guide);

/* Bytes that it takes on the device, but for its rows. */
size_t guide_bytes(const struct guide *guide);

/* Whether the picture has the size that the guide was made for. */
bool guide_fits(const struct guide *guide, const rv_image *picture);

/* Renews the features. */
rv_status guide_look(struct guide *guide, const rv_image *picture, rv_error *error);

#endif
