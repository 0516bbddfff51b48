/* A GPU's matrix units by themselves: whether they compute what they should, and how fast. */
#ifndef ENGINE_OPENCL_UNITS_H
#define ENGINE_OPENCL_UNITS_H

#include "engine/opencl/record.h"

/* Whether the driver's compiler knows the units' instruction and it gives the right products. On a
 * device without matrix units a stand-in for it is tried. */
bool units_multiply(struct device *device);

/* Records so many rounds of products that do not wait for each other, in enough warps to keep the
 * device busy. */
void units_record_rounds(struct launch_recorder *recorder, int rounds);

#endif
