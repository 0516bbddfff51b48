/* Reverie: live DeepDream. The public header of the engine. What is dreamed, and in which ranges,
 * is in reverie_params.h, which this one includes; beside it reverie_inspect.h looks into networks
 * and measures, reverie_motion.h finds how pictures move, and reverie_checkpoint.h writes out what
 * a dream remembers.
 *
 * A model is a trained convolutional network read from an ONNX file. An engine binds a model to an
 * OpenCL device and dreams pictures with it: gradient ascent on the picture, over several octaves
 * (Mordvintsev, Olah, Tyka: "Inceptionism", 2015).
 *
 * Threads: a model is immutable once opened and may be shared by threads. An engine belongs to one
 * thread at a time; nothing in it is global, so several engines may run side by side.
 * Errors: every function that can fail returns an rv_status and, where the last argument is not
 * NULL, writes one line for a person into it: what failed, where, what to do. The library never
 * prints, exits or aborts.
 * Memory: what rv_X_open or rv_X_create returns is the caller's, to be given back through
 * rv_X_close or rv_X_destroy, which accept NULL and clear the pointer they are given. */
#ifndef REVERIE_H
#define REVERIE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reverie_params.h"

/* While the first number is 0, programs must be built anew when the second one changes: the name of
 * the shared library holds both (tests/lint/interface.py). */
#define RV_VERSION_MAJOR 0
#define RV_VERSION_MINOR 2
#define RV_VERSION_PATCH 0
#define RV_VERSION RV_VERSION_TEXT(RV_VERSION_MAJOR, RV_VERSION_MINOR, RV_VERSION_PATCH)
#define RV_VERSION_TEXT(major, minor, patch) RV_VERSION_JOIN(major, minor, patch)
#define RV_VERSION_JOIN(major, minor, patch) #major "." #minor "." #patch

