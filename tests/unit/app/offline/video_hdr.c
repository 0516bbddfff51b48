/* Videos of high dynamic range: what is not dreamed comes out code by code, and what says how
 * bright they are comes with them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/media/convert.h"
#include "app/media/picture_read.h"
#include "app/offline/job_run.h"
#include "tests/support/media.h"
#include "tests/support/test.h"

/* Every code there is, colours that RGB does not hold among them. */
#define CODES                                                                                      \
	"-f lavfi -i testsrc2=s=96x64:r=5:d=0.6 -vf noise=alls=60:allf=t,format=%s "               \
	"-color_primaries bt2020 -colorspace bt2020nc -color_range tv -color_trc %s -c:v ffv1"
/* What a camera would take: light of up to 600 cd/m2, by zscale; without agamma=0 its HLG is one of
 * each colour by itself. */
#define SCENE                                                                                      \
	"-f lavfi -i testsrc2=s=192x128:r=5:d=0.4 -vf format=gbrp,setparams="                      \
	"color_primaries=bt709:color_trc=iec61966-2-1:colorspace=gbr:range=pc,"                    \
	"zscale=t=linear:npl=600:agamma=0,format=gbrpf32le,"                                       \
	"zscale=t=%s:p=2020:m=2020_ncl:r=limited:npl=600:agamma=0,format=yuv444p10 "               \
	"-c:v ffv1"
#define JUDGE                                                                                      \
	"-i '%s' -frames:v 1 -vf zscale=t=linear:npl=203:agamma=0,format=gbrpf32le,"               \
	"zscale=p=bt709,tonemap=%s:desat=0,zscale=t=iec61966-2-1:m=gbr:r=pc,format=gbrp"

/* Decodes all frames of two videos and finds the largest difference of their codes. */
static int largest_difference(const char *one, const char *other)
{
	struct source *a = media_source(one), *b = media_source(other);
	enum source_event of_a, of_b;
	int largest = a && b ? 0 : -1, frames = 0;
	while (largest >= 0 && !source_next(a, &of_a, NULL) && !source_next(b, &of_b, NULL) &&
	       of_a == SOURCE_FRAME && of_b == SOURCE_FRAME) {
		const AVFrame *x = source_frame(a), *y = source_frame(b);
		if (!convert_same_codes(x, y))
			break;
		for (int p = 0; p < 3; p++)
			for (int row = 0; row < (p ? x->height / 2 : x->height); row++)
				for (int i = 0; i < (p ? x->width / 2 : x->width); i++) {
					const void *u = x->data[p] + row * x->linesize[p];
					const void *v = y->data[p] + row * y->linesize[p];
					int d = abs(((const uint16_t *)u)[i] -
					            ((const uint16_t *)v)[i]);
					largest = d > largest ? d : largest;
				}
		frames++;
	}
	source_close(&a);
	source_close(&b);
	return frames ? largest : -1;
}

static void check_untouched(const char *in, const char *out)
{
	struct test_dream dream = {.keep = true};
	struct job_report report;
	struct job job = media_job(in, out, &dream);
	job.encoder = "ffv1";
	job.force = true;
	RUN(&job, &report, RV_OK);
	CHECK(dream.format == RV_RGB16);
	media_check_description(in, out);
	int difference = largest_difference(in, out);
	CHECK_MESSAGE(difference >= 0 && difference <= 1, "%s: %d codes", in, difference);
}

TEST(video_of_hdr_that_is_not_dreamed_stays_as_it_is)
{
	static const char *const kinds[][2] = {{"yuv420p10le", "smpte2084"},
	                                       {"yuv420p10le", "arib-std-b67"},
	                                       {"yuv420p12le", "smpte2084"}};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const char *in = media_path("codes.mkv");
		NEED_FFMPEG(in, media_arguments(CODES, kinds[i][0], kinds[i][1]));
		check_untouched(in, media_path("codes_out.mkv"));
	}
}

