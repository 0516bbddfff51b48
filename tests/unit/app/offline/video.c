#include <libavutil/pixdesc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/media/convert.h"
#include "app/media/picture_read.h"
#include "app/media/source.h"
#include "app/offline/job_run.h"
#include "tests/support/media.h"
#include "tests/support/test.h"

/* ---- what is kept ---- */

TEST(video_every_frame_is_dreamed)
{
	const char *in = media_path("every.mp4"), *out = media_path("every_out.mp4");
	struct test_dream dream = {0};
	struct job_report report;
	NEED_FFMPEG(in, "-f lavfi -i color=c=0xE03010:s=64x48:r=10:d=2 -c:v libx264");
	struct job job = media_job(in, out, &dream);
	RUN(&job, &report, RV_OK);
	CHECK(dream.frames == 20 && report.frames == 20 && report.written && !report.is_still);
	CHECK_MESSAGE(report.seconds > 1.99 && report.seconds < 2.01, "%f", report.seconds);
	rv_image image = media_first_frame(out);
	REQUIRE(image.pixels);
	const uint8_t *pixel = image.pixels;
	static const int wanted[3] = {0x1F, 0xCF, 0xEF};
	for (int c = 0; c < 3; c++)
		CHECK_MESSAGE(abs(pixel[c] - wanted[c]) < 5, "channel %d: %d", c, pixel[c]);
	free(image.pixels);
}

TEST(video_that_does_not_say_how_long_it_is_has_as_many_frames_as_the_job_says)
{
	const char *out = media_path("graph.mkv");
	struct test_dream dream = {0};
	struct job_report report;
	struct job job = media_job("lavfi:color=s=64x48:r=10:d=0.5", out, &dream);
	RUN(&job, &report, RV_OK);
	CHECK(report.frames == 5 && report.frames_expected == 0);
	job.frames_expected = 6; /* it is a guess */
	job.force = true;
	RUN(&job, &report, RV_OK);
	CHECK(report.frames == 5 && report.frames_expected == 6);
}

TEST(video_colours_come_by_the_right_matrix_and_range)
{
	static const char *const matrices[] = {"bt709", "smpte170m"};
	static const char *const ranges[] = {"tv", "pc"};
	for (int m = 0; m < 2; m++)
		for (int r = 0; r < 2; r++) {
			char arguments[512];
			const char *in = media_path("colour.mkv"),
				   *out = media_path("colour_out.mkv");
			struct test_dream dream = {.keep = true};
			struct job_report report;
			snprintf(arguments, sizeof(arguments),
			         "-f lavfi -i color=c=0x20C060:s=64x48:r=5:d=1,format=gbrp,"
			         "scale=out_color_matrix=%s:out_range=%s,format=yuv444p -c:v ffv1 "
			         "-colorspace %s -color_range %s",
			         matrices[m], ranges[r], matrices[m], ranges[r]);
			NEED_FFMPEG(in, arguments);
			struct job job = media_job(in, out, &dream);
			job.force = true;
			job.exact = true;
			RUN(&job, &report, RV_OK);
			media_check_description(in, out);
			const char *const paths[2] = {in, out};
			for (int p = 0; p < 2; p++) {
				rv_image image = media_first_frame(paths[p]);
				REQUIRE(image.pixels);
				static const int wanted[3] = {0x20, 0xC0, 0x60};
				const uint8_t *pixel = image.pixels;
				for (int c = 0; c < 3; c++)
					CHECK_MESSAGE(abs(pixel[c] - wanted[c]) <= 2 + p,
					              "%s %s: channel %d is %d", matrices[m],
					              ranges[r], c, pixel[c]);
				free(image.pixels);
			}
		}
}

TEST(video_of_variable_rate_keeps_every_timestamp)
{
	static const char *const names[] = {"vfr.mkv", "vfr.mp4"};
	for (int i = 0; i < 2; i++) {
		struct job_report report;
		char out[32];
		snprintf(out, sizeof(out), "out_%s", names[i]);
		NEED_FFMPEG(media_path(names[i]),
		            "-f lavfi -i testsrc=s=64x48:r=30:d=4 -vf "
		            "\"select='not(mod(n,7))+not(mod(n,11))+gt(n,100)'\" -vsync vfr "
		            "-c:v libx264 -bf 2");
		REQUIRE(media_transcode(media_path(names[i]), media_path(out), &report));
		CHECK(report.frames > 40);
		media_check_times(media_find_stream(&media_before, AVMEDIA_TYPE_VIDEO, 0),
		                  media_find_stream(&media_after, AVMEDIA_TYPE_VIDEO, 0), 1);
	}
}

