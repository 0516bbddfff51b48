#include "app/media/colour.h"

#include <lcms2.h>
#include <libavutil/common.h>
#include <stdlib.h>
#include <string.h>

enum { GRID = 9, GRID_COLOURS = GRID * GRID * GRID, BLOCK = 256, CODES = 1 << 16 };

struct colour {
	rv_pixel_format format;
	cmsHTRANSFORM to;   /* sRGB of the picture's depth */
	cmsHTRANSFORM back; /* from that to 16 bits of the profile */
};

static cmsHPROFILE open_profile(const AVBufferRef *profile)
{
	return cmsOpenProfileFromMem(profile->data, (cmsUInt32Number)profile->size);
}

enum colour_space colour_space_of(const AVBufferRef *profile)
{
	enum colour_space space = COLOUR_UNKNOWN;
	cmsHPROFILE opened = open_profile(profile);
	if (!opened)
		return space;
	switch (cmsGetColorSpace(opened)) {
	case cmsSigRgbData:
		space = COLOUR_RGB;
		break;
	case cmsSigGrayData:
		space = COLOUR_GREY;
		break;
	case cmsSigCmykData:
		space = COLOUR_INKS;
		break;
	default:
		break;
	}
	cmsCloseProfile(opened);
	return space;
}

/* ---- profiles by their primaries ---- */

static AVBufferRef *save_profile(cmsHPROFILE profile)
{
	cmsUInt32Number size = 0;
	AVBufferRef *saved = NULL;
	if (cmsSaveProfileToMem(profile, NULL, &size) && (saved = av_buffer_alloc(size)) &&
	    !cmsSaveProfileToMem(profile, saved->data, &size))
		av_buffer_unref(&saved);
	return saved;
}

AVBufferRef *colour_profile_of(enum AVColorPrimaries primaries)
{
	static const cmsCIExyY d65 = {0.3127, 0.3290, 1};
	static const cmsCIExyYTRIPLE p3 = {{0.680, 0.320, 1}, {0.265, 0.690, 1}, {0.150, 0.060, 1}};
	static const cmsCIExyYTRIPLE bt2020 = {
		{0.708, 0.292, 1}, {0.170, 0.797, 1}, {0.131, 0.046, 1}};
	static const cmsFloat64Number srgb[] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
	if (primaries != AVCOL_PRI_SMPTE432 && primaries != AVCOL_PRI_BT2020)
		return NULL;
	cmsToneCurve *curve = cmsBuildParametricToneCurve(NULL, 4, srgb);
	cmsToneCurve *const curves[] = {curve, curve, curve};
	cmsHPROFILE profile =
		curve ? cmsCreateRGBProfile(&d65, primaries == AVCOL_PRI_SMPTE432 ? &p3 : &bt2020,
	                                    curves)
		      : NULL;
	AVBufferRef *saved = profile ? save_profile(profile) : NULL;
	if (profile)
		cmsCloseProfile(profile);
	cmsFreeToneCurve(curve);
	return saved;
}

/* ---- transforms ---- */

/* From the profile to sRGB, or back. NULL: lcms cannot. */
static cmsHTRANSFORM make_transform(const AVBufferRef *profile, cmsUInt32Number from,
                                    cmsUInt32Number to, bool back)
{
	cmsHPROFILE own = open_profile(profile), srgb = cmsCreate_sRGBProfile();
	cmsHTRANSFORM made = NULL;
	if (own && srgb)
		made = cmsCreateTransform(back ? srgb : own, from, back ? own : srgb, to,
		                          INTENT_RELATIVE_COLORIMETRIC,
		                          cmsFLAGS_BLACKPOINTCOMPENSATION | cmsFLAGS_NOCACHE);
	if (own)
		cmsCloseProfile(own);
	if (srgb)
		cmsCloseProfile(srgb);
	return made;
}

static rv_status fail(rv_error *error)
{
	return rv_fail(error, RV_CORRUPT, "the colour profile cannot be used");
}

/* Whether no colour moves by more than a code of 8 bits. */
static bool is_srgb(const AVBufferRef *profile)
{
	uint8_t before[3 * GRID_COLOURS], after[3 * GRID_COLOURS];
	cmsHTRANSFORM to = make_transform(profile, TYPE_RGB_8, TYPE_RGB_8, false);
	bool same = to;
	for (int i = 0; i < GRID_COLOURS; i++) {
		before[3 * i] = (uint8_t)(i % GRID * 255 / (GRID - 1));
		before[3 * i + 1] = (uint8_t)(i / GRID % GRID * 255 / (GRID - 1));
		before[3 * i + 2] = (uint8_t)(i / GRID / GRID * 255 / (GRID - 1));
	}
	if (to)
		cmsDoTransform(to, before, after, GRID_COLOURS);
	for (int i = 0; i < 3 * GRID_COLOURS && same; i++)
		same = abs(before[i] - after[i]) <= 1;
	if (to)
		cmsDeleteTransform(to);
	return same;
}

