/* Makes pictures smaller by area averaging: each pixel becomes the mean of the area it covers. That
 * is much cheaper than libswscale's filters, which matters because it is done for every frame
 * beside a dream, and aliases as little. Pure. */
#ifndef APP_MEDIA_SHRINK_H
#define APP_MEDIA_SHRINK_H

#include "engine/reverie.h"

/* Along one axis: what each pixel of the small picture is made of. */
struct shrink_axis {
	int from, to;      /* pixels */
	int *first;        /* [to + 1]: the first weight of each */
	int *position;     /* [to]: the pixel that it is for */
	uint16_t *weights; /* those of a pixel sum to 256 */
};

/* Kept from picture to picture so that none allocates. Zeroed before use; released by
 * shrink_release. */
struct shrinker {
	struct shrink_axis x, y;
	uint16_t *row; /* of the large picture, summed */
};

/* Fills to's pixels from from's. Both are RV_RGB8; to may also be as large or larger, which repeats
 * pixels. RV_MEMORY. */
rv_status shrink(struct shrinker *shrinker, const rv_image *from, const rv_image *to,
                 rv_error *error);

void shrink_release(struct shrinker *shrinker);

#endif
