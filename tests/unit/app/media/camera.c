/* Which of a camera's modes is used, and which camera is the one that went away. The lists are
 * those of common cameras; no device is needed. */
#include "app/media/camera.h"

#include <linux/videodev2.h>
#include <string.h>

#include "tests/support/test.h"

static struct camera_modes modes;
static const char name[] = "/dev/video0";

static void add(uint32_t format, int width, int height, int rate)
{
	const struct camera_rate every = {rate, 1};
	camera_modes_add(&modes, format, width, height, &every);
}

/* A webcam on USB 2: uncompressed pictures are slow where they are large. */
static void make_webcam(void)
{
	static const int sizes[][3] = {
		{640, 480, 30}, {160, 120, 30}, {800, 600, 20}, {1280, 720, 10}, {1920, 1080, 5}};
	modes.count = 0;
	for (int i = 0; i < 5; i++)
		add(V4L2_PIX_FMT_YUYV, sizes[i][0], sizes[i][1], sizes[i][2]);
	for (int i = 0; i < 5; i++)
		for (int rate = 30; rate > 0; rate -= 15)
			add(V4L2_PIX_FMT_MJPEG, sizes[i][0], sizes[i][1], rate);
}

static void check_choice(struct camera_wish wish, const char *format, int width, int height,
                         double rate)
{
	struct camera_choice choice = {0};
	rv_error error = {0};
	CHECK_MESSAGE(camera_choose(&choice, &modes, &wish, name, &error) == RV_OK, "%s",
	              error.message);
	double chosen = choice.rate.seconds ? (double)choice.rate.count / choice.rate.seconds : 0;
	CHECK_MESSAGE(choice.format && !strcmp(choice.format, format) && choice.width == width &&
	                      choice.height == height && chosen > rate - 0.1 && chosen < rate + 0.1,
	              "%s %dx%d at %g", choice.format ? choice.format : "?", choice.width,
	              choice.height, chosen);
}

static void check_refused(struct camera_wish wish, rv_status wanted, const char *words)
{
	struct camera_choice choice = {0};
	rv_error error = {0};
	CHECK(camera_choose(&choice, &modes, &wish, name, &error) == wanted);
	CHECK_MESSAGE(strstr(error.message, words) && !strncmp(error.message, name, strlen(name)),
	              "%s", error.message);
}

TEST(camera_without_a_wish_is_large_and_fast)
{
	make_webcam();
	check_choice((struct camera_wish){0}, "mjpeg", 1280, 720, 30);
}

TEST(camera_that_is_slow_when_large_is_asked_for_less)
{
	modes.count = 0;
	add(V4L2_PIX_FMT_YUYV, 1920, 1080, 5);
	add(V4L2_PIX_FMT_YUYV, 1280, 720, 10);
	add(V4L2_PIX_FMT_YUYV, 640, 480, 30);
	add(V4L2_PIX_FMT_YUYV, 320, 240, 30);
	check_choice((struct camera_wish){0}, "yuyv422", 640, 480, 30);
}

TEST(camera_is_not_compressed_where_it_need_not_be)
{
	modes.count = 0;
	add(V4L2_PIX_FMT_H264, 1280, 720, 30);
	add(V4L2_PIX_FMT_MJPEG, 1280, 720, 30);
	add(V4L2_PIX_FMT_NV12, 1280, 720, 30);
	check_choice((struct camera_wish){0}, "nv12", 1280, 720, 30);
}

TEST(camera_of_50_and_60_frames_takes_what_is_nearest_to_30)
{
	modes.count = 0;
	add(V4L2_PIX_FMT_YUYV, 720, 576, 60);
	add(V4L2_PIX_FMT_YUYV, 720, 576, 50);
	add(V4L2_PIX_FMT_YUYV, 720, 576, 25);
	check_choice((struct camera_wish){0}, "yuyv422", 720, 576, 25);
}

TEST(camera_takes_the_wished_size_and_rate)
{
	make_webcam();
	check_choice((struct camera_wish){.width = 640, .height = 480}, "yuyv422", 640, 480, 30);
	check_choice((struct camera_wish){.width = 1920, .height = 1080}, "mjpeg", 1920, 1080, 30);
	check_choice((struct camera_wish){.rate = 10}, "yuyv422", 1280, 720, 10);
	check_choice((struct camera_wish){.width = 1280, .height = 720, .rate = 15}, "mjpeg", 1280,
	             720, 15);
	check_choice((struct camera_wish){.width = 800}, "mjpeg", 800, 600, 30);
}

