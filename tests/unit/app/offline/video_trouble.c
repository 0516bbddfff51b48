/* Videos that are stopped, refused, damaged or in want of room. */
#include <libavcodec/avcodec.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "app/media/picture_read.h"
#include "app/offline/job_run.h"
#include "tests/support/media.h"
#include "tests/support/test.h"

static struct media after; /* too large for the stack of a test */

/* ---- stopping ---- */

TEST(video_stopped_amid_is_playable_and_says_how_far_it_came)
{
	const char *in = media_path("stop.mp4"), *out = media_path("stop_out.mp4");
	struct test_dream dream = {.keep = true, .stop_at = 12};
	struct job_report report;
	rv_error error = {0};
	NEED_FFMPEG(in, "-f lavfi -i testsrc=s=64x48:r=10:d=6 -f lavfi -i sine=d=6 -c:v libx264 "
	                "-c:a aac");
	struct job job = media_job(in, out, &dream);
	CHECK(job_run(&job, &report, &error) == RV_CANCELLED);
	CHECK(report.written && report.frames == 12 && report.frames_expected == 60);
	CHECK_MESSAGE(strstr(error.message, "12 of 60 frames") != NULL, "%s", error.message);
	REQUIRE(media_inspect(out, &after));
	const struct media_stream *sound = media_find_stream(&after, AVMEDIA_TYPE_AUDIO, 0);
	REQUIRE(media_find_stream(&after, AVMEDIA_TYPE_VIDEO, 0) && sound);
	CHECK(media_find_stream(&after, AVMEDIA_TYPE_VIDEO, 0)->packet_count == 12);
	REQUIRE(sound->packet_count > 0);
	int64_t last = sound->pts_us[sound->packet_count - 1];
	CHECK_MESSAGE(last > 1000000 && last < 1250000, "the sound ends at %lld us",
	              (long long)last);
}

TEST(video_stopped_before_its_first_frame_leaves_nothing)
{
	struct test_dream dream = {.stop = 1};
	struct job_report report;
	rv_error error = {0};
	struct job job = media_job("lavfi:testsrc=s=64x48", media_path("never.mp4"), &dream);
	int count = media_file_count();
	CHECK(job_run(&job, &report, &error) == RV_CANCELLED);
	CHECK(!report.written && report.frames == 0 && dream.frames == 0);
	CHECK(media_file_count() == count);
}

static rv_status dream_fails(void *context, const rv_image *in, int64_t time, const rv_image *out,
                             rv_error *error)
{
	(void)in;
	(void)time;
	(void)out;
	return ++*(int *)context == 5 ? rv_fail(error, RV_DEVICE, "the device is gone") : RV_OK;
}

TEST(video_whose_dream_fails_keeps_what_was_dreamed)
{
	struct test_dream dream = {0};
	struct job_report report;
	rv_error error = {0};
	int frames = 0, count = media_file_count();
	struct job job = media_job("lavfi:testsrc=s=64x48:d=2", media_path("fails.mp4"), &dream);
	job.dream = dream_fails;
	job.context = &frames;
	job.still = media_path("fails.png");
	CHECK(job_run(&job, &report, &error) == RV_DEVICE);
	CHECK_MESSAGE(strstr(error.message, "the device is gone; ") &&
	                      strstr(error.message, "fails.mp4 holds the 4 frames before"),
	              "%s", error.message);
	CHECK(report.frames == 4 && !report.written && media_file_count() == count + 1);
	CHECK(media_exists(media_path("fails.mp4")));
	unlink(media_path("fails.mp4"));
}

TEST(video_still_is_the_frame_in_the_middle)
{
	const char *in = media_path("grey.mp4");
	struct test_dream dream = {.keep = true};
	struct job_report report;
	struct picture picture = {0};
	rv_error error;
	/* Frame n is of brightness 10 n. */
	NEED_FFMPEG(in, "-f lavfi -i color=c=black:s=64x48:r=10:d=2 -vf "
	                "geq=lum='16+10*N*219/255':cb=128:cr=128 -c:v libx264 -qp 1");
	struct job job = media_job(in, media_path("grey_out.mp4"), &dream);
	job.still = media_path("grey.png");
	RUN(&job, &report, RV_OK);
	REQUIRE(picture_open(&picture, job.still, &error) == RV_OK);
	int value = *(uint8_t *)picture.image.pixels;
	CHECK_MESSAGE(value > 96 && value < 104, "%d", value);
	picture_release(&picture);
}

