/* The launches of optical flow. */
#ifndef ENGINE_FLOW_RECORD_H
#define ENGINE_FLOW_RECORD_H

#include "engine/flow/plan.h"
#include "engine/opencl/record.h"

/* Records how a pyramid is built. */
void flow_record_pyramid(struct launch_recorder *recorder, struct flow *flow,
                         const struct flow_pyramid *pyramid);
/* Records the estimate of the motion from the picture of pyramid first to that of second. */
void flow_record_estimate(struct launch_recorder *recorder, struct flow *flow,
                          const struct flow_pyramid *first, const struct flow_pyramid *second,
                          enum flow_direction direction);

#endif
