/* HEIC and AVIF photographs: what is written here by libheif's encoders comes back. */
#include "app/media/heif.h"

#include <libheif/heif.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/media/colour.h"
#include "app/media/heif_write.h"
#include "app/media/input.h"
#include "app/media/picture_read.h"
#include "tests/support/media.h"
#include "tests/support/test.h"

enum { WIDTH = 64, HEIGHT = 48 };

/* Smooth, so that little is lost. */
static int colour(int x, int y, int channel, int most)
{
	int value = channel == 0 ? x * most / WIDTH : channel == 1 ? y * most / HEIGHT : most / 3;
	return channel == 3 ? (x + y) * most / (WIDTH + HEIGHT) : value;
}

static void paint(struct heif_image *image, int channels, int bits)
{
	int stride, most = (1 << bits) - 1;
	uint8_t *plane = heif_image_get_plane(image, heif_channel_interleaved, &stride);
	for (int y = 0; y < HEIGHT; y++)
		for (int i = 0; i < WIDTH * channels; i++) {
			int value = colour(i / channels, y, i % channels, most);
			if (bits == 8) {
				plane[y * stride + i] = (uint8_t)value;
			} else {
				plane[y * stride + 2 * i] = (uint8_t)value;
				plane[y * stride + 2 * i + 1] = (uint8_t)(value >> 8);
			}
		}
}

static enum heif_chroma chroma_of(int channels, int bits)
{
	if (bits > 8)
		return heif_chroma_interleaved_RRGGBB_LE;
	return channels == 4 ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB;
}

/* False: this libheif cannot encode that. */
static bool write_photograph(const char *path, enum heif_compression_format format, int channels,
                             int bits, const AVBufferRef *profile)
{
	struct heif_context *context = heif_context_alloc();
	struct heif_encoder *encoder = NULL;
	struct heif_image *image = NULL;
	struct heif_image_handle *handle = NULL;
	bool good = !heif_context_get_encoder_for_format(context, format, &encoder).code &&
	            !heif_image_create(WIDTH, HEIGHT, heif_colorspace_RGB,
	                               chroma_of(channels, bits), &image)
	                     .code;
	if (good) {
		heif_encoder_set_lossy_quality(encoder, 100);
		heif_image_add_plane(image, heif_channel_interleaved, WIDTH, HEIGHT, bits);
		paint(image, channels, bits);
		if (profile)
			heif_image_set_raw_color_profile(image, "prof", profile->data,
			                                 profile->size);
		good = !heif_context_encode_image(context, image, encoder, NULL, &handle).code &&
		       !heif_context_write_to_file(context, path).code;
	}
	if (handle)
		heif_image_handle_release(handle);
	if (image)
		heif_image_release(image);
	if (encoder)
		heif_encoder_release(encoder);
	heif_context_free(context);
	return good;
}

static void check_colours(const struct picture *picture, int bits)
{
	double difference = 0;
	bool wide = picture->image.format == RV_RGB16;
	REQUIRE(picture->image.width == WIDTH && picture->image.height == HEIGHT);
	CHECK(wide == (bits > 8));
	for (int y = 0; y < HEIGHT; y++)
		for (int i = 0; i < WIDTH * 3; i++) {
			size_t at = (size_t)(y * WIDTH * 3 + i);
			double value = wide ? ((const uint16_t *)picture->image.pixels)[at] / 257.0
			                    : ((const uint8_t *)picture->image.pixels)[at];
			difference += abs((int)(value + 0.5) - colour(i / 3, y, i % 3, 255));
		}
	difference /= WIDTH * HEIGHT * 3;
	CHECK_MESSAGE(difference < 2, "%f levels", difference);
}

static void check_photograph(const char *name, enum heif_compression_format format, int bits)
{
	AVBufferRef *profile = colour_profile_of(AVCOL_PRI_SMPTE432);
	const char *path = media_path(name);
	struct picture picture;
	rv_error error = {0};
	REQUIRE(profile);
	if (!write_photograph(path, format, 3, bits, profile))
		SKIP("this libheif does not write %s of %d bits", name, bits);
	CHECK_MESSAGE(!picture_open(&picture, path, &error), "%s", error.message);
	check_colours(&picture, bits);
	CHECK(!picture.alpha);
	REQUIRE(picture.colour_profile && picture.colour_profile->size == profile->size);
	CHECK(!memcmp(picture.colour_profile->data, profile->data, profile->size));
	av_buffer_unref(&profile);
	picture_release(&picture);
}

TEST(heif_photograph_comes_with_its_colours_and_profile)
{
	check_photograph("photo.heic", heif_compression_HEVC, 8);
}

TEST(heif_photograph_as_avif)
{
	check_photograph("photo.avif", heif_compression_AV1, 8);
}

TEST(heif_photograph_of_ten_bits)
{
	check_photograph("ten.heic", heif_compression_HEVC, 10);
}

