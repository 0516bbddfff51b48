/* What a file holds beside the video that is dreamed: it goes along, or is told to stay behind. */
#include <libavformat/avformat.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "app/media/sound_decoder.h"
#include "tests/support/media.h"
#include "tests/support/test.h"

static AVFormatContext *open_file(const char *path)
{
	AVFormatContext *format = NULL;
	if (avformat_open_input(&format, path, NULL, NULL) < 0)
		return NULL;
	if (avformat_find_stream_info(format, NULL) < 0)
		avformat_close_input(&format);
	return format;
}

/* The first stream of a kind. */
static const AVStream *find(const AVFormatContext *format, enum AVMediaType type)
{
	for (unsigned i = 0; format && i < format->nb_streams; i++)
		if (format->streams[i]->codecpar->codec_type == type)
			return format->streams[i];
	return NULL;
}

static const char *tag_of(const AVStream *stream, const char *key)
{
	const AVDictionaryEntry *entry =
		stream ? av_dict_get(stream->metadata, key, NULL, 0) : NULL;
	return entry ? entry->value : "";
}

#define CLIP "-f lavfi -i testsrc2=s=64x48:r=25:d=0.4 "

TEST(streams_of_fonts_go_along_where_they_can)
{
	static const char font[] = "no font, but bytes that must come through";
	const char *in = media_path("fonts.mkv"), *out = media_path("fonts_out.mkv");
	media_write(media_path("font.ttf"), font, sizeof(font));
	NEED_FFMPEG(in, media_arguments(CLIP "-c:v libx264 -attach '%s' -metadata:s:t:0 "
	                                     "mimetype=application/x-truetype-font",
	                                media_path("font.ttf")));
	REQUIRE(media_listen(in, out));
	AVFormatContext *format = open_file(out);
	const AVStream *attached = find(format, AVMEDIA_TYPE_ATTACHMENT);
	CHECK(!strstr(media_told, "left out"));
	CHECK(attached && attached->codecpar->extradata_size == (int)sizeof(font) &&
	      !memcmp(attached->codecpar->extradata, font, sizeof(font)));
	CHECK(!strcmp(tag_of(attached, "filename"), "font.ttf"));
	avformat_close_input(&format);
	REQUIRE(media_listen(in, media_path("fonts_out.mp4")));
	CHECK_MESSAGE(strstr(media_told, "an attachment") && strstr(media_told, "left out"), "%s",
	              media_told);
}

static void check_time_code(const char *in, const char *out)
{
	if (!media_listen(in, out))
		return;
	AVFormatContext *format = open_file(out);
	CHECK_MESSAGE(!strcmp(tag_of(find(format, AVMEDIA_TYPE_VIDEO), "timecode"), "01:02:03:04"),
	              "%s", out);
	CHECK_MESSAGE(!strstr(media_told, "left out"), "%s: %s", out, media_told);
	avformat_close_input(&format);
}

TEST(streams_of_time_codes_are_kept_or_told)
{
	const char *in = media_path("codes.mov");
	NEED_FFMPEG(in, CLIP "-c:v libx264 -timecode 01:02:03:04");
	check_time_code(in, media_path("codes_out.mov"));
	check_time_code(in, media_path("codes_out.mp4"));
	check_time_code(in, media_path("codes_out.mkv"));
	check_time_code(media_path("codes_out.mkv"), media_path("codes_back.mp4"));
	REQUIRE(media_listen(in, media_path("codes_out.avi")));
	CHECK_MESSAGE(strstr(media_told, "time codes") && strstr(media_told, "left out"), "%s",
	              media_told);
}