TEST(video_of_10_bits_keeps_them)
{
	const char *in = media_path("ten.mkv"), *out = media_path("ten_out.mkv");
	struct test_dream dream = {.keep = true};
	struct job_report report;
	NEED_FFMPEG(in, "-f lavfi -i testsrc=s=64x48:r=5:d=1 -pix_fmt yuv422p10le -c:v ffv1");
	struct job job = media_job(in, out, &dream);
	RUN(&job, &report, RV_OK);
	CHECK(dream.format == RV_RGB16);
	CHECK(media_describe(out).pixel_format == AV_PIX_FMT_YUV422P10);
}

TEST(video_pixels_that_are_not_square_stay_so)
{
	const char *in = media_path("sar.mp4"), *out = media_path("sar_out.mp4");
	struct test_dream dream = {.keep = true};
	struct job_report report;
	NEED_FFMPEG(in, "-f lavfi -i testsrc=s=96x72:r=5:d=1,setsar=16/15 -c:v libx264");
	struct job job = media_job(in, out, &dream);
	RUN(&job, &report, RV_OK);
	CHECK(av_cmp_q(media_describe(out).sample_aspect, (AVRational){16, 15}) == 0);
	job.force = true;
	job.width = 48;
	job.height = 72; /* half as wide: pixels twice as wide */
	RUN(&job, &report, RV_OK);
	CHECK(av_cmp_q(media_describe(out).sample_aspect, (AVRational){32, 15}) == 0);
	CHECK(media_describe(out).width == 48);
}

/* Writes a display matrix into every track of an MP4 (ISO 14496-12, 8.3.2). */
static void set_matrix(const char *path, int a, int b, int c, int d)
{
	const int values[9] = {a * 65536, b * 65536, 0, c * 65536, d * 65536, 0, 0, 0, 1 << 30};
	size_t size;
	uint8_t *bytes = media_read(path, &size);
	for (size_t at = 0; bytes && at + 80 < size; at++) {
		if (memcmp(bytes + at, "tkhd", 4))
			continue;
		for (int i = 0; i < 9; i++)
			for (int k = 0; k < 4; k++)
				bytes[at + 44 + (size_t)(i * 4 + k)] =
					(uint8_t)((unsigned)values[i] >> (24 - 8 * k));
	}
	media_write(path, bytes, size);
	free(bytes);
}

static void check_turned(const char *in, int a, int b, int c, int d, int red_corner)
{
	const char *out = media_path("turned_out.mp4");
	struct test_dream dream = {.keep = true};
	struct job_report report;
	struct job job = media_job(in, out, &dream);
	job.force = true;
	set_matrix(in, a, b, c, d);
	RUN(&job, &report, RV_OK);
	CHECK(report.width == (a ? 64 : 48) && report.height == (a ? 48 : 64));
	struct source *source = media_source(out);
	REQUIRE(source);
	CHECK(source->orientation == 1);
	source_close(&source);
	rv_image image = media_first_frame(out);
	REQUIRE(image.pixels);
	for (int corner = 0; corner < 4; corner++) {
		int x = corner & 1 ? image.width - 4 : 3, y = corner & 2 ? image.height - 4 : 3;
		const uint8_t *pixel =
			(uint8_t *)image.pixels + (size_t)y * image.stride + (size_t)x * 3;
		bool red = pixel[0] > 150 && pixel[2] < 100;
		CHECK_MESSAGE(red == (corner == red_corner), "matrix %d %d %d %d: corner %d", a, b,
		              c, d, corner);
	}
	free(image.pixels);
}

