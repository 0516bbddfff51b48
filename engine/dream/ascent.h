/* Gradient ascent on one picture size: octaves, jitter, steps.
 *
 * The picture is dreamed at several sizes, the smallest first. What the dream added at one size
 * (the detail: dream minus picture) is enlarged and laid over the picture at the next, so that
 * large forms are found first and filled with small ones (Mordvintsev 2015). Everything between the
 * upload of the frame and the download of the dream happens on the device. */
#ifndef ENGINE_DREAM_ASCENT_H
#define ENGINE_DREAM_ASCENT_H

#include "engine/network/network.h"
#include "engine/picture/raster.h"

struct ascent;

struct ascent_recipe {
	const struct graph *graph;
	const rv_input_format *format;
	const rv_params *params;
	size_t memory; /* bytes that the ascent may take on the device; where it does not fit, its
	                * gradients are computed in tiles */
	/* [graph->wanted_count], for network_record */
	const struct objective_target *targets;
};

/* Plans and records everything for pictures of width x height; for pictures by themselves, which
 * takes less memory, where recipe->params->time.on is false. What recipe points to, but for
 * params and targets, must outlive the ascent. Octaves too small for the network are left out;
 * RV_INVALID where the picture itself is. RV_MEMORY where recipe->memory is too
 * little for any tiles. */
rv_status ascent_create(struct ascent **ascent, struct device *device,
                        struct convolution_library *convolutions,
                        const struct ascent_recipe *recipe, int width, int height, rv_error *error);
void ascent_destroy(struct ascent **ascent);

/* Frees all but what ascent_go_on reads. What is retired is only good for that, and to be
 * destroyed. */
void ascent_retire(struct ascent *ascent);

/* Lets an ascent that has dreamed nothing yet go on from the last dream of a retired one, of any
 * size, if that is one of a video. */
rv_status ascent_go_on(struct ascent *ascent, const struct ascent *last, const rv_time *time,
                       rv_error *error);

/* True if the ascent was made for this size and, where timed, for frames of a video: what was made
 * for them does for pictures by themselves too, but not the other way round. */
bool ascent_fits(const struct ascent *ascent, int width, int height, bool timed);

/* Forgets the last picture. */
void ascent_reset(struct ascent *ascent);

/* Dreams input, whose presentation time is that of rv_dream, into output; input NULL: dreams on as
 * rv_travel says. params may differ from the recipe's in what is not recorded
 * (params_same_recording). progress may be NULL. */
rv_status ascent_run(struct ascent *ascent, const rv_params *params, const rv_image *input,
                     int64_t time, const rv_image *output, rv_progress *progress, void *context,
                     rv_error *error);

/* What the last picture went through. */
rv_frame_report ascent_report(const struct ascent *ascent);

/* Fills in all but the weights. */
void ascent_measure(const struct ascent *ascent, rv_memory *memory);

/* Calls visit for every list of launches that dreaming one picture with params runs, in that order,
 * with the number of times it is run; stops at the first failure. backward: on the way from the
 * objective to the picture. */
typedef rv_status ascent_visitor(void *context, const struct launch_list *list, bool backward,
                                 int times, rv_error *error);
rv_status ascent_visit(struct ascent *ascent, const rv_params *params, ascent_visitor *visit,
                       void *context, rv_error *error);

#endif
