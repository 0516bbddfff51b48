#include <libavutil/display.h>
#include <stdlib.h>
#include <string.h>

#include "app/media/convert.h"
#include "app/media/libav.h"
#include "app/media/orientation.h"
#include "app/media/picture_read.h"
#include "tests/support/media.h"
#include "tests/support/test.h"

/* Writes a picture under name, reads it back and holds the two together. */
static void check_round_trip(const char *name, rv_pixel_format format, bool alpha,
                             rv_pixel_format format_kept, bool alpha_kept, double tolerance)
{
	struct picture written = media_picture(format, 48, 35, alpha), read = {0};
	const char *path = media_path(name);
	rv_error error = {0};
	rv_status status = media_write_picture(&written, path, &error);
	CHECK_MESSAGE(status == RV_OK, "%s: %s", name, error.message);
	if (!status) {
		status = picture_open(&read, path, &error);
		CHECK_MESSAGE(status == RV_OK, "%s: %s", name, error.message);
	}
	if (!status) {
		CHECK_MESSAGE(read.image.format == format_kept, "%s: depth", name);
		CHECK_MESSAGE(read.image.width == 48 && read.image.height == 35, "%s: size", name);
		CHECK_MESSAGE((read.alpha != NULL) == alpha_kept, "%s: alpha", name);
		if (format == format_kept && (!alpha || alpha_kept)) {
			double difference = media_difference(&written.image, &read.image);
			CHECK_MESSAGE(difference <= tolerance, "%s: %f", name, difference);
		}
		if (read.alpha && format == format_kept)
			CHECK_MESSAGE(media_alpha_difference(&written, &read) == 0,
			              "%s: alpha differs", name);
	}
	picture_release(&written);
	picture_release(&read);
}

/* ---- writing and reading back ---- */

TEST(picture_png_keeps_every_bit)
{
	check_round_trip("a.png", RV_RGB8, false, RV_RGB8, false, 0);
	check_round_trip("b.png", RV_RGB8, true, RV_RGB8, true, 0);
	check_round_trip("c.png", RV_RGB16, false, RV_RGB16, false, 0);
	check_round_trip("d.png", RV_RGB16, true, RV_RGB16, true, 0);
}

TEST(picture_tiff_keeps_every_bit)
{
	check_round_trip("a.tiff", RV_RGB8, false, RV_RGB8, false, 0);
	check_round_trip("b.tif", RV_RGB8, true, RV_RGB8, true, 0);
	check_round_trip("c.tiff", RV_RGB16, false, RV_RGB16, false, 0);
	check_round_trip("d.tiff", RV_RGB16, true, RV_RGB16, true, 0);
}

TEST(picture_bmp_keeps_every_colour)
{
	check_round_trip("a.bmp", RV_RGB8, false, RV_RGB8, false, 0);
	check_round_trip("b.bmp", RV_RGB16, true, RV_RGB8, false, 0);
}

TEST(picture_jpeg_stays_close)
{
	check_round_trip("a.jpg", RV_RGB8, false, RV_RGB8, false, 1.5);
	check_round_trip("b.JPEG", RV_RGB16, false, RV_RGB8, false, 0);
}

TEST(picture_webp_stays_close_and_keeps_alpha)
{
	if (!avcodec_find_encoder_by_name("libwebp"))
		SKIP("this FFmpeg has no libwebp");
	check_round_trip("a.webp", RV_RGB8, false, RV_RGB8, false, 2.5);
	/* What is transparent through and through may lose its colour: only the alpha is exact. */
	check_round_trip("b.webp", RV_RGB8, true, RV_RGB8, true, 8);
}

TEST(picture_gif_stays_near_in_256_colours)
{
	check_round_trip("a.gif", RV_RGB8, false, RV_RGB8, false, 8);
}

TEST(picture_gif_has_alpha_on_or_off)
{
	struct picture written = media_picture(RV_RGB8, 48, 35, true), read = {0};
	rv_error error = {0};
	REQUIRE(media_write_picture(&written, media_path("t.gif"), &error) == RV_OK);
	REQUIRE(picture_open(&read, media_path("t.gif"), &error) == RV_OK);
	REQUIRE(read.alpha);
	CHECK(((uint8_t *)read.alpha)[0] == 255 && ((uint8_t *)read.alpha)[47] == 0);
	picture_release(&written);
	picture_release(&read);
}

