/* Texts that pictures carry along: where they are put, and that they are found and nothing else. */
#include "app/media/tag.h"

#include <libavcodec/avcodec.h>
#include <libavutil/intreadwrite.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/media/heif_write.h"
#include "app/media/picture_read.h"
#include "app/media/picture_write.h"
#include "tests/support/media.h"
#include "tests/support/test.h"

/* Those of libheif come last. */
static const char *const ends[] = {"png", "jpg", "webp", "gif", "tiff", "heic", "avif"};
enum { END_COUNT = 7, OWN_COUNT = 5, SIDE = 24, MOST_SIDE = 64 };
static const char text[] = "# Reverie 1.2.3\noctaves = 3\ninput it's a sky.jpg\n";

/* How many there are: all, or but those of libheif where it cannot write them. */
static int end_count(void)
{
	return heif_name_known(".heic") && heif_name_known(".avif") ? END_COUNT : OWN_COUNT;
}

/* A picture of side x side pixels that carries words, written to path. */
static void write_pixels(const char *path, uint8_t *pixels, int side, const char *words)
{
	const struct picture picture = {.image = {.format = RV_RGB8,
	                                          .width = side,
	                                          .height = side,
	                                          .pixels = pixels,
	                                          .stride = 3 * (size_t)side},
	                                .settings = words};
	rv_error error = {0};
	CHECK_MESSAGE(media_write_picture(&picture, path, &error) == RV_OK, "%s: %s", path,
	              error.message);
}

static void write_picture(const char *path, const char *words)
{
	uint8_t pixels[SIDE * SIDE * 3];
	for (int i = 0; i < SIDE * SIDE * 3; i++)
		pixels[i] = (uint8_t)(i * 7 / 3);
	write_pixels(path, pixels, SIDE, words);
}

static void path_of(char path[64], const char *end)
{
	snprintf(path, 64, "/tmp/tag-%d.%s", (int)getpid(), end);
}

static void check_words(const char *words)
{
	for (int i = 0; i < end_count(); i++) {
		char path[64], *found = NULL;
		rv_error error = {0};
		path_of(path, ends[i]);
		write_picture(path, words);
		rv_status status = tag_read(path, &found, &error);
		CHECK_MESSAGE(status == RV_OK && found && !strcmp(found, words), "%s: %s", path,
		              status == RV_OK ? found : error.message);
		free(found);
		unlink(path);
	}
}

TEST(tag_is_read_from_each_kind_of_picture)
{
	char *longest = malloc(TAG_LENGTH_MAX + 1);
	REQUIRE(longest);
	check_words(text);
	check_words("# Reverie 1\nclass = \xC3\x9C\xE2\x82\xAC\n");
	memset(longest, 'a', TAG_LENGTH_MAX);
	memcpy(longest, text, strlen(text));
	longest[TAG_LENGTH_MAX] = '\0';
	check_words(longest);
	free(longest);
}

/* Of one colour, and so in as few bytes as a format allows: a WebP in 44. */
static void check_flat(const char *end, int side, bool keeps_words)
{
	uint8_t pixels[MOST_SIDE * MOST_SIDE * 3];
	char path[64], *found = NULL;
	struct picture picture = {0};
	rv_error error = {0};
	memset(pixels, 128, sizeof(pixels));
	path_of(path, end);
	write_pixels(path, pixels, side, text);
	CHECK_MESSAGE(picture_open(&picture, path, &error) == RV_OK, "%s", error.message);
	CHECK(picture.image.width == side && picture.image.height == side);
	rv_status status = tag_read(path, &found, &error);
	CHECK_MESSAGE(status == (keeps_words ? RV_OK : RV_UNSUPPORTED), "%s", error.message);
	CHECK(!keeps_words || (found && !strcmp(found, text)));
	free(found);
	picture_release(&picture);
	unlink(path);
}

TEST(tag_goes_into_the_smallest_pictures)
{
	static const int sides[] = {1, 2, 16, MOST_SIDE};
	for (int s = 0; s < 4; s++) {
		for (int i = 0; i < end_count(); i++)
			check_flat(ends[i], sides[s], true);
		check_flat("bmp", sides[s], false);
	}
}

