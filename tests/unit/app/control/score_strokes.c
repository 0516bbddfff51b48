/* What the brush does in a score: as text, in the order of time, and as the mask that comes of it.
 */
#include "app/control/score_strokes.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/control/score.h"
#include "app/control/score_curve.h"
#include "app/control/score_keep.h"
#include "tests/support/media.h"
#include "tests/support/test.h"

TEST(score_stroke_is_read_as_it_was_written)
{
	static const struct {
		struct brush_stroke stroke;
		const char *text;
	} cases[] = {
		{{0.25f, 0.5f, 0.3f, 0.75f, 0.08f}, "stroke 0.2500,0.5000 0.3000,0.7500 0.0800"},
		{{-0.1f, 1.2f, -0.1f, 1.2f, 0.5f}, "stroke -0.1000,1.2000 0.5000"},
		{{0, 0, 0, 0.0001f, 0.005f}, "stroke 0.0000,0.0000 0.0000,0.0001 0.0050"},
	};
	for (int i = 0; i < 3; i++) {
		char text[SCORE_STROKE_LENGTH];
		struct brush_stroke read = {0};
		score_stroke_write(&cases[i].stroke, text);
		CHECK_MESSAGE(!strcmp(text, cases[i].text), "%s", text);
		CHECK(score_stroke_read(text + strlen("stroke "), &read));
		CHECK_MESSAGE(!memcmp(&read, &cases[i].stroke, sizeof(read)), "%s", text);
	}
	char text[SCORE_STROKE_LENGTH];
	score_stroke_write(&(struct brush_stroke){.radius = 0}, text);
	CHECK(!strcmp(text, "brush-clear"));
}

TEST(score_stroke_that_is_none_is_refused)
{
	static const char *const wrong[] = {"",
	                                    "0.5",
	                                    "0.5,0.5",
	                                    "0.5,0.5 0",
	                                    "0.5,0.5 -1",
	                                    "0.5,0.5 11",
	                                    "nan,0.5 0.1",
	                                    "0.5,0.5 0.6,inf 0.1",
	                                    "0.5,101 0.1",
	                                    "0.5,0.5 0.1 0.2",
	                                    "0.5,0.5 0.6,0.6",
	                                    "0.5,0.5 0.6, 0.1",
	                                    "0.5 0.5 0.1",
	                                    "0.5,0.5 0.1 smooth"};
	struct brush_stroke stroke;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK_MESSAGE(!score_stroke_read(wrong[i], &stroke), "%s", wrong[i]);
	CHECK(score_stroke_read(".5,.5 .1", &stroke));
}

static struct score *score_of(const char *text)
{
	struct score *score = NULL;
	rv_error error = {0};
	rv_status status = score_parse(&score, "s", text, strlen(text), &error);
	CHECK_MESSAGE(status == RV_OK, "%s", error.message);
	return score;
}

/* The lines need not stand in the order of time; what is asked for once is not given again. */
TEST(score_strokes_come_in_the_order_of_time)
{
	struct score *score = score_of("2 brush-clear\n1 stroke .1,.1 .1\n3 stroke .3,.3 .1\n"
	                               "2 stroke .2,.2 .25,.2 .1\n");
	const struct brush_stroke *stroke;
	REQUIRE(score && score_has_strokes(score));
	for (int round = 0; round < 2; round++) {
		CHECK(!score_next_stroke(score, 0.99));
		stroke = score_next_stroke(score, 1.0 - SCORE_SLACK / 2);
		CHECK(stroke && stroke->x == 0.1f);
		CHECK(!score_next_stroke(score, 1.5));
		stroke = score_next_stroke(score, 2.5);
		CHECK(stroke && stroke->radius == 0);
		stroke = score_next_stroke(score, 2.5);
		CHECK(stroke && stroke->from_x == 0.2f && stroke->x == 0.25f);
		CHECK(!score_next_stroke(score, 2.5));
		stroke = score_next_stroke(score, 1e6);
		CHECK(stroke && stroke->x == 0.3f);
		CHECK(!score_next_stroke(score, 1e6));
		score_rewind(score);
	}
	score_release(&score);
	score = score_of("0 strength 1\n");
	REQUIRE(score);
	CHECK(!score_has_strokes(score) && !score_next_stroke(score, 1e6));
	score_release(&score);
}

/* The mask, or nothing where there is none. */
static const void *mask_of(struct brush *brush)
{
	bool painted;
	const rv_image *image = brush_next(brush, 0, &painted);
	brush_forget(brush);
	return painted ? image->pixels : NULL;
}

enum { FRAMES = 30 };

/* A hand that goes to and fro, lets go, clears and goes on. */
static void play_frame(struct brush *brush, struct score_keep *keep, int frame)
{
	bool clears = frame == 17;
	struct brush_stroke stroke = {.radius = 0};
	if (!clears)
		stroke = brush_stroke_to(brush, 0.1 + 0.8 * frame / FRAMES, 1.0 / (1 + frame % 5),
		                         0.03 + 0.00123 * frame, frame % 6 == 0);
	brush_paint(brush, &stroke, 1.5f);
	score_keep_stroke(keep, 0.04 * frame, &stroke);
}

TEST(score_that_was_kept_paints_the_same_masks)
{
	static unsigned char masks[FRAMES][3 * 256 * 256];
	struct brush *brush = NULL, *again = NULL;
	struct score_keep *keep = NULL;
	struct options options = options_default();
	const char *path = media_path("strokes.score");
	rv_error error = {0};
	REQUIRE(!brush_create(&brush, NULL) && !brush_create(&again, NULL));
	REQUIRE(score_keep_open(&keep, path, true, &options, &error) == RV_OK);
	for (int i = 0; i < FRAMES; i++) {
		play_frame(brush, keep, i);
		const void *mask = mask_of(brush);
		CHECK(!mask == (i == 17));
		if (mask)
			memcpy(masks[i], mask, sizeof(masks[i]));
	}
	CHECK_MESSAGE(score_keep_close(&keep, &error) == RV_OK, "%s", error.message);
	struct score *score = NULL;
	CHECK_MESSAGE(score_load(&score, path, &error) == RV_OK, "%s", error.message);
	REQUIRE(score);
	for (int i = 0; i < FRAMES; i++) {
		const struct brush_stroke *stroke;
		while ((stroke = score_next_stroke(score, 0.04 * i)))
			brush_paint(again, stroke, 1.5f);
		const void *mask = mask_of(again);
		CHECK(!mask == (i == 17));
		CHECK_MESSAGE(!mask || !memcmp(masks[i], mask, sizeof(masks[i])), "frame %d", i);
	}
	score_release(&score);
	brush_destroy(&brush);
	brush_destroy(&again);
}
