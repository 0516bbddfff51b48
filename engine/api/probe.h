/* One picture through a network of one layer, at its own size: for looking inside. */
#ifndef ENGINE_API_PROBE_H
#define ENGINE_API_PROBE_H

#include "engine/api/engine.h"
#include "engine/reverie_inspect.h"

struct probe {
	rv_engine *engine;
	struct graph *graph;
	struct convolution_library *convolutions;
	struct network *network;
	struct network_buffers buffers;
	struct launch_list input_buffer, present;
	struct raster picture;
};

/* Forward to layer and, if backward, the gradient of scale * mean(activation^2). */
rv_status probe_create(struct probe *probe, rv_engine *engine, const char *layer, int width,
                       int height, bool backward, float scale, rv_error *error);
/* Forward to the end of a classifier, applied at every place. */
rv_status probe_create_spread(struct probe *probe, rv_engine *engine, const char *layer, int width,
                              int height, rv_error *error);
void probe_release(struct probe *probe);

/* Uploads a picture of the probe's size and writes the network's input. */
rv_status probe_present(struct probe *probe, const rv_image *picture, rv_error *error);

/* Runs the recorded directions; does not wait. */
rv_status probe_run(struct probe *probe, rv_error *error);

/* The layer's activation and the input's gradient, read back. */
rv_status probe_activation(const struct probe *probe, rv_array *array, rv_error *error);
rv_status probe_gradient(const struct probe *probe, rv_array *array, rv_error *error);

#endif