TEST(camera_takes_30_for_its_29_97)
{
	const struct camera_rate ntsc = {30000, 1001};
	modes.count = 0;
	camera_modes_add(&modes, V4L2_PIX_FMT_YUYV, 720, 480, &ntsc);
	check_choice((struct camera_wish){.rate = 30}, "yuyv422", 720, 480, 29.97);
}

TEST(camera_refuses_a_size_or_rate_it_has_not_and_says_which_there_are)
{
	make_webcam();
	check_refused((struct camera_wish){.width = 64, .height = 48}, RV_INVALID,
	              "there are 640x480, 160x120, 800x600, 1280x720, 1920x1080");
	check_refused((struct camera_wish){.width = 1280, .height = 720, .rate = 60}, RV_INVALID,
	              "no 60 frames a second at that size; there are 10, 30, 15");
	check_refused((struct camera_wish){.rate = 25}, RV_INVALID,
	              "no 25 frames a second; there are 30, 20, 10, 5, 15");
}

TEST(camera_with_formats_that_cannot_be_read)
{
	modes.count = 0;
	add(V4L2_PIX_FMT_SRGGB10, 640, 480, 30);
	check_refused((struct camera_wish){0}, RV_UNSUPPORTED, "no format that FFmpeg reads");
	add(V4L2_PIX_FMT_YUYV, 320, 240, 15);
	check_choice((struct camera_wish){0}, "yuyv422", 320, 240, 15);
	check_refused((struct camera_wish){.width = 640, .height = 480}, RV_INVALID,
	              "there are 320x240");
}

TEST(camera_that_says_nothing_is_asked_for_the_wish)
{
	struct camera_choice choice;
	modes.count = 0;
	const struct camera_wish wish = {640, 480, 12.5f};
	CHECK(camera_choose(&choice, &modes, &wish, name, NULL) == RV_OK);
	CHECK(!choice.format && choice.width == 640 && choice.height == 480 &&
	      choice.rate.count == 12500 && choice.rate.seconds == 1000);
	camera_modes_add(&modes, V4L2_PIX_FMT_YUYV, 640, 480, NULL); /* sizes, but no rates */
	check_choice(wish, "yuyv422", 640, 480, 12.5);
}

TEST(camera_modes_beyond_the_room_for_them_are_left_out)
{
	modes.count = 0;
	for (int i = 0; i < CAMERA_MODES_MAX + 10; i++)
		for (int rate = 1; rate < CAMERA_RATES_MAX + 5; rate++)
			add(V4L2_PIX_FMT_YUYV, 16 + i, 16, rate);
	CHECK(modes.count == CAMERA_MODES_MAX);
	CHECK(modes.list[0].rate_count == CAMERA_RATES_MAX);
}

/* ---- found again ---- */

TEST(camera_is_found_again_where_it_was_plugged_in)
{
	const struct camera gone = {0, "/dev/video0", "Webcam C920", "usb-0000:00:14.0-1"};
	const struct camera list[] = {
		{1, "/dev/video1", "Webcam C920", "usb-0000:00:14.0-2"},
		{2, "/dev/video2", "Grabber", "usb-0000:00:14.0-1"},
		{3, "/dev/video3", "Webcam C920", "usb-0000:00:14.0-1"},
	};
	CHECK(camera_match(&gone, list, 3) == 2);
	CHECK(camera_match(&gone, list, 1) == 0); /* in another place, but the only one */
	CHECK(camera_match(&gone, list + 1, 1) == -1);
	CHECK(camera_match(&gone, list, 0) == -1);
}

TEST(camera_that_could_be_two_is_waited_for)
{
	const struct camera gone = {0, "/dev/video0", "Webcam C920", "usb-0000:00:14.0-1"};
	const struct camera list[] = {
		{1, "/dev/video1", "Webcam C920", "usb-0000:00:14.0-2"},
		{2, "/dev/video2", "Webcam C920", "usb-0000:00:14.0-3"},
	};
	CHECK(camera_match(&gone, list, 2) == -1);
}
