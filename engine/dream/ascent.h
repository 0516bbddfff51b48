/* Gradient ascent on pictures of one size: octaves, jitter, steps. Belongs to the thread of the
 * device's queue.
 *
 * The picture is dreamed at several sizes, the smallest first. What the dream added at one size
 * (the detail: dream minus picture) is enlarged and laid over the picture at the next, so that
 * large forms are found first and filled with small ones (Mordvintsev 2015). Everything between the
 * upload of the frame and the download of the dream happens on the device. */
#ifndef ENGINE_DREAM_ASCENT_H
#define ENGINE_DREAM_ASCENT_H

#include "engine/dream/recipe.h"
#include "engine/opencl/checkpoint.h"
#include "engine/reverie_inspect.h"

struct ascent;

/* Plans and records everything for recipe->pictures. What recipe points to, but for
 * params and targets, must outlive the ascent. Octaves too small for the network are left out;
 * RV_INVALID where the picture itself is. RV_MEMORY where recipe->memory is too
 * little for any tiles. */
rv_status ascent_create(struct ascent **ascent, struct device *device,
                        struct convolution_library *convolutions, const struct dream_recipe *recipe,
                        rv_error *error);
void ascent_destroy(struct ascent **ascent);

/* Frees all but what ascent_go_on reads of an ascent, for which alone it may be used afterwards,
 * until it is destroyed. */
void ascent_retire(struct ascent *ascent);

/* Lets an ascent that has dreamed nothing yet go on from the last dream of a retired one, of any
 * size, if that is one of a video and no look. melts: that one raised something else
 * (temporal_melt). */
rv_status ascent_go_on(struct ascent *ascent, const struct ascent *last, const rv_time *time,
                       bool melts, rv_error *error);

/* True if the ascent serves such pictures: one made for frames of a video serves single pictures
 * too, but not the other way round. */
bool ascent_fits(const struct ascent *ascent, const struct dream_pictures *pictures);

/* Forgets the last picture. */
void ascent_reset(struct ascent *ascent);

/* Whether there is something that the next frame goes on from, with params. */
bool ascent_remembers(const struct ascent *ascent, const rv_params *params);

/* Writes that, or reads it back into an ascent for the same pictures, by the same params. Returns
 * the checkpoint's status. */
rv_status ascent_checkpoint(struct ascent *ascent, const rv_params *params,
                            struct checkpoint *checkpoint);

struct dream_pictures ascent_pictures(const struct ascent *ascent);

/* Dreams input, whose presentation time is that of rv_dream, into output; input NULL: dreams on as
 * rv_journey says. params may differ from the recipe's in what is not recorded
 * (params_same_recording). progress may be NULL. */
rv_status ascent_run(struct ascent *ascent, const rv_params *params, const rv_image *input,
                     int64_t time, const rv_image *output, rv_progress *progress, void *context,
                     rv_error *error);

/* Judges whether input goes on the scene of the last one that was looked at, for the report, and
 * dreams nothing. A dream after it begins anew, as a look after a dream does. */
rv_status ascent_look(struct ascent *ascent, const rv_params *params, const rv_image *input,
                      int64_t time, rv_error *error);

/* To be called where the recipe's mask was written anew. */
void ascent_take_mask(struct ascent *ascent);

/* How the last picture was dreamed. */
rv_frame_report ascent_report(const struct ascent *ascent);

/* Fills in all but the weights. */
void ascent_measure(const struct ascent *ascent, rv_memory *memory);

/* Visits what dreaming one picture with params runs. */
rv_status ascent_visit(struct ascent *ascent, const rv_params *params, dream_visitor *visit,
                       void *context, rv_error *error);

#endif
