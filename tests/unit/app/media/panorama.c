/* What pictures and videos say of panoramas, and what is written of them. */
#include "app/media/panorama.h"

#include <stdlib.h>
#include <string.h>

#include "app/base/output_file.h"
#include "app/media/picture.h"
#include "app/media/picture_read.h"
#include "app/media/picture_write.h"
#include "tests/support/media.h"
#include "tests/support/test.h"

static struct panorama found_in(const char *text)
{
	struct panorama panorama;
	panorama_find(&panorama, (const uint8_t *)text, strlen(text));
	return panorama;
}

TEST(panorama_is_found_as_attribute_and_as_element)
{
	CHECK(found_in("x GPano:ProjectionType=\"equirectangular\" y").is_sphere);
	CHECK(found_in("<GPano:ProjectionType>equirectangular</GPano:ProjectionType>").is_sphere);
	CHECK(found_in("GPano:ProjectionType = 'equirectangular'").is_sphere);
	CHECK(!found_in("GPano:ProjectionType=\"cylindrical\"").is_sphere);
	CHECK(!found_in("a photograph").is_sphere);
}

TEST(panorama_that_is_a_part_is_no_sphere)
{
	struct panorama part =
		found_in("GPano:ProjectionType=\"equirectangular\" "
	                 "GPano:FullPanoWidthPixels=\"8000\" GPano:FullPanoHeightPixels=\"4000\" "
	                 "GPano:CroppedAreaImageWidthPixels=\"5000\" "
	                 "GPano:CroppedAreaImageHeightPixels=\"4000\"");
	CHECK(part.is_part && !part.is_sphere);
	struct panorama whole = found_in("GPano:ProjectionType=\"equirectangular\" "
	                                 "GPano:FullPanoWidthPixels=\"8000\" "
	                                 "GPano:CroppedAreaImageWidthPixels=\"8000\"");
	CHECK(!whole.is_part && whole.is_sphere);
}

/* Whatever the file holds, what is passed on are numbers. */
TEST(panorama_view_is_passed_on_as_numbers_alone)
{
	struct panorama panorama = found_in(
		"GPano:ProjectionType=\"equirectangular\" GPano:PoseHeadingDegrees=\"350.5\" "
		"GPano:InitialViewPitchDegrees='&evil;' GPano:PoseRollDegrees=\"1e9\" "
		"GPano:InitialViewHeadingDegrees=\"-90\"");
	CHECK(!strcmp(panorama.view, " GPano:PoseHeadingDegrees=\"350.5\" "
	                             "GPano:InitialViewHeadingDegrees=\"-90\""));
}

TEST(panorama_cut_off_anywhere_is_read_within_its_bytes)
{
	static const char text[] = "GPano:ProjectionType=\"equirectangular\" "
				   "GPano:PoseHeadingDegrees=\"12\"";
	for (size_t size = 0; size < sizeof(text); size++) {
		uint8_t *bytes = malloc(size + 1); /* for the sanitizers to guard */
		struct panorama panorama;
		memcpy(bytes, text, size);
		panorama_find(&panorama, bytes, size);
		CHECK(panorama.is_sphere ==
		      (size >= strlen("GPano:ProjectionType=\"equirectangular\"")));
		free(bytes);
	}
}

static void write_picture(const char *name, bool is_sphere, bool transparent)
{
	rv_error error = {0};
	uint8_t pixels[64 * 32 * 3], alpha[64 * 32];
	struct picture picture = {
		.image = {RV_RGB8, 64, 32, 64 * 3, pixels},
		.panorama = {.is_sphere = is_sphere, .view = " GPano:PoseHeadingDegrees=\"12\""}};
	for (size_t i = 0; i < sizeof(pixels); i++)
		pixels[i] = (uint8_t)(i * 7);
	for (size_t i = 0; i < sizeof(alpha); i++)
		alpha[i] = (uint8_t)i;
	picture.alpha = transparent ? alpha : NULL;
	CHECK_MESSAGE(!media_write_picture(&picture, name, &error), "%s", error.message);
}

/* ffmpeg's decoders read them all: no file is damaged by what was put into it. */
TEST(panorama_is_kept_in_pictures)
{
	static const char *const names[] = {"sphere.jpg", "sphere.png", "sphere.webp"};
	for (int i = 0; i < 12; i++) {
		const char *name = media_path(names[i % 3]);
		bool is_sphere = i / 3 % 2, transparent = i / 6;
		struct picture picture = {0};
		rv_error error = {0};
		write_picture(name, is_sphere, transparent);
		REQUIRE(picture_open(&picture, name, &error) == RV_OK);
		CHECK(picture.panorama.is_sphere == is_sphere);
		CHECK(!is_sphere ||
		      !strcmp(picture.panorama.view, " GPano:PoseHeadingDegrees=\"12\""));
		CHECK(picture.image.width == 64 && picture.image.height == 32);
		CHECK((picture.alpha != NULL) == (transparent && i % 3 > 0));
		picture_release(&picture);
	}
}
