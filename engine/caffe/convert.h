/* From the type of a layer to what converts it. */
#ifndef ENGINE_CAFFE_CONVERT_H
#define ENGINE_CAFFE_CONVERT_H

#include "engine/caffe/conversion.h"

/* Writes the nodes of one layer; those before it have been written. A layer that Reverie does not
 * know becomes a node that the graph builder refuses by name. */
void convert_layer(struct conversion *conversion, const struct caffe_layer *layer);

#endif
