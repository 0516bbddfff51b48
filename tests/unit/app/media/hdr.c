/* High dynamic range: the rendition that a dream is made of, and the dream laid onto the original.
 */
#include "app/media/hdr.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/media/convert.h"
#include "tests/support/media.h"
#include "tests/support/test.h"

enum { STEPS = 64, BIT_10 = 65535 / 1023 };

static const struct video_description pq = {.transfer = AVCOL_TRC_SMPTE2084,
                                            .primaries = AVCOL_PRI_BT2020},
				      hlg = {.transfer = AVCOL_TRC_ARIB_STD_B67,
                                             .primaries = AVCOL_PRI_BT2020};

/* Light as ST 2084 writes it, by its formula. */
static double pq_of(double nits)
{
	double y = pow(nits / 10000, 0.1593017578125);
	return pow((0.8359375 + 18.8515625 * y) / (1 + 18.6875 * y), 78.84375);
}

static double srgb_of(double light)
{
	return light <= 0.0031308 ? 12.92 * light : 1.055 * pow(light, 1 / 2.4) - 0.055;
}

static rv_image image_of(rv_pixel_format format, int width)
{
	rv_image image = {0};
	if (convert_allocate_image(&image, format, width, 1, NULL))
		abort();
	return image;
}

static void set(const rv_image *image, int x, double red, double green, double blue)
{
	uint16_t *pixel = (uint16_t *)image->pixels + 3 * x;
	pixel[0] = (uint16_t)lround(red * 65535);
	pixel[1] = (uint16_t)lround(green * 65535);
	pixel[2] = (uint16_t)lround(blue * 65535);
}

static int get(const rv_image *image, int x, int channel)
{
	return ((const uint16_t *)image->pixels)[3 * x + channel];
}

TEST(hdr_rendition_keeps_what_screens_show_and_holds_back_the_rest)
{
	struct hdr *hdr = NULL;
	rv_image original = image_of(RV_RGB16, STEPS), rendition = image_of(RV_RGB16, STEPS);
	REQUIRE(hdr_create(&hdr, &pq, NULL) == RV_OK);
	for (int i = 0; i < STEPS; i++) {
		double code = pq_of(1000.0 * i / (STEPS - 1));
		set(&original, i, code, code, code);
	}
	hdr_render(hdr, &original, &rendition);
	CHECK(get(&rendition, 0, 0) == 0 && get(&rendition, STEPS - 1, 0) > 65500);
	for (int i = 1; i < STEPS; i++) {
		double nits = 1000.0 * i / (STEPS - 1), plain = srgb_of(nits / 203) * 65535;
		int seen = get(&rendition, i, 0);
		/* Grey stays grey, as far as the primaries' matrix is rounded. */
		CHECK(abs(seen - get(&rendition, i, 1)) < 16 &&
		      abs(seen - get(&rendition, i, 2)) < 16);
		CHECK_MESSAGE(seen >= get(&rendition, i - 1, 0), "%g cd/m2", nits);
		if (nits < 90)
			CHECK_MESSAGE(fabs(seen - plain) < BIT_10, "%g cd/m2: %d", nits, seen);
		else if (nits > 120)
			CHECK_MESSAGE(seen < plain, "%g cd/m2: %d", nits, seen);
	}
	hdr_destroy(&hdr);
	free(original.pixels);
	free(rendition.pixels);
}