rv_status colour_create(struct colour **created, const AVBufferRef *profile, rv_pixel_format format,
                        rv_error *error)
{
	cmsUInt32Number type = format == RV_RGB16 ? TYPE_RGB_16 : TYPE_RGB_8;
	*created = NULL;
	if (is_srgb(profile))
		return RV_OK;
	struct colour *colour = calloc(1, sizeof(*colour));
	if (!colour)
		return rv_fail(error, RV_MEMORY, "out of memory for a colour profile");
	colour->format = format;
	colour->to = make_transform(profile, type, type, false);
	colour->back = make_transform(profile, type, TYPE_RGB_16, true);
	if (!colour->to || !colour->back) {
		colour_destroy(&colour);
		return fail(error);
	}
	*created = colour;
	return RV_OK;
}

void colour_destroy(struct colour **destroyed)
{
	struct colour *colour = *destroyed;
	if (!colour)
		return;
	if (colour->to)
		cmsDeleteTransform(colour->to);
	if (colour->back)
		cmsDeleteTransform(colour->back);
	free(colour);
	*destroyed = NULL;
}

/* ---- pixels ---- */

static void *row_of(const rv_image *image, int y)
{
	return (uint8_t *)image->pixels + (size_t)y * image->stride;
}

void colour_render(const struct colour *colour, const rv_image *original, const rv_image *rendition)
{
	for (int y = 0; y < original->height; y++)
		cmsDoTransform(colour->to, row_of(original, y), row_of(rendition, y),
		               (cmsUInt32Number)original->width);
}

/* count values; before and after are of 16 bits, in the original's profile. */
static void add_change(rv_pixel_format format, const void *original, const uint16_t *before,
                       const uint16_t *after, int count, void *laid)
{
	for (int i = 0; i < count; i++) {
		int change = after[i] - before[i];
		if (format == RV_RGB16)
			((uint16_t *)laid)[i] =
				av_clip_uint16(((const uint16_t *)original)[i] + change);
		else
			((uint8_t *)laid)[i] =
				(uint8_t)((av_clip_uint16(((const uint8_t *)original)[i] * 257 +
			                                  change) +
			                   128) /
			                  257);
	}
}

void colour_lay(const struct colour *colour, const rv_image *original, const rv_image *rendition,
                const rv_image *dreamed, const rv_image *laid)
{
	size_t pixel = colour->format == RV_RGB16 ? 6 : 3;
	uint16_t before[3 * BLOCK], after[3 * BLOCK];
	for (int y = 0; y < original->height; y++)
		for (int x = 0; x < original->width; x += BLOCK) {
			int count = FFMIN(BLOCK, original->width - x);
			size_t at = (size_t)x * pixel;
			cmsDoTransform(colour->back, (uint8_t *)row_of(rendition, y) + at, before,
			               (cmsUInt32Number)count);
			cmsDoTransform(colour->back, (uint8_t *)row_of(dreamed, y) + at, after,
			               (cmsUInt32Number)count);
			add_change(colour->format, (uint8_t *)row_of(original, y) + at, before,
			           after, 3 * count, (uint8_t *)row_of(laid, y) + at);
		}
}

/* ---- grey and inks ---- */

static void convert_grey(cmsHTRANSFORM to, const rv_image *image)
{
	uint16_t grey[BLOCK], srgb[3 * BLOCK];
	for (int y = 0; y < image->height; y++)
		for (int x = 0; x < image->width; x += BLOCK) {
			int count = FFMIN(BLOCK, image->width - x);
			uint8_t *bytes = (uint8_t *)row_of(image, y) + 3 * x;
			uint16_t *words = (uint16_t *)row_of(image, y) + 3 * x;
			bool wide = image->format == RV_RGB16;
			for (int i = 0; i < count; i++)
				grey[i] = wide ? words[3 * i] : (uint16_t)(bytes[3 * i] * 257);
			cmsDoTransform(to, grey, srgb, (cmsUInt32Number)count);
			for (int i = 0; i < 3 * count; i++)
				if (wide)
					words[i] = srgb[i];
				else
					bytes[i] = (uint8_t)((srgb[i] + 128) / 257);
		}
}

rv_status colour_convert_grey(const AVBufferRef *profile, const rv_image *image, rv_error *error)
{
	cmsHTRANSFORM to = make_transform(profile, TYPE_GRAY_16, TYPE_RGB_16, false);
	if (!to)
		return fail(error);
	convert_grey(to, image);
	cmsDeleteTransform(to);
	return RV_OK;
}

rv_status colour_convert_inks(const AVBufferRef *profile, const uint8_t *inks, int pixels,
                              uint8_t *srgb, rv_error *error)
{
	for (int i = 0; !profile && i < 3 * pixels; i++)
		srgb[i] = (uint8_t)((inks[i / 3 * 4 + i % 3] * inks[i / 3 * 4 + 3] + 127) / 255);
	if (!profile)
		return RV_OK;
	cmsHTRANSFORM to = make_transform(profile, TYPE_CMYK_8_REV, TYPE_RGB_8, false);
	if (!to)
		return fail(error);
	cmsDoTransform(to, inks, srgb, (cmsUInt32Number)pixels);
	cmsDeleteTransform(to);
	return RV_OK;
}
