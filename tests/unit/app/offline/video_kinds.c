/* Kinds of clips: one that is made here, and a real one where the test data is there. */
#include <libavformat/avformat.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "app/media/convert.h"
#include "app/offline/job_run.h"
#include "tests/support/media.h"
#include "tests/support/test.h"

/* ---- a camera's clip ---- */

static AVFormatContext *open_input(const char *path)
{
	AVFormatContext *input = NULL;
	if (avformat_open_input(&input, path, NULL, NULL) < 0)
		return NULL;
	if (avformat_find_stream_info(input, NULL) < 0)
		avformat_close_input(&input);
	return input;
}

/* The streams of input, and one of the telemetry that cameras write beside them. */
static AVFormatContext *open_with_telemetry(const AVFormatContext *input, const char *path)
{
	AVFormatContext *output = NULL;
	if (avformat_alloc_output_context2(&output, NULL, NULL, path) < 0)
		return NULL;
	for (unsigned i = 0; i < input->nb_streams; i++) {
		AVStream *stream = avformat_new_stream(output, NULL);
		avcodec_parameters_copy(stream->codecpar, input->streams[i]->codecpar);
		stream->codecpar->codec_tag = 0;
		stream->time_base = input->streams[i]->time_base;
		stream->avg_frame_rate = input->streams[i]->avg_frame_rate;
	}
	AVStream *telemetry = avformat_new_stream(output, NULL);
	telemetry->codecpar->codec_type = AVMEDIA_TYPE_DATA;
	telemetry->codecpar->codec_id = AV_CODEC_ID_BIN_DATA;
	telemetry->codecpar->codec_tag = MKTAG('g', 'p', 'm', 'd');
	telemetry->time_base = (AVRational){1, 1000};
	if (avio_open(&output->pb, path, AVIO_FLAG_WRITE) < 0 ||
	    avformat_write_header(output, NULL) < 0) {
		avio_closep(&output->pb);
		avformat_free_context(output);
		return NULL;
	}
	return output;
}

static void write_telemetry(AVFormatContext *output)
{
	AVStream *stream = output->streams[output->nb_streams - 1];
	AVPacket *packet = av_packet_alloc();
	for (int i = 0; i < 10; i++) {
		av_new_packet(packet, 100 + i);
		memset(packet->data, 'a' + i, (size_t)packet->size);
		packet->stream_index = stream->index;
		packet->pts = packet->dts = av_rescale_q(i, (AVRational){1, 10}, stream->time_base);
		packet->duration = av_rescale_q(1, (AVRational){1, 10}, stream->time_base);
		CHECK(av_interleaved_write_frame(output, packet) == 0);
	}
	av_packet_free(&packet);
}

static bool add_telemetry(const char *from, const char *to)
{
	AVFormatContext *input = open_input(from);
	AVFormatContext *output = input ? open_with_telemetry(input, to) : NULL;
	if (output) {
		AVPacket *packet = av_packet_alloc();
		while (av_read_frame(input, packet) >= 0) {
			av_packet_rescale_ts(packet,
			                     input->streams[packet->stream_index]->time_base,
			                     output->streams[packet->stream_index]->time_base);
			packet->pos = -1;
			CHECK(av_interleaved_write_frame(output, packet) == 0);
		}
		av_packet_free(&packet);
		write_telemetry(output);
		CHECK(av_write_trailer(output) == 0);
		avio_closep(&output->pb);
		avformat_free_context(output);
	}
	avformat_close_input(&input);
	return output;
}

static const struct media_stream *find_codec(const struct media *media, int codec)
{
	for (int i = 0; i < media->stream_count; i++)
		if (media->streams[i].codec == codec)
			return &media->streams[i];
	return NULL;
}

static void check_first_frames(const char *in, const char *out)
{
	rv_image a = media_first_frame(in), b = media_first_frame(out);
	REQUIRE(a.pixels && b.pixels);
	CHECK_MESSAGE(media_difference(&a, &b) < 2.5, "%f", media_difference(&a, &b));
	free(a.pixels);
	free(b.pixels);
}