#ifdef __cplusplus
extern "C" {
#endif

/* ---- errors ---- */

typedef enum rv_status {
	RV_OK = 0,
	RV_INVALID,     /* an argument or option is out of its range */
	RV_NOT_FOUND,   /* a file, device, layer or encoder does not exist */
	RV_UNSUPPORTED, /* the input is sound, but asks for what Reverie cannot do */
	RV_CORRUPT,     /* the input is damaged or hostile */
	RV_IO,          /* reading or writing failed */
	RV_MEMORY,      /* host or device memory ran out, or a limit was reached */
	RV_DEVICE,      /* OpenCL reported an error */
	RV_CANCELLED,   /* the progress callback, or a signal, asked to stop */
} rv_status;

enum { RV_ERROR_LENGTH = 512 };

typedef struct rv_error {
	rv_status status;
	char message[RV_ERROR_LENGTH]; /* one line, no newline, no full stop at the end */
} rv_error;

/* Writes status and message to error (if not NULL) and returns status, so that a failing function
 * can end with `return rv_fail(...)`. */
RV_API rv_status rv_fail(rv_error *error, rv_status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Letters to put in, take out or replace to make one name of the other (Levenshtein 1966), without
 * regard to case: for "did you mean". Only the first 64 bytes of a name are looked at. */
RV_API int rv_edit_distance(const char *a, const char *b);

/* ---- devices ---- */

typedef enum rv_device_kind { RV_DEVICE_CPU, RV_DEVICE_GPU, RV_DEVICE_OTHER } rv_device_kind;
typedef struct rv_device_info {
	char name[128], platform[128], driver[64];
	rv_device_kind kind;
	unsigned compute_units, vector_width; /* vector_width: native lanes of float */
	uint64_t memory_bytes, max_buffer_bytes;
	bool usable; /* false: listed by its platform, but cannot run Reverie's kernels */
} rv_device_info;

/* Writes up to capacity devices to list, in a stable order, and their whole number to count.
 * Device N of every interface is list[N - 1]. No device at all is RV_OK with count 0. */
RV_API rv_status rv_device_list(rv_device_info *list, int capacity, int *count, rv_error *error);

/* ---- models ---- */

typedef struct rv_model rv_model;
/* How a picture becomes the network's input: channel c of the input is
 * (value - mean[c]) * scale[c], value in 0..255, channels in the network's order. */
typedef struct rv_input_format {
	/* "caffe-bgr", "imagenet", "unit", "signed", "file" (the model's metadata says it) or
	 * "guess" (nothing does). */
	char name[32];
	bool bgr; /* channel 0 is blue */
	float mean[3], scale[3];
} rv_input_format;

typedef struct rv_layer_info {
	const char *name;          /* owned by the model */
	const char *operator_name; /* ONNX operator that makes it, such as "Concat" */
	int channels;              /* 0 where unknown before a size is given */
	int stride;     /* picture pixels per pixel of the layer; 0 where there are none */
	bool supported; /* false: this layer, or one below it, uses an unknown operator */
} rv_layer_info;

/* Reads the ONNX file or .caffemodel at path. input_format is a preset's name, or NULL or "" for
 * what the file says; where it says nothing, that of torchvision's networks is taken, and called
 * "guess". RV_INVALID: no such preset; RV_NOT_FOUND, RV_IO, RV_CORRUPT, RV_UNSUPPORTED, RV_MEMORY.
 */
RV_API rv_status rv_model_open(rv_model **model, const char *path, const char *input_format,
                               rv_error *error);
RV_API void rv_model_close(rv_model **model);
RV_API const char *rv_model_path(const rv_model *model);
RV_API const rv_input_format *rv_model_input_format(const rv_model *model);
/* The layer dreamed of when none is named: what the metadata says, else one two thirds up; its name
 * is shorter than RV_LAYER_NAME_LENGTH. */
RV_API const char *rv_model_default_layer(const rv_model *model);

/* What is known of a network besides what its file says: a preset of the input format, and the
 * layer that is dreamed of when none is named; NULL leaves either as it is. To be called before the
 * model is shared or has an engine. RV_INVALID: no such preset; RV_NOT_FOUND: no such layer. */
RV_API rv_status rv_model_set_defaults(rv_model *model, const char *input_format, const char *layer,
                                       rv_error *error);

/* Layers in the order of the network, 0 <= index < count. */
RV_API int rv_model_layer_count(const rv_model *model);
RV_API const rv_layer_info *rv_model_layer(const rv_model *model, int index);
/* Writes the index of the layer called name, or as writers of ONNX files lengthen it: name_1 (model
 * zoo), /name_output_0 (PyTorch). None: RV_NOT_FOUND and a message with the nearest names. */
RV_API rv_status rv_model_find_layer(const rv_model *model, const char *name, int *index,
                                     rv_error *error);

/* ---- pictures ---- */

typedef enum rv_pixel_format {
	RV_RGB8,   /* 3 bytes a pixel, 0..255 */
	RV_RGB16,  /* 3 uint16_t a pixel, native byte order, 0..65535 */
	RV_RGBF32, /* 3 floats a pixel, 0..1 */
} rv_pixel_format;

typedef struct rv_image {
	rv_pixel_format format;
	int width, height; /* pixels, at least 1 */
	size_t stride;     /* bytes from one row to the next */
	void *pixels;      /* the caller's; read only where the function takes a const rv_image */
} rv_image;

/* ---- the engine ---- */

typedef struct rv_engine rv_engine;

typedef enum rv_convolution {
	RV_CONVOLUTION_AUTO, /* what was measured fastest, or a default for the kind of device */
	RV_CONVOLUTION_DIRECT,
	RV_CONVOLUTION_WINOGRAD, /* where it applies, direct elsewhere */
	RV_CONVOLUTION_GEMM,     /* im2col and CLBlast */
	RV_CONVOLUTION_MATRIX,   /* a GPU's matrix units; elsewhere a slow stand-in for them */
} rv_convolution;

/* What convolutions may lose for speed: sums are of floats, and factors may be rounded, the further
 * down the more. */
typedef enum rv_precision {
	RV_PRECISION_FLOAT,             /* nothing: other orders of sums */
	RV_PRECISION_TF32,              /* to 11 bits, fast on a GPU's matrix units alone */
	RV_PRECISION_BFLOAT16_BACKWARD, /* as below in the gradient, as FLOAT on the way to it */
	RV_PRECISION_BFLOAT16,          /* to 8 bits, where AVX-512 BF16 or matrix units do */
	RV_PRECISION_AUTO,              /* the fastest of these that was found to keep the dream */
} rv_precision;

typedef enum rv_kernels {
	RV_KERNELS_AUTO, /* by the kind of the device */
	RV_KERNELS_CPU,  /* work-groups of one item with wide vectors */
	RV_KERNELS_GPU,  /* work-groups of many items that share local memory */
} rv_kernels;

/* Zeroed, this is a valid configuration. */
typedef struct rv_config {
	int device; /* 1..count of rv_device_list; 0: a GPU if there is one */
	rv_convolution convolution;
	rv_precision precision;
	rv_kernels kernels;          /* either shape runs on any device, on the wrong one slowly */
	bool no_fuse;                /* keep operators apart that would be run as one */
	bool time_stages;            /* measure those that rv_frame_report has times of */
	const char *cache_directory; /* NULL: $XDG_CACHE_HOME/reverie; "": no cache on disk */
	/* Bytes that dreams may take on the device; 0: all it has. On a processor, where host and
	 * device are one, the whole process counts. Gradients that do not fit are computed in
	 * tiles. */
	uint64_t memory_limit;
} rv_config;

/* Called between gradient steps, on the engine's thread, with the part done so far, 0..1.
 * Returning false ends the call that is under way with RV_CANCELLED. */
typedef bool rv_progress(void *context, double part);

/* The model must outlive the engine. */
RV_API rv_status rv_create(rv_engine **engine, const rv_model *model, const rv_config *config,
                           rv_error *error);
RV_API void rv_destroy(rv_engine **engine);

/* The device the engine runs on. */
RV_API const rv_device_info *rv_engine_device(const rv_engine *engine);

/* Checks params and uses them from the next picture on. On RV_INVALID or RV_NOT_FOUND the message
 * says which field is wrong, and the old params stay. */
RV_API rv_status rv_set_params(rv_engine *engine, const rv_params *params, rv_error *error);

/* Fill a slot, 0..RV_SLOTS_MAX-1, of which targets speak: copied, at any time before the params
 * that speak of it, and anew later. A guide has the features of its picture's own size; numbers
 * lie in -1e9..1e9. NULL frees: a dream whose params speak of the slot is RV_INVALID then. */
RV_API rv_status rv_set_picture(rv_engine *engine, int slot, const rv_image *picture,
                                rv_error *error);
RV_API rv_status rv_set_numbers(rv_engine *engine, int slot, const float *numbers, int count,
                                rv_error *error);

RV_API void rv_set_progress(rv_engine *engine, rv_progress *progress, void *context);

/* Called while what the next picture needs is prepared: its kernels are built, which may take
 * minutes where the cache does not hold them, and run for the first time. On the engine's thread,
 * within rv_dream or rv_journey, with the part done so far, which rises to 1 when the picture is
 * dreamed. Returning false ends that call with RV_CANCELLED; what was built stays. Where no kernels
 * are missing it takes as little as a step. NULL: nobody is told. */
RV_API void rv_set_preparation(rv_engine *engine, rv_progress *preparation, void *context);

/* Instead of a presentation time: a picture by itself, which inherits and leaves nothing. */
#define RV_TIME_NONE INT64_MIN

/* Dreams input into output, which has the same size (not necessarily the same format; the two may
 * be the same image). time is the presentation time of the frame in nanoseconds, on any clock that
 * rises: rates per second go by it. More than a second since the last frame counts as one second,
 * less than none as none. A frame of another size, or with other octaves or another quality of the
 * flow than the last one, goes on from that one's dream, resized; one with other layers, channels
 * or another objective dreams that one's dream on, which fades as it melts into the new one, over
 * about a second. On an error output is undefined; RV_CANCELLED leaves the dream so far as it was.
 * Where rv_config limits the memory all of these begin anew. */
RV_API rv_status rv_dream(rv_engine *engine, const rv_image *input, int64_t time,
                          const rv_image *output, rv_error *error);

/* Judges a frame as rv_dream would, for rv_last_frame's cut and likeness, and dreams nothing, in a
 * small part of the time: where a video's shots begin. A dream after a look begins anew, as does a
 * look after a dream. */
RV_API rv_status rv_look(rv_engine *engine, const rv_image *input, int64_t time, rv_error *error);

/* Dreams on without a new frame: the last dream itself, moved by params.time's zoom, rotation and
 * pan for the time that has passed, is the picture that is dreamed, over all octaves and with
 * time.warm_steps in each (0: 1). Any params may have changed since, and output may have another
 * size than the last picture, but where rv_config limits the memory. RV_INVALID where there is no
 * last dream: rv_dream comes first, with params.time.on and a time; RV_CANCELLED as there. */
RV_API rv_status rv_journey(rv_engine *engine, int64_t time, const rv_image *output,
                            rv_error *error);

/* Forgets the past: after a seek, or a cut that is known. */
RV_API void rv_reset(rv_engine *engine);

/* What the last picture went through. */
typedef struct rv_frame_report {
	bool cold;         /* dreamed from nothing, with all octaves and iterations */
	bool cut;          /* because a new scene was seen */
	bool onset;        /* within the beginning of a scene, as rv_time.onset spreads it */
	int steps;         /* gradient steps, over all octaves */
	double megapixels; /* that those saw, one after the other */
	int tiles;       /* in which the largest octave was dreamed; 1: there was memory for all */
	float likeness;  /* 0..1: the part of the contrast that the past one shows, moved along */
	float uncovered; /* 0..1: the part of the frame that the past one does not show */
	/* Milliseconds on the device that the optical flow took, and all gradient steps; 0 unless
	 * rv_config.time_stages. */
	float flow_ms, steps_ms;
} rv_frame_report;
RV_API rv_frame_report rv_last_frame(const rv_engine *engine);

#ifdef __cplusplus
}
#endif
#endif
