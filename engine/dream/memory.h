/* How much memory a dream may take. */
#ifndef ENGINE_DREAM_MEMORY_H
#define ENGINE_DREAM_MEMORY_H

#include "engine/convolution/convolution.h"

/* Bytes that a new ascent of graph may hold on the device, weights not counted: what config's
 * limit, or else the device, leaves beside what is there already. On a processor that is all the
 * process holds, for which the device must have done what it was given; elsewhere the weights and
 * `others` bytes. Never below 0. */
size_t memory_for_ascent(const struct device *device, const rv_config *config,
                         const struct graph *graph, const struct convolution_library *convolutions,
                         size_t others);

#endif