static void check_camera(const char *in, const char *out, int frames)
{
	struct job_report report;
	REQUIRE(media_transcode(in, out, &report));
	CHECK(report.frames == frames && report.frames_expected == frames && report.damaged == 0);
	media_check_description(in, out);
	media_check_times(media_find_stream(&media_before, AVMEDIA_TYPE_VIDEO, 0),
	                  media_find_stream(&media_after, AVMEDIA_TYPE_VIDEO, 0), 1);
	CHECK(media_same_packets(media_find_stream(&media_before, AVMEDIA_TYPE_AUDIO, 0),
	                         media_find_stream(&media_after, AVMEDIA_TYPE_AUDIO, 0)));
	media_check_times(media_find_stream(&media_before, AVMEDIA_TYPE_AUDIO, 0),
	                  media_find_stream(&media_after, AVMEDIA_TYPE_AUDIO, 0), 1);
	CHECK(media_same_packets(find_codec(&media_before, AV_CODEC_ID_BIN_DATA),
	                         find_codec(&media_after, AV_CODEC_ID_BIN_DATA)));
	check_first_frames(in, out);
}

TEST(video_of_a_camera_keeps_range_sound_and_telemetry)
{
	const char *plain = media_path("plain.mp4"), *made = media_path("camera.mp4");
	NEED_FFMPEG(
		plain,
		"-i assets/clouds.mp4 -f lavfi -i sine=d=1 -map 0:v -map 1 -frames:v 30 "
		"-r 30000/1001 -c:v libx264 -pix_fmt yuvj420p -color_range pc -colorspace bt709 "
		"-color_primaries bt709 -color_trc bt709 -c:a aac");
	REQUIRE(add_telemetry(plain, made));
	check_camera(made, media_path("camera_out.mp4"), 30);
	if (test_data("clips/gopro_walk_848x480.mp4"))
		check_camera(test_data("clips/gopro_walk_848x480.mp4"), media_path("gopro.mp4"),
		             315);
}

static void check_many_streams(const char *in, const char *out, int frames, int width)
{
	struct job_report report;
	REQUIRE(media_transcode(in, out, &report));
	CHECK(report.frames == frames && report.width == width); /* the larger of the two videos */
	CHECK(media_find_stream(&media_after, AVMEDIA_TYPE_VIDEO, 1) == NULL);
	media_check_times(media_find_stream(&media_before, AVMEDIA_TYPE_VIDEO, 1),
	                  media_find_stream(&media_after, AVMEDIA_TYPE_VIDEO, 0), 1);
	for (int i = 0; i < 2; i++) {
		CHECK(media_same_packets(media_find_stream(&media_before, AVMEDIA_TYPE_AUDIO, i),
		                         media_find_stream(&media_after, AVMEDIA_TYPE_AUDIO, i)));
		CHECK(media_same_packets(
			media_find_stream(&media_before, AVMEDIA_TYPE_SUBTITLE, i),
			media_find_stream(&media_after, AVMEDIA_TYPE_SUBTITLE, i)));
		media_check_times(media_find_stream(&media_before, AVMEDIA_TYPE_SUBTITLE, i),
		                  media_find_stream(&media_after, AVMEDIA_TYPE_SUBTITLE, i), 1);
	}
}

TEST(video_of_many_streams_keeps_both_sounds_and_the_subtitles)
{
	static const char one[] = "1\n00:00:00,200 --> 00:00:00,900\nA walk\n\n"
				  "2\n00:00:01,000 --> 00:00:01,800\nand back\n";
	static const char two[] = "1\n00:00:00,300 --> 00:00:01,100\nEin Gang\n";
	const char *real = "clips/nasa_2video_2audio_tracks.mp4";
	char arguments[2048];
	media_write(media_path("one.srt"), one, sizeof(one) - 1);
	media_write(media_path("two.srt"), two, sizeof(two) - 1);
	snprintf(arguments, sizeof(arguments),
	         "-f lavfi -i testsrc2=s=64x48:r=10:d=2 -f lavfi -i testsrc2=s=96x72:r=15:d=2 "
	         "-f lavfi -i sine=d=2 -f lavfi -i sine=f=700:d=2 -i '%s' -i '%s' -map 0 -map 1 "
	         "-map 2 -map 3 -map 4 -map 5 -c:v libx264 -c:a aac -c:s mov_text "
	         "-disposition:v:0 0 -disposition:v:1 default",
	         media_path("one.srt"), media_path("two.srt"));
	NEED_FFMPEG(media_path("many.mp4"), arguments);
	check_many_streams(media_path("many.mp4"), media_path("many_out.mp4"), 30, 96);
	if (test_data(real))
		check_many_streams(test_data(real), media_path("nasa.mp4"), 390, 480);
}

