/* Photographs with colour profiles: what is dreamed is sRGB, what is written is in their own
 * colours, and others see the same. */
#include "app/media/colour.h"

#include <lcms2.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/media/convert.h"
#include "app/media/picture_read.h"
#include "app/media/picture_write.h"
#include "app/media/rendition.h"
#include "app/offline/job_run.h"
#include "tests/support/media.h"
#include "tests/support/test.h"

/* The bytes of a profile, which is closed. */
static AVBufferRef *saved(cmsHPROFILE profile)
{
	cmsUInt32Number size = 0;
	cmsSaveProfileToMem(profile, NULL, &size);
	AVBufferRef *bytes = av_buffer_alloc(size);
	if (!bytes || !cmsSaveProfileToMem(profile, bytes->data, &size))
		abort();
	cmsCloseProfile(profile);
	return bytes;
}

/* Adobe RGB (1998): its primaries, and a gamma of 563/256. */
static AVBufferRef *adobe_rgb(void)
{
	static const cmsCIExyY d65 = {0.3127, 0.3290, 1};
	static const cmsCIExyYTRIPLE primaries = {
		{0.64, 0.33, 1}, {0.21, 0.71, 1}, {0.15, 0.06, 1}};
	cmsToneCurve *curve = cmsBuildGamma(NULL, 563.0 / 256);
	cmsToneCurve *const curves[] = {curve, curve, curve};
	cmsHPROFILE profile = cmsCreateRGBProfile(&d65, &primaries, curves);
	cmsFreeToneCurve(curve);
	return saved(profile);
}

static AVBufferRef *grey_of_gamma(double gamma)
{
	cmsToneCurve *curve = cmsBuildGamma(NULL, gamma);
	cmsHPROFILE profile = cmsCreateGrayProfile(cmsD50_xyY(), curve);
	cmsFreeToneCurve(curve);
	return saved(profile);
}

static AVBufferRef *srgb(void)
{
	return saved(cmsCreate_sRGBProfile());
}

/* Colours that both spaces hold, in the one and in sRGB, by the matrices of the standards. */
static void check_known(AVBufferRef *profile, const uint8_t (*colours)[2][3], int count)
{
	struct colour *colour = NULL;
	uint8_t pixels[3 * 8], seen[3 * 8];
	const rv_image own = {RV_RGB8, count, 1, sizeof(pixels), pixels},
		       drawn = {RV_RGB8, count, 1, sizeof(seen), seen};
	REQUIRE(profile && !colour_create(&colour, profile, RV_RGB8, NULL) && colour);
	for (int i = 0; i < count; i++)
		memcpy(pixels + 3 * i, colours[i][0], 3);
	colour_render(colour, &own, &drawn);
	/* Near 0 a code of the one is up to three of the other. */
	for (int i = 0; i < 3 * count; i++)
		CHECK_MESSAGE(abs(seen[i] - colours[i / 3][1][i % 3]) <= 3, "colour %d: %d, not %d",
		              i / 3, seen[i], colours[i / 3][1][i % 3]);
	colour_destroy(&colour);
	av_buffer_unref(&profile);
}

TEST(colour_of_display_p3_and_adobe_rgb_is_known)
{
	static const uint8_t p3[][2][3] = {{{234, 51, 35}, {255, 0, 0}},
	                                   {{117, 251, 76}, {0, 255, 0}},
	                                   {{0, 0, 245}, {0, 0, 255}},
	                                   {{128, 128, 128}, {128, 128, 128}},
	                                   {{255, 0, 0}, {255, 0, 0}}}; /* beyond: clipped */
	static const uint8_t adobe[][2][3] = {{{219, 0, 0}, {255, 0, 0}},
	                                      {{144, 255, 60}, {0, 255, 0}},
	                                      {{255, 255, 255}, {255, 255, 255}}};
	check_known(colour_profile_of(AVCOL_PRI_SMPTE432), p3, 5);
	check_known(adobe_rgb(), adobe, 3);
	CHECK(!colour_profile_of(AVCOL_PRI_BT709));
}

