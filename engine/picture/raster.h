/* Pictures on the device: between the caller's pixels and the network's input.
 *
 * A raster holds width * height pixels of four floats, row by row: red, green, blue, and a fourth
 * that is always 0. Colour spans -1 (black) to 1 (full); differences of pictures and gradients use
 * the same form without that range.
 *
 * Functions called record_... append launches to the recorder's list. Those that return an int
 * give the index in that list of the launch whose arguments may be changed between runs, with
 * launch_set_int or launch_set_float and the argument numbers named here; after a failure of the
 * recorder the index is of no use. The rasters must outlive the list. */
#ifndef ENGINE_PICTURE_RASTER_H
#define ENGINE_PICTURE_RASTER_H

#include "engine/opencl/record.h"

struct raster {
	cl_mem buffer;
	int width, height; /* at least 1 */
};

/* Bytes of a raster's buffer: 16 for each pixel. */
size_t raster_bytes(int width, int height);

/* Bytes of one sample of a caller's pixels; a pixel has three. */
size_t raster_sample_bytes(rv_pixel_format format);

/* A raster of zeros whose buffer the list owns; buffer is NULL after a failure. */
struct raster raster_record_own(struct launch_recorder *recorder, int width, int height);

/* A raster in a part of the recorder's room (record_part). */
struct raster raster_record_part(struct launch_recorder *recorder, int width, int height);

/* The caller's pixels in a buffer of the device. Its size is that of the raster it is loaded from
 * or stored to. stride is a multiple of the bytes of one sample. */
struct raster_pixels {
	cl_mem buffer;
	rv_pixel_format format;
	size_t stride; /* bytes from one row to the next */
};

/* raster = pixels, brought to -1..1. Float pixels are clipped to 0..1 and NaN becomes 0. */
void raster_record_load(struct launch_recorder *recorder, const struct raster_pixels *pixels,
                        const struct raster *raster);

/* pixels = frame + strength * weight * detail, clipped, rounded to the nearest. detail may be NULL,
 * and so may weights, float [height * width], where all are 1. The two rasters have the same size.
 * A picture of 8 or 16 bits that was loaded comes back exactly. */
enum { RASTER_STORE_STRENGTH = 2 /* float */ };
int raster_record_store(struct launch_recorder *recorder, const struct raster *frame,
                        const struct raster *detail, float strength, cl_mem weights,
                        const struct raster_pixels *pixels);

/* raster = weight * raster, with weights as above. */
void raster_record_weigh(struct launch_recorder *recorder, const struct raster *raster,
                         cl_mem weights);

/* to = from, resampled to to's size, by way of recorder->scratch. The filter is Catmull and Rom's
 * cubic (1974), widened by the ratio where an axis shrinks so that it does not alias. It is the
 * sharpest cubic that needs no prefilter, which matters here: the dream's detail is enlarged once
 * an octave, and a triangle would blur it a little more each time, while wider Lanczos filters draw
 * rings around edges. Pixels past the border repeat the border. Constants stay exactly constant but
 * for rounding, and a raster of the same size is copied exactly. */
void raster_record_resize(struct launch_recorder *recorder, const struct raster *from,
                          const struct raster *to);

/* One of those that are summed. */
struct raster_term {
	const struct raster *raster;
	float weight;
};
enum { RASTER_TERMS_MAX = 3, RASTER_COMBINE_WEIGHTS = 3 /* argument of the first: floats */ };

/* out = the sum of up to RASTER_TERMS_MAX rasters of one size, each by its weight, clipped to -1..1
 * if clip; out may be one of them. So detail = picture - base is {picture, 1}, {base, -1}. */
int raster_record_combine(struct launch_recorder *recorder, const struct raster *out,
                          const struct raster_term *terms, int count, bool clip);

/* The picture as the network sees it: input pixel (y, x) is made from picture pixel
 * ((y + shift_y) mod height, (x + shift_x) mod width), which is how jitter and tiles cost nothing;
 * channel c is (value - format->mean[c]) * format->scale[c] with value in 0..255. input is as large
 * as the picture, or a tile of it; it has pixel_stride INPUT_STRIDE and 3 channels, or 1 for a
 * network of grey pictures, which gets the luma (BT.601); the channels left over become 0. Shifts
 * are 0 at first, and are given as 0 <= shift_y < height, 0 <= shift_x < width of the picture. */
enum { RASTER_SHIFT_Y = 1, RASTER_SHIFT_X = 2 /* ints, of both functions below */ };
int raster_record_present(struct launch_recorder *recorder, const struct raster *picture,
                          const rv_input_format *format, const struct slice *input);

/* The way back: from the gradient with respect to input, the gradient with respect to the picture
 * in its own place, order and range of -1..1. Takes the same shifts. That of a tile is multiplied
 * with tiles_weight (engine/dream/tiles.h) along both axes and, where RASTER_ACCUMULATE is not 0,
 * added to what is there; at first the weight is 1 and nothing is added to. */
enum {
	RASTER_ACCUMULATE = 9,
	RASTER_TILE_Y = 10, /* four ints: rise.from, rise.to, fall.from, fall.to */
	RASTER_TILE_X = 14
};
int raster_record_present_backward(struct launch_recorder *recorder,
                                   const struct slice *input_gradient,
                                   const rv_input_format *format, const struct raster *gradient);

/* How the kernels that work on rasters are launched: a work-item does a run of pixels of one row.
 * On a CPU a run is long and is a work-group by itself; on a GPU it is one pixel and a work-group
 * is a tile of them. */
struct raster_grid {
	char options[64]; /* for record_kernel; has RUN, the length of a run */
	size_t global[2], local[2];
};
struct raster_grid raster_grid(const struct device *device, int width, int height);

/* Records the launch of the kernel whose arguments are recorded; returns its index. */
int raster_record_launch(struct launch_recorder *recorder, const struct raster_grid *grid);

#endif