TEST(video_turned_by_its_matrix_is_dreamed_upright)
{
	const char *in = media_path("turned.mp4");
	NEED_FFMPEG(in, "-f lavfi -i color=c=blue:s=64x48:r=5:d=1 -vf "
	                "drawbox=x=0:y=0:w=16:h=12:c=red:t=fill -c:v libx264");
	/* Corners: 0 top left, 1 top right, 2 bottom left, 3 bottom right. */
	check_turned(in, 1, 0, 0, 1, 0);
	check_turned(in, 0, 1, -1, 0, 1); /* a quarter turn to the right */
	check_turned(in, -1, 0, 0, -1, 3);
	check_turned(in, 0, -1, 1, 0, 2);
	check_turned(in, -1, 0, 0, 1, 1); /* mirrored */
}

TEST(video_chapters_and_metadata_are_copied)
{
	const char *in = media_path("tags.mkv"), *out = media_path("tags_out.mkv");
	static const char text[] = ";FFMETADATA1\ntitle=A walk\n[CHAPTER]\nTIMEBASE=1/1000\n"
				   "START=0\nEND=400\ntitle=One\n[CHAPTER]\nTIMEBASE=1/1000\n"
				   "START=400\nEND=1000\ntitle=Two\n";
	struct job_report report;
	char arguments[1024];
	media_write(media_path("tags.txt"), text, sizeof(text) - 1);
	snprintf(arguments, sizeof(arguments),
	         "-f lavfi -i testsrc=s=64x48:r=10:d=1 -i '%s' -map_metadata 1 -c:v libx264 "
	         "-metadata:s:v:0 language=deu",
	         media_path("tags.txt"));
	NEED_FFMPEG(in, arguments);
	REQUIRE(media_transcode(in, out, &report));
	struct input *input = NULL;
	rv_error error;
	REQUIRE(input_open(&input, out, NULL, &error) == RV_OK);
	const AVFormatContext *format = input->format;
	const AVDictionaryEntry *title = av_dict_get(format->metadata, "title", NULL, 0);
	CHECK(title && strcmp(title->value, "A walk") == 0);
	CHECK(format->nb_chapters == 2 && format->chapters[1]->start == 400000000);
	const AVDictionaryEntry *language =
		av_dict_get(format->streams[0]->metadata, "language", NULL, 0);
	CHECK(language && strcmp(language->value, "deu") == 0);
	input_close(&input);
}

TEST(video_of_a_broadcast_starts_its_clock_at_the_beginning)
{
	const char *in = media_path("late.ts"), *out = media_path("late.mp4");
	struct job_report report;
	NEED_FFMPEG(in, "-f lavfi -i testsrc=s=64x48:r=10:d=1 -f lavfi -i sine=d=1 -c:v libx264 "
	                "-c:a aac -output_ts_offset 5000");
	REQUIRE(media_transcode(in, out, &report));
	const struct media_stream *video = media_find_stream(&media_after, AVMEDIA_TYPE_VIDEO, 0);
	const struct media_stream *sound = media_find_stream(&media_after, AVMEDIA_TYPE_AUDIO, 0);
	REQUIRE(video && sound && video->packet_count == 10);
	CHECK_MESSAGE(video->pts_us[0] >= 0 && video->pts_us[0] < 200000, "%lld us",
	              (long long)video->pts_us[0]);
	const struct media_stream *old_video =
		media_find_stream(&media_before, AVMEDIA_TYPE_VIDEO, 0);
	const struct media_stream *old_sound =
		media_find_stream(&media_before, AVMEDIA_TYPE_AUDIO, 0);
	int64_t apart = sound->pts_us[0] - video->pts_us[0];
	CHECK(llabs(apart - (old_sound->pts_us[0] - old_video->pts_us[0])) < 1000);
}

/* ---- formats ---- */

TEST(video_through_a_pipe_keeps_rate_and_frames)
{
	static const char *const formats[] = {"y4m", "nut"};
	for (int i = 0; i < 2; i++) {
		const char *in = media_path("pipe_in.mp4"), *out = media_path("pipe.out");
		struct test_dream dream = {.keep = true};
		struct job_report report;
		NEED_FFMPEG(in, "-f lavfi -i testsrc=s=63x47:r=30000/1001:d=1 -pix_fmt yuv444p "
		                "-c:v libx264");
		struct job job = media_job(in, out, &dream);
		job.format = formats[i];
		job.force = true;
		job.exact = true; /* as "-" is, for which this file stands */
		RUN(&job, &report, RV_OK);
		REQUIRE(media_inspect(in, &media_before) && media_inspect(out, &media_after));
		media_check_times(&media_before.streams[0], &media_after.streams[0], 40);
		struct video_description video = media_describe(out);
		CHECK(av_cmp_q(video.frame_rate, (AVRational){30000, 1001}) == 0);
		CHECK(video.width == 63 && video.height == 47);
		rv_image a = media_first_frame(in), b = media_first_frame(out);
		CHECK_MESSAGE(media_difference(&a, &b) < 1.5, "%s: %f", formats[i],
		              media_difference(&a, &b));
		free(a.pixels);
		free(b.pixels);
	}
}

