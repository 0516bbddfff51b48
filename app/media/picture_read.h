/* Still pictures from any format that libavcodec decodes. */
#ifndef APP_MEDIA_PICTURE_READ_H
#define APP_MEDIA_PICTURE_READ_H

#include "app/media/input.h"
#include "app/media/picture.h"

/* Decodes the picture in an input, or the first frame of an animation: 8 bits a channel stay 8
 * bits and more become 16; grey and the inks of a JPEG become sRGB, by their profiles where they
 * have some; RGB stays in the colours of its profile (app/media/rendition.h makes sRGB of it);
 * EXIF's orientation is applied (JPEG, WebP; libavcodec reads none from PNG and
 * TIFF). The input is spent. RV_CORRUPT: damaged or truncated; RV_MEMORY: beyond the limits in
 * app/media/libav.h; RV_UNSUPPORTED; RV_IO. */
rv_status picture_read(struct picture *picture, struct input *input, rv_error *error);
/* The same by name (as input_open), for a picture alone. */
rv_status picture_open(struct picture *picture, const char *name, rv_error *error);

#endif
