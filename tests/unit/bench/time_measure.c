/* What `reverie-bench time` measures, on pictures whose measures are known. */
#include "tests/bench/time_measure.h"

#include <math.h>
#include <stdlib.h>

#include "app/media/convert.h"
#include "tests/bench/time_sample.h"
#include "tests/support/test.h"

enum { WIDTH = 24, HEIGHT = 16 };

static rv_image make_image(rv_pixel_format format)
{
	rv_image image;
	if (convert_allocate_image(&image, format, WIDTH, HEIGHT, NULL))
		abort();
	return image;
}

static void set(const rv_image *image, int x, int y, int colour, int value)
{
	char *row = (char *)image->pixels + (size_t)y * image->stride;
	if (image->format == RV_RGB16)
		((uint16_t *)(void *)row)[3 * x + colour] = (uint16_t)(257 * value);
	else
		((uint8_t *)row)[3 * x + colour] = (uint8_t)value;
}

static void fill(const rv_image *image, int red, int green, int blue)
{
	for (int y = 0; y < image->height; y++)
		for (int x = 0; x < image->width; x++) {
			set(image, x, y, 0, red);
			set(image, x, y, 1, green);
			set(image, x, y, 2, blue);
		}
}

/* A pattern without symmetry, moved to the right by so many pixels. */
static void paint(const rv_image *image, int moved)
{
	for (int y = 0; y < image->height; y++)
		for (int x = 0; x < image->width; x++)
			for (int c = 0; c < 3; c++) {
				int at = x - moved + 64;
				set(image, x, y, c, (at * at * 7 + y * 31 + c * 53) % 256);
			}
}

static void move_all(const struct motion_between *motion, float to_past, float to_newest)
{
	for (int i = 0; i < motion->width * motion->height; i++) {
		motion->to_past[2 * i] = to_past;
		motion->to_newest[2 * i] = to_newest;
	}
}

TEST(strength_is_the_rms_of_what_was_added)
{
	const rv_pixel_format formats[] = {RV_RGB8, RV_RGB16};
	for (int f = 0; f < 2; f++) {
		rv_image frame = make_image(formats[f]), dream = make_image(formats[f]);
		fill(&frame, 100, 100, 100);
		fill(&dream, 106, 92, 100);
		CHECK(fabs(measure_strength(&frame, &dream) - sqrt(100.0 / 3)) < 1e-9);
		CHECK(measure_strength(&dream, &dream) == 0);
		free(frame.pixels);
		free(dream.pixels);
	}
}

TEST(tone_is_brightness_and_saturation)
{
	rv_image image = make_image(RV_RGB16);
	struct tone_measure tone;
	fill(&image, 200, 50, 80);
	tone = measure_tone(&image);
	CHECK(fabs(tone.brightness - 110) < 1e-9 && fabs(tone.saturation - 150) < 1e-9);
	fill(&image, 90, 90, 90);
	tone = measure_tone(&image);
	CHECK(fabs(tone.brightness - 90) < 1e-9 && fabs(tone.saturation) < 1e-9);
	free(image.pixels);
}

TEST(what_goes_along_with_the_motion_has_no_warping_error)
{
	rv_image past = make_image(RV_RGB8), now = make_image(RV_RGB8);
	struct motion_between motion;
	REQUIRE(motion_between_create(&motion, WIDTH, HEIGHT, NULL) == RV_OK);
	paint(&past, 0);
	paint(&now, 3);
	move_all(&motion, -3, 3);
	find_same(&motion);
	for (int x = 0; x < WIDTH; x++)
		CHECK(motion.same[5 * WIDTH + x] == (x >= 3));
	CHECK(measure_warping(&motion, &now, &past) == 0);
	CHECK(measure_warping(&motion, &past, &past) > 10);
	move_all(&motion, 0, 0);
	find_same(&motion);
	CHECK(measure_warping(&motion, &past, &past) == 0);
	CHECK(measure_warping(&motion, &now, &past) > 10);
	motion_between_release(&motion);
	free(past.pixels);
	free(now.pixels);
}