/* BT.2100 and BT.2408: HLG's 75 % is the diffuse white, 203 cd/m2 on a screen of 1000. */
TEST(hdr_of_hlg_is_as_bright_as_that_of_pq)
{
	struct hdr *of_pq = NULL, *of_hlg = NULL;
	rv_image one = image_of(RV_RGB16, 3), other = image_of(RV_RGB16, 3);
	rv_image one_seen = image_of(RV_RGB16, 3), other_seen = image_of(RV_RGB16, 3);
	REQUIRE(!hdr_create(&of_pq, &pq, NULL) && !hdr_create(&of_hlg, &hlg, NULL));
	set(&one, 0, pq_of(203), pq_of(203), pq_of(203));
	set(&other, 0, 0.75, 0.75, 0.75);
	set(&one, 1, pq_of(1000), pq_of(1000), pq_of(1000));
	set(&other, 1, 1, 1, 1);
	set(&one, 2, pq_of(26.3), pq_of(26.3), pq_of(26.3)); /* BT.2408, table 1: 18 % grey */
	set(&other, 2, 0.38, 0.38, 0.38);
	hdr_render(of_pq, &one, &one_seen);
	hdr_render(of_hlg, &other, &other_seen);
	for (int i = 0; i < 3; i++)
		CHECK_MESSAGE(abs(get(&one_seen, i, 1) - get(&other_seen, i, 1)) < 2 * 257,
		              "%d, not %d", get(&other_seen, i, 1), get(&one_seen, i, 1));
	hdr_destroy(&of_pq);
	hdr_destroy(&of_hlg);
	free(one.pixels);
	free(other.pixels);
	free(one_seen.pixels);
	free(other_seen.pixels);
}

TEST(hdr_takes_its_peak_from_the_metadata)
{
	struct hdr *usual = NULL, *bright = NULL;
	struct video_description video = pq;
	rv_image original = image_of(RV_RGB16, 1), a = image_of(RV_RGB16, 1),
		 b = image_of(RV_RGB16, 1);
	video.has_light = true;
	video.light.MaxCLL = 4000;
	REQUIRE(!hdr_create(&usual, &pq, NULL) && !hdr_create(&bright, &video, NULL));
	set(&original, 0, pq_of(1000), pq_of(1000), pq_of(1000));
	hdr_render(usual, &original, &a);
	hdr_render(bright, &original, &b);
	/* There is room for what is brighter: a code of 8 bits and more. */
	CHECK_MESSAGE(get(&a, 0, 0) > 65500 && get(&b, 0, 0) < 65535 - 257, "%d, %d", get(&a, 0, 0),
	              get(&b, 0, 0));
	hdr_destroy(&usual);
	hdr_destroy(&bright);
	free(original.pixels);
	free(a.pixels);
	free(b.pixels);
}

/* Original codes by chance, in a box of the codes that a video uses. */
static void fill(const rv_image *image, unsigned seed, double most)
{
	srand(seed);
	for (int i = 0; i < image->width; i++)
		set(image, i, most * rand() / RAND_MAX, most * rand() / RAND_MAX,
		    most * rand() / RAND_MAX);
}

static void check_untouched(const struct video_description *video, rv_pixel_format format)
{
	struct hdr *hdr = NULL;
	rv_image original = image_of(RV_RGB16, 4096), seen = image_of(format, 4096),
		 laid = image_of(RV_RGB16, 4096);
	REQUIRE(hdr_create(&hdr, video, NULL) == RV_OK);
	fill(&original, 7, 1);
	hdr_render(hdr, &original, &seen);
	hdr_lay(hdr, &original, &seen, &seen, &laid);
	CHECK(!memcmp(original.pixels, laid.pixels, (size_t)4096 * 6));
	hdr_destroy(&hdr);
	free(original.pixels);
	free(seen.pixels);
	free(laid.pixels);
}

TEST(hdr_leaves_alone_what_is_not_dreamed)
{
	check_untouched(&pq, RV_RGB16);
	check_untouched(&pq, RV_RGB8);
	check_untouched(&hlg, RV_RGB16);
}

/* A change of one code of 16 bits moves the original by no more than a code of 10: there is no
 * seam between what is dreamed and what is not. */
