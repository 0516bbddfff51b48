/* Frames of videos that are not plain: their colours, their shape, their time. The colours are
 * known, so that what comes out can be held against what went in. */
#include "app/media/source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/media.h"
#include "tests/support/test.h"

static rv_status open_clip(struct source **source, const char *path, rv_error *error)
{
	struct input *input = NULL;
	rv_status status = input_open(&input, path, NULL, error);
	return status ? status : source_open(source, &input, error);
}

static struct source *open_or_fail(const char *path)
{
	struct source *source = NULL;
	rv_error error = {0};
	if (open_clip(&source, path, &error))
		test_failed(__FILE__, __LINE__, "%s", error.message);
	return source;
}

/* The next frame, or false at the end. */
static bool next_frame(struct source *source)
{
	enum source_event event = SOURCE_PACKET;
	while (event == SOURCE_PACKET)
		if (source_next(source, &event, NULL))
			return false;
	return event == SOURCE_FRAME;
}

static const uint8_t *at(const rv_image *image, double x, double y)
{
	size_t column = (size_t)(x * image->width), row = (size_t)(y * image->height);
	return (const uint8_t *)image->pixels + row * image->stride + 3 * column;
}

static bool is_colour(const uint8_t *pixel, int red, int green, int blue)
{
	return abs(pixel[0] - red) < 6 && abs(pixel[1] - green) < 6 && abs(pixel[2] - blue) < 6;
}

#define CHECK_COLOUR(image, x, y, red, green, blue)                                                \
	do {                                                                                       \
		const uint8_t *seen = at(image, x, y);                                             \
		CHECK_MESSAGE(is_colour(seen, red, green, blue),                                   \
		              "%d %d %d, not %d %d %d, at %g, %g", seen[0], seen[1], seen[2], red, \
		              green, blue, (double)(x), (double)(y));                              \
	} while (0)

static bool played; /* sources are opened to be played */

/* Draws the first frame at its own size. */
static rv_image first_image(const char *path)
{
	rv_image image = {0};
	struct source *source = open_or_fail(path);
	if (!source)
		return image;
	if (played)
		source_convert_quickly(source);
	convert_allocate_image(&image, RV_RGB8, source->video.width, source->video.height, NULL);
	if (!next_frame(source) || source_image(source, &image, NULL))
		test_failed(__FILE__, __LINE__, "%s: no first frame", path);
	source_close(&source);
	return image;
}

/* Left red, right blue-green, at 8 bits, both with values that limits of the range would show. */
#define TWO_COLOURS                                                                                \
	"-f lavfi -i color=0xC81E28:s=%s:r=10:d=0.5 -f lavfi -i color=0x14B4E6:s=%s:r=10:d=0.5 "   \
	"-filter_complex hstack"

static void check_two_colours(const char *path, int width, int height)
{
	rv_image image = first_image(path);
	REQUIRE(image.pixels);
	CHECK_MESSAGE(image.width == width && image.height == height, "%dx%d", image.width,
	              image.height);
	CHECK_COLOUR(&image, 0.2, 0.5, 0xC8, 0x1E, 0x28);
	CHECK_COLOUR(&image, 0.8, 0.5, 0x14, 0xB4, 0xE6);
	free(image.pixels);
}

static const char *two_colours(const char *half, const char *more)
{
	static char arguments[512];
	snprintf(arguments, sizeof(arguments), TWO_COLOURS "%s", half, half, more);
	return arguments;
}

TEST(source_of_limited_range)
{
	const char *path = media_path("limited.mkv");
	NEED_FFMPEG(path, two_colours("40x60", " -pix_fmt yuv444p -c:v ffv1"));
	check_two_colours(path, 80, 60);
}

TEST(source_of_full_range)
{
	const char *path = media_path("full.mkv");
	NEED_FFMPEG(path, two_colours("40x60", ",scale=out_range=full,format=yuvj444p -c:v mjpeg "
	                                       "-q:v 1"));
	check_two_colours(path, 80, 60);
}

TEST(source_that_is_played_keeps_its_colours)
{
	static const char *const formats[] = {"yuv420p", "yuv422p", "yuv444p", "yuv420p10"};
	played = true;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		const char *path = media_path("played.mkv");
		char more[64];
		snprintf(more, sizeof(more), " -pix_fmt %s -c:v ffv1", formats[i]);
		NEED_FFMPEG(path, two_colours("40x60", more));
		check_two_colours(path, 80, 60);
	}
	const char *path = media_path("played_full.mkv");
	NEED_FFMPEG(path, two_colours("40x60", ",scale=out_range=full,format=yuvj420p -c:v mjpeg "
	                                       "-q:v 1"));
	check_two_colours(path, 80, 60);
	played = false;
}

