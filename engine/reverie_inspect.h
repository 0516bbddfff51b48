/* Reverie from inside: what a network sees in a picture, how fast its steps are and where their
 * time goes, and what memory they take. What reverie.h says of threads, errors and memory holds
 * here. */
#ifndef REVERIE_INSPECT_H
#define REVERIE_INSPECT_H

#include "reverie.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what a network sees ---- */

/* An array in C order. data is released by rv_array_release. */
typedef struct rv_array {
	float *data;
	int channels, height, width; /* data[channels][height][width] */
} rv_array;
RV_API void rv_array_release(rv_array *array);

/* One pass through the network at the picture's own size, without octaves, jitter or resizing:
 * the layer's activation, and the gradient of mean(activation^2) with respect to the network's
 * input (in the network's own units and channel order). Either array may be NULL. */
RV_API rv_status rv_inspect(rv_engine *engine, const rv_image *picture, const char *layer,
                            rv_array *activation, rv_array *gradient, rv_error *error);

/* What the network takes each place of the picture for: the end of its classifier, applied place by
 * place at the picture's own size. parts[classes][height][width] are parts of 1. RV_UNSUPPORTED
 * where it is no classifier. */
RV_API rv_status rv_inspect_classes(rv_engine *engine, const rv_image *picture, rv_array *parts,
                                    rv_error *error);

/* How much a channel answers at a place: its activation there, and how many times what it usually
 * has, its RMS over ordinary pictures. */
typedef struct rv_answer {
	int channel;
	float value, ratio;
} rv_answer;

/* Writes the channels of a layer that answer most, against what is usual for each, at (x, y), in
 * parts of the picture's width and height, and around it; the strongest first, and only those that
 * answer at all. layer: as rv_model_find_layer takes it; NULL or "" is the model's default.
 * RV_INVALID, RV_NOT_FOUND, RV_MEMORY, RV_DEVICE. */
RV_API rv_status rv_find_answers(rv_engine *engine, const rv_image *picture, const char *layer,
                                 float x, float y, rv_answer *answers, int capacity, int *count,
                                 rv_error *error);

/* How deep a dream is: how strongly the network responds, in pictures of one size, to what the
 * engine's params dream of. The value is the mean square of the activations of all channels, of
 * those chosen, or of the winners of each place, where each is divided by the RMS that it has over
 * ordinary pictures; over several layers it is the sum, each by its weight. There are no octaves
 * and no jitter. The engine must outlive the appraiser, which keeps to the params of its creation.
 * RV_INVALID, RV_MEMORY, RV_DEVICE. */
typedef struct rv_appraiser rv_appraiser;
RV_API rv_status rv_appraiser_create(rv_appraiser **appraiser, rv_engine *engine, int width,
                                     int height, rv_error *error);
RV_API void rv_appraiser_destroy(rv_appraiser **appraiser);
RV_API rv_status rv_appraise(rv_appraiser *appraiser, const rv_image *picture, double *value,
                             rv_error *error);

/* ---- what a network has learned ---- */

/* An atlas: what single channels of a layer, or the classes of a classifier, dream of from noise.
 * Each has a tile, a picture of RV_RGB8 with RV_ATLAS_SIDE pixels a side, made with settings that
 * were chosen for it and kept in the cache, by network and layer. Belongs to one thread at a time;
 * the model must outlive it. */
typedef struct rv_atlas rv_atlas;
enum { RV_ATLAS_SIDE = 128, RV_ATLAS_WHOLE = -1 };

/* layer: as rv_model_find_layer takes it; NULL or "" is the model's default. One of scores, at the
 * end of a classifier, stands for its classes. Of config, device and cache are used by what makes
 * tiles; NULL is the default. RV_NOT_FOUND, RV_UNSUPPORTED: the layer has no channels with places;
 * RV_MEMORY. */
RV_API rv_status rv_atlas_open(rv_atlas **atlas, const rv_model *model, const rv_config *config,
                               const char *layer, rv_error *error);
RV_API void rv_atlas_close(rv_atlas **atlas);
RV_API const char *rv_atlas_layer(const rv_atlas *atlas);
RV_API int rv_atlas_count(const rv_atlas *atlas);
RV_API bool rv_atlas_of_classes(const rv_atlas *atlas);

/* Writes the tile of a channel or class, 0..count-1, or of the layer as a whole (RV_ATLAS_WHOLE),
 * where the cache has it; else false. No device is touched. */
RV_API bool rv_atlas_find(const rv_atlas *atlas, int number, const rv_image *tile);

/* Makes it, writes it, and keeps it in the cache. The first call opens an engine. A channel that
 * answers to nothing leaves noise. progress may be NULL. RV_INVALID, RV_CANCELLED, RV_MEMORY,
 * RV_DEVICE. */
RV_API rv_status rv_atlas_make(rv_atlas *atlas, int number, const rv_image *tile,
                               rv_progress *progress, void *context, rv_error *error);

