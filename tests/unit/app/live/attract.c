#include "app/live/attract.h"

#include <stdlib.h>
#include <string.h>

#include "app/live/crossfade.h"
#include "tests/support/test.h"

enum { WIDTH = 320, HEIGHT = 240, SECOND = 1000000000 };

/* ---- motion ---- */

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

/* ---- fades ---- */

static struct dream *make_dream(int width, int height, int detail)
{
	struct frame *frame;
	struct dream *dream;
	if (frame_create(&frame, 8, 8, NULL) || dream_create(&dream, frame, width, height, NULL))
		abort();
	for (int i = 0; i < 3 * width * height; i++)
		dream->detail[i] = (int16_t)detail;
	frame_release(frame);
	return dream;
}

static void check_detail(const struct dream *dream, int expected)
{
	for (int i = 0; i < 3 * dream->width * dream->height; i++)
		CHECK_MESSAGE(dream->detail[i] == expected, "%d, not %d", dream->detail[i],
		              expected);
}

TEST(fade_of_a_dream_goes_from_the_old_to_the_new)
{
	struct crossfade fade = {0};
	uint8_t pixels[4 * 4 * 3] = {0};
	const rv_image frame = {RV_RGB8, 4, 4, 12, pixels};
	struct dream *old = make_dream(2, 3, 100); /* also of another size */
	REQUIRE(crossfade_begin(&fade, old, NULL, 5, 2, NULL) == RV_OK);
	dream_release(old);
	static const int parts[][2] = {{0, 100}, {1, 40}, {2, -20}};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct dream *dream = make_dream(4, 4, -20);
		crossfade_apply(&fade, dream, &frame, 5 + parts[i][0] * (int64_t)SECOND);
		check_detail(dream, parts[i][1]);
		dream_release(dream);
	}
	CHECK(!fade.from);
}

TEST(fade_of_what_was_seen_does_not_follow_the_frame)
{
	struct crossfade fade = {0};
	uint8_t seen[4 * 4 * 3], pixels[4 * 4 * 3];
	memset(seen, 200, sizeof(seen));
	memset(pixels, 50, sizeof(pixels));
	const rv_image old = {RV_RGB8, 4, 4, 12, seen}, frame = {RV_RGB8, 4, 4, 12, pixels};
	struct dream *from = make_dream(4, 4, 7), *dream = make_dream(4, 4, 10);
	REQUIRE(crossfade_begin(&fade, from, &old, 0, 1, NULL) == RV_OK);
	crossfade_apply(&fade, dream, &frame, 0);
	check_detail(dream, 150); /* over the frame, what was seen */
	crossfade_end(&fade);
	crossfade_end(&fade);
	CHECK(crossfade_begin(&fade, NULL, &old, 0, 1, NULL) == RV_OK && !fade.from);
	dream_release(from);
	dream_release(dream);
}
