/* What the kinds of objectives are made of. Only the files of objectives include this. */
#ifndef ENGINE_NETWORK_OBJECTIVE_KINDS_H
#define ENGINE_NETWORK_OBJECTIVE_KINDS_H

#include "engine/network/objective.h"

/* Record the gradients of a target of the kinds that they are named after. places: float [pixels of
 * the layer], what each counts. */
void objective_record_channels(struct launch_recorder *recorder,
                               const struct objective_target *target, cl_mem places);
void objective_record_class(struct launch_recorder *recorder, const struct objective_target *target,
                            cl_mem places);
void objective_record_guide(struct launch_recorder *recorder, const struct objective_target *target,
                            cl_mem places);
void objective_record_caricature(struct launch_recorder *recorder,
                                 const struct objective_target *target, cl_mem places);
void objective_record_direction(struct launch_recorder *recorder,
                                const struct objective_target *target, cl_mem places);

#endif
