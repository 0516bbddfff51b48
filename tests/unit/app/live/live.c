#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/live/compose.h"
#include "app/live/stats.h"
#include "app/live/video_recorder.h"
#include "tests/support/media.h"
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

/* ---- measuring ---- */

TEST(rate_counts_the_last_events)
{
	struct rate rate = {0};
	const int64_t second = 1000000000;
	CHECK(stats_rate_per_second(&rate, 0) == 0);
	for (int i = 0; i < 200; i++)
		stats_rate_note(&rate, i * second / 50);
	CHECK_MESSAGE(stats_rate_per_second(&rate, 4 * second) > 49.9 &&
	                      stats_rate_per_second(&rate, 4 * second) < 50.1,
	              "%g", stats_rate_per_second(&rate, 4 * second));
	CHECK(stats_rate_per_second(&rate, 10 * second) == 0);
}

TEST(histogram_finds_percentiles)
{
	struct histogram *histogram = calloc(1, sizeof(*histogram));
	REQUIRE(histogram);
	CHECK(stats_histogram_percentile(histogram, 0.5) == 0);
	for (int i = 1; i <= 100; i++)
		stats_histogram_note(histogram, i - 0.25);
	CHECK(stats_histogram_percentile(histogram, 0.5) == 50);
	CHECK(stats_histogram_percentile(histogram, 0.95) == 95);
	CHECK(stats_histogram_percentile(histogram, 1) == 100);
	stats_histogram_note(histogram, 1e9);
	CHECK(histogram->most == 1e9);
	stats_histogram_note(histogram, -5);
	CHECK(stats_histogram_percentile(histogram, 1) == HISTOGRAM_BINS / 2.0);
	free(histogram);
}

/* What the HUD shows after an hour must not be the mean of that hour. */
TEST(recent_times_forget_those_long_ago)
{
	struct recent *recent = calloc(1, sizeof(*recent));
	const int64_t second = 1000000000;
	REQUIRE(recent);
	CHECK(stats_recent_mean(recent) == 0 && stats_recent_percentile(recent, 0.5) == 0);
	for (int64_t i = 0; i < 3600 * 25; i++)
		stats_recent_note(recent, 10.25, i * second / 25);
	CHECK(stats_recent_mean(recent) == 10.25);
	for (int64_t i = 0; i < 10 * 25; i++)
		stats_recent_note(recent, 40.25, 3600 * second + i * second / 25);
	CHECK_MESSAGE(stats_recent_mean(recent) == 40.25, "%g", stats_recent_mean(recent));
	CHECK(stats_recent_percentile(recent, 0.01) == 40.5);
	/* After a pause, as of a machine that slept, nothing of before is left. */
	stats_recent_note(recent, 20.25, 9000 * second);
	CHECK(stats_recent_mean(recent) == 20.25);
	/* Those of the five seconds before still count. */
	stats_recent_note(recent, 30.25, 9006 * second);
	CHECK(stats_recent_mean(recent) == 25.25);
	free(recent);
}

TEST(stats_are_printed_by_name)
{
	struct live_stats *stats = calloc(1, sizeof(*stats));
	char *text = NULL;
	size_t length;
	FILE *file = open_memstream(&text, &length);
	REQUIRE(stats && file);
	stats->shown = 250;
	stats->dreams = 120;
	stats_histogram_note(&stats->latency, 70.2);
	live_stats_print(stats, 10000000000, file);
	fclose(file);
	CHECK(strstr(text, " display_fps=25.00 dream_fps=12.00 "));
	CHECK(strstr(text, " latency_p50_ms=70.5 ") && strstr(text, " compose_ms=0.00"));
	CHECK(!strchr(text, '\n'));
	free(text);
	free(stats);
}

TEST(stats_of_the_last_seconds_forget_those_before)
{
	struct live_stats *stats = calloc(1, sizeof(*stats));
	char *text = NULL;
	size_t length;
	FILE *file = open_memstream(&text, &length);
	const int64_t second = 1000000000;
	REQUIRE(stats && file);
	stats->shown = 250;
	stats_histogram_note(&stats->lately.latency, 70.2);
	live_stats_print_lately(stats, 9 * second, file);
	fflush(file);
	CHECK(!length);
	live_stats_print_lately(stats, 10 * second, file);
	CHECK(strstr(text, "lately seconds=10.0 display_fps=25.00 ") &&
	      strstr(text, " latency_p50_ms=70.5 "));
	stats->shown += 40;
	stats->dreams += 20;
	stats_histogram_note(&stats->lately.latency, 10.2);
	live_stats_print_lately(stats, 19 * second, file);
	live_stats_print_lately(stats, 20 * second, file);
	fclose(file);
	CHECK_MESSAGE(strstr(text, "\nlately seconds=20.0 display_fps=4.00 dream_fps=2.00 "
	                           "latency_p50_ms=10.5 "),
	              "%s", text);
	free(text);
	free(stats);
}

TEST(recorder_lets_a_picture_stand_for_those_left_out_before_it)
{
	const int64_t interval = 40000000, fast = 16000000;
	CHECK(video_recorder_lead(interval, 0, interval) == 0);
	/* At 80 ms instead of 40: no more than 20 from either. */
	CHECK(video_recorder_lead(2 * interval, 1, interval) == interval / 2);
	/* Of three frames of 16 ms, amid the first and the last. */
	CHECK(video_recorder_lead(3 * fast, 2, 3 * fast) == fast);
	/* Neither a long stop nor a clock that was set carries it away. */
	CHECK(video_recorder_lead(250 * interval, 249, interval) == interval);
	CHECK(video_recorder_lead(-interval, 3, interval) == 0);
}

static void show_frame(struct video_recorder *recorder, uint64_t number)
{
	struct frame *frame = make_frame(0, 0, 0);
	frame->number = number;
	frame->time = (int64_t)number * 40000000;
	frame->decoded_at = frame->time + 5000000;
	video_recorder_show(recorder, &frame->image, NULL, frame, frame->decoded_at, 25);
	frame_release(frame);
}

static void open_recorder(struct video_recorder *recorder, struct decode **decode, const char *path)
{
	static const atomic_int never;
	struct decode_options input = {
		.input = "lavfi:color=size=48x36", .quiet = true, .stop = &never};
	struct options options = options_default();
	snprintf(options.output.file, sizeof(options.output.file), "%s", path);
	options.call.quiet = true;
	if (decode_open(decode, &input, NULL) ||
	    video_recorder_open(recorder, &options, *decode, NULL, WIDTH, HEIGHT, NULL))
		abort();
}

TEST(recorder_writes_pictures_at_their_frames_times_or_amid_those_left_out)
{
	static const uint64_t shown[] = {1, 2, 4, 5, 8, 9};
	static const int wanted_ms[] = {0, 40, 100, 160, 240, 320};
	const char *path = media_path("lead.mkv");
	struct video_recorder recorder = {0};
	struct decode *decode = NULL;
	struct media media;
	open_recorder(&recorder, &decode, path);
	for (int i = 0; i < 6; i++)
		show_frame(&recorder, shown[i]);
	CHECK(video_recorder_close(&recorder, NULL) == RV_OK);
	decode_close(&decode);
	REQUIRE(media_inspect(path, &media));
	REQUIRE(media.streams[0].packet_count == 6);
	for (int i = 0; i < 6; i++)
		CHECK_MESSAGE(media.streams[0].pts_us[i] == 1000 * wanted_ms[i], "%d: %d us", i,
		              (int)media.streams[0].pts_us[i]);
}