TEST(picture_without_a_place_for_alpha_is_laid_over_white)
{
	struct picture written = media_picture(RV_RGB8, 40, 30, true), read = {0};
	rv_error error = {0};
	memset(written.image.pixels, 0, written.image.stride * 30); /* black */
	memset(written.alpha, 0, 40 * 15);                          /* above: transparent */
	memset((uint8_t *)written.alpha + 40 * 15, 255, 40 * 15);   /* below: opaque */
	REQUIRE(media_write_picture(&written, media_path("flat.bmp"), &error) == RV_OK);
	REQUIRE(picture_open(&read, media_path("flat.bmp"), &error) == RV_OK);
	const uint8_t *pixels = read.image.pixels;
	CHECK(pixels[0] == 255 && pixels[29 * 40 * 3] == 0);
	picture_release(&written);
	picture_release(&read);
}

TEST(picture_of_one_pixel_and_of_six)
{
	static const int sizes[2][2] = {{1, 1}, {2, 3}};
	static const char *const names[] = {"s.png", "s.jpg", "s.tiff", "s.bmp", "s.gif"};
	for (int i = 0; i < 2; i++)
		for (int n = 0; n < 5; n++) {
			struct picture written =
				media_picture(RV_RGB8, sizes[i][0], sizes[i][1], false);
			struct picture read = {0};
			rv_error error = {0};
			CHECK(media_write_picture(&written, media_path(names[n]), &error) == RV_OK);
			CHECK_MESSAGE(picture_open(&read, media_path(names[n]), &error) == RV_OK,
			              "%s %s", names[n], error.message);
			CHECK(read.image.width == sizes[i][0] && read.image.height == sizes[i][1]);
			picture_release(&written);
			picture_release(&read);
		}
}

/* ---- all kinds of pixels, made by another program ---- */

static void check_made(const char *pixels, rv_pixel_format format, bool alpha)
{
	char arguments[512];
	struct picture picture = {0};
	rv_error error = {0};
	snprintf(arguments, sizeof(arguments),
	         "-f lavfi -i color=c=0x804020@0.5:s=24x16,format=rgba,format=%s -frames:v 1",
	         pixels);
	NEED_FFMPEG(media_path("made.png"), arguments);
	rv_status status = picture_open(&picture, media_path("made.png"), &error);
	CHECK_MESSAGE(status == RV_OK, "%s: %s", pixels, error.message);
	if (!status) {
		const uint8_t *p8 = picture.image.pixels;
		const uint16_t *p16 = picture.image.pixels;
		bool grey = strncmp(pixels, "rgb", 3) != 0;
		int wanted[3] = {0x80, 0x40, 0x20};
		CHECK_MESSAGE(picture.image.format == format, "%s: depth", pixels);
		CHECK_MESSAGE((picture.alpha != NULL) == alpha, "%s: alpha", pixels);
		for (int c = 0; c < 3; c++) {
			double value = format == RV_RGB16 ? p16[c] / 257.0 : p8[c];
			/* BT.601's luma of this colour is 80. */
			double target = grey ? 80 : wanted[c];
			CHECK_MESSAGE(value > target - 2 && value < target + 2,
			              "%s: channel %d is %f", pixels, c, value);
		}
		if (alpha && picture.alpha) {
			double value = format == RV_RGB16 ? ((uint16_t *)picture.alpha)[0] / 257.0
			                                  : ((uint8_t *)picture.alpha)[0];
			CHECK_MESSAGE(value > 126 && value < 129, "%s: alpha is %f", pixels, value);
		}
	}
	picture_release(&picture);
}

TEST(picture_png_of_every_kind)
{
	check_made("rgb24", RV_RGB8, false);
	check_made("rgba", RV_RGB8, true);
	check_made("rgb48be", RV_RGB16, false);
	check_made("rgba64be", RV_RGB16, true);
	check_made("gray", RV_RGB8, false);
	check_made("ya8", RV_RGB8, true);
	check_made("gray16be", RV_RGB16, false);
	check_made("ya16be", RV_RGB16, true);
}

/* ---- orientation ---- */

