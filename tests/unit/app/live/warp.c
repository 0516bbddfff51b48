/* Carrying a dream onto a newer frame: small pictures, the motion between them, and what is shown.
 */
#include "app/live/warp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/live/compose.h"
#include "app/media/convert.h"
#include "app/media/shrink.h"
#include "engine/reverie_motion.h"
#include "tests/support/device_fixture.h"
#include "tests/support/test.h"

static rv_image make_image(int width, int height)
{
	rv_image image;
	if (convert_allocate_image(&image, RV_RGB8, width, height, NULL))
		abort();
	return image;
}

static uint8_t *at(const rv_image *image, int x, int y)
{
	return (uint8_t *)image->pixels + (size_t)y * image->stride + 3 * (size_t)x;
}

/* A made-up landscape, moved by (u, v) and brighter by so much. */
static rv_image make_scene(int width, int height, float u, float v, int brighter)
{
	rv_image image = make_image(width, height);
	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++) {
			float a = (float)x - u, b = (float)y - v;
			float value = 110 + 35 * sinf(0.31f * a + 1) * cosf(0.27f * b) +
			              30 * sinf(0.13f * a - 0.21f * b) +
			              15 * cosf(0.55f * b + 0.1f * a);
			for (int c = 0; c < 3; c++)
				at(&image, x, y)[c] = (uint8_t)(lroundf(value) + brighter + 10 * c);
		}
	return image;
}

/* ---- smaller pictures ---- */

TEST(shrink_takes_means)
{
	struct shrinker shrinker = {0};
	rv_image from = make_image(6, 4), to = make_image(2, 2);
	for (int y = 0; y < 4; y++)
		for (int x = 0; x < 6; x++)
			for (int c = 0; c < 3; c++)
				at(&from, x, y)[c] = (uint8_t)(10 * x + 50 * (y / 2) + c);
	REQUIRE(shrink(&shrinker, &from, &to, NULL) == RV_OK);
	for (int c = 0; c < 3; c++) {
		CHECK(at(&to, 0, 0)[c] == 10 + c && at(&to, 1, 0)[c] == 40 + c);
		CHECK(at(&to, 0, 1)[c] == 60 + c && at(&to, 1, 1)[c] == 90 + c);
	}
	shrink_release(&shrinker);
	free(from.pixels);
	free(to.pixels);
}

TEST(shrink_keeps_the_mean_at_any_ratio)
{
	struct shrinker shrinker = {0};
	rv_image from = make_scene(103, 77, 0, 0, 0);
	for (int side = 1; side <= 103; side += 17) {
		rv_image to = make_image(side, side);
		double mean = 0, wanted = 0;
		REQUIRE(shrink(&shrinker, &from, &to, NULL) == RV_OK);
		for (int i = 0; i < 103 * 77; i++)
			wanted += at(&from, 0, 0)[3 * i] / (103.0 * 77);
		for (int i = 0; i < side * side; i++)
			mean += at(&to, 0, 0)[3 * i] / (double)(side * side);
		CHECK_MESSAGE(fabs(mean - wanted) < 1, "side %d: %g, not %g", side, mean, wanted);
		free(to.pixels);
	}
	shrink_release(&shrinker);
	free(from.pixels);
}

TEST(shrink_copies_what_has_its_size)
{
	struct shrinker shrinker = {0};
	rv_image from = make_scene(33, 21, 0, 0, 0), to = make_image(33, 21);
	REQUIRE(shrink(&shrinker, &from, &to, NULL) == RV_OK);
	CHECK(!memcmp(from.pixels, to.pixels, 3 * 33 * 21));
	shrink_release(&shrinker);
	free(from.pixels);
	free(to.pixels);
}

/* ---- motion ---- */

enum { WIDTH = 96, HEIGHT = 72 };

/* Mean distance between a flow and the true one, outside a margin, pixels. */
static double flow_error(const float *flow, float u, float v)
{
	enum { MARGIN = 10 };
	double sum = 0;
	for (int y = MARGIN; y < HEIGHT - MARGIN; y++)
		for (int x = MARGIN; x < WIDTH - MARGIN; x++) {
			const float *found = flow + 2 * (y * WIDTH + x);
			sum += hypot((double)(found[0] - u), (double)(found[1] - v));
		}
	return sum / ((WIDTH - 2 * MARGIN) * (HEIGHT - 2 * MARGIN));
}

