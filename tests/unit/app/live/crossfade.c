#include "app/live/crossfade.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/test.h"

enum { SECOND = 1000000000 };

static struct dream *make_dream(int width, int height, int detail)
{
	struct frame *frame = NULL;
	struct dream *dream = NULL;
	if (frame_create(&frame, width, height, NULL) ||
	    dream_create(&dream, frame, width, height, NULL))
		abort();
	frame_release(frame);
	for (int i = 0; i < 3 * width * height; i++)
		dream->detail[i] = (int16_t)detail;
	return dream;
}

static bool is_all(const struct dream *dream, int detail)
{
	for (int i = 0; i < 3 * dream->width * dream->height; i++)
		if (dream->detail[i] != detail)
			return false;
	return true;
}

TEST(detail_fades_whatever_the_sizes_are)
{
	struct crossfade fade = {0};
	struct dream *old = make_dream(40, 30, 100), *next = make_dream(64, 48, 0);
	REQUIRE(crossfade_begin(&fade, old, NULL, 0, 1, NULL) == RV_OK);
	crossfade_apply(&fade, next, &next->frame->image, SECOND / 2);
	CHECK(is_all(next, 50));
	crossfade_apply(&fade, next, &next->frame->image, 2LL * SECOND);
	CHECK(!fade.from);
	dream_release(old);
	dream_release(next);
}

/* A dream of a new, smaller size that fails leaves its picture as what was seen last, though the
 * last dream is larger. */
TEST(a_picture_fades_that_is_smaller_than_the_last_dream)
{
	struct crossfade fade = {0};
	struct dream *old = make_dream(640, 480, 7), *next = make_dream(64, 48, 0);
	rv_image seen = {RV_RGB8, 4, 3, 12, malloc(36)};
	REQUIRE(seen.pixels);
	memset(seen.pixels, 90, 36);
	memset(next->frame->image.pixels, 40, (size_t)3 * 64 * 48);
	REQUIRE(crossfade_begin(&fade, old, &seen, 0, 1, NULL) == RV_OK);
	free(seen.pixels);
	crossfade_apply(&fade, next, &next->frame->image, 0);
	CHECK(is_all(next, 50));
	crossfade_end(&fade);
	dream_release(old);
	dream_release(next);
}

TEST(fade_of_a_dream_goes_from_the_old_to_the_new)
{
	struct crossfade fade = {0};
	uint8_t pixels[4 * 4 * 3] = {0};
	const rv_image frame = {RV_RGB8, 4, 4, 12, pixels};
	struct dream *old = make_dream(2, 3, 100); /* also of another size */
	REQUIRE(crossfade_begin(&fade, old, NULL, 5, 2, NULL) == RV_OK);
	dream_release(old);
	static const int parts[][2] = {{0, 100}, {1, 40}, {2, -20}};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct dream *dream = make_dream(4, 4, -20);
		crossfade_apply(&fade, dream, &frame, 5 + parts[i][0] * (int64_t)SECOND);
		CHECK(is_all(dream, parts[i][1]));
		dream_release(dream);
	}
	CHECK(!fade.from);
}

TEST(fade_of_what_was_seen_does_not_follow_the_frame)
{
	struct crossfade fade = {0};
	uint8_t seen[4 * 4 * 3], pixels[4 * 4 * 3];
	memset(seen, 200, sizeof(seen));
	memset(pixels, 50, sizeof(pixels));
	const rv_image old = {RV_RGB8, 4, 4, 12, seen}, frame = {RV_RGB8, 4, 4, 12, pixels};
	struct dream *from = make_dream(4, 4, 7), *dream = make_dream(4, 4, 10);
	REQUIRE(crossfade_begin(&fade, from, &old, 0, 1, NULL) == RV_OK);
	crossfade_apply(&fade, dream, &frame, 0);
	CHECK(is_all(dream, 150)); /* over the frame, what was seen */
	crossfade_end(&fade);
	crossfade_end(&fade);
	CHECK(crossfade_begin(&fade, NULL, &old, 0, 1, NULL) == RV_OK && !fade.from);
	dream_release(from);
	dream_release(dream);
}
