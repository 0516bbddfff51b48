/* What a network sees of a picture whose colours are not those of plain screens, and how its dream
 * goes back onto the picture: by app/media/hdr.h or app/media/colour.h. */
#ifndef APP_MEDIA_RENDITION_H
#define APP_MEDIA_RENDITION_H

#include "app/media/colour.h"
#include "app/media/hdr.h"
#include "app/media/picture.h"

/* Zeroed, it is a picture that is seen as it is. Closed by rendition_close. */
struct rendition {
	struct hdr *hdr;
	struct colour *colour;
};

/* For a picture as it was read. RV_CORRUPT: its profile cannot be used; RV_MEMORY. */
rv_status rendition_open(struct rendition *rendition, const struct picture *picture,
                         rv_error *error);
void rendition_close(struct rendition *rendition);
/* Whether the picture is seen otherwise than it is stored. */
bool rendition_differs(const struct rendition *rendition);

/* The two below are for a rendition that differs; all images are of one size and format. */
void rendition_draw(const struct rendition *rendition, const rv_image *original,
                    const rv_image *seen);
/* laid may be the original. */
void rendition_lay(const struct rendition *rendition, const rv_image *original,
                   const rv_image *seen, const rv_image *dreamed, const rv_image *laid);

/* Makes the picture what is seen of it, in sRGB. The same errors. */
rv_status rendition_take(struct picture *picture, rv_error *error);

#endif