/* Corners of a picture by number: 0 top left, 1 top right, 2 bottom left, 3 bottom right. */
static const uint8_t corner_colours[4][3] = {
	{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255}};

/* Exif 2.32, tag 0x0112: on which side of the scene the stored picture's first row and first column
 * lie; t(op), b(ottom), l(eft), r(ight). */
static const char *const exif_sides[9] = {NULL, "tl", "tr", "br", "bl", "lt", "rt", "rb", "lb"};

static char opposite(char side)
{
	return side == 't' ? 'b' : side == 'b' ? 't' : side == 'l' ? 'r' : 'l';
}

/* Where a stored corner stands in the upright picture. */
static int upright_corner(int orientation, int corner)
{
	char row = exif_sides[orientation][0], column = exif_sides[orientation][1];
	if (corner & 2)
		row = opposite(row);
	if (corner & 1)
		column = opposite(column);
	bool bottom = row == 'b' || column == 'b', right = row == 'r' || column == 'r';
	return bottom * 2 + right;
}

static void fill_corners(const rv_image *image)
{
	for (int y = 0; y < image->height; y++)
		for (int x = 0; x < image->width; x++) {
			int corner = (y >= image->height / 2) * 2 + (x >= image->width / 2);
			memcpy((uint8_t *)image->pixels + (size_t)y * image->stride + x * 3,
			       corner_colours[corner], 3);
		}
}

static const uint8_t *corner_pixel(const rv_image *image, int corner)
{
	int x = corner & 1 ? image->width - 2 : 1, y = corner & 2 ? image->height - 2 : 1;
	return (const uint8_t *)image->pixels + (size_t)y * image->stride + x * 3;
}

static void check_corners(const rv_image *upright, int orientation)
{
	for (int corner = 0; corner < 4; corner++) {
		const uint8_t *pixel = corner_pixel(upright, upright_corner(orientation, corner));
		for (int c = 0; c < 3; c++)
			CHECK_MESSAGE(abs(pixel[c] - corner_colours[corner][c]) < 16,
			              "orientation %d, corner %d, channel %d: %d", orientation,
			              corner, c, pixel[c]);
	}
}

/* Puts an EXIF segment that says nothing but the orientation behind a JPEG's first two bytes. */
static void write_with_exif(const char *path, const uint8_t *jpeg, size_t size, int orientation)
{
	uint8_t exif[] = {0xFF, 0xE1, 0, 34, 'E', 'x', 'i', 'f', 0, 0,
	                  'M',  'M',  0, 42, 0,   0,   0,   8,   0, 1,
	                  0x01, 0x12, 0, 3,  0,   0,   0,   1,   0, (uint8_t)orientation,
	                  0,    0,    0, 0,  0,   0};
	uint8_t *whole = malloc(size + sizeof(exif));
	memcpy(whole, jpeg, 2);
	memcpy(whole + 2, exif, sizeof(exif));
	memcpy(whole + 2 + sizeof(exif), jpeg + 2, size - 2);
	media_write(path, whole, size + sizeof(exif));
	free(whole);
}

/* A camera's own picture, taken with the camera on its side. */
static void check_real_orientation(void)
{
	struct picture picture = {0};
	rv_error error = {0};
	const char *path = test_data("photos/Landscape_6.jpg");
	if (!path)
		return;
	REQUIRE(picture_open(&picture, path, &error) == RV_OK);
	CHECK(picture.image.width == 600 && picture.image.height == 450);
	picture_release(&picture);
}

TEST(picture_exif_orientations_are_all_applied)
{
	struct picture stored = media_picture(RV_RGB8, 48, 32, false);
	rv_error error = {0};
	size_t size;
	fill_corners(&stored.image);
	REQUIRE(media_write_picture(&stored, media_path("stored.jpg"), &error) == RV_OK);
	uint8_t *jpeg = media_read(media_path("stored.jpg"), &size);
	REQUIRE(jpeg);
	for (int orientation = 1; orientation <= 8; orientation++) {
		struct picture upright = {0};
		const char *path = media_path("exif.jpg");
		write_with_exif(path, jpeg, size, orientation);
		rv_status status = picture_open(&upright, path, &error);
		CHECK_MESSAGE(status == RV_OK, "%s", error.message);
		if (!status) {
			CHECK(upright.image.width == (orientation < 5 ? 48 : 32));
			CHECK(upright.image.height == (orientation < 5 ? 32 : 48));
			check_corners(&upright.image, orientation);
		}
		picture_release(&upright);
	}
	free(jpeg);
	picture_release(&stored);
	check_real_orientation();
}

