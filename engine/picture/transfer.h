/* One upload and one download of the caller's pixels for each picture; the device converts them. */
#ifndef ENGINE_PICTURE_TRANSFER_H
#define ENGINE_PICTURE_TRANSFER_H

#include "engine/picture/raster.h"

/* The same at a larger size, at which it is dreamed. weights are of that size then, and so is
 * weighed, which is there where they are. scratch is used while either direction runs. */
struct transfer_larger {
	struct raster frame, detail, weighed;
	cl_mem scratch;
	size_t scratch_bytes;
};

/* Between the caller and two rasters of one size. Begins with the first members set, up to larger,
 * and the others zero; both directions are recorded when first needed, and again when the format of
 * the caller's pixels changes. */
struct transfer {
	struct device *device;
	struct raster frame;  /* the picture as given */
	struct raster detail; /* what was dreamed: dream minus picture */
	cl_mem weights;       /* see raster_record_store */
	int margin;           /* of a sphere: columns on either side that repeat the other */
	struct transfer_larger larger; /* zero: none */
	struct launch_list load, store, shown;
	struct launch_list room; /* owns the pixels, either way the same */
	size_t sample_bytes;     /* that they have room for */
	struct raster_pixels input, output;
	int store_launch;
};

void transfer_release(struct transfer *transfer);

/* Records both directions, for pixels of this format. */
rv_status transfer_record(struct transfer *transfer, rv_pixel_format format, rv_error *error);

/* Writes image, which has the rasters' size without their margins, to frame. The image is read
 * until the next transfer_download has returned. */
rv_status transfer_upload(struct transfer *transfer, const rv_image *image, rv_error *error);

/* Where no image was uploaded: takes frame over from the larger one, if there is one, which may
 * have changed. */
rv_status transfer_take_frame(struct transfer *transfer, rv_error *error);

/* Writes frame + strength * detail, by its weights, to image, and waits until it is there. */
rv_status transfer_download(struct transfer *transfer, float strength, const rv_image *image,
                            rv_error *error);

/* Device memory for the caller's pixels. */
size_t transfer_needed(int width, int height, size_t sample_bytes);

#endif
