/* The RMS of every channel of a layer over ordinary pictures.
 *
 * Some channels are ten times stronger than others whatever they are shown; dividing by their RMS
 * lets them compete. The ordinary pictures are made here: dead leaves (opaque discs of random
 * size and colour, the sizes by a power law), which have the statistics of natural images (Ruderman
 * 1997; Lee, Mumford and Huang 2001), so nothing needs to be shipped and the figures are the
 * same on every machine. They are kept in the cache, by model and layer. */
#ifndef ENGINE_API_CHANNEL_RMS_H
#define ENGINE_API_CHANNEL_RMS_H

#include "engine/api/engine.h"

/* Writes the RMS of each channel of layer, to be released with free(). */
rv_status channel_rms_of_layer(rv_engine *engine, const char *layer, float **channel_rms,
                               rv_error *error);

/* A picture of dead leaves, width * height * 3 floats, 0..1; the same for the same seed. Released
 * with free(); NULL without memory. */
float *channel_rms_dead_leaves(int width, int height, uint64_t seed);

#endif