/* ---- inks ---- */

static void mean_colour(const rv_image *image, double *mean)
{
	mean[0] = mean[1] = mean[2] = 0;
	for (int y = 0; y < image->height; y++)
		for (int x = 0; x < image->width; x++)
			for (int c = 0; c < 3; c++)
				mean[c] += ((uint8_t *)image->pixels)[(size_t)y * image->stride +
				                                      (size_t)x * 3 + (size_t)c];
	for (int c = 0; c < 3; c++)
		mean[c] /= (double)image->width * image->height;
}

static void check_real_inks(void)
{
	/* The mean colour that libvips 8.14 finds in it (icc_transform, relative colorimetric with
	 * black point compensation). */
	static const double wanted[3] = {120.9, 126.4, 115.3};
	struct picture picture = {0};
	double mean[3];
	rv_error error = {0};
	const char *path = test_data("photos/park_cmyk_profile.jpg");
	if (!path)
		return;
	REQUIRE(picture_open(&picture, path, &error) == RV_OK);
	CHECK(picture.image.width == 500 && picture.image.height == 333 && !picture.alpha);
	CHECK(picture.colour_profile == NULL); /* its profile is one of inks */
	mean_colour(&picture.image, mean);
	for (int c = 0; c < 3; c++)
		CHECK_MESSAGE(mean[c] > wanted[c] - 2 && mean[c] < wanted[c] + 2, "%d: %f", c,
		              mean[c]);
	picture_release(&picture);
}

/* Writes a picture's inks to a JPEG, with ImageMagick. */
static bool make_inks(const struct picture *picture, const char *path)
{
	char command[1200];
	rv_error error;
	const char *colours = media_path("colours.png");
	if (media_write_picture(picture, colours, &error) != RV_OK)
		return false;
	snprintf(command, sizeof(command),
	         "convert '%s' -colorspace CMYK -quality 98 '%s' >/dev/null 2>&1", colours, path);
	return system(command) == 0;
}

TEST(picture_cmyk_becomes_the_right_colours)
{
	struct picture colours = media_picture(RV_RGB8, 96, 64, false), inks = {0};
	const char *path = media_path("inks.jpg");
	rv_error error = {0};
	bool made = make_inks(&colours, path);
	rv_status status = made ? picture_open(&inks, path, &error) : RV_OK;
	if (made) {
		CHECK_MESSAGE(status == RV_OK, "%s", error.message);
		CHECK(inks.image.width == 96 && inks.image.height == 64 && !inks.alpha);
		if (status == RV_OK) {
			double difference = media_difference(&colours.image, &inks.image);
			CHECK_MESSAGE(difference < 2, "%f", difference);
		}
	}
	picture_release(&colours);
	picture_release(&inks);
	check_real_inks();
	if (!made)
		SKIP("there is no ImageMagick");
}

/* The place of a JPEG's last Adobe segment, which is the picture's own (thumbnails come before it);
 * 0: there is none. */
static size_t find_adobe(const uint8_t *bytes, size_t size)
{
	static const uint8_t start[] = {0xFF, 0xEE, 0, 14, 'A', 'd', 'o', 'b', 'e'};
	size_t found = 0;
	for (size_t at = 0; at + 16 < size; at++)
		if (memcmp(bytes + at, start, sizeof(start)) == 0)
			found = at;
	return found;
}

static void check_without_adobe(const char *path)
{
	struct picture with = {0}, without = {0};
	rv_error error = {0};
	size_t size;
	uint8_t *bytes = media_read(path, &size);
	size_t adobe = bytes ? find_adobe(bytes, size) : 0;
	REQUIRE(adobe);
	bytes[adobe + 15] = 0; /* the inks themselves, not YCCK */
	media_write(media_path("with.jpg"), bytes, size);
	memmove(bytes + adobe, bytes + adobe + 16, size - adobe - 16);
	media_write(media_path("without.jpg"), bytes, size - 16);
	free(bytes);
	REQUIRE(picture_open(&with, media_path("with.jpg"), &error) == RV_OK);
	REQUIRE(picture_open(&without, media_path("without.jpg"), &error) == RV_OK);
	CHECK(media_difference(&with.image, &without.image) == 0);
	picture_release(&with);
	picture_release(&without);
}