TEST(video_from_standard_input)
{
	const char *in = media_path("stdin.y4m"), *out = media_path("stdin.mp4");
	struct test_dream dream = {.keep = true};
	struct job_report report;
	NEED_FFMPEG(in, "-f lavfi -i testsrc=s=64x48:r=10:d=1 -pix_fmt yuv420p");
	int saved = dup(STDIN_FILENO);
	REQUIRE(freopen(in, "rb", stdin));
	struct job job = media_job("-", out, &dream);
	rv_error error = {0};
	rv_status status = job_run(&job, &report, &error);
	dup2(saved, STDIN_FILENO);
	close(saved);
	CHECK_MESSAGE(status == RV_OK, "%s", error.message);
	CHECK(report.frames == 10);
}

TEST(animation_stays_one_and_keeps_its_delays)
{
	const char *in = media_path("anim.gif"), *out = media_path("anim_out.gif");
	struct test_dream dream = {.keep = true};
	struct job_report report;
	struct picture picture = {0};
	rv_error error;
	NEED_FFMPEG(in, "-f lavfi -i testsrc=s=64x48:r=10:d=1 -vf \"select='not(mod(n,3))'\" "
	                "-vsync vfr");
	REQUIRE(media_transcode(in, out, &report));
	CHECK(report.frames == 4 && !report.is_still);
	media_check_times(&media_before.streams[0], &media_after.streams[0], 1);
	struct job job = media_job(in, media_path("anim.png"), &dream);
	RUN(&job, &report, RV_OK);
	CHECK(report.is_still && dream.frames == 1); /* the first frame, where only one can be */
	REQUIRE(picture_open(&picture, media_path("anim.png"), &error) == RV_OK);
	CHECK(picture.image.width == 64);
	picture_release(&picture);
	REQUIRE(media_transcode(in, media_path("anim.mp4"), &report));
	CHECK(report.frames == 4);
}

/* The times at which the frames begin, and at which the last one ends, in milliseconds. */
static int list_times(const char *path, int64_t times[8])
{
	struct source *source = media_source(path);
	enum source_event event = SOURCE_FRAME;
	int count = 0;
	while (source && count < 7 && !source_next(source, &event, NULL) && event != SOURCE_END) {
		if (event != SOURCE_FRAME)
			continue;
		AVRational time_base = source->video.time_base, ms = {1, 1000};
		times[count++] = av_rescale_q(source->pts, time_base, ms);
		times[count] = av_rescale_q(source->pts + source->duration, time_base, ms);
	}
	source_close(&source);
	return count;
}

static void check_delays(const char *in, const char *name, bool tells_last)
{
	static const int64_t wanted[] = {0, 100, 300, 600, 2600};
	struct test_dream dream = {.keep = false};
	struct job_report report;
	int64_t times[8] = {0};
	struct job job = media_job(in, media_path(name), &dream);
	RUN(&job, &report, RV_OK);
	CHECK_MESSAGE(list_times(job.output, times) == 4, "%s of %s", name, in);
	for (int i = 0; i < 4 + tells_last; i++)
		CHECK_MESSAGE(times[i] == wanted[i], "%s of %s: %lld, not %lld", name, in,
		              (long long)times[i], (long long)wanted[i]);
}

TEST(animation_keeps_the_delay_of_its_last_frame)
{
	const char *gif = media_path("delays.gif");
	NEED_FFMPEG(gif, "-f lavfi -i \"testsrc=s=64x48:r=10:d=0.4,settb=1/100,"
	                 "setpts='10*N*(N+1)/2'\" -final_delay 200");
	check_delays(gif, "gif_to.gif", true);
	check_delays(gif, "gif_to.apng", true);
	check_delays(media_path("gif_to.apng"), "apng_to.gif", true);
	check_delays(gif, "gif_to.mp4", false); /* its duration says that: below */
}