TEST(colour_of_srgb_needs_nothing)
{
	struct colour *colour = NULL;
	AVBufferRef *profile = srgb();
	CHECK(colour_create(&colour, profile, RV_RGB8, NULL) == RV_OK && !colour);
	CHECK(colour_space_of(profile) == COLOUR_RGB);
	profile->data[16] = 'X'; /* its kind: ICC.1, 7.2.6 */
	CHECK(colour_space_of(profile) == COLOUR_UNKNOWN);
	profile->size = 40;
	CHECK(colour_space_of(profile) == COLOUR_UNKNOWN);
	av_buffer_unref(&profile);
}

static void check_untouched(AVBufferRef *profile, rv_pixel_format format)
{
	struct colour *colour = NULL;
	struct picture picture = media_picture(format, 96, 64, false);
	size_t bytes = picture.image.stride * 64;
	rv_image seen = {0}, laid = {0};
	REQUIRE(!colour_create(&colour, profile, format, NULL) && colour);
	REQUIRE(!convert_allocate_image(&seen, format, 96, 64, NULL) &&
	        !convert_allocate_image(&laid, format, 96, 64, NULL));
	colour_render(colour, &picture.image, &seen);
	CHECK(memcmp(seen.pixels, picture.image.pixels, bytes));
	colour_lay(colour, &picture.image, &seen, &seen, &laid);
	CHECK(!memcmp(laid.pixels, picture.image.pixels, bytes));
	colour_destroy(&colour);
	av_buffer_unref(&profile);
	picture_release(&picture);
	free(seen.pixels);
	free(laid.pixels);
}

TEST(colour_leaves_alone_what_is_not_dreamed)
{
	check_untouched(adobe_rgb(), RV_RGB8);
	check_untouched(colour_profile_of(AVCOL_PRI_SMPTE432), RV_RGB16);
}

/* What is laid onto colours within sRGB shows the dream. */
TEST(colour_of_the_dream_is_seen_as_it_was_dreamed)
{
	struct colour *colour = NULL;
	AVBufferRef *profile = adobe_rgb();
	uint8_t own[3] = {130, 120, 110}, seen[3], dream[3] = {40, 200, 90}, laid[3], again[3];
	const rv_image original = {RV_RGB8, 1, 1, 3, own}, drawn = {RV_RGB8, 1, 1, 3, seen},
		       dreamed = {RV_RGB8, 1, 1, 3, dream}, onto = {RV_RGB8, 1, 1, 3, laid},
		       back = {RV_RGB8, 1, 1, 3, again};
	REQUIRE(!colour_create(&colour, profile, RV_RGB8, NULL) && colour);
	colour_render(colour, &original, &drawn);
	colour_lay(colour, &original, &drawn, &dreamed, &onto);
	colour_render(colour, &onto, &back);
	for (int c = 0; c < 3; c++)
		CHECK_MESSAGE(abs(again[c] - dream[c]) <= 3, "%d, not %d", again[c], dream[c]);
	colour_destroy(&colour);
	av_buffer_unref(&profile);
}

TEST(colour_of_grey_goes_by_its_gamma)
{
	AVBufferRef *profile = grey_of_gamma(1.8);
	uint8_t pixel[3] = {128, 128, 128};
	const rv_image image = {RV_RGB8, 1, 1, 3, pixel};
	double light = pow(128 / 255.0, 1.8);
	REQUIRE(colour_space_of(profile) == COLOUR_GREY);
	REQUIRE(!colour_convert_grey(profile, &image, NULL));
	double wanted = 255 * (1.055 * pow(light, 1 / 2.4) - 0.055);
	for (int c = 0; c < 3; c++)
		CHECK_MESSAGE(fabs(pixel[c] - wanted) < 2, "%d, not %f", pixel[c], wanted);
	av_buffer_unref(&profile);
}

/* ---- files ---- */

static void check_keeps(const char *name)
{
	struct picture picture = media_picture(RV_RGB8, 63, 47, false), read = {0};
	const char *path = media_path(name);
	rv_error error = {0};
	picture.colour_profile = adobe_rgb();
	CHECK(picture_keeps_profile(name));
	CHECK_MESSAGE(!media_write_picture(&picture, path, &error), "%s", error.message);
	CHECK_MESSAGE(!picture_open(&read, path, &error), "%s: %s", name, error.message);
	REQUIRE(read.image.pixels);
	CHECK_MESSAGE(media_difference(&picture.image, &read.image) < 2, "%s", name);
	bool same = read.colour_profile &&
	            read.colour_profile->size == picture.colour_profile->size &&
	            !memcmp(read.colour_profile->data, picture.colour_profile->data,
	                    read.colour_profile->size);
	CHECK_MESSAGE(same, "%s", name);
	picture_release(&picture);
	picture_release(&read);
}

