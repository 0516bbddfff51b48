#include "app/live/compose.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/test.h"

enum { WIDTH = 48, HEIGHT = 36 };

static struct frame *make_frame(int red, int green, int blue)
{
	struct frame *frame = NULL;
	if (frame_create(&frame, WIDTH, HEIGHT, NULL))
		abort();
	uint8_t *pixels = frame->image.pixels;
	for (int i = 0; i < WIDTH * HEIGHT; i++) {
		pixels[3 * i] = (uint8_t)red;
		pixels[3 * i + 1] = (uint8_t)green;
		pixels[3 * i + 2] = (uint8_t)blue;
	}
	return frame;
}

/* A dream whose detail is the same everywhere. */
static struct dream *make_dream(struct frame *frame, int width, int height, int detail)
{
	struct dream *dream = NULL;
	if (dream_create(&dream, frame, width, height, NULL))
		abort();
	for (int i = 0; i < 3 * width * height; i++)
		dream->detail[i] = (int16_t)detail;
	return dream;
}

static int at(const rv_image *image, int x, int y, int channel)
{
	return ((const uint8_t *)
	                image->pixels)[(size_t)y * image->stride + (size_t)(3 * x + channel)];
}

TEST(compose_adds_the_detail_everywhere_and_clamps)
{
	struct composer composer = {0};
	struct frame *source = make_frame(10, 100, 250), *shown = make_frame(0, 0, 0);
	struct dream *dream = make_dream(source, 16, 12, 20);
	struct composition composition = {.source = &source->image, .dream = dream, .fade = 1};
	REQUIRE(compose_picture(&composer, &composition, &shown->image, NULL) == RV_OK);
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++)
			CHECK(at(&shown->image, x, y, 0) == 30 &&
			      at(&shown->image, x, y, 1) == 120 &&
			      at(&shown->image, x, y, 2) == 255);
	composition.fade = 0.5f;
	REQUIRE(compose_picture(&composer, &composition, &shown->image, NULL) == RV_OK);
	CHECK(at(&shown->image, 5, 5, 0) == 20);
	composition.fade = 0;
	REQUIRE(compose_picture(&composer, &composition, &shown->image, NULL) == RV_OK);
	CHECK(at(&shown->image, 5, 5, 0) == 10);
	dream_release(dream);
	frame_release(source);
	frame_release(shown);
	compose_release(&composer);
}

TEST(compose_interpolates_between_the_dreams_pixels)
{
	struct composer composer = {0};
	struct frame *source = make_frame(100, 100, 100), *shown = make_frame(0, 0, 0);
	struct dream *dream = make_dream(source, 2, 2, 0);
	struct composition composition = {.source = &source->image, .dream = dream, .fade = 1};
	for (int c = 0; c < 3; c++)
		dream->detail[3 + c] = dream->detail[9 + c] = 100; /* the right half */
	REQUIRE(compose_picture(&composer, &composition, &shown->image, NULL) == RV_OK);
	CHECK(at(&shown->image, 0, 7, 0) == 100 && at(&shown->image, WIDTH - 1, 7, 0) == 200);
	for (int x = 1; x < WIDTH; x++) {
		int step = at(&shown->image, x, 20, 1) - at(&shown->image, x - 1, 20, 1);
		CHECK_MESSAGE(step >= 0 && step <= 6, "%d at %d", step, x);
	}
	dream_release(dream);
	frame_release(source);
	frame_release(shown);
	compose_release(&composer);
}

/* What a dream of this size adds that is a wave of four pixels from left to right: the root of its
 * mean square, for that of the wave itself. */
static double wave_shown(int width, int height)
{
	static const int wave[] = {60, 60, -60, -60};
	struct composer composer = {0};
	struct frame *source = make_frame(128, 128, 128), *shown = make_frame(0, 0, 0);
	struct dream *dream = make_dream(source, width, height, 0);
	struct composition composition = {.source = &source->image, .dream = dream, .fade = 1};
	size_t count = 3 * (size_t)width * (size_t)height;
	uint8_t *before = malloc(count), *after = malloc(count);
	rv_image from = {RV_RGB8, width, height, 3 * (size_t)width, before};
	rv_image to = {RV_RGB8, width, height, 3 * (size_t)width, after};
	double sum = 0;
	int pixels = 0;
	if (!before || !after)
		abort();
	memset(before, 128, count);
	for (size_t i = 0; i < count; i++)
		after[i] = (uint8_t)(128 + wave[i / 3 % (size_t)width % 4]);
	dream_take_detail(dream, &to, &from);
	if (compose_picture(&composer, &composition, &shown->image, NULL))
		abort();
	for (int y = 8; y < HEIGHT - 8; y++)
		for (int x = 8; x < WIDTH - 8; x++, pixels++)
			sum += pow((at(&shown->image, x, y, 1) - 128) / 60.0, 2);
	free(before);
	free(after);
	dream_release(dream);
	frame_release(source);
	frame_release(shown);
	compose_release(&composer);
	return sqrt(sum / pixels);
}