/* ---- what takes how long ---- */

/* Compiles every kernel for the device of config. compiled counts the programs; RV_DEVICE with the
 * compiler's first complaint. */
RV_API rv_status rv_compile_kernels(const rv_config *config, int *compiled, rv_error *error);

/* Times every way to do each convolution that a step on layer at this size needs, and remembers the
 * fastest in the cache directory. Progress goes through rv_set_progress. measured is the number of
 * shapes that were timed (those known already are not timed again). */
RV_API rv_status rv_tune(rv_engine *engine, const char *layer, int width, int height, int *measured,
                         rv_error *error);

/* Times `runs` gradient steps (forward to layer, L2 objective, backward to the picture) after one
 * that is not counted. milliseconds[runs] is the caller's; runs may be 0. gflop is the useful
 * arithmetic of one step: two for each multiply-add of the convolutions as the network defines
 * them. */
RV_API rv_status rv_measure_step(rv_engine *engine, const char *layer, int width, int height,
                                 int runs, double *milliseconds, double *gflop, rv_error *error);

/* What the launches of one operator take that run the same kernel in the same direction. */
typedef struct rv_profile_entry {
	char operation[32]; /* "Conv", "MaxPool", "Objective"...; "Picture": outside the network */
	char kernel[64];    /* "library" where another library launches its own */
	bool backward;
	int launches;
	double milliseconds; /* in all */
	double gflop;        /* useful arithmetic; 0 where nobody counts */
} rv_profile_entry;

/* Where the time of one gradient step goes: the median of `runs` runs of every launch by itself.
 * Writes up to capacity entries, the longest first, and their whole number to count. */
RV_API rv_status rv_profile_step(rv_engine *engine, const char *layer, int width, int height,
                                 int runs, rv_profile_entry *entries, int capacity, int *count,
                                 rv_error *error);

/* The same for dreaming a whole picture with the engine's params, from each launch of each octave
 * and the number of times it is run. */
RV_API rv_status rv_profile_dream(rv_engine *engine, int width, int height, int runs,
                                  rv_profile_entry *entries, int capacity, int *count,
                                  rv_error *error);

/* The GFLOPS that the device reaches with nothing else to do: of fused multiply-adds, and of matrix
 * units, of products of theirs (0 where there are none). */
RV_API rv_status rv_measure_peak(rv_engine *engine, double *gflops, double *unit_gflops,
                                 rv_error *error);

/* What the host pays to launch. */
typedef struct rv_launch_cost {
	int launches;
	double enqueued; /* milliseconds from the first call to the return of the last one */
	double done;     /* milliseconds from there until the device is done, too */
} rv_launch_cost;
/* Of a gradient step, as rv_measure_step runs it: the medians of `runs` steps. */
RV_API rv_status rv_measure_launches(rv_engine *engine, const char *layer, int width, int height,
                                     int runs, rv_launch_cost *cost, rv_error *error);

/* Bytes on the device. */
typedef struct rv_memory {
	uint64_t tensors; /* activations and gradients, which share one buffer */
	uint64_t saved;   /* kept by operators from forward to backward */
	uint64_t rasters; /* the picture and what steps need at its size */
	uint64_t kept;    /* by targets, such as features of guides; and by operators */
	uint64_t weights;
	int tiles, tile_width, tile_height; /* of the largest octave */
} rv_memory;
/* What the engine holds in order to dream pictures of this size, by themselves, with its params. */
RV_API rv_status rv_measure_memory(rv_engine *engine, int width, int height, rv_memory *memory,
                                   rv_error *error);

/* One way to do a convolution, timed. The pointers live as long as the call. */
typedef struct rv_convolution_timing {
	const char *name; /* of the first node that has this shape */
	bool backward;
	int window_height, window_width, stride;
	int input_channels, output_channels;  /* of the direction that is timed */
	int height, width;                    /* of what is written */
	rv_convolution method;                /* never RV_CONVOLUTION_AUTO */
	int lanes, tile_pixels, tile_vectors; /* 0 for RV_CONVOLUTION_GEMM */
	int group;       /* a work-group has group * group items; 0 for RV_CONVOLUTION_GEMM */
	int block_tiles; /* Winograd tiles of a work-group; 0: as the method thinks best */
	bool bfloat16;   /* multiplies pairs of bfloat16; by matrix units as many as precision asks
	                  * for */
	double milliseconds, gflop; /* the best of a few runs; useful arithmetic */
	bool fastest;               /* the one that is used from now on */
} rv_convolution_timing;

typedef void rv_convolution_report(void *context, const rv_convolution_timing *timing);
/* As rv_tune, but every shape is timed, known or not, and every way to do it reported. */
RV_API rv_status rv_compare_convolutions(rv_engine *engine, const char *layer, int width,
                                         int height, rv_convolution_report *report, void *context,
                                         rv_error *error);

#ifdef __cplusplus
}
#endif
#endif