TEST(streams_of_cover_pictures_and_other_videos_are_told)
{
	const char *in = media_path("cover.mp4"), *out = media_path("cover_out.mp4");
	struct picture picture = media_picture(RV_RGB8, 32, 32, false);
	REQUIRE(!media_write_picture(&picture, media_path("cover.jpg"), NULL));
	picture_release(&picture);
	NEED_FFMPEG(in,
	            media_arguments(CLIP "-f lavfi -i testsrc=s=32x24:r=25:d=0.4 -i '%s' -map 0 "
	                                 "-map 1 -map 2 -c:v libx264 -c:v:2 copy "
	                                 "-disposition:v:2 attached_pic",
	                            media_path("cover.jpg")));
	REQUIRE(media_listen(in, out));
	CHECK_MESSAGE(strstr(media_told, "cover picture") &&
	                      strstr(media_told, "shows what is not dreamed"),
	              "%s", media_told);
	CHECK_MESSAGE(strstr(media_told, "another video"), "%s", media_told);
	AVFormatContext *format = open_file(out);
	REQUIRE(format);
	CHECK(format->nb_streams == 1 && format->streams[0]->codecpar->width == 64);
	avformat_close_input(&format);
}

static void check_chapters(const char *in, const char *out)
{
	if (!media_listen(in, out))
		return;
	AVFormatContext *format = open_file(out);
	REQUIRE(format && format->nb_chapters == 2);
	const AVChapter *second = format->chapters[1];
	const AVDictionaryEntry *title = av_dict_get(second->metadata, "title", NULL, 0);
	CHECK_MESSAGE(title && !strcmp(title->value, "Two"), "%s", out);
	int64_t start = av_rescale_q(second->start, second->time_base, (AVRational){1, 1000});
	CHECK_MESSAGE(start == 160, "%s: %lld", out, (long long)start);
	CHECK_MESSAGE(!strstr(media_told, "left out"), "%s: %s", out, media_told);
	avformat_close_input(&format);
}

TEST(streams_have_their_chapters_in_every_container)
{
	static const char text[] = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=160\n"
				   "title=One\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=160\nEND=400\n"
				   "title=Two\n";
	const char *in = media_path("chapters.mkv");
	media_write(media_path("chapters.txt"), text, sizeof(text) - 1);
	NEED_FFMPEG(in, media_arguments(CLIP "-i '%s' -map 0 -map_metadata 1 -c:v libx264",
	                                media_path("chapters.txt")));
	check_chapters(in, media_path("chapters_out.mkv"));
	check_chapters(in, media_path("chapters_out.mp4"));
	check_chapters(media_path("chapters_out.mp4"), media_path("chapters_back.mkv"));
	check_chapters(media_path("chapters_out.mp4"), media_path("chapters_out.mov"));
	check_chapters(media_path("chapters_out.mp4"), media_path("chapters_again.mp4"));
	AVFormatContext *once = open_file(media_path("chapters_out.mp4")),
			*again = open_file(media_path("chapters_again.mp4"));
	CHECK(once && again && once->nb_streams == again->nb_streams); /* one track of them */
	avformat_close_input(&once);
	avformat_close_input(&again);
}

TEST(streams_of_subtitles_that_do_not_fit_are_told)
{
	static const char text[] = "1\n00:00:00,000 --> 00:00:00,300\nA walk\n";
	const char *in = media_path("words.mkv");
	media_write(media_path("words.srt"), text, sizeof(text) - 1);
	NEED_FFMPEG(in, media_arguments(CLIP "-i '%s' -map 0 -map 1 -c:v libx264 -c:s subrip",
	                                media_path("words.srt")));
	REQUIRE(media_listen(in, media_path("words_out.mkv")));
	CHECK(!strstr(media_told, "left out"));
	REQUIRE(media_listen(in, media_path("words_out.mp4")));
	CHECK_MESSAGE(strstr(media_told, "subtitles, subrip") && strstr(media_told, "left out"),
	              "%s", media_told);
}

/* ---- sound ---- */