/* Dreams a clip as it comes into an output of this name, which it returns; again each time. */
static const char *dream_exactly(const char *in, const char *name, const char *end)
{
	char file[32];
	struct test_dream dream = {.keep = true};
	struct job_report report;
	rv_error error = {0};
	snprintf(file, sizeof(file), "%s_out%s", name, end);
	struct job job = media_job(in, media_path(file), &dream);
	job.exact = true;
	job.force = true;
	CHECK_MESSAGE(job_run(&job, &report, &error) == RV_OK, "%s: %s", in, error.message);
	CHECK(media_inspect(in, &media_before) && media_inspect(job.output, &media_after));
	return job.output;
}

static void check_odd_size(const char *in, const char *name)
{
	media_check_description(in, dream_exactly(in, name, ".webm"));
	struct video_description video = media_describe(dream_exactly(in, name, ".mp4"));
	CHECK(video.width == 161 && video.height == 121);
	CHECK(video.pixel_format == AV_PIX_FMT_YUV444P); /* as libx264 cannot halve 161 */
	media_check_times(media_find_stream(&media_before, AVMEDIA_TYPE_VIDEO, 0),
	                  media_find_stream(&media_after, AVMEDIA_TYPE_VIDEO, 0), 1000);
}

TEST(video_for_players_has_even_sides_and_half_the_chroma)
{
	struct job_report report;
	const char *in = media_path("fine.mkv");
	NEED_FFMPEG(in, "-f lavfi -i testsrc=s=161x121:r=30:d=1 -pix_fmt yuv444p -c:v libx264");
	REQUIRE(media_transcode(in, media_path("fine.mp4"), &report));
	CHECK(report.frames == 30 && report.width == 160 && report.height == 120);
	struct video_description video = media_describe(media_path("fine.mp4"));
	CHECK(video.width == 160 && video.height == 120);
	CHECK(video.pixel_format == AV_PIX_FMT_YUV420P);
	video = media_describe(dream_exactly(in, "fine_exact", ".mkv"));
	CHECK(video.width == 161 && video.height == 121);
	CHECK(video.pixel_format == AV_PIX_FMT_YUV444P);
}

TEST(video_of_odd_size_asked_for_keeps_it)
{
	struct test_dream dream = {.keep = true};
	struct job_report report;
	const char *in = media_path("even.mkv");
	NEED_FFMPEG(in, "-f lavfi -i testsrc=s=160x120:r=30:d=1 -pix_fmt yuv420p -c:v libx264");
	struct job job = media_job(in, media_path("asked.mkv"), &dream);
	job.width = 101;
	RUN(&job, &report, RV_OK);
	CHECK(report.width == 101 && report.height == 76); /* 75.75 is 76, and even */
	job.output = media_path("shape.mkv");
	job.width = 0;
	job.height = 91;
	RUN(&job, &report, RV_OK);
	CHECK(report.width == 120 && report.height == 91); /* 121 by its shape */
}

TEST(video_of_odd_size_is_exact_where_wished)
{
	const char *in = media_path("odd.webm");
	NEED_FFMPEG(in, "-f lavfi -i testsrc=s=161x121:r=30:d=1 -pix_fmt yuv420p "
	                "-c:v libvpx-vp9 -deadline realtime -cpu-used 8");
	check_odd_size(in, "odd");
	if (test_data("clips/bear_vp9_odd_161x121.webm"))
		check_odd_size(test_data("clips/bear_vp9_odd_161x121.webm"), "bear");
}

static void check_quick(const char *in, const char *out, int frames)
{
	struct job_report report;
	REQUIRE(media_transcode(in, out, &report));
	CHECK(report.frames == frames);
	media_check_description(in, out);
	media_check_times(media_find_stream(&media_before, AVMEDIA_TYPE_VIDEO, 0),
	                  media_find_stream(&media_after, AVMEDIA_TYPE_VIDEO, 0), 1000);
}

TEST(video_of_60_frames_a_second_and_full_range)
{
	const char *real = "clips/stpancras_320x240_60fps_15s.mp4";
	NEED_FFMPEG(media_path("sixty.mp4"),
	            "-f lavfi -i testsrc2=s=96x72:r=60:d=2 -pix_fmt yuvj420p -color_range pc "
	            "-colorspace smpte170m -c:v libx264 -bf 2");
	check_quick(media_path("sixty.mp4"), media_path("sixty_out.mkv"), 120);
	if (test_data(real))
		check_quick(test_data(real), media_path("sixty.mkv"), 932);
}

/* Matroska leaves out the decoding times of the first frames, whose presentation times jump where
 * frames are reordered: by more than half a second here. */
