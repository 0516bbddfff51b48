#include "app/live/mix.h"

#include "tests/support/test.h"

enum { WIDTH = 7, HEIGHT = 3, COUNT = 3 * WIDTH * HEIGHT };

static rv_image image_of(uint8_t *pixels)
{
	return (rv_image){RV_RGB8, WIDTH, HEIGHT, 3 * WIDTH, pixels};
}

TEST(a_mixture_is_either_picture_at_its_ends_and_between_them_else)
{
	uint8_t from[COUNT], to[COUNT], mixed[COUNT];
	rv_image a = image_of(from), b = image_of(to), c = image_of(mixed);
	for (int i = 0; i < COUNT; i++) {
		from[i] = (uint8_t)(4 * i);
		to[i] = (uint8_t)(255 - 3 * i);
	}
	for (int step = 0; step <= 8; step++) {
		mix_pictures(&a, &b, step / 8.0, &c);
		for (int i = 0; i < COUNT; i++) {
			double wanted = from[i] + (to[i] - from[i]) * step / 8.0;
			CHECK_MESSAGE(mixed[i] >= wanted - 0.51 && mixed[i] <= wanted + 0.51,
			              "%d at %d: %d, not %g", i, step, mixed[i], wanted);
		}
	}
}

TEST(a_picture_mixed_with_itself_stays)
{
	uint8_t pixels[COUNT], mixed[COUNT];
	rv_image a = image_of(pixels), c = image_of(mixed);
	for (int i = 0; i < COUNT; i++)
		pixels[i] = (uint8_t)(i % 2 ? 255 - i : i);
	for (int part = 0; part <= 256; part++) {
		mix_pictures(&a, &a, part / 256.0, &c);
		for (int i = 0; i < COUNT; i++)
			CHECK(mixed[i] == pixels[i]);
	}
}