/* Every kind of animation becomes every other one. */
TEST(animation_as_webp_is_read)
{
	const char *webp = media_path("moves.webp");
	struct test_dream dream = {.keep = true};
	struct job_report report;
	struct picture picture = {0};
	NEED_FFMPEG(webp, "-f lavfi -i \"testsrc=s=64x48:r=10:d=0.4,settb=1/100,"
	                  "setpts='10*N*(N+1)/2'\" -lossless 1 -loop 0");
	check_delays(webp, "webp_to.gif", false);
	check_delays(webp, "webp_to.apng", false);
	check_delays(webp, "webp_to.mp4", false);
	rv_image seen = media_first_frame(webp);
	struct job job = media_job(webp, media_path("first.png"), &dream);
	RUN(&job, &report, RV_OK);
	CHECK(report.is_still && dream.frames == 1);
	REQUIRE(!picture_open(&picture, job.output, NULL));
	CHECK(media_difference(&seen, &picture.image) == 0);
	free(seen.pixels);
	picture_release(&picture);
}

TEST(animation_as_webp_that_is_damaged_is_refused_or_cut)
{
	const char *webp = media_path("whole.webp"), *cut = media_path("cut.webp"),
		   *out = media_path("cut.gif");
	size_t size;
	NEED_FFMPEG(webp, "-f lavfi -i testsrc=s=64x48:r=10:d=0.4 -lossless 1");
	uint8_t *bytes = media_read(webp, &size);
	REQUIRE(bytes);
	for (size_t length = 30; length < size; length += size / 12) {
		struct test_dream dream = {.keep = true};
		struct job_report report;
		rv_error error = {0};
		media_write(cut, bytes, length);
		struct job job = media_job(cut, out, &dream);
		job.force = true;
		rv_status status = job_run(&job, &report, &error);
		CHECK_MESSAGE(status == RV_CORRUPT || (status == RV_OK && report.frames < 4),
		              "%zu of %zu bytes: %d, %s", length, size, status, error.message);
	}
	free(bytes);
}

/* How long a clip takes, as its file says, in microseconds. */
static int64_t duration_of(const char *path)
{
	struct source *source = media_source(path);
	int64_t duration = source ? source->input->format->duration : 0;
	source_close(&source);
	return duration;
}

/* No later frame says how long the last one is to be seen. */
TEST(video_holds_its_last_frame_as_long_as_the_source_does)
{
	const char *in = media_path("held.gif"), *out = media_path("held.mp4");
	struct job_report report;
	NEED_FFMPEG(in, "-f lavfi -i testsrc=s=64x48:r=10:d=0.3 -final_delay 150");
	REQUIRE(media_transcode(in, out, &report));
	CHECK(report.frames == 3 && duration_of(in) == 1700000);
	CHECK_MESSAGE(duration_of(out) == 1700000, "%lld", (long long)duration_of(out));
}

TEST(video_encoders_take_their_quality)
{
	static const char *const encoders[] = {"libx264", "libx265", "libvpx-vp9", "mpeg4", "ffv1"};
	for (int i = 0; i < 5; i++) {
		size_t sizes[2] = {0};
		for (int low = 0; low < 2; low++) {
			struct test_dream dream = {.keep = true};
			struct job_report report;
			const char *out = media_path("quality.mkv");
			if (!avcodec_find_encoder_by_name(encoders[i]))
				break;
			struct job job =
				media_job("lavfi:testsrc2=s=160x120:r=10:d=1", out, &dream);
			job.encoder = encoders[i];
			job.quality = low ? 40 : 10;
			job.force = true;
			RUN(&job, &report, RV_OK);
			CHECK(report.frames == 10);
			free(media_read(out, &sizes[low]));
		}
		bool lossless = strcmp(encoders[i], "ffv1") == 0;
		if (sizes[0])
			CHECK_MESSAGE(lossless ? sizes[0] == sizes[1] : sizes[0] > sizes[1] * 3 / 2,
			              "%s: %zu and %zu bytes", encoders[i], sizes[0], sizes[1]);
	}
}
