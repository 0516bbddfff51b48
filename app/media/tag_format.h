/* What those who write texts into pictures and those who read them know of the formats. */
#ifndef APP_MEDIA_TAG_FORMAT_H
#define APP_MEDIA_TAG_FORMAT_H

#include <stddef.h>
#include <stdint.h>

enum {
	/* Tags of TIFF and EXIF, and types of TIFF. */
	TAG_DESCRIPTION = 0x010E,
	TAG_SOFTWARE = 0x0131,
	TAG_EXIF = 0x8769,
	TAG_COMMENT = 0x9286,
	TAG_ASCII = 2,
	TAG_LONG = 4,
	TAG_UNDEFINED = 7,
};

static const char tag_png_keyword[] = "Reverie"; /* its NUL divides it from the text */
static const char tag_own_name[] = "REVERIE";

/* The bytes of a GIF's head with the colours that all frames share; 0: it is none. */
static inline int tag_gif_head(const uint8_t *bytes, size_t size)
{
	int head = size < 13 ? 0 : 13;
	if (head && bytes[10] & 0x80)
		head += 3 << ((bytes[10] & 7) + 1);
	return head && bytes[0] == 'G' && (size_t)head <= size ? head : 0;
}

#endif