TEST(motion_finds_pair_after_pair_as_flow_does)
{
	rv_config config = test_config();
	rv_motion *motion = NULL;
	rv_error error = {0};
	float *flow = calloc(WIDTH * HEIGHT * 2, sizeof(*flow));
	float *other = calloc(WIDTH * HEIGHT * 2, sizeof(*other));
	REQUIRE(rv_motion_create(&motion, &config, WIDTH, HEIGHT, RV_FLOW_MEDIUM, &error) == RV_OK);
	rv_image first = make_scene(WIDTH, HEIGHT, 0, 0, 0);
	for (int i = 1; i <= 3; i++) {
		float u = 1.5f * (float)i, v = -0.7f * (float)i;
		rv_image second = make_scene(WIDTH, HEIGHT, u, v, 0);
		CHECK_MESSAGE(rv_motion_estimate(motion, &first, &second, flow, &error) == RV_OK,
		              "%s", error.message);
		CHECK_MESSAGE(flow_error(flow, u, v) < 0.15, "%g", flow_error(flow, u, v));
		CHECK(rv_flow(&config, &first, &second, RV_FLOW_MEDIUM, other, 0, NULL, NULL) ==
		      RV_OK);
		CHECK(!memcmp(flow, other, WIDTH * HEIGHT * 2 * sizeof(*flow)));
		free(second.pixels);
	}
	rv_motion_destroy(&motion);
	rv_motion_destroy(&motion);
	free(first.pixels);
	free(flow);
	free(other);
}

TEST(motion_takes_any_kind_of_pixels)
{
	rv_config config = test_config();
	rv_motion *motion = NULL;
	float flow[2 * 16 * 16], other[2 * 16 * 16];
	rv_image first = make_scene(16, 16, 0, 0, 0), second = make_scene(16, 16, 1, 0, 0), wide;
	REQUIRE(rv_motion_create(&motion, &config, 16, 16, RV_FLOW_FINE, NULL) == RV_OK);
	CHECK(rv_motion_estimate(motion, &first, &second, flow, NULL) == RV_OK);
	if (convert_allocate_image(&wide, RV_RGB16, 16, 16, NULL))
		abort();
	for (int i = 0; i < 3 * 16 * 16; i++)
		((uint16_t *)wide.pixels)[i] = (uint16_t)(257 * ((uint8_t *)first.pixels)[i]);
	CHECK(rv_motion_estimate(motion, &wide, &second, other, NULL) == RV_OK);
	for (int i = 0; i < 2 * 16 * 16; i++)
		CHECK(fabsf(flow[i] - other[i]) < 1e-3f);
	wide.width = 8;
	CHECK(rv_motion_estimate(motion, &wide, &second, other, NULL) == RV_INVALID);
	CHECK(rv_motion_estimate(motion, &second, &wide, other, NULL) == RV_INVALID);
	rv_motion_destroy(&motion);
	CHECK(rv_motion_create(&motion, &config, 0, 16, RV_FLOW_FINE, NULL) == RV_INVALID);
	CHECK(!motion);
	free(first.pixels);
	free(second.pixels);
	free(wide.pixels);
}

/* ---- how sure it is ---- */

static struct warp *make_warp(float u, float v)
{
	struct warp *warp;
	if (warp_create(&warp, WIDTH, HEIGHT, NULL))
		abort();
	for (int i = 0; i < WIDTH * HEIGHT; i++) {
		warp->flow[2 * i] = u;
		warp->flow[2 * i + 1] = v;
	}
	return warp;
}

static float confidence(const struct warp *warp, int x, int y)
{
	return warp->confidence[y * WIDTH + x];
}

TEST(warp_trusts_what_moved_and_not_of_what_came)
{
	struct warp *warp = make_warp(-6, 0);
	rv_image old = make_scene(WIDTH, HEIGHT, 0, 0, 0);
	rv_image newer = make_scene(WIDTH, HEIGHT, 6, 0, 20); /* light changes too */
	for (int y = 20; y < 40; y++)
		for (int x = 30; x < 50; x++)
			at(&newer, x, y)[0] = at(&newer, x, y)[2] = 255;
	warp_judge(warp, &newer, &old);
	CHECK(confidence(warp, 70, 50) == 1 && confidence(warp, 12, 60) == 1);
	CHECK(confidence(warp, 40, 30) < 0.1f); /* an object that came */
	CHECK(confidence(warp, 2, 50) == 0);    /* from beyond the border */
	warp_destroy(&warp);
	free(old.pixels);
	free(newer.pixels);
}

