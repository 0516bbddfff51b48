/* The eight ways a camera may have been held, by EXIF's numbers (Exif 2.32, tag 0x0112): 1 is
 * upright, 2 to 4 are mirrored or turned by 180 degrees, 5 to 8 also have their sides swapped. */
#ifndef APP_MEDIA_ORIENTATION_H
#define APP_MEDIA_ORIENTATION_H

#include <libavutil/frame.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ORIENTATION_UPRIGHT = 1, ORIENTATION_LAST = 8 };

/* Width and height change places in the upright picture. */
bool orientation_swaps_sides(int orientation);

/* Writes the upright form of a plane of width x height pixels, each of pixel_bytes bytes. Both
 * strides are in bytes; to has room for the swapped sides where they swap. The planes must not
 * overlap. */
void orientation_apply(int orientation, const void *from, size_t from_stride, int width, int height,
                       size_t pixel_bytes, void *to, size_t to_stride);

/* The orientation nearest to a display matrix (libavutil/display.h); upright for NULL. */
int orientation_of_matrix(const int32_t *matrix);
/* What a decoded frame says about itself: its display matrix, or else EXIF's "Orientation". */
int orientation_of_frame(const AVFrame *frame);

#endif