TEST(picture_cmyk_without_adobes_segment_reads_as_with_it)
{
	struct picture colours = media_picture(RV_RGB8, 96, 64, false);
	const char *path = media_path("inks.jpg");
	bool made = make_inks(&colours, path);
	picture_release(&colours);
	if (made)
		check_without_adobe(path);
	if (test_data("photos/park_cmyk_profile.jpg"))
		check_without_adobe(test_data("photos/park_cmyk_profile.jpg"));
	if (!made)
		SKIP("there is no ImageMagick");
}

static void check_16_bits(const char *path)
{
	struct picture picture = {0}, again = {0};
	rv_error error = {0};
	REQUIRE(picture_open(&picture, path, &error) == RV_OK);
	CHECK(picture.image.format == RV_RGB16);
	bool fine = false; /* than 8 bits spread out */
	for (int i = 0; i < picture.image.width * picture.image.height * 3; i++)
		fine |= ((uint16_t *)picture.image.pixels)[i] % 257 != 0;
	CHECK(fine);
	REQUIRE(media_write_picture(&picture, media_path("again.png"), &error) == RV_OK);
	REQUIRE(picture_open(&again, media_path("again.png"), &error) == RV_OK);
	CHECK(media_difference(&picture.image, &again.image) == 0);
	picture_release(&picture);
	picture_release(&again);
}

TEST(picture_of_16_bits_keeps_them)
{
	const char *path = media_path("fine.png");
	NEED_FFMPEG(path, "-f lavfi -i color=s=97x75:d=1,format=gbrp16,"
	                  "geq=r='X*601':g='Y*811':b='X*Y*7' -frames:v 1 -pix_fmt rgb48be");
	check_16_bits(path);
	if (test_data("photos/man_16bit_290x442.png"))
		check_16_bits(test_data("photos/man_16bit_290x442.png"));
}

/* ---- size ---- */

TEST(picture_scale_keeps_flat_colour_and_alpha)
{
	struct picture picture = media_picture(RV_RGB8, 40, 30, true);
	rv_error error = {0};
	memset(picture.image.pixels, 100, picture.image.stride * 30);
	memset(picture.alpha, 77, 40 * 30);
	REQUIRE(picture_scale(&picture, 101, 7, &error) == RV_OK);
	REQUIRE(picture.image.width == 101 && picture.image.height == 7);
	for (int i = 0; i < 101 * 7; i++) {
		CHECK(((uint8_t *)picture.image.pixels)[i * 3] == 100);
		CHECK(((uint8_t *)picture.alpha)[i] == 77);
	}
	picture_release(&picture);
}

TEST(picture_scale_down_and_up_stays_close)
{
	static const rv_pixel_format formats[] = {RV_RGB8, RV_RGB16};
	for (int i = 0; i < 2; i++) {
		struct picture picture = media_picture(formats[i], 128, 96, false);
		struct picture wanted = media_picture(formats[i], 128, 96, false);
		rv_error error = {0};
		CHECK(picture_scale(&picture, 64, 48, &error) == RV_OK);
		CHECK(picture_scale(&picture, 128, 96, &error) == RV_OK);
		double difference = media_difference(&picture.image, &wanted.image);
		CHECK_MESSAGE(difference < 1, "%f", difference);
		picture_release(&picture);
		picture_release(&wanted);
	}
}

TEST(size_follows_in_proportion)
{
	int width = 0, height = 100;
	convert_fit_size(&width, &height, 600, 450);
	CHECK(width == 133 && height == 100);
	width = 300, height = 0;
	convert_fit_size(&width, &height, 600, 450);
	CHECK(width == 300 && height == 225);
	width = height = 0;
	convert_fit_size(&width, &height, 600, 450);
	CHECK(width == 600 && height == 450);
	width = 1, height = 0;
	convert_fit_size(&width, &height, 10000, 2);
	CHECK(height == 1);
}