TEST(warp_trusts_nothing_after_a_cut)
{
	struct warp *warp = make_warp(0, 0);
	rv_image old = make_scene(WIDTH, HEIGHT, 0, 0, 0), newer = make_image(WIDTH, HEIGHT);
	for (int i = 0; i < 3 * WIDTH * HEIGHT; i++)
		((uint8_t *)newer.pixels)[i] = (uint8_t)(i / (3 * WIDTH) * 3);
	warp_judge(warp, &newer, &old);
	for (int i = 0; i < WIDTH * HEIGHT; i++)
		CHECK(warp->confidence[i] == 0);
	warp_destroy(&warp);
	free(old.pixels);
	free(newer.pixels);
}

/* ---- what is shown ---- */

/* A grey frame of twice the size, and its dream, half as large: one bright spot. */
enum { SHOWN_WIDTH = 2 * WIDTH, SHOWN_HEIGHT = 2 * HEIGHT, SPOT_X = 20, SPOT_Y = 16 };

static struct dream *make_spot(void)
{
	struct frame *frame;
	struct dream *dream;
	if (frame_create(&frame, SHOWN_WIDTH, SHOWN_HEIGHT, NULL) ||
	    dream_create(&dream, frame, WIDTH / 2, HEIGHT / 2, NULL))
		abort();
	memset(frame->image.pixels, 100, 3 * SHOWN_WIDTH * SHOWN_HEIGHT);
	memset(dream->detail, 0, 3 * (WIDTH / 2) * (HEIGHT / 2) * sizeof(*dream->detail));
	for (int y = SPOT_Y - 1; y <= SPOT_Y + 1; y++)
		for (int x = SPOT_X - 1; x <= SPOT_X + 1; x++)
			for (int c = 0; c < 3; c++)
				dream->detail[3 * (y * WIDTH / 2 + x) + c] = 120;
	frame_release(frame);
	return dream;
}

struct blob {
	double x, y, sum;
};

static struct blob find_blob(const rv_image *shown)
{
	struct blob blob = {0};
	for (int y = 0; y < SHOWN_HEIGHT; y++)
		for (int x = 0; x < SHOWN_WIDTH; x++) {
			double more = at(shown, x, y)[1] - 100;
			blob.x += more * x;
			blob.y += more * y;
			blob.sum += more;
		}
	blob.x /= blob.sum;
	blob.y /= blob.sum;
	return blob;
}

static struct blob show(const struct dream *dream, const struct warp *warp)
{
	struct composer composer = {0};
	rv_image shown = make_image(SHOWN_WIDTH, SHOWN_HEIGHT);
	struct composition composition = {
		.source = &dream->frame->image, .dream = dream, .warp = warp, .fade = 1};
	CHECK(compose_picture(&composer, &composition, &shown, NULL) == RV_OK);
	struct blob blob = find_blob(&shown);
	compose_release(&composer);
	free(shown.pixels);
	return blob;
}

TEST(compose_carries_the_detail_to_where_the_picture_moved)
{
	struct dream *dream = make_spot();
	struct blob still = show(dream, NULL);
	CHECK(fabs(still.x - (4 * SPOT_X + 1.5)) < 0.2 && fabs(still.y - (4 * SPOT_Y + 1.5)) < 0.2);
	static const float moves[][2] = {{0, 0}, {5, 0}, {0, -4}, {-3.25f, 2.5f}};
	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
		float u = moves[i][0], v = moves[i][1];
		struct warp *warp = make_warp(-u, -v);
		struct blob moved = show(dream, warp);
		CHECK_MESSAGE(fabs(moved.x - still.x - 2 * (double)u) < 0.2 &&
		                      fabs(moved.y - still.y - 2 * (double)v) < 0.2,
		              "(%g, %g): (%g, %g)", (double)u, (double)v, moved.x - still.x,
		              moved.y - still.y);
		CHECK_MESSAGE(fabs(moved.sum / still.sum - 1) < 0.03, "%g of %g", moved.sum,
		              still.sum);
		warp_destroy(&warp);
	}
	dream_release(dream);
}

