/* The caller's pixels: one upload and one download a picture, converted on the device. */
#ifndef ENGINE_PICTURE_TRANSFER_H
#define ENGINE_PICTURE_TRANSFER_H

#include "engine/picture/raster.h"

/* Between the caller and two rasters of one size. Begins with the first three members set and the
 * others zero; both directions are recorded when first needed, and again when the format of the
 * caller's pixels changes. */
struct transfer {
	struct device *device;
	struct raster frame;  /* the picture as given */
	struct raster detail; /* what was dreamed: dream minus picture */
	struct launch_list load, store;
	struct raster_pixels input, output;
	int store_launch;
};

void transfer_release(struct transfer *transfer);

/* Records both directions, for pixels of this format. */
rv_status transfer_record(struct transfer *transfer, rv_pixel_format format, rv_error *error);

/* image -> frame; image, of the rasters' size, is read until transfer_download has waited. */
rv_status transfer_upload(struct transfer *transfer, const rv_image *image, rv_error *error);

/* frame + strength * detail -> image; waits for it. */
rv_status transfer_download(struct transfer *transfer, float strength, const rv_image *image,
                            rv_error *error);

/* Device memory for the caller's pixels. */
size_t transfer_bytes(const struct transfer *transfer);

#endif