/* What is too short to be a picture is not written beyond. */
TEST(tag_is_refused_by_what_is_no_picture)
{
	static const enum AVCodecID codecs[] = {AV_CODEC_ID_PNG, AV_CODEC_ID_MJPEG,
	                                        AV_CODEC_ID_WEBP, AV_CODEC_ID_TIFF,
	                                        AV_CODEC_ID_GIF};
	for (int i = 0; i < OWN_COUNT; i++) {
		AVPacket *packet = av_packet_alloc();
		rv_error error = {0};
		REQUIRE(packet && av_new_packet(packet, 1) == 0);
		packet->data[0] = 'R';
		CHECK(tag_add(packet, codecs[i], text, &error) == RV_INVALID);
		CHECK(packet->size == 1);
		CHECK_MESSAGE(strstr(error.message, i < 4 ? "holds no picture" : "without a head"),
		              "%s", error.message);
		av_packet_free(&packet);
	}
}

/* Both are decoded, and have the same pixels. */
TEST(tag_changes_no_pixel)
{
	for (int i = 0; i < end_count(); i++) {
		char path[64];
		struct picture with = {0}, without = {0};
		rv_error error = {0};
		path_of(path, ends[i]);
		write_picture(path, text);
		CHECK_MESSAGE(picture_open(&with, path, &error) == RV_OK, "%s", error.message);
		write_picture(path, NULL);
		CHECK_MESSAGE(picture_open(&without, path, &error) == RV_OK, "%s", error.message);
		REQUIRE(with.image.pixels && without.image.pixels);
		CHECK(!memcmp(with.image.pixels, without.image.pixels, SIDE * SIDE * 3));
		picture_release(&with);
		picture_release(&without);
		unlink(path);
	}
}

TEST(tag_of_a_file_from_elsewhere_is_none)
{
	for (int i = 0; i < end_count(); i++) {
		char path[64], *found = NULL;
		rv_error error = {0};
		path_of(path, ends[i]);
		write_picture(path, i % 2 ? "# Another program 1\n" : NULL);
		CHECK(tag_read(path, &found, &error) == RV_UNSUPPORTED && !found);
		CHECK_MESSAGE(strstr(error.message, "carries no settings of Reverie"), "%s",
		              error.message);
		unlink(path);
	}
	char *found;
	CHECK(tag_read("no/such/file.png", &found, NULL) == RV_NOT_FOUND);
	CHECK(tag_read("Makefile", &found, NULL) == RV_UNSUPPORTED);
}

/* However short the file is cut, or whichever byte of it is another: it ends, and finds the text or
 * none. */
TEST(tag_in_damaged_bytes_is_found_or_not)
{
	for (int i = 0; i < end_count(); i++) {
		char path[64];
		uint8_t bytes[8192];
		path_of(path, ends[i]);
		write_picture(path, text);
		FILE *file = fopen(path, "rb");
		REQUIRE(file);
		size_t size = fread(bytes, 1, sizeof(bytes), file);
		fclose(file);
		unlink(path);
		CHECK(memcmp(bytes, "RIFF", 4) || AV_RL32(bytes + 4) == size - 8);
		for (size_t cut = 0; cut <= size; cut++) {
			uint8_t *exact = malloc(cut ? cut : 1);
			memcpy(exact, bytes, cut);
			free(tag_find(exact, cut));
			if (cut)
				exact[cut - 1] ^= 0xFF;
			free(tag_find(exact, cut));
			free(exact);
		}
	}
}

/* Who rewrites EXIF may turn its numbers round. */
TEST(tag_is_found_in_exif_of_either_order)
{
	uint8_t jpeg[256] = "\xFF\xD8\xFF\xE1\0\0Exif\0\0MM\0*\0\0\0\x08";
	uint8_t *tiff = jpeg + 12;
	size_t length = strlen(text);
	AV_WB16(jpeg + 4, 2 + 6 + 8 + 18 + 18 + 8 + (unsigned)length);
	AV_WB16(tiff + 8, 1);
	AV_WB16(tiff + 10, 0x8769);
	AV_WB16(tiff + 12, 4);
	AV_WB32(tiff + 14, 1);
	AV_WB32(tiff + 18, 26);
	AV_WB16(tiff + 26, 1);
	AV_WB16(tiff + 28, 0x9286);
	AV_WB16(tiff + 30, 7);
	AV_WB32(tiff + 32, 8 + (uint32_t)length);
	AV_WB32(tiff + 36, 44);
	memcpy(tiff + 52, text, length);
	char *found = tag_find(jpeg, 12 + 52 + length);
	CHECK(found && !strcmp(found, text));
	free(found);
}