TEST(warping_errors_are_of_255)
{
	rv_image past = make_image(RV_RGB8), now = make_image(RV_RGB16);
	struct motion_between motion;
	REQUIRE(motion_between_create(&motion, WIDTH, HEIGHT, NULL) == RV_OK);
	fill(&past, 60, 60, 60);
	fill(&now, 60, 60, 66);
	move_all(&motion, 0.5f, -0.5f);
	find_same(&motion);
	CHECK(fabs(measure_warping(&motion, &now, &past) - sqrt(12)) < 1e-9);
	motion_between_release(&motion);
	free(past.pixels);
	free(now.pixels);
}

TEST(a_past_between_pixels_is_not_blurred)
{
	rv_image past = make_image(RV_RGB8), now = make_image(RV_RGB8);
	struct motion_between motion;
	REQUIRE(motion_between_create(&motion, WIDTH, HEIGHT, NULL) == RV_OK);
	/* A parabola, which cubic samples meet and linear ones miss by 1. */
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++)
			for (int c = 0; c < 3; c++) {
				int at = x % 8; /* the period is not looked across */
				set(&past, x, y, c, 4 * at * at);
				set(&now, x, y, c, (2 * at + 1) * (2 * at + 1));
			}
	move_all(&motion, 0.5f, -0.5f);
	for (int i = 0; i < WIDTH * HEIGHT; i++)
		motion.same[i] = i % WIDTH % 8 >= 2 && i % WIDTH % 8 <= 4;
	CHECK(measure_warping(&motion, &now, &past) < 1e-9);
	motion_between_release(&motion);
	free(past.pixels);
	free(now.pixels);
}

TEST(what_does_not_come_back_is_not_the_same)
{
	struct motion_between motion;
	rv_image image = make_image(RV_RGB8);
	REQUIRE(motion_between_create(&motion, WIDTH, HEIGHT, NULL) == RV_OK);
	move_all(&motion, 2, -2);
	motion.to_newest[2 * (4 * WIDTH + 9)] = 1; /* where (7, 4) goes to */
	motion.to_past[2 * (6 * WIDTH + 3) + 1] = NAN;
	find_same(&motion);
	CHECK(motion.same[4 * WIDTH + 6] && !motion.same[4 * WIDTH + 7]);
	CHECK(!motion.same[6 * WIDTH + 3]);
	CHECK(motion.same[0] && !motion.same[WIDTH - 1]);
	move_all(&motion, 2 * WIDTH, -2 * WIDTH);
	find_same(&motion);
	CHECK(isnan(measure_warping(&motion, &image, &image)));
	motion_between_release(&motion);
	free(image.pixels);
}

/* Offers frames 1..count, frame i all of value i. */
static void offer_all(struct time_sample *sample, int count)
{
	rv_image past = make_image(RV_RGB8), now = make_image(RV_RGB8);
	for (int i = 1; i <= count; i++) {
		struct frame_measure measure = {.strength = i};
		fill(&past, i - 1, i - 1, i - 1);
		fill(&now, i, i, i);
		CHECK(time_sample_offer(sample, i, &past, &now, &measure, NULL) == RV_OK);
	}
	free(past.pixels);
	free(now.pixels);
}

TEST(a_sample_is_spread_evenly_over_any_clip)
{
	for (int count = 1; count < 200; count = 2 * count + 1) {
		struct time_sample sample = {0};
		offer_all(&sample, count);
		CHECK(sample.count == count || sample.count > SAMPLE_PAIRS_MOST / 2 - 1);
		for (int i = 0; i < sample.count; i++) {
			const struct sample_pair *pair = &sample.pairs[i];
			int index = (i + 1) * sample.interval;
			CHECK(pair->index == index && pair->measure.strength == index);
			CHECK(((uint8_t *)pair->now.pixels)[0] == index);
			CHECK(((uint8_t *)pair->past.pixels)[0] == index - 1);
		}
		CHECK((sample.count + 1) * sample.interval > count);
		time_sample_release(&sample);
		CHECK(sample.count == 0 && !sample.pairs[0].now.pixels);
	}
}

TEST(a_sample_does_without_frames_that_are_not_offered)
{
	struct time_sample sample = {0};
	rv_image image = make_image(RV_RGB8);
	const struct frame_measure measure = {0};
	for (int i = 16; i < 400; i += 16)
		CHECK(!time_sample_offer(&sample, i, &image, &image, &measure, NULL));
	CHECK(sample.count >= SAMPLE_PAIRS_MOST / 2 && sample.count <= SAMPLE_PAIRS_MOST);
	time_sample_release(&sample);
	free(image.pixels);
}
