#include "app/live/video_recorder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/media.h"
#include "tests/support/test.h"

enum { WIDTH = 48, HEIGHT = 36 };

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
	struct frame *frame = NULL;
	if (frame_create(&frame, WIDTH, HEIGHT, NULL))
		abort();
	memset(frame->image.pixels, 0, frame->image.stride * HEIGHT);
	frame->number = number;
	frame->time = (int64_t)number * 40000000;
	frame->decoded_at = frame->time + 5000000;
	video_recorder_show(recorder, &frame->image, NULL, frame, frame->decoded_at, 25);
	frame_release(frame);
}

static void open_recorder(struct video_recorder *recorder, struct live_inputs *inputs,
                          const char *path)
{
	struct options options = options_default();
	snprintf(options.output.file, sizeof(options.output.file), "%s", path);
	options.call.quiet = true;
	if (inputs_open(inputs, &options, "lavfi:color=size=48x36", NULL, NULL, NULL, NULL) ||
	    video_recorder_open(recorder, &options, inputs, NULL, WIDTH, HEIGHT, NULL))
		abort();
}

TEST(recorder_writes_pictures_at_their_frames_times_or_amid_those_left_out)
{
	static const uint64_t shown[] = {1, 2, 4, 5, 8, 9};
	static const int wanted_ms[] = {0, 40, 100, 160, 240, 320};
	const char *path = media_path("lead.mkv");
	struct video_recorder recorder = {0};
	struct live_inputs inputs = {0};
	struct media media;
	open_recorder(&recorder, &inputs, path);
	for (int i = 0; i < 6; i++)
		show_frame(&recorder, shown[i]);
	CHECK(video_recorder_close(&recorder, NULL) == RV_OK);
	inputs_close(&inputs);
	REQUIRE(media_inspect(path, &media));
	REQUIRE(media.streams[0].packet_count == 6);
	for (int i = 0; i < 6; i++)
		CHECK_MESSAGE(media.streams[0].pts_us[i] == 1000 * wanted_ms[i], "%d: %d us", i,
		              (int)media.streams[0].pts_us[i]);
}