/* How strong the sound of a file is in a part of its time, in seconds; -1: there is none. */
static double loudness(const char *path, double from, double to)
{
	AVFormatContext *format = open_file(path);
	const AVStream *stream = find(format, AVMEDIA_TYPE_AUDIO);
	struct sound_decoder *decoder = NULL;
	AVPacket *packet = av_packet_alloc();
	struct sound *block;
	double sum = 0;
	int count = 0;
	bool there = stream && !sound_decoder_open(&decoder, stream, NULL);
	while (there && av_read_frame(format, packet) >= 0) {
		if (packet->stream_index == stream->index)
			sound_decoder_push(decoder, packet);
		while ((block = sound_decoder_pull(decoder))) {
			for (int i = 0; i < block->count; i++) {
				double time = (double)block->time / 1e9 + (double)i / SOUND_RATE;
				double value = block->samples[i * SOUND_CHANNELS];
				if (time >= from && time < to) {
					sum += value * value;
					count++;
				}
			}
			sound_release(block);
		}
		av_packet_unref(packet);
	}
	av_packet_free(&packet);
	sound_decoder_close(&decoder);
	avformat_close_input(&format);
	return count ? sqrt(sum / count) : -1;
}

/* A tone from 0.5 to 1 second, between silence. */
static void check_sound(const char *in, const char *out, enum AVCodecID codec)
{
	if (!media_listen(in, out))
		return;
	AVFormatContext *format = open_file(out);
	const AVStream *stream = find(format, AVMEDIA_TYPE_AUDIO);
	CHECK_MESSAGE(stream && stream->codecpar->codec_id == codec, "%s", out);
	CHECK(!strcmp(tag_of(stream, "language"), "deu"));
	CHECK_MESSAGE(!strcmp(tag_of(stream, "encoder"), ""), "%s: %s", out,
	              tag_of(stream, "encoder")); /* of what was read */
	avformat_close_input(&format);
	double tone = loudness(in, 0.55, 0.95), same = loudness(out, 0.55, 0.95);
	CHECK_MESSAGE(fabs(same - tone) < 0.1 * tone, "%s: %f, not %f", out, same, tone);
	CHECK_MESSAGE(loudness(out, 0, 0.45) < 0.02 * tone &&
	                      loudness(out, 1.05, 1.4) < 0.02 * tone,
	              "%s: %f, %f beside %f", out, loudness(out, 0, 0.45), loudness(out, 1.05, 1.4),
	              tone);
}

TEST(streams_of_sound_that_do_not_fit_are_encoded_anew)
{
	const char *in = media_path("tone.mkv"), *mp4 = media_path("tone.mp4"),
		   *webm = media_path("tone.webm"), *mkv = media_path("tone_out.mkv"),
		   *gif = media_path("tone.gif");
	NEED_FFMPEG(in, "-f lavfi -i testsrc2=s=64x48:r=10:d=1.5 -f lavfi -i "
	                "\"aevalsrc='0.5*sin(2000*t)*between(t,0.5,1)':d=1.5:s=44100\" "
	                "-c:v libx264 -c:a pcm_s16le -metadata:s:a language=deu");
	check_sound(in, mkv, AV_CODEC_ID_PCM_S16LE);
	CHECK(!strstr(media_told, "becomes"));
	check_sound(in, mp4, AV_CODEC_ID_AAC);
	CHECK_MESSAGE(strstr(media_told, "pcm_s16le") && strstr(media_told, "becomes aac") &&
	                      strstr(media_told, ".mkv"),
	              "%s", media_told);
	check_sound(in, webm,
	            avcodec_find_encoder_by_name("libopus") ? AV_CODEC_ID_OPUS
	                                                    : AV_CODEC_ID_VORBIS);
	REQUIRE(media_listen(in, gif)); /* it holds no sound at all */
	CHECK_MESSAGE(strstr(media_told, "left out"), "%s", media_told);
}

/* Browsers play it there; FFmpeg before 6 calls it an experiment. */
TEST(streams_of_flac_go_into_mp4_as_they_are)
{
	const char *in = media_path("flac.mkv"), *mp4 = media_path("flac.mp4");
	NEED_FFMPEG(in, "-f lavfi -i testsrc2=s=64x48:r=10:d=1.5 -f lavfi -i "
	                "\"aevalsrc='0.5*sin(2000*t)*between(t,0.5,1)':d=1.5:s=44100\" "
	                "-c:v libx264 -c:a flac -metadata:s:a language=deu");
	check_sound(in, mp4, AV_CODEC_ID_FLAC);
	CHECK(!strstr(media_told, "becomes"));
}

