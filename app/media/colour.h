/* Colours of photographs by their ICC profiles, through lcms2: relative colorimetric, with black
 * point compensation, as programs for photographs do it. */
#ifndef APP_MEDIA_COLOUR_H
#define APP_MEDIA_COLOUR_H

#include <libavutil/buffer.h>
#include <libavutil/pixfmt.h>
#include <stdbool.h>
#include <stdint.h>

#include "engine/reverie.h"

/* The kind of colours that a profile is for. */
enum colour_space {
	COLOUR_UNKNOWN, /* damaged, or of a kind that pictures do not have */
	COLOUR_RGB,
	COLOUR_GREY,
	COLOUR_INKS, /* cyan, magenta, yellow, black */
};
enum colour_space colour_space_of(const AVBufferRef *profile);

/* The profile of RGB with these primaries and sRGB's curve; NULL: they are sRGB's, or unknown, or
 * out of memory. */
AVBufferRef *colour_profile_of(enum AVColorPrimaries primaries);

/* From an RGB profile to sRGB, and back. Belongs to one thread at a time. */
struct colour;

/* For pictures of that format. *colour is NULL where the profile is sRGB in all but name, so that
 * nothing need be done. RV_CORRUPT: the profile cannot be used; RV_MEMORY. */
rv_status colour_create(struct colour **colour, const AVBufferRef *profile, rv_pixel_format format,
                        rv_error *error);
void colour_destroy(struct colour **colour);

/* Fills rendition, in sRGB, from original; colours beyond sRGB are clipped. Both are of the size
 * and format that colour is for. */
void colour_render(const struct colour *colour, const rv_image *original,
                   const rv_image *rendition);

/* Fills laid with the original, changed as far as the dream changed its rendition: where it did
 * not, it is the original to the last bit, colours beyond sRGB included. */
void colour_lay(const struct colour *colour, const rv_image *original, const rv_image *rendition,
                const rv_image *dreamed, const rv_image *laid);

/* Turns grey, in RGB whose channels are equal, into sRGB by a profile of COLOUR_GREY. The same
 * errors. */
rv_status colour_convert_grey(const AVBufferRef *profile, const rv_image *image, rv_error *error);

/* Turns rows of inks into sRGB, 8 bits each: four bytes to a pixel, 255 for no ink, into three, by
 * a profile of COLOUR_INKS, or without one (NULL) by the plain formula. The same errors. */
rv_status colour_convert_inks(const AVBufferRef *profile, const uint8_t *inks, int pixels,
                              uint8_t *srgb, rv_error *error);

#endif
