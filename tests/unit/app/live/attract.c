#include "app/live/attract.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/test.h"

enum { WIDTH = 320, HEIGHT = 240, SECOND = 1000000000 };

static int64_t frame_time(int frame)
{
	return frame * INT64_C(40000000); /* 25 a second */
}

static unsigned next_random(unsigned *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 16;
}

/* A camera's picture: a scene, noise of some 12 of 255, light, and a patch that stands at x. */
static void take_picture(const rv_image *image, unsigned *random, int light, int x)
{
	uint8_t *pixels = image->pixels;
	for (int i = 0; i < WIDTH * HEIGHT; i++) {
		bool in_patch =
			i % WIDTH >= x && i % WIDTH < x + 24 && i / WIDTH >= 100 && i / WIDTH < 140;
		int noise = 0;
		for (int j = 0; j < 4; j++) /* the sum of some is nearly normal */
			noise += (int)(next_random(random) % 21) - 10;
		for (int c = 0; c < 3; c++) {
			int value = 90 + i % 60 + light + noise + (in_patch ? 60 : 0);
			pixels[3 * i + c] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
		}
	}
}

static rv_image make_image(void)
{
	rv_image image = {RV_RGB8, WIDTH, HEIGHT, 3 * WIDTH, malloc(3 * WIDTH * HEIGHT)};
	if (!image.pixels)
		abort();
	return image;
}

TEST(attract_rests_in_spite_of_noise_and_flicker)
{
	struct attract attract = {0};
	rv_image image = make_image();
	unsigned random = 1;
	int rested = 0;
	for (int i = 0; i < 75; i++) {
		take_picture(&image, &random, i % 3 * 8, -100);
		bool rests = attract_watch(&attract, &image, frame_time(i), 2);
		CHECK_MESSAGE(rests == (i >= 50), "frame %d", i);
		rested += rests;
	}
	CHECK(rested == 25);
	free(image.pixels);
}

TEST(attract_sees_small_and_slow_motion)
{
	struct attract attract = {0};
	rv_image image = make_image();
	unsigned random = 1;
	for (int i = 0; i < 75; i++) {
		take_picture(&image, &random, 0, 100 + i * 2 / 3); /* 16 pixels a second */
		CHECK(!attract_watch(&attract, &image, frame_time(i), 1.5));
	}
	/* It stops, rests, and moves again. */
	bool rests = false;
	for (int i = 75; i < 140; i++) {
		take_picture(&image, &random, 0, 150);
		rests = attract_watch(&attract, &image, frame_time(i), 1.5);
	}
	CHECK(rests);
	take_picture(&image, &random, 0, 170);
	CHECK(!attract_watch(&attract, &image, frame_time(140), 1.5));
	free(image.pixels);
}

TEST(attract_takes_pictures_smaller_than_its_blocks)
{
	struct attract attract = {0};
	uint8_t pixel[3] = {1, 2, 3};
	rv_image image = {RV_RGB8, 1, 1, 3, pixel};
	CHECK(!attract_watch(&attract, &image, 0, 1));
	CHECK(attract_watch(&attract, &image, SECOND, 1));
}