TEST(compose_follows_motion_that_differs_from_place_to_place)
{
	struct dream *dream = make_spot();
	struct warp *warp = make_warp(0, 0);
	struct blob still = show(dream, NULL);
	/* As under a lens: places right of the middle column came from further left. */
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++)
			warp->flow[2 * (y * WIDTH + x)] = -0.5f * (float)x;
	struct blob moved = show(dream, warp);
	/* Place x was at x / 2: the spot lies at twice its place, and is twice as wide. */
	CHECK_MESSAGE(fabs(moved.x - 2 * still.x) < 1.5, "%g, not %g", moved.x, 2 * still.x);
	CHECK_MESSAGE(fabs(moved.sum / still.sum - 2) < 0.1, "%g", moved.sum / still.sum);
	warp_destroy(&warp);
	dream_release(dream);
}

/* A dream of waves that go on at the other side, on a sphere that turned by (u, 0). */
static double seam_of(bool around, float u)
{
	struct composer composer = {0};
	struct dream *dream = make_spot();
	struct warp *warp = make_warp(-u, 0);
	rv_image shown = make_image(SHOWN_WIDTH, SHOWN_HEIGHT);
	double worst = 0;
	for (int i = 0; i < 3 * (WIDTH / 2) * (HEIGHT / 2); i++)
		dream->detail[i] = (int16_t)lrint(
			100 * sin(2 * acos(-1) * 3 * (i / 3 % (WIDTH / 2)) / (WIDTH / 2)));
	warp->margin = around ? 8 : 0; /* the motion is everywhere the same */
	struct composition composition = {.source = &dream->frame->image,
	                                  .dream = dream,
	                                  .warp = warp,
	                                  .fade = 1,
	                                  .around = around};
	CHECK(compose_picture(&composer, &composition, &shown, NULL) == RV_OK);
	float pixels = 2 * u * (around ? (float)WIDTH / (WIDTH - 16) : 1);
	for (int x = 0; x < SHOWN_WIDTH; x++) {
		/* The middle of pixel x in the dream, whose pixels are four of those shown. */
		double at_x = ((double)x + 0.5 - (double)pixels) / 4 - 0.5;
		double wanted = 100 + 100 * sin(2 * acos(-1) * 3 * at_x / (WIDTH / 2));
		worst = fmax(worst, fabs(at(&shown, x, SHOWN_HEIGHT / 2)[0] - wanted));
	}
	compose_release(&composer);
	warp_destroy(&warp);
	dream_release(dream);
	free(shown.pixels);
	return worst;
}

/* Straight lines between 16 samples of a wave are off by 2 % of it, weights by a 64th of a step. */
TEST(compose_goes_round_a_sphere)
{
	static const float turns[] = {0, 6, -6, 700};
	for (size_t i = 0; i < sizeof(turns) / sizeof(turns[0]); i++)
		CHECK_MESSAGE(seam_of(true, turns[i]) < 4, "turned by %g: %g", (double)turns[i],
		              seam_of(true, turns[i]));
	CHECK(seam_of(false, 6) > 20); /* which a flat picture does not */
}

TEST(compose_fades_where_the_motion_is_not_sure)
{
	struct dream *dream = make_spot();
	struct warp *warp = make_warp(0, 0);
	struct blob still = show(dream, NULL);
	for (int i = 0; i < WIDTH * HEIGHT; i++)
		warp->confidence[i] = 0.5f;
	struct blob half = show(dream, warp);
	CHECK_MESSAGE(fabs(half.sum / still.sum - 0.5) < 0.03, "%g", half.sum / still.sum);
	warp_destroy(&warp);
	dream_release(dream);
}

/* Motion out of the picture and wild numbers must not be followed out of the dream's memory; run
 * under the sanitizers this would show. */
TEST(compose_stays_within_the_dream)
{
	struct dream *dream = make_spot();
	static const float wild[] = {-200, 200, -1000, 1000};
	for (size_t i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
		struct warp *warp = make_warp(wild[i], -wild[i]);
		struct composer composer = {0};
		rv_image shown = make_image(SHOWN_WIDTH, SHOWN_HEIGHT);
		struct composition composition = {
			.source = &dream->frame->image, .dream = dream, .warp = warp, .fade = 1};
		CHECK(compose_picture(&composer, &composition, &shown, NULL) == RV_OK);
		CHECK(at(&shown, 50, 50)[0] == 100);
		compose_release(&composer);
		free(shown.pixels);
		warp_destroy(&warp);
	}
	dream_release(dream);
}