TEST(video_of_reordered_frames_far_apart_keeps_its_times)
{
	struct job_report report;
	const char *in = media_path("slow.mkv");
	NEED_FFMPEG(in, "-f lavfi -i testsrc2=s=64x48:r=5:d=6 -c:v libx264 -bf 3");
	REQUIRE(media_transcode(in, media_path("slow_out.mkv"), &report));
	CHECK(report.frames == 30);
	media_check_times(media_find_stream(&media_before, AVMEDIA_TYPE_VIDEO, 0),
	                  media_find_stream(&media_after, AVMEDIA_TYPE_VIDEO, 0), 1000);
}

/* The kinds of the boxes of an MP4, in their order, four letters each. */
static void list_boxes(const char *path, char *kinds, size_t capacity)
{
	size_t size, at = 0, count = 0;
	uint8_t *bytes = media_read(path, &size);
	REQUIRE(bytes);
	while (at + 8 <= size && count + 5 < capacity) {
		size_t length = (size_t)bytes[at] << 24 | (size_t)bytes[at + 1] << 16 |
		                (size_t)bytes[at + 2] << 8 | (size_t)bytes[at + 3];
		memcpy(kinds + count, bytes + at + 4, 4);
		count += 4;
		at += length ? length : size;
	}
	kinds[count] = '\0';
	free(bytes);
}

TEST(video_in_mp4_has_its_index_in_front)
{
	char kinds[64];
	struct job_report report;
	const char *in = media_path("index.mkv");
	NEED_FFMPEG(in, "-f lavfi -i testsrc2=s=64x48:r=10:d=3 -f lavfi -i sine=d=3 -c:v libx264 "
	                "-c:a aac");
	static const char *const names[] = {"index.mp4", "index.mov"};
	for (int i = 0; i < 2; i++) {
		REQUIRE(media_transcode(in, media_path(names[i]), &report));
		list_boxes(media_path(names[i]), kinds, sizeof(kinds));
		const char *index = strstr(kinds, "moov"), *pictures = strstr(kinds, "mdat");
		CHECK_MESSAGE(index && pictures && index < pictures, "%s: %s", names[i], kinds);
		CHECK(report.frames == 30);
	}
}

/* H.264 has 10 bits here. */
TEST(video_of_12_bits_keeps_them)
{
	struct job_report report;
	const char *in = media_path("deep.mkv"), *out = media_path("deep_out.mkv");
	NEED_FFMPEG(in, "-f lavfi -i testsrc2=s=64x48:r=10:d=0.3 -pix_fmt yuv422p12le -c:v ffv1");
	if (!avcodec_find_encoder_by_name("libx265"))
		SKIP("this FFmpeg has no libx265");
	REQUIRE(media_transcode(in, out, &report));
	CHECK(media_describe(out).pixel_format == AV_PIX_FMT_YUV422P12);
}

TEST(video_of_variable_rate_does_not_end_early)
{
	const char *in = media_path("varying.mkv");
	NEED_FFMPEG(in, "-f lavfi -i testsrc2=s=64x48:r=10:d=2 -vf \"select='lt(mod(n,4),2)'\" "
	                "-fps_mode vfr -c:v ffv1");
	REQUIRE(media_listen(in, media_path("varying_out.mkv")));
	CHECK_MESSAGE(!strstr(media_told, "ends early"), "%s", media_told);
}

/* Memory is filled with what is no time. */
TEST(video_of_fewer_frames_than_x265_reorders_keeps_its_times)
{
	struct test_dream dream = {.keep = true};
	struct job_report report;
	const char *in = media_path("short.mkv"), *out = media_path("short_out.mkv");
	if (!avcodec_find_encoder_by_name("libx265"))
		SKIP("this FFmpeg has no libx265");
	for (int frames = 1; frames <= 3; frames++) {
		NEED_FFMPEG(in, media_arguments("-f lavfi -i testsrc2=s=64x64:r=10 -frames:v %d "
		                                "-c:v ffv1",
		                                frames));
		struct job job = media_job(in, out, &dream);
		job.encoder = "libx265";
		job.force = true;
		for (int filling = 0x33; filling < 256; filling += 0x99) {
			rv_error error = {0};
			mallopt(M_PERTURB, filling);
			CHECK_MESSAGE(job_run(&job, &report, &error) == RV_OK, "%d frames: %s",
			              frames, error.message);
			REQUIRE(media_inspect(in, &media_before));
			REQUIRE(media_inspect(out, &media_after));
			media_check_times(media_find_stream(&media_before, AVMEDIA_TYPE_VIDEO, 0),
			                  media_find_stream(&media_after, AVMEDIA_TYPE_VIDEO, 0),
			                  1000);
		}
	}
	mallopt(M_PERTURB, 0);
}