TEST(video_of_hdr_from_phones_stays_as_it_is)
{
	static const char *const clips[] = {"clips/hdr10_pq_av1.mp4", "clips/hlg10_color_test.mp4"};
	for (size_t i = 0; i < sizeof(clips) / sizeof(clips[0]); i++) {
		const char *in = media_path("phone.mkv");
		if (!test_data(clips[i]))
			SKIP("there is no %s", clips[i]);
		NEED_FFMPEG(in, media_arguments("-i '%s' -frames:v 3 -an -c:v ffv1",
		                                test_data(clips[i])));
		check_untouched(in, media_path("phone_out.mkv"));
	}
}

/* The first frame as screens show it; free(image.pixels). */
static rv_image first_of_8_bits(const char *path)
{
	rv_image image = {0};
	enum source_event event = SOURCE_PACKET;
	struct source *source = media_source(path);
	bool good = source && !convert_allocate_image(&image, RV_RGB8, source->video.width,
	                                              source->video.height, NULL);
	while (good && event == SOURCE_PACKET)
		good = source_next(source, &event, NULL) == RV_OK;
	CHECK(good && event == SOURCE_FRAME && source_image(source, &image, NULL) == RV_OK);
	source_close(&source);
	return image;
}

/* BT.709's luminance of a pixel of sRGB, roughly, in codes. */
static double luminance(const uint8_t *pixel)
{
	return 0.2126 * pixel[0] + 0.7152 * pixel[1] + 0.0722 * pixel[2];
}

/* The rendition against tone mapping by libavfilter: its `clip` does nothing below the white, its
 * `hable` holds back everything. Below the knee ours is the first, and above it lies between. */
static void check_rendition(const char *in)
{
	const char *clip = media_path("clip.png"), *hable = media_path("hable.png");
	struct picture plain, dark;
	NEED_FFMPEG(clip, media_arguments(JUDGE, in, "clip"));
	NEED_FFMPEG(hable, media_arguments(JUDGE, in, "hable"));
	rv_image seen = first_of_8_bits(in);
	REQUIRE(seen.pixels && !picture_open(&plain, clip, NULL) &&
	        !picture_open(&dark, hable, NULL));
	int below = 0, wrong = 0, outside = 0, count = seen.width * seen.height;
	for (int i = 0; i < count; i++) {
		const uint8_t *ours = (const uint8_t *)seen.pixels + 3 * i;
		const uint8_t *most = (const uint8_t *)plain.image.pixels + 3 * i;
		const uint8_t *least = (const uint8_t *)dark.image.pixels + 3 * i;
		outside += luminance(ours) > luminance(most) + 3 ||
		           luminance(ours) < luminance(least) - 3;
		if (most[0] > 170 || most[1] > 170 || most[2] > 170)
			continue; /* 170 is 82 cd/m2 */
		below++;
		for (int c = 0; c < 3; c++)
			if (abs(ours[c] - most[c]) > 2) {
				wrong++;
				break;
			}
	}
	CHECK_MESSAGE(below > count / 20 && wrong <= below / 100, "%d of %d differ", wrong, below);
	CHECK_MESSAGE(outside <= count / 100, "%d of %d are too bright or too dark", outside,
	              count);
	picture_release(&plain);
	picture_release(&dark);
	free(seen.pixels);
}

TEST(video_of_hdr_is_seen_as_zscale_and_tonemap_show_it)
{
	const char *pq = media_path("pq.mkv"), *hlg = media_path("hlg.mkv");
	NEED_FFMPEG(pq, media_arguments(SCENE, "smpte2084"));
	check_rendition(pq);
	NEED_FFMPEG(hlg, media_arguments(SCENE, "arib-std-b67"));
	check_rendition(hlg);
}

