#include "app/live/crossfade.h"

#include <stdlib.h>
#include <string.h>

enum { ONE = 256 };

rv_status crossfade_begin(struct crossfade *fade, struct dream *from, const rv_image *seen,
                          int64_t now, double seconds, rv_error *error)
{
	crossfade_end(fade);
	if (!from)
		return RV_OK;
	if (seen) {
		size_t row = 3 * (size_t)seen->width, bytes = row * (size_t)seen->height;
		fade->seen = (rv_image){RV_RGB8, seen->width, seen->height, row, malloc(bytes)};
		if (!fade->seen.pixels)
			return rv_fail(error, RV_MEMORY, "out of memory for a dream that fades");
		memcpy(fade->seen.pixels, seen->pixels, bytes);
	}
	fade->from = dream_hold(from);
	fade->begun = now;
	fade->seconds = seconds;
	return RV_OK;
}

/* Mixes row y; `part` of ONE is the new dream's. Where the sizes differ, the nearest pixel of the
 * old one is good enough, as it fades. */
static void mix_row(const struct crossfade *fade, struct dream *dream, const uint8_t *frame, int y,
                    int part)
{
	const struct dream *from = fade->from;
	const uint8_t *seen = fade->seen.pixels;
	/* The picture may have another size than the dream it came after: that of the next one. */
	int width = seen ? fade->seen.width : from->width;
	int height = seen ? fade->seen.height : from->height;
	size_t row = (size_t)y * (size_t)dream->width * 3;
	size_t from_row = (size_t)(y * height / dream->height) * (size_t)width;
	for (int x = 0; x < dream->width; x++) {
		size_t at = 3 * (from_row + (size_t)(x * width / dream->width));
		for (size_t c = 0; c < 3; c++) {
			size_t to = row + 3 * (size_t)x + c;
			int old = seen ? seen[at + c] - frame[to] : from->detail[at + c];
			int now = dream->detail[to];
			dream->detail[to] = (int16_t)(old + (now - old) * part / ONE);
		}
	}
}

void crossfade_apply(struct crossfade *fade, struct dream *dream, const rv_image *frame,
                     int64_t now)
{
	if (!fade->from)
		return;
	double part = (double)(now - fade->begun) / (1e9 * fade->seconds);
	if (!(part < 1)) {
		crossfade_end(fade);
		return;
	}
	for (int y = 0; y < dream->height; y++)
		mix_row(fade, dream, frame->pixels, y, (int)(part * ONE));
}

void crossfade_end(struct crossfade *fade)
{
	dream_release(fade->from);
	free(fade->seen.pixels);
	*fade = (struct crossfade){0};
}