/* QuickTime's muxer lists FLAC and refuses it; MPEG-TS takes it, and gives it out as nothing. */
TEST(streams_of_flac_stay_sound_where_muxers_do_not_say_that_they_cannot)
{
	const char *in = media_path("listed.mkv"), *mov = media_path("listed.mov"),
		   *ts = media_path("listed.ts");
	NEED_FFMPEG(in, CLIP "-f lavfi -i sine=d=0.4 -c:v libx264 -c:a flac");
	REQUIRE(media_listen(in, mov) && media_inspect(mov, &media_after));
	const struct media_stream *sound = media_find_stream(&media_after, AVMEDIA_TYPE_AUDIO, 0);
	CHECK(sound && sound->codec == AV_CODEC_ID_AAC && strstr(media_told, "becomes aac"));
	REQUIRE(media_listen(in, ts) && media_inspect(ts, &media_after));
	sound = media_find_stream(&media_after, AVMEDIA_TYPE_AUDIO, 0);
	CHECK(sound && sound->codec == AV_CODEC_ID_AAC && strstr(media_told, "becomes aac"));
}

/* Programs of a broadcast announce sound that comes later, or never: containers that want to know
 * more of it than that are no reason to have no film. */
TEST(streams_of_sound_that_is_only_announced_do_no_harm)
{
	const char *in = media_path("announced.ts");
	NEED_FFMPEG(in, CLIP "-f lavfi -i sine=d=0.4 -c:v mpeg2video -c:a aac -bsf:a noise=drop=1");
	REQUIRE(media_listen(in, media_path("announced.mp4")));
	CHECK_MESSAGE(strstr(media_told, "at the beginning"), "%s", media_told);
	REQUIRE(media_listen(in, media_path("announced.mkv")));
	REQUIRE(media_inspect(media_path("announced.mkv"), &media_after));
	const struct media_stream *video = media_find_stream(&media_after, AVMEDIA_TYPE_VIDEO, 0);
	CHECK(video && video->packet_count == 10);
}

/* New phones have a second track of sound in a codec of their own. */
TEST(streams_of_sound_that_nobody_can_decode_are_told)
{
	static const char known[] = "A_PCM/INT/LIT", unknown[] = "A_XYZ/INT/LIT";
	const char *in = media_path("unknown.mkv"), *out = media_path("unknown.mp4");
	size_t size;
	NEED_FFMPEG(in, CLIP "-f lavfi -i sine=d=0.4 -c:v libx264 -c:a pcm_s16le");
	uint8_t *bytes = media_read(in, &size);
	uint8_t *name = bytes ? memmem(bytes, size, known, strlen(known)) : NULL;
	if (name)
		memcpy(name, unknown, strlen(unknown));
	media_write(in, bytes, size);
	free(bytes);
	REQUIRE(name);
	REQUIRE(media_listen(in, out));
	CHECK_MESSAGE(strstr(media_told, "stream 1 (sound) is left out"), "%s", media_told);
}

static long most_memory(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss; /* kilobytes */
}

/* Ten minutes of silence are 230 MB, of which an encoder wants to have a little at a time. */
TEST(streams_of_sound_with_a_hole_are_encoded_piece_by_piece)
{
	const char *in = media_path("hole.mkv"), *out = media_path("hole.mp4");
	NEED_FFMPEG(in, CLIP "-f lavfi -i "
	                     "\"sine=d=0.4,asetpts='PTS+if(gte(T,0.2),600,0)/TB'\" "
	                     "-c:v libx264 -c:a pcm_s16le");
	REQUIRE(media_listen(in, media_path("hole_first.mkv"))); /* all but the sound */
	long before = most_memory();
	REQUIRE(media_listen(in, out));
	AVFormatContext *format = open_file(out);
	CHECK(format && format->duration > (int64_t)600 * AV_TIME_BASE);
	avformat_close_input(&format);
	CHECK_MESSAGE(most_memory() - before < 100 << 10, "%ld kB more", most_memory() - before);
}