/* ---- what is refused, before anything is dreamed ---- */

static void check_refused(struct job job, rv_status wanted, const char *word)
{
	struct test_dream dream = {0};
	struct job_report report;
	rv_error error = {0};
	int count = media_file_count();
	job.context = &dream;
	rv_status status = job_run(&job, &report, &error);
	CHECK_MESSAGE(status == wanted, "status %d: %s", status, error.message);
	CHECK_MESSAGE(strstr(error.message, word) != NULL, "%s (no \"%s\")", error.message, word);
	CHECK(strchr(error.message, '\n') == NULL);
	CHECK_MESSAGE(dream.frames == 0, "dreamed %d frames first", dream.frames);
	CHECK(!report.written && media_file_count() == count);
}

/* A name with a colon, without a folder before it, looks like a protocol. */
TEST(video_named_by_the_time_of_day_is_a_file)
{
	const char *in = media_path("noon.mp4");
	char *before = getcwd(NULL, 0);
	NEED_FFMPEG(in, "-f lavfi -i testsrc=s=64x48:r=10:d=0.3 -c:v libx264");
	REQUIRE(before && chdir(media_path("")) == 0);
	struct test_dream dream = {.keep = true};
	struct job_report report;
	rv_error error = {0};
	struct job job = media_job(in, "12:30.mp4", &dream);
	CHECK_MESSAGE(job_run(&job, &report, &error) == RV_OK, "%s", error.message);
	REQUIRE(chdir(before) == 0);
	free(before);
	CHECK(media_inspect(media_path("12:30.mp4"), &after));
}

TEST(video_refuses_names_that_do_not_exist)
{
	struct test_dream dream = {0};
	const char *in = "lavfi:testsrc=s=64x48:d=1";
	struct job job = media_job(in, media_path("x.mp4"), &dream);
	job.encoder = "libx999";
	check_refused(job, RV_NOT_FOUND, "libx999");
	job.encoder = "aac";
	check_refused(job, RV_INVALID, "not one for video");
	job = media_job(in, media_path("x.webm"), &dream);
	job.encoder = "libx264";
	check_refused(job, RV_UNSUPPORTED, "webm cannot hold");
	job = media_job(in, media_path("x.mp4"), &dream);
	job.format = "nonsense";
	check_refused(job, RV_NOT_FOUND, "nonsense");
	job = media_job(in, media_path("x.mp4"), &dream);
	job.still = media_path("x.txt");
	check_refused(job, RV_UNSUPPORTED, "no picture format");
	check_refused(media_job(in, media_path("x.png"), &dream), RV_UNSUPPORTED, "--still");
	check_refused(media_job(in, media_path("x.nonsense"), &dream), RV_UNSUPPORTED, ".mp4");
	check_refused(media_job(in, media_path("no/x.mp4"), &dream), RV_NOT_FOUND, "no/x.mp4");
	check_refused(media_job("lavfi:nonsense", media_path("x.mp4"), &dream), RV_INVALID,
	              "nonsense");
}

TEST(job_refuses_values_out_of_range)
{
	struct test_dream dream = {0};
	struct job job = media_job("lavfi:testsrc", media_path("x.mp4"), &dream);
	job.quality = -1;
	check_refused(job, RV_INVALID, "quality");
	job.quality = 52;
	check_refused(job, RV_INVALID, "quality");
	job.quality = 18;
	job.width = -5;
	check_refused(job, RV_INVALID, "size");
	job.width = job.height = 20000;
	check_refused(job, RV_INVALID, "16384");
	job.width = job.height = 16000;
	check_refused(job, RV_MEMORY, "too many");
}

