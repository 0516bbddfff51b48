/* Motion fields in files: Middlebury's .flo, and pictures in the usual colours. */
#ifndef APP_MEDIA_FLO_H
#define APP_MEDIA_FLO_H

#include "app/base/output_file.h"
#include "app/media/picture.h"

/* Motion of width x height pixels: motion[(y * width + x) * 2] is u, to the right, and the float
 * after it v, down, in pixels. Where either is not within +-FLO_KNOWN the motion is unknown.
 * Released by flo_release. */
struct flo {
	int width, height;
	float *motion;
};

/* Beyond this, Middlebury's files mean that nobody knows. */
#define FLO_KNOWN 1e9f

/* A field of zeros. RV_INVALID: a side below 1 or above the limit; RV_MEMORY. */
rv_status flo_create(struct flo *flo, int width, int height, rv_error *error);
void flo_release(struct flo *flo);

/* Reads a .flo file (Baker et al., "A database and evaluation methodology for optical flow", IJCV
 * 2011): the float 202021.25, width, height, the pairs row by row, all little-endian. RV_NOT_FOUND,
 * RV_IO; RV_CORRUPT: no such file, damaged or cut short. */
rv_status flo_read(struct flo *flo, const char *path, rv_error *error);
/* Writes it. The caller commits the file, which is when errors of writing are told. */
void flo_write(struct output_file *file, const struct flo *flo);

bool flo_is_known(const struct flo *flo, size_t pixel);

/* Mean distance in pixels of the ends of both motions, over the pixels whose motion is known in
 * truth. RV_INVALID: the sizes differ, or nothing is known. */
rv_status flo_end_point_error(const struct flo *flo, const struct flo *truth, double *error_pixels,
                              rv_error *error);

/* The colour wheel of the same paper: hue is the direction, saturation the length in parts of
 * longest (0: of the longest there is); what is still is white, what is unknown black, and what is
 * longer than longest darkened. RV_MEMORY. */
rv_status flo_colours(const struct flo *flo, float longest, struct picture *picture,
                      rv_error *error);

#endif