static void check_light(const char *path, bool there)
{
	struct video_description video = media_describe(path);
	CHECK(video.has_light == there && video.has_mastering == there);
	if (!there || !video.has_light || !video.has_mastering)
		return;
	CHECK(video.light.MaxCLL == 993 && video.light.MaxFALL == 400);
	CHECK(fabs(av_q2d(video.mastering.max_luminance) - 1000) < 0.01);
	CHECK(fabs(av_q2d(video.mastering.min_luminance) - 0.005) < 1e-4);
	CHECK(fabs(av_q2d(video.mastering.display_primaries[0][0]) - 0.68) < 1e-4);
	CHECK(fabs(av_q2d(video.mastering.display_primaries[1][1]) - 0.69) < 1e-4);
	CHECK(fabs(av_q2d(video.mastering.white_point[0]) - 0.3127) < 1e-4);
}

#define MASTERED                                                                                   \
	"-f lavfi -i testsrc2=s=96x64:r=5:d=0.6 -pix_fmt yuv420p10le -c:v libx265 -x265-params "   \
	"log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:hdr10=1:"         \
	"master-display='G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)':"  \
	"max-cll=993,400 -color_primaries bt2020 -colorspace bt2020nc -color_trc smpte2084"

TEST(video_of_hdr_says_how_bright_it_is)
{
	static const char *const names[] = {"out.mp4", "out.mkv", "out.mov", "out.webm"};
	const char *in = media_path("mastered.mp4");
	NEED_FFMPEG(in, MASTERED);
	check_light(in, true);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct job_report report;
		const char *out = media_path(names[i]);
		REQUIRE(media_transcode(in, out, &report));
		media_check_description(in, out);
		check_light(out, true);
	}
	if (avcodec_find_encoder_by_name("libx265"))
		CHECK(media_after.streams[0].codec == AV_CODEC_ID_VP9 &&
		      media_describe(media_path("out.mp4")).transfer == AVCOL_TRC_SMPTE2084);
}

/* ---- light that changes with the scene ---- */

/* What the job that wrote out told. */
static const char *told_of(const char *in, const char *out)
{
	return media_listen(in, out) ? media_told : "";
}

/* Makes the box of the mastering screen, which is as long, one of Dolby Vision. */
static bool mark_dolby_vision(const char *path, int profile, int compatible_with)
{
	size_t size;
	uint8_t *file = media_read(path, &size);
	uint8_t *box = file ? memmem(file, size, "mdcv", 4) : NULL;
	if (box) {
		memcpy(box, "dvcC", 4);
		memset(box + 4, 0, 24);
		box[4] = 1; /* version 1.0 */
		box[6] = (uint8_t)(profile << 1);
		box[7] = 1 << 3 | 1 << 2 | 1; /* level 1, with metadata and a picture */
		box[8] = (uint8_t)(compatible_with << 4);
		media_write(path, file, size);
	}
	free(file);
	return box;
}

TEST(video_of_dolby_vision_is_told_to_lose_it)
{
	static const struct {
		int profile, compatible_with;
		const char *told;
	} kinds[] = {
		{8, 1, "dolby.mp4: its Dolby Vision metadata is left out\n"},
		{5, 0, "dolby.mp4: is Dolby Vision without a picture that other decoders know"},
	};
	const char *in = media_path("dolby_in.mp4"), *marked = media_path("dolby.mp4");
	if (!avcodec_find_encoder_by_name("libx265"))
		SKIP("there is no libx265");
	NEED_FFMPEG(in, MASTERED);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		CHECK(!strstr(told_of(in, marked), "Dolby"));
		REQUIRE(mark_dolby_vision(marked, kinds[i].profile, kinds[i].compatible_with));
		const char *told = told_of(marked, media_path("dolby_out.mp4"));
		CHECK_MESSAGE(strstr(told, kinds[i].told), "%s", told);
	}
}

/* An SEI of HEVC (ITU-T T.35) with HDR10+ (SMPTE ST 2094-40): one window, of which all is 0; threes
 * lie between zeros as H.265 wants them. */
static const uint8_t hdr10_plus[] = {0, 0, 0,    1, 0x4e, 1, 4, 22, 0xb5, 0, 0x3c, 0,   1,
                                     4, 1, 0x40, 0, 0,    3, 0, 0,  3,    0, 0,    3,   0,
                                     0, 3, 0,    0, 3,    0, 0, 3,  0,    0, 3,    0x80};

