#include "engine/api/slot.h"

#include <stdlib.h>
#include <string.h>

#include "engine/picture/raster.h"

void slot_release(struct slot *slot)
{
	free(slot->picture.pixels);
	free(slot->numbers);
	memset(slot, 0, sizeof(*slot));
}

rv_status slot_copy_picture(struct slot *slot, const rv_image *picture, rv_error *error)
{
	size_t row = 3 * raster_sample_bytes(picture->format) * (size_t)picture->width;
	unsigned char *rows = malloc(row * (size_t)picture->height);

	if (!rows)
		return rv_fail(error, RV_MEMORY, "out of memory for a picture");
	for (int y = 0; y < picture->height; y++)
		memcpy(rows + (size_t)y * row,
		       (const unsigned char *)picture->pixels + (size_t)y * picture->stride, row);
	slot->picture = *picture;
	slot->picture.pixels = rows;
	slot->picture.stride = row;
	return RV_OK;
}

static float sample_at(const rv_image *picture, size_t index)
{
	float value = 0;

	switch (picture->format) {
	case RV_RGB8:
		return (float)((const uint8_t *)picture->pixels)[index] / 255;
	case RV_RGB16:
		return (float)((const uint16_t *)picture->pixels)[index] / 65535;
	case RV_RGBF32:
		value = ((const float *)picture->pixels)[index];
		return value > 1 ? 1 : value > 0 ? value : 0; /* not a number is 0 too */
	}
	return value;
}

size_t slot_mask_bytes(const struct slot *slot)
{
	return (size_t)slot->picture.width * (size_t)slot->picture.height * sizeof(float);
}

float *slot_mask(const struct slot *slot)
{
	const rv_image *picture = &slot->picture;
	size_t count = (size_t)picture->width * (size_t)picture->height;
	float *mask = malloc(count * sizeof(*mask));

	for (size_t i = 0; mask && i < count; i++)
		mask[i] = (sample_at(picture, 3 * i) + sample_at(picture, 3 * i + 1) +
		           sample_at(picture, 3 * i + 2)) /
		          3;
	return mask;
}