static void check_continuous(const struct video_description *video)
{
	struct hdr *hdr = NULL;
	int largest = 0;
	rv_image original = image_of(RV_RGB16, 4096), seen = image_of(RV_RGB16, 4096),
		 dreamed = image_of(RV_RGB16, 4096), laid = image_of(RV_RGB16, 4096);
	REQUIRE(hdr_create(&hdr, video, NULL) == RV_OK);
	fill(&original, 9, video == &pq ? pq_of(1000) : 1);
	for (int i = 0; i < 4096; i++) /* black's neighbourhood has a slope without end in PQ */
		for (int c = 0; c < 3; c++)
			if (get(&original, i, c) < 16 * BIT_10)
				((uint16_t *)original.pixels)[3 * i + c] = 16 * BIT_10;
	hdr_render(hdr, &original, &seen);
	for (int i = 0; i < 3 * 4096; i++) {
		int code = ((uint16_t *)seen.pixels)[i];
		((uint16_t *)dreamed.pixels)[i] = (uint16_t)(code > 32768 ? code - 1 : code + 1);
	}
	hdr_lay(hdr, &original, &seen, &dreamed, &laid);
	for (int i = 0; i < 4096; i++)
		for (int c = 0; c < 3; c++) {
			int moved = abs(get(&laid, i, c) - get(&original, i, c));
			largest = moved > largest ? moved : largest;
		}
	CHECK_MESSAGE(largest > 0 && largest <= BIT_10, "%d", largest);
	hdr_destroy(&hdr);
	free(original.pixels);
	free(seen.pixels);
	free(dreamed.pixels);
	free(laid.pixels);
}

TEST(hdr_follows_a_small_change_without_a_seam)
{
	check_continuous(&pq);
	check_continuous(&hlg);
}

/* Where the rendition holds nothing back, the rendition of what was laid is the dream. */
static void check_seen_again(const struct video_description *video, double most)
{
	struct hdr *hdr = NULL;
	enum { N = 512 };
	rv_image original = image_of(RV_RGB16, N), seen = image_of(RV_RGB16, N),
		 dreamed = image_of(RV_RGB16, N), laid = image_of(RV_RGB16, N),
		 again = image_of(RV_RGB16, N);
	REQUIRE(hdr_create(&hdr, video, NULL) == RV_OK);
	for (int i = 0; i < N; i++) {
		double grey = most * i / N;
		set(&original, i, grey, grey, grey);
		set(&dreamed, i, 0.1 + 0.5 * i / N, 0.6 - 0.5 * i / N, 0.35);
	}
	hdr_render(hdr, &original, &seen);
	hdr_lay(hdr, &original, &seen, &dreamed, &laid);
	hdr_render(hdr, &laid, &again);
	for (int i = 0; i < 3 * N; i++) {
		int wanted = ((uint16_t *)dreamed.pixels)[i], got = ((uint16_t *)again.pixels)[i];
		CHECK_MESSAGE(abs(wanted - got) < 2 * BIT_10, "%d: %d, not %d", i, got, wanted);
	}
	hdr_destroy(&hdr);
	free(original.pixels);
	free(seen.pixels);
	free(dreamed.pixels);
	free(laid.pixels);
	free(again.pixels);
}

TEST(hdr_dream_is_seen_as_it_was_dreamed)
{
	check_seen_again(&pq, pq_of(80));
	check_seen_again(&hlg, 0.55);
}

/* A highlight of 1000 cd/m2 that a dream makes half as bright on its screen stays one. */
TEST(hdr_dream_in_a_highlight_is_bright)
{
	struct hdr *hdr = NULL;
	rv_image original = image_of(RV_RGB16, 1), seen = image_of(RV_RGB16, 1),
		 dreamed = image_of(RV_RGB16, 1), laid = image_of(RV_RGB16, 1);
	REQUIRE(hdr_create(&hdr, &pq, NULL) == RV_OK);
	set(&original, 0, pq_of(1000), pq_of(1000), pq_of(1000));
	hdr_render(hdr, &original, &seen);
	set(&dreamed, 0, srgb_of(0.5), srgb_of(0.5), srgb_of(0.5));
	hdr_lay(hdr, &original, &seen, &dreamed, &laid);
	CHECK_MESSAGE(fabs(get(&laid, 0, 1) / 65535.0 - pq_of(500)) < 0.01, "%d", get(&laid, 0, 1));
	set(&dreamed, 0, 0, 0, 0);
	hdr_lay(hdr, &original, &seen, &dreamed, &laid);
	CHECK(get(&laid, 0, 1) / 65535.0 < pq_of(20));
	hdr_destroy(&hdr);
	free(original.pixels);
	free(seen.pixels);
	free(dreamed.pixels);
	free(laid.pixels);
}
