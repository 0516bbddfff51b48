/* From a gradient to a step of the ascent: normalise, move the picture, clip. */
#ifndef ENGINE_PICTURE_GRADIENT_H
#define ENGINE_PICTURE_GRADIENT_H

#include "engine/picture/raster.h"

/* Twin of BANDS_MAX in shaders/picture/gradient.cl. */
enum { GRADIENT_BANDS_MAX = 8 };

struct gradient_settings {
	rv_normalisation normalisation;
	float step; /* the normalised gradient is multiplied by this */
	/* RV_NORMALISE_BANDS and RV_NORMALISE_EVEN_BANDS: bands wanted, 1..GRADIENT_BANDS_MAX, 0
	 * for the default. There are fewer where the picture is too small to be halved that often.
	 */
	int bands;
	/* NULL, or a float on the device that the normalised gradient is multiplied with besides:
	 * for a length that only the device knows. */
	cl_mem length;
	/* The gradient is so many pictures of equal height, one below the other, of which no band
	 * reaches into the next; 0: one. All are brought to strength together. */
	int parts;
};

/* Records gradient = the mean of three blurs of it, by Gaussians of a half, one and two times sigma
 * pixels cut off 4 pixels away, mirrored at the border: those of gordicaleksa's pytorch-deepdream
 * (2020). It is so many pictures, one below the other. Returns the index of the launch, whose
 * sigma, 0 at first, may be changed with launch_set_float. */
enum { GRADIENT_SOFTEN = 1 };
int gradient_record_soften(struct launch_recorder *recorder, const struct raster *gradient,
                           int parts);

/* Records gradient = gradient - its mean over all pixels and colours. */
void gradient_record_centre(struct launch_recorder *recorder, const struct raster *gradient);

/* How many bands a picture of this size gets: each but the last halves it, and none is halved
 * below GRADIENT_BAND_SMALLEST pixels on its shorter side. */
enum { GRADIENT_BANDS_DEFAULT = 5, GRADIENT_BAND_SMALLEST = 4 };
int gradient_bands(const struct gradient_settings *settings, int width, int height);

/* The weight of a band, 0 the finest. */
float gradient_band_weight(int band);

/* Records picture = clip(picture + step * normalised gradient, -1, 1). Both have the same size;
 * gradient is overwritten. Returns the index of the launch that moves the picture, whose argument
 * GRADIENT_STEP may be changed with launch_set_float.
 *
 * The normalised gradient is, over all pixels and colours,
 *   RV_NORMALISE_MEAN_ABS   gradient / mean(|gradient|)
 *   RV_NORMALISE_DEVIATION  gradient / standard deviation(gradient)
 *   RV_NORMALISE_STANDARD   the same; whoever records it records gradient_record_centre first
 *   RV_NORMALISE_BANDS      the gradient taken apart into a Laplacian pyramid (Burt and Adelson
 *                           1983, weights 1 4 6 4 1), each band divided by its RMS and weighed by
 *                           gradient_band_weight, put together again and divided by the
 *                           RMS of that
 *   RV_NORMALISE_EVEN_BANDS the same bands, each divided by its RMS, put together again and left
 * so: about sqrt(bands) as long. Normalising band by band is the idea of the DeepDream notebook
 * (Mordvintsev 2015), which does this. A gradient of zeros moves nothing. A band far weaker than
 * the strongest (by 1e-4: rounding) is not brought up beyond that ratio. Sums are taken in a fixed
 * order, so the same gradient always gives the same step. The pyramid lies in the recorder's room.
 */
enum { GRADIENT_STEP = 2 /* float */ };
int gradient_record_step(struct launch_recorder *recorder, const struct raster *gradient,
                         const struct raster *picture, const struct gradient_settings *settings);

/* Takes what that takes of the recorder's room, which is measured. */
void gradient_measure(struct launch_recorder *recorder, int width, int height,
                      const struct gradient_settings *settings);

/* The two halves of that, for gradients that are brought to the picture between them. The first
 * leaves in *factor a float that the gradient still wants to be multiplied with. */
void gradient_record_normalise(struct launch_recorder *recorder, const struct raster *gradient,
                               const struct gradient_settings *settings, cl_mem *factor);
int gradient_record_move(struct launch_recorder *recorder, const struct raster *gradient,
                         const struct raster *picture, cl_mem factor, float step);

#endif
