/* High dynamic range: what a network that knows screens' pictures sees of a PQ or HLG picture, and
 * how what it dreamed goes back onto the original.
 *
 * Light is counted in diffuse whites of 203 cd/m2 (ITU-R BT.2408), which become the white of the
 * rendition. PQ and HLG are those of ITU-R BT.2100, HLG for a screen of 1000 cd/m2. */
#ifndef APP_MEDIA_HDR_H
#define APP_MEDIA_HDR_H

#include "app/media/video.h"
#include "engine/reverie.h"

/* What is done with high dynamic range. */
enum hdr_mode {
	HDR_KEEP, /* what comes in so goes out so, where the output can hold it */
	HDR_SDR,  /* the dream of the rendition is written */
};

/* Whether pictures of this transfer are of high dynamic range. */
bool hdr_is_wanted(enum AVColorTransferCharacteristic transfer);

/* Tables for one video or picture. Not changed once made: any thread may read them. */
struct hdr;

/* For the video's transfer and primaries. Its peak is its MaxCLL, or else that of the screen it was
 * mastered on, or else 1000 cd/m2. RV_MEMORY. */
rv_status hdr_create(struct hdr **hdr, const struct video_description *video, rv_error *error);
void hdr_destroy(struct hdr **hdr);

/* Fills rendition, in sRGB at 8 or 16 bits, from original, RV_RGB16 of the same size in PQ or HLG.
 * Colours beyond sRGB lose saturation, not light; what is brighter than about 90 cd/m2 is held back
 * by the curve of ITU-R BT.2390 (5.4.1), applied to the largest of red, green and blue, which keeps
 * the hue. */
void hdr_render(const struct hdr *hdr, const rv_image *original, const rv_image *rendition);

/* Fills laid, RV_RGB16 in PQ or HLG, from the dream of the rendition. The original is its rendition
 * times a gain that differs from place to place, and the dream gets the same gain, as if it were
 * the base of a gain map (ISO 21496-1, with its offset of 1/64): a dream in a highlight is as
 * bright as that. Values that the dream left as they were stay those of the original to the last
 * bit. All four are of one size, rendition and dreamed of one format. */
void hdr_lay(const struct hdr *hdr, const rv_image *original, const rv_image *rendition,
             const rv_image *dreamed, const rv_image *laid);

/* What of the video's light is not written again: the end of a sentence about it. NULL: all is. */
const char *hdr_tell_lost(const struct video_description *video);

/* Makes the description of an HDR video that of its rendition: BT.709, 8 bits. */
void hdr_describe_rendition(struct video_description *video);

#endif