TEST(source_of_10_bits)
{
	const char *path = media_path("ten.mkv");
	NEED_FFMPEG(path, two_colours("40x60", " -pix_fmt yuv444p10le -c:v ffv1"));
	check_two_colours(path, 80, 60);
}

TEST(source_of_odd_sides)
{
	const char *path = media_path("odd.mkv");
	NEED_FFMPEG(path, two_colours("42x62", ",format=bgr0,crop=83:61:exact=1 -c:v ffv1"));
	check_two_colours(path, 83, 61);
	path = media_path("odd420.mkv");
	NEED_FFMPEG(path, two_colours("42x62", ",crop=81:61:exact=1 -pix_fmt yuv420p -c:v ffv1"));
	check_two_colours(path, 81, 61);
}

/* Which way it is turned is what the ffmpeg program makes of it. */
TEST(source_of_a_phone_held_upright)
{
	const char *stored = media_path("stored.mp4"), *path = media_path("turned.mp4");
	const char *upright = media_path("upright.mkv");
	char arguments[512];
	NEED_FFMPEG(stored, two_colours("40x60", " -pix_fmt yuv444p -c:v libx264 -qp 4"));
	snprintf(arguments, sizeof(arguments), "-i %s -c copy -metadata:s:v rotate=90", stored);
	NEED_FFMPEG(path, arguments);
	snprintf(arguments, sizeof(arguments), "-i %s -c:v ffv1", path);
	NEED_FFMPEG(upright, arguments);
	rv_image image = first_image(path), wanted = first_image(upright);
	REQUIRE(image.pixels && wanted.pixels);
	CHECK(image.width == 60 && image.height == 80);
	bool red_first = is_colour(at(&wanted, 0.5, 0.2), 0xC8, 0x1E, 0x28);
	CHECK_COLOUR(&image, 0.5, red_first ? 0.2 : 0.8, 0xC8, 0x1E, 0x28);
	CHECK_COLOUR(&image, 0.5, red_first ? 0.8 : 0.2, 0x14, 0xB4, 0xE6);
	CHECK_COLOUR(&wanted, 0.5, red_first ? 0.8 : 0.2, 0x14, 0xB4, 0xE6);
	free(image.pixels);
	free(wanted.pixels);
}

/* ---- changes amid ---- */

static void append_file(const char *from, const char *to)
{
	size_t size_a, size_b;
	uint8_t *a = media_read(to, &size_a), *b = media_read(from, &size_b);
	uint8_t *both = realloc(a, size_a + size_b);
	if (!both || !b)
		abort();
	memcpy(both + size_a, b, size_b);
	media_write(to, both, size_a + size_b);
	free(both);
	free(b);
}

TEST(source_that_changes_its_shape_is_fitted_in)
{
	const char *path = media_path("wide.ts"), *tall = media_path("tall.ts");
	NEED_FFMPEG(path, "-f lavfi -i color=0xC81E28:s=160x80:r=10:d=1 -c:v mpeg2video -q:v 2");
	NEED_FFMPEG(tall, "-f lavfi -i color=0x14B4E6:s=80x160:r=10:d=1 -pix_fmt yuv422p "
	                  "-c:v mpeg2video -q:v 2");
	append_file(tall, path);
	struct source *source = open_or_fail(path);
	REQUIRE(source);
	rv_image image;
	REQUIRE(convert_allocate_image(&image, RV_RGB8, 160, 80, NULL) == RV_OK);
	int wide = 0, tall_ones = 0;
	while (next_frame(source)) {
		REQUIRE(source_image(source, &image, NULL) == RV_OK);
		if (source->video.width == 160) {
			wide++;
			CHECK_COLOUR(&image, 0.02, 0.5, 0xC8, 0x1E, 0x28);
			continue;
		}
		tall_ones++;
		CHECK(source->video.height == 160 &&
		      source->video.pixel_format == AV_PIX_FMT_YUV422P);
		/* A quarter of the width is filled, and the rest is black. */
		CHECK_COLOUR(&image, 0.5, 0.02, 0x14, 0xB4, 0xE6);
		CHECK_COLOUR(&image, 0.39, 0.98, 0x14, 0xB4, 0xE6);
		CHECK_COLOUR(&image, 0.36, 0.5, 0, 0, 0);
		CHECK_COLOUR(&image, 0.64, 0.02, 0, 0, 0);
		CHECK_COLOUR(&image, 0.99, 0.98, 0, 0, 0);
	}
	CHECK_MESSAGE(wide > 5 && tall_ones > 5, "%d wide and %d tall frames", wide, tall_ones);
	free(image.pixels);
	source_close(&source);
}

