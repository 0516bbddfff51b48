/* The caller's pixels: one upload and one download a picture, converted on the device. */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include "engine/raster.h"

/* Between the caller and two rasters of one size. Begins with the first three members set and the
 * others zero; both directions are recorded when first needed, and again when the format of the
 * caller's pixels changes. */
struct exchange {
	struct device *device;
	struct raster frame;  /* the picture as given */
	struct raster detail; /* what was dreamed: dream minus picture */
	struct launch_list load, store;
	struct raster_pixels input, output;
	int store_launch;
};

void exchange_release(struct exchange *exchange);

/* Records both directions, for pixels of this format. */
rv_status exchange_record(struct exchange *exchange, rv_pixel_format format, rv_error *error);

/* image -> frame; image, of the rasters' size, is read until exchange_download has waited. */
rv_status exchange_upload(struct exchange *exchange, const rv_image *image, rv_error *error);

/* frame + strength * detail -> image; waits for it. */
rv_status exchange_download(struct exchange *exchange, float strength, const rv_image *image,
                            rv_error *error);

/* Device memory for the caller's pixels. */
size_t exchange_bytes(const struct exchange *exchange);

#endif