/* Puts it before the first picture. */
static bool mark_hdr10_plus(const char *path)
{
	static const uint8_t start[] = {0, 0, 1};
	size_t size, at = 0;
	uint8_t *file = media_read(path, &size);
	while (file && at + 3 < size && (memcmp(file + at, start, 3) || file[at + 3] >> 1 >= 32))
		at++;
	bool found = file && at + 3 < size;
	uint8_t *marked = found ? malloc(size + sizeof(hdr10_plus)) : NULL;
	if (marked) {
		memcpy(marked, file, at);
		memcpy(marked + at, hdr10_plus, sizeof(hdr10_plus));
		memcpy(marked + at + sizeof(hdr10_plus), file + at, size - at);
		media_write(path, marked, size + sizeof(hdr10_plus));
	}
	free(file);
	free(marked);
	return found;
}

TEST(video_of_hdr10_plus_is_told_to_lose_it)
{
	const char *in = media_path("plus.hevc"), *out = media_path("plus_out.mp4");
	NEED_FFMPEG(in, MASTERED);
	CHECK(!strstr(told_of(in, out), "HDR10+"));
	REQUIRE(mark_hdr10_plus(in));
	const char *told = told_of(in, out);
	CHECK_MESSAGE(strstr(told, "plus.hevc: its HDR10+ metadata is left out\n"), "%s", told);
}

TEST(video_of_hdr_becomes_one_for_any_screen_where_wished)
{
	const char *in = media_path("wide.mkv"), *out = media_path("plain.mp4");
	struct test_dream dream = {.keep = true};
	struct job_report report;
	NEED_FFMPEG(in, media_arguments(SCENE, "smpte2084"));
	rv_image seen = first_of_8_bits(in);
	struct job job = media_job(in, out, &dream);
	job.hdr = HDR_SDR;
	job.quality = 4;
	RUN(&job, &report, RV_OK);
	struct video_description video = media_describe(out);
	CHECK(video.transfer == AVCOL_TRC_BT709 && video.primaries == AVCOL_PRI_BT709 &&
	      video.matrix == AVCOL_SPC_BT709 && video.pixel_format == AV_PIX_FMT_YUV420P);
	check_light(out, false);
	rv_image written = first_of_8_bits(out);
	/* Chroma of half the size blurs the bars' edges. */
	CHECK_MESSAGE(media_difference(&seen, &written) < 4, "%f",
	              media_difference(&seen, &written));
	free(seen.pixels);
	free(written.pixels);
}

TEST(video_of_hdr_is_refused_by_an_encoder_of_8_bits)
{
	const char *in = media_path("codes8.mkv"), *out = media_path("codes8.mp4");
	struct test_dream dream = {.keep = true};
	struct job_report report;
	rv_error error = {0};
	NEED_FFMPEG(in, media_arguments(CODES, "yuv420p10le", "smpte2084"));
	struct job job = media_job(in, out, &dream);
	job.encoder = "mpeg4";
	CHECK(job_run(&job, &report, &error) == RV_UNSUPPORTED);
	CHECK_MESSAGE(strstr(error.message, "--hdr sdr"), "%s", error.message);
	CHECK(!media_exists(out) && dream.frames == 0);
	job.hdr = HDR_SDR;
	RUN(&job, &report, RV_OK);
}

TEST(video_of_hdr_becomes_an_animation_of_what_screens_show)
{
	const char *in = media_path("moving.mkv"), *out = media_path("moving.gif");
	struct job_report report;
	NEED_FFMPEG(in, media_arguments(SCENE, "arib-std-b67"));
	REQUIRE(media_transcode(in, out, &report));
	rv_image seen = first_of_8_bits(in), written = first_of_8_bits(out);
	CHECK_MESSAGE(media_difference(&seen, &written) < 6, "%f", /* 256 colours */
	              media_difference(&seen, &written));
	free(seen.pixels);
	free(written.pixels);
}