TEST(source_whose_time_jumps_back_goes_on)
{
	const char *path = media_path("thrice.ts"), *once = media_path("once.ts");
	NEED_FFMPEG(path, "-f lavfi -i testsrc=s=64x48:r=10:d=2 -f lavfi -i sine=d=2 -c:v "
	                  "mpeg2video -c:a mp2");
	NEED_FFMPEG(once, "-f lavfi -i testsrc=s=64x48:r=10:d=2 -f lavfi -i sine=d=2 -c:v "
	                  "mpeg2video -c:a mp2");
	append_file(once, path);
	append_file(once, path);
	struct source *source = open_or_fail(path);
	REQUIRE(source);
	int frames = 0;
	double first = 0, last = 0, sound = 0;
	enum source_event event = SOURCE_PACKET;
	while (!source_next(source, &event, NULL) && event != SOURCE_END) {
		if (event == SOURCE_PACKET) {
			const AVStream *stream =
				source->input->format->streams[source->packet->stream_index];
			sound = (double)source->packet->pts * av_q2d(stream->time_base);
			continue;
		}
		double time = (double)source->pts * av_q2d(source->video.time_base);
		if (frames++)
			CHECK_MESSAGE(time - last > 0.05 && time - last < 0.5,
			              "frame %d comes after %g s", frames, time - last);
		else
			first = time;
		last = time;
	}
	CHECK_MESSAGE(frames > 55, "%d frames", frames);
	CHECK_MESSAGE(fabs(last - first - (frames - 1) * 0.1) < 0.4, "%g s", last - first);
	CHECK_MESSAGE(fabs(sound - last) < 0.4, "sound ends at %g s, the picture at %g s", sound,
	              last);
	source_close(&source);
}

/* ---- interlaced ---- */

/* How rough the picture is from row to row: the mean difference of a row from the mean of those
 * beside it, in its moving middle. */
static double combing(const rv_image *image)
{
	double sum = 0;
	int count = 0;
	for (int y = 1; y < image->height - 1; y++) {
		const uint8_t *row = (const uint8_t *)image->pixels + (size_t)y * image->stride;
		for (int x = 0; x < 3 * image->width; x++, count++)
			sum += fabs(row[x] - 0.5 * (row[x - (int)image->stride] +
			                            row[x + (int)image->stride]));
	}
	return sum / count;
}

/* A bar that moves sideways, as fields of two moments. */
#define MOVING_BAR                                                                                 \
	"-f lavfi -i color=black:s=128x96:r=50:d=2 -vf "                                           \
	"drawbox=x=0:y=0:w=iw:h=ih:t=fill:c=black,geq=lum='if(between(mod(X-6*N\\,128)\\,0\\,30)"  \
	"\\,235\\,16)':cb=128:cr=128,"

static double worst_combing(const char *path, int *frames)
{
	rv_image image = {0};
	struct source *source = open_or_fail(path);
	double worst = 0, last = -1;
	*frames = 0;
	if (!source || convert_allocate_image(&image, RV_RGB8, 128, 96, NULL))
		return INFINITY;
	while (next_frame(source)) {
		double time = (double)source->pts * av_q2d(source->video.time_base);
		CHECK_MESSAGE(time > last, "%g s after %g s", time, last);
		last = time;
		++*frames;
		if (source_image(source, &image, NULL) == RV_OK && *frames > 3)
			worst = fmax(worst, combing(&image));
	}
	free(image.pixels);
	source_close(&source);
	return worst;
}

TEST(source_that_is_interlaced_becomes_whole)
{
	int frames, whole_frames;
	const char *path = media_path("interlaced.ts"), *whole = media_path("whole.ts");
	NEED_FFMPEG(path, MOVING_BAR "interlace=lowpass=off -c:v mpeg2video -q:v 2 "
	                             "-flags +ildct+ilme -top 1");
	NEED_FFMPEG(whole, MOVING_BAR "framestep=2 -c:v mpeg2video -q:v 2");
	double woven = worst_combing(path, &frames), plain = worst_combing(whole, &whole_frames);
	CHECK_MESSAGE(frames == whole_frames && frames > 45, "%d frames of %d", frames,
	              whole_frames);
	/* Left woven, every edge of the bar would be a comb: some 6 of 128 columns by two edges. */
	CHECK_MESSAGE(woven < plain + 1.5, "%g, where whole frames have %g", woven, plain);
}

TEST(source_keeps_every_frame_of_a_short_interlaced_clip)
{
	for (int count = 1; count < 4; count++) {
		char name[32], arguments[256];
		int frames = 0;
		snprintf(name, sizeof(name), "short%d.ts", count);
		const char *path = media_path(name);
		snprintf(arguments, sizeof(arguments),
		         "-f lavfi -i testsrc=s=64x48:r=25 -frames:v %d -c:v mpeg2video "
		         "-flags +ildct+ilme -top 1 -vf setfield=tff",
		         count);
		NEED_FFMPEG(path, arguments);
		struct source *source = open_or_fail(path);
		REQUIRE(source);
		while (next_frame(source))
			frames++;
		CHECK_MESSAGE(frames == count, "%d of %d", frames, count);
		source_close(&source);
	}
}