TEST(video_refuses_what_is_none)
{
	struct test_dream dream = {0};
	const char *out = media_path("none.mp4");
	media_write(media_path("text.mp4"), "Just some words, no video at all.\n", 34);
	media_write(media_path("empty.mp4"), "", 0);
	check_refused(media_job(media_path("text.mp4"), out, &dream), RV_UNSUPPORTED, "neither");
	check_refused(media_job(media_path("empty.mp4"), out, &dream), RV_CORRUPT, "empty");
	check_refused(media_job(media_path("missing.mp4"), out, &dream), RV_NOT_FOUND, "No such");
	check_refused(media_job("/", out, &dream), RV_INVALID, "directory");
	const char *sound = media_path("sound.wav");
	NEED_FFMPEG(sound, "-f lavfi -i sine=d=1");
	check_refused(media_job(sound, out, &dream), RV_UNSUPPORTED, "no video stream");
	const char *cover = media_path("cover.mp3");
	NEED_FFMPEG(cover, "-f lavfi -i sine=d=1 -f lavfi -i testsrc=s=64x48:d=1 -map 0 -map 1 "
	                   "-frames:v 1 -c:v png -disposition:v:0 attached_pic");
	check_refused(media_job(cover, out, &dream), RV_UNSUPPORTED, "no video stream");
}

/* ---- damage ---- */

TEST(video_without_its_index_is_refused)
{
	struct test_dream dream = {0};
	const char *in = media_path("cut.mp4");
	size_t size;
	NEED_FFMPEG(in, "-f lavfi -i testsrc=s=64x48:r=10:d=5 -c:v libx264");
	uint8_t *bytes = media_read(in, &size);
	media_write(in, bytes, size / 2); /* an MP4's index stands at its end */
	free(bytes);
	check_refused(media_job(in, media_path("cut_out.mp4"), &dream), RV_CORRUPT, "moov");
}

TEST(video_with_broken_packets_is_dreamed_around_them)
{
	struct test_dream dream = {.keep = true};
	struct job_report report;
	const char *in = media_path("broken.mkv");
	size_t size;
	NEED_FFMPEG(in, "-f lavfi -i testsrc2=s=64x48:r=10:d=3 -c:v png");
	uint8_t *bytes = media_read(in, &size);
	REQUIRE(bytes);
	for (int i = 0; i < 3; i++) { /* three frames lose their size */
		uint8_t *png = memmem(bytes + size / 3 * (size_t)i, size / 3, "\x89PNG", 4);
		REQUIRE(png);
		memset(png + 16, 0, 8);
	}
	media_write(in, bytes, size);
	free(bytes);
	struct job job = media_job(in, media_path("unbroken.mp4"), &dream);
	RUN(&job, &report, RV_OK);
	CHECK_MESSAGE(report.damaged == 3 && report.frames == 27, "%d damaged, %d dreamed",
	              (int)report.damaged, (int)report.frames);
}

TEST(video_that_ends_early_is_dreamed_as_far_as_it_goes)
{
	struct test_dream dream = {.keep = true};
	struct job_report report;
	const char *in = media_path("early.mkv");
	size_t size;
	NEED_FFMPEG(in, "-f lavfi -i testsrc2=s=64x48:r=10:d=5 -c:v libx264 -g 5");
	uint8_t *bytes = media_read(in, &size);
	media_write(in, bytes, size / 2);
	free(bytes);
	struct job job = media_job(in, media_path("early.mp4"), &dream);
	RUN(&job, &report, RV_OK);
	CHECK_MESSAGE(report.frames > 10 && report.frames < 45, "%d", (int)report.frames);
	REQUIRE(media_inspect(media_path("early.mp4"), &after));
	CHECK(after.streams[0].packet_count == report.frames);
}

TEST(video_onto_a_full_disk_fails_and_leaves_nothing)
{
	struct test_dream dream = {.keep = true};
	struct job_report report;
	struct rlimit old, small;
	rv_error error = {0};
	int count = media_file_count();
	struct job job = media_job("lavfi:testsrc2=s=320x240:d=8", media_path("full.mp4"), &dream);
	getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = 100000;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	rv_status status = job_run(&job, &report, &error);
	setrlimit(RLIMIT_FSIZE, &old);
	CHECK(status == RV_IO);
	CHECK_MESSAGE(strstr(error.message, "full.mp4: writing failed") != NULL, "%s",
	              error.message);
	CHECK(!report.written && media_file_count() == count);
}