TEST(compose_keeps_fine_waves_of_a_dream_that_it_enlarges)
{
	CHECK(wave_shown(WIDTH, HEIGHT) == 1);
	double enlarged = wave_shown(WIDTH / 2, HEIGHT / 2);
	CHECK_MESSAGE(fabs(enlarged - 1) < 0.05, "%g of it", enlarged);
}

TEST(compose_splits_and_mirrors)
{
	struct composer composer = {0};
	struct frame *source = make_frame(50, 50, 50), *shown = make_frame(0, 0, 0);
	struct dream *dream = make_dream(source, 8, 8, 40);
	struct composition composition = {.source = &source->image,
	                                  .dream = dream,
	                                  .fade = 1,
	                                  .split = 0.25f,
	                                  .mark_split = true};
	REQUIRE(compose_picture(&composer, &composition, &shown->image, NULL) == RV_OK);
	CHECK(at(&shown->image, 11, 3, 0) == 50 && at(&shown->image, 12, 3, 0) == 255);
	CHECK(at(&shown->image, 13, 3, 0) == 90);
	composition.mirror = true;
	REQUIRE(compose_picture(&composer, &composition, &shown->image, NULL) == RV_OK);
	CHECK(at(&shown->image, WIDTH - 1 - 11, 3, 0) == 50 && at(&shown->image, 0, 3, 0) == 90);
	composition.split = 1;
	REQUIRE(compose_picture(&composer, &composition, &shown->image, NULL) == RV_OK);
	CHECK(at(&shown->image, 0, 0, 0) == 50 && at(&shown->image, WIDTH - 1, 35, 2) == 50);
	composition.dream = NULL;
	composition.split = 0;
	REQUIRE(compose_picture(&composer, &composition, &shown->image, NULL) == RV_OK);
	CHECK(at(&shown->image, 20, 20, 1) == 50);
	dream_release(dream);
	frame_release(source);
	frame_release(shown);
	compose_release(&composer);
}

TEST(compose_darkens_to_black)
{
	struct composer composer = {0};
	struct frame *source = make_frame(50, 100, 200), *shown = make_frame(0, 0, 0);
	struct dream *dream = make_dream(source, 8, 8, 40);
	struct composition composition = {
		.source = &source->image, .dream = dream, .fade = 1, .darkness = 0.5f};
	REQUIRE(compose_picture(&composer, &composition, &shown->image, NULL) == RV_OK);
	CHECK(at(&shown->image, 13, 3, 0) == 45 && at(&shown->image, WIDTH - 1, 35, 2) == 120);
	composition.darkness = 1;
	REQUIRE(compose_picture(&composer, &composition, &shown->image, NULL) == RV_OK);
	CHECK(at(&shown->image, 0, 0, 0) == 0 && at(&shown->image, WIDTH - 1, 35, 2) == 0);
	dream_release(dream);
	frame_release(source);
	frame_release(shown);
	compose_release(&composer);
}

TEST(compose_takes_dreams_of_changing_size)
{
	struct composer composer = {0};
	struct frame *source = make_frame(50, 50, 50), *shown = make_frame(0, 0, 0);
	for (int size = 1; size < 70; size += 4) {
		struct dream *dream = make_dream(source, size, 71 - size, 40);
		struct composition composition = {
			.source = &source->image, .dream = dream, .fade = 1};
		REQUIRE(compose_picture(&composer, &composition, &shown->image, NULL) == RV_OK);
		CHECK(at(&shown->image, 0, 0, 0) == 90 &&
		      at(&shown->image, WIDTH - 1, HEIGHT - 1, 2) == 90);
		dream_release(dream);
	}
	frame_release(source);
	frame_release(shown);
	compose_release(&composer);
}

TEST(frames_of_one_scene_are_alike_and_others_are_not)
{
	struct frame *a = make_frame(100, 100, 100), *same = make_frame(108, 95, 100);
	struct frame *other = make_frame(200, 30, 100);
	CHECK(compose_likeness(&a->image, &same->image) == 1);
	CHECK(compose_likeness(&a->image, &other->image) == 0);
	frame_release(a);
	frame_release(same);
	frame_release(other);
}