TEST(colour_profile_is_kept_by_every_file_that_can)
{
	static const char *const names[] = {"a.png",  "a.jpg",  "a.tif",
	                                    "a.webp", "a.heic", "a.avif"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (picture_name_known(names[i]))
			check_keeps(names[i]);
	CHECK(!picture_keeps_profile("a.bmp") && !picture_keeps_profile("a.gif"));
}

/* CIE 1976, of two pictures in sRGB: the mean and the 99th part of a hundred. */
static void differences(const rv_image *a, const rv_image *b, double *mean, double *most)
{
	int count = a->width * a->height, histogram[1000] = {0}, seen = 0;
	cmsHPROFILE from = cmsCreate_sRGBProfile(), to = cmsCreateLab4Profile(NULL);
	cmsHTRANSFORM lab = cmsCreateTransform(from, TYPE_RGB_8, to, TYPE_Lab_DBL,
	                                       INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_NOOPTIMIZE);
	*mean = *most = 0;
	for (int i = 0; i < count; i++) {
		cmsCIELab one, other;
		cmsDoTransform(lab, (const uint8_t *)a->pixels + 3 * i, &one, 1);
		cmsDoTransform(lab, (const uint8_t *)b->pixels + 3 * i, &other, 1);
		double d = cmsDeltaE(&one, &other);
		*mean += d / count;
		histogram[d < 99.9 ? (int)(d * 10) : 999]++;
	}
	for (int i = 0; i < 1000 && seen < count * 0.99; i++) {
		seen += histogram[i];
		*most = (i + 1) / 10.0;
	}
	cmsDeleteTransform(lab);
	cmsCloseProfile(from);
	cmsCloseProfile(to);
}

/* A still that is not dreamed, into a format that has no profile and into one that has, against
 * what ImageMagick makes of the photograph. */
static void check_against_imagemagick(const char *photograph)
{
	static const char *const names[] = {"still.bmp", "still.png"};
	const char *profile = media_path("srgb.icc"), *wanted = media_path("wanted.png");
	AVBufferRef *bytes = srgb();
	struct picture judge = {0};
	media_write(profile, bytes->data, bytes->size);
	av_buffer_unref(&bytes);
	if (system(media_arguments("convert '%s' -auto-orient -intent relative "
	                           "-black-point-compensation -profile '%s' -strip -depth 8 '%s' "
	                           ">/dev/null 2>&1",
	                           photograph, profile, wanted)))
		SKIP("there is no ImageMagick that reads %s", photograph);
	REQUIRE(!picture_open(&judge, wanted, NULL));
	for (int i = 0; i < 2; i++) {
		struct test_dream dream = {.keep = true};
		struct picture still = {0};
		struct job_report report;
		double mean = 0, most = 0;
		const char *out = media_path(names[i]);
		struct job job = media_job(photograph, out, &dream);
		job.force = true;
		RUN(&job, &report, RV_OK);
		REQUIRE(!picture_open(&still, out, NULL) && !rendition_take(&still, NULL));
		REQUIRE(still.image.width == judge.image.width &&
		        still.image.height == judge.image.height);
		differences(&still.image, &judge.image, &mean, &most);
		printf("# %s: dE %.2f in the mean, %.1f at most in 99 of 100\n", names[i], mean,
		       most);
		CHECK_MESSAGE(mean < 1 && most <= 2, "%s: dE %f, %f", photograph, mean, most);
		picture_release(&still);
	}
	picture_release(&judge);
}

TEST(colour_of_a_p3_photograph_is_what_others_see)
{
	struct picture picture = media_picture(RV_RGB8, 120, 80, false);
	const char *path = media_path("p3.png");
	picture.colour_profile = colour_profile_of(AVCOL_PRI_SMPTE432);
	REQUIRE(!media_write_picture(&picture, path, NULL));
	picture_release(&picture);
	check_against_imagemagick(path);
}

TEST(colour_of_an_adobe_rgb_photograph_is_what_others_see)
{
	struct picture picture = media_picture(RV_RGB8, 120, 80, false);
	const char *path = media_path("adobe.tif");
	picture.colour_profile = adobe_rgb();
	REQUIRE(!media_write_picture(&picture, path, NULL));
	picture_release(&picture);
	check_against_imagemagick(path);
}

TEST(colour_of_inks_goes_by_their_profile)
{
	if (!test_data("photos/park_cmyk_profile.jpg"))
		SKIP("there is no photograph in CMYK");
	check_against_imagemagick(test_data("photos/park_cmyk_profile.jpg"));
}

TEST(colour_of_a_phones_photograph_is_what_others_see)
{
	/* heif-convert decodes, and gives the profile on: ImageMagick loses it. */
	const char *photograph = test_data("photos/phone_IMG_5195.heic"),
		   *decoded = media_path("decoded.png");
	if (!photograph ||
	    system(media_arguments("heif-convert '%s' '%s' >/dev/null 2>&1", photograph, decoded)))
		SKIP("there is no photograph of a phone, or no heif-convert");
	check_against_imagemagick(decoded);
}

/* ---- gain maps ---- */

TEST(colour_of_ultra_hdr_is_that_of_its_plain_picture)
{
	static const char xmp[] = "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta "
				  "xmlns:hdrgm=\"http://ns.adobe.com/hdr-gain-map/1.0/\"/>";
	struct picture picture = media_picture(RV_RGB8, 64, 48, false), plain = {0}, ultra = {0};
	size_t size, length = sizeof(xmp) - 1;
	REQUIRE(!media_write_picture(&picture, media_path("plain.jpg"), NULL));
	uint8_t *bytes = media_read(media_path("plain.jpg"), &size);
	uint8_t *marked = malloc(size + length + 4);
	REQUIRE(bytes && marked);
	memcpy(marked, bytes, 2);
	marked[2] = 0xFF;
	marked[3] = 0xE1;
	marked[4] = (uint8_t)((length + 2) >> 8);
	marked[5] = (uint8_t)(length + 2);
	memcpy(marked + 6, xmp, length);
	memcpy(marked + 6 + length, bytes + 2, size - 2);
	media_write(media_path("ultra.jpg"), marked, size + length + 4);
	REQUIRE(!picture_open(&plain, media_path("plain.jpg"), NULL) &&
	        !picture_open(&ultra, media_path("ultra.jpg"), NULL));
	CHECK(!plain.note && ultra.note && strstr(ultra.note, "gain map"));
	CHECK(media_difference(&plain.image, &ultra.image) == 0);
	picture_release(&picture);
	picture_release(&plain);
	picture_release(&ultra);
	free(bytes);
	free(marked);
}

/* ---- HDR ---- */

TEST(colour_of_an_hdr_photograph_stays_or_becomes_plain)
{
	struct picture picture = media_picture(RV_RGB16, 64, 48, false), kept = {0}, plain = {0};
	const char *path = media_path("hdr.avif"), *out = media_path("kept.avif");
	struct test_dream dream = {.keep = true};
	struct job_report report;
	if (!picture_keeps_hdr(path)) {
		picture_release(&picture);
		SKIP("this libheif does not write AVIF");
	}
	picture.transfer = AVCOL_TRC_ARIB_STD_B67;
	picture.primaries = AVCOL_PRI_BT2020;
	REQUIRE(!media_write_picture(&picture, path, NULL));
	struct job job = media_job(path, out, &dream);
	RUN(&job, &report, RV_OK);
	REQUIRE(!picture_open(&kept, out, NULL));
	CHECK(kept.transfer == AVCOL_TRC_ARIB_STD_B67);
	CHECK(media_difference(&kept.image, &picture.image) < 2); /* the codec's losses, twice */
	job.output = media_path("plain16.png");
	RUN(&job, &report, RV_OK);
	REQUIRE(!picture_open(&plain, job.output, NULL) && !rendition_take(&picture, NULL));
	CHECK_MESSAGE(media_difference(&plain.image, &picture.image) < 2, "%f",
	              media_difference(&plain.image, &picture.image));
	picture_release(&picture);
	picture_release(&kept);
	picture_release(&plain);
}