TEST(heif_photograph_that_is_transparent)
{
	struct picture picture;
	const char *path = media_path("clear.heic");
	if (!write_photograph(path, heif_compression_HEVC, 4, 8, NULL))
		SKIP("this libheif does not write HEIC");
	REQUIRE(!picture_open(&picture, path, NULL));
	check_colours(&picture, 8);
	REQUIRE(picture.alpha);
	const uint8_t *alpha = picture.alpha;
	CHECK(abs(alpha[0] - colour(0, 0, 3, 255)) < 4);
	CHECK(abs(alpha[WIDTH * HEIGHT - 1] - colour(WIDTH - 1, HEIGHT - 1, 3, 255)) < 4);
	CHECK(!picture.colour_profile);
	picture_release(&picture);
}

static bool holds(const char *path)
{
	uint8_t head[INPUT_HEAD_BYTES];
	return heif_holds(head, input_head(path, head));
}

TEST(heif_is_not_looked_for_in_pipes)
{
	const char *path = media_path("pipe.heic");
	media_exists(path);
	REQUIRE(mkfifo(path, 0600) == 0);
	CHECK(!holds(path)); /* at once, though nobody writes */
	unlink(path);
}

TEST(heif_that_is_cut_off_is_refused)
{
	size_t size;
	const char *path = media_path("whole.heic");
	if (!write_photograph(path, heif_compression_HEVC, 3, 8, NULL))
		SKIP("this libheif does not write HEIC");
	uint8_t *bytes = media_read(path, &size);
	REQUIRE(bytes);
	CHECK(holds(path) && !holds(media_path("none.heic")));
	for (size_t length = 0; length < size; length += size / 16) {
		struct picture picture;
		rv_error error = {0};
		media_write(media_path("cut.heic"), bytes, length);
		rv_status status = picture_open(&picture, media_path("cut.heic"), &error);
		CHECK_MESSAGE(status == RV_CORRUPT || status == RV_UNSUPPORTED, "%zu: %d", length,
		              status);
		CHECK(error.message[0]);
	}
	free(bytes);
}

/* ---- writing ---- */

static void check_written(const char *name, rv_pixel_format format, bool alpha)
{
	struct picture picture = media_picture(format, WIDTH, HEIGHT, alpha), read = {0};
	const char *path = media_path(name);
	rv_error error = {0};
	if (!heif_name_known(name)) {
		picture_release(&picture);
		SKIP("this libheif does not write %s", name);
	}
	picture.colour_profile = colour_profile_of(AVCOL_PRI_SMPTE432);
	CHECK_MESSAGE(!media_write_picture(&picture, path, &error), "%s", error.message);
	CHECK_MESSAGE(!picture_open(&read, path, &error), "%s", error.message);
	REQUIRE(read.image.pixels && read.image.format == format && !read.alpha == !alpha);
	CHECK_MESSAGE(media_difference(&picture.image, &read.image) < 2, "%f",
	              media_difference(&picture.image, &read.image));
	if (alpha)
		CHECK(media_alpha_difference(&picture, &read) < 2);
	CHECK(read.colour_profile && read.colour_profile->size == picture.colour_profile->size);
	picture_release(&picture);
	picture_release(&read);
}

TEST(heif_is_written_as_heic)
{
	check_written("out.heic", RV_RGB8, false);
}

TEST(heif_is_written_as_avif)
{
	check_written("out.avif", RV_RGB8, false);
}

TEST(heif_is_written_with_alpha)
{
	check_written("alpha.avif", RV_RGB8, true);
}

TEST(heif_is_written_with_ten_and_twelve_bits)
{
	check_written("wide.heic", RV_RGB16, false);
	check_written("wide.avif", RV_RGB16, false);
}

TEST(heif_of_hdr_stays_one)
{
	struct picture picture = media_picture(RV_RGB16, WIDTH, HEIGHT, false), read = {0};
	const char *path = media_path("hdr.avif");
	if (!heif_name_known(path)) {
		picture_release(&picture);
		SKIP("this libheif does not write AVIF");
	}
	picture.transfer = AVCOL_TRC_SMPTE2084;
	picture.primaries = AVCOL_PRI_BT2020;
	CHECK(!media_write_picture(&picture, path, NULL) && !picture_open(&read, path, NULL));
	CHECK(read.transfer == AVCOL_TRC_SMPTE2084 && read.primaries == AVCOL_PRI_BT2020);
	CHECK(!read.colour_profile && read.image.format == RV_RGB16);
	CHECK(media_difference(&picture.image, &read.image) < 2);
	picture_release(&picture);
	picture_release(&read);
}

TEST(heif_onto_a_full_disk_is_an_error)
{
	struct picture picture = media_picture(RV_RGB8, WIDTH, HEIGHT, false);
	struct output_file *file = NULL;
	rv_error error = {0};
	bool there = heif_name_known("a.avif") && media_exists("/dev/full");
	if (there) {
		REQUIRE(!output_file_create(&file, "/dev/full", true, NULL));
		CHECK(heif_write(&picture, file, "a.avif", &error) == RV_IO);
		output_file_discard(&file);
	}
	picture_release(&picture);
	if (!there)
		SKIP("this libheif does not write AVIF, or there is no /dev/full");
}
