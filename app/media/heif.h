/* HEIC and AVIF photographs, which phones take, through libheif. */
#ifndef APP_MEDIA_HEIF_H
#define APP_MEDIA_HEIF_H

#include <libavutil/frame.h>

#include "engine/reverie.h"

/* Under this key a frame's metadata say that the file holds a gain map too, which is not read. */
#define HEIF_GAIN_MAP "gain-map"

/* Whether a file that begins with these bytes holds such a photograph; 32 of them are looked at. */
bool heif_holds(const uint8_t *head, size_t length);

/* The block of EXIF that the photograph in these bytes has, the caller's to free; NULL: it has
 * none, or is damaged. */
uint8_t *heif_find_exif(const uint8_t *bytes, size_t size, size_t *length);

/* Decodes the photograph, upright, to a new frame in RGB24, RGBA, RGB48 or RGBA64, with its ICC
 * profile as side data where it has one, or else primaries and transfer as the file says.
 * RV_CORRUPT; RV_UNSUPPORTED: a codec that libheif was built without; RV_MEMORY: beyond the limits
 * of app/media/libav.h; RV_IO. */
rv_status heif_read(AVFrame **frame, const char *path, rv_error *error);

#endif
