#include "app/live/mix.h"

#include <math.h>

enum { ONE = 256 };

void mix_pictures(const rv_image *from, const rv_image *to, double part, const rv_image *mixed)
{
	const uint8_t *old = from->pixels, *new = to->pixels;
	uint8_t *out = mixed->pixels;
	int weight = (int)lround(part * ONE);
	size_t count = 3 * (size_t)to->width * (size_t)to->height;
	for (size_t i = 0; i < count; i++)
		out[i] = (uint8_t)((old[i] * (ONE - weight) + new[i] * weight + ONE / 2) / ONE);
}
