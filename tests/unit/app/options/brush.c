/* What the mouse paints, as the mask that an engine is given. */
#include "app/options/brush.h"

#include "tests/support/test.h"

static const rv_image *image;

static int at(double x, double y)
{
	const unsigned char *pixels = image->pixels;
	return pixels[(size_t)(y * image->height) * image->stride + 3 * (size_t)(x * image->width)];
}

/* Whether there is a mask, and a new one. */
static bool is_painted(struct brush *brush, bool is_new)
{
	bool painted;
	const rv_image *next = brush_next(brush, 0, &painted);
	CHECK((next != NULL) == is_new);
	image = next ? next : image;
	return painted;
}

static void paint(struct brush *brush, double x, double y, double radius, float aspect, bool begins)
{
	struct brush_stroke stroke = brush_stroke_to(brush, x, y, radius, begins);
	brush_paint(brush, &stroke, aspect);
}

static void clear(struct brush *brush)
{
	brush_paint(brush, &(struct brush_stroke){.radius = 0}, 1);
}

TEST(brush_paints_discs_and_strokes_with_soft_edges)
{
	struct brush *brush;
	REQUIRE(!brush_create(&brush, NULL));
	CHECK(!is_painted(brush, false));
	/* The picture is twice as wide as high: a disc is twice as high in its parts. */
	paint(brush, 0.3, 0.5, 0.1, 2, true);
	REQUIRE(is_painted(brush, true));
	CHECK(at(0.3, 0.5) == 255 && at(0.35, 0.5) == 255 && at(0.3, 0.6) == 255);
	CHECK(at(0.38, 0.5) > 0 && at(0.38, 0.5) < 255 && at(0.41, 0.5) == 0);
	CHECK(at(0.3, 0.66) > 0 && at(0.3, 0.66) < 255 && at(0.3, 0.71) == 0);
	/* What it has it is not given again. */
	CHECK(is_painted(brush, false));
	/* A stroke goes on from there; another one begins elsewhere. */
	paint(brush, 0.6, 0.5, 0.1, 2, false);
	paint(brush, 0.9, 0.1, 0.02, 2, true);
	CHECK(is_painted(brush, true));
	CHECK(at(0.45, 0.5) == 255 && at(0.9, 0.1) == 255 && at(0.75, 0.3) == 0);
	brush_forget(brush);
	CHECK(is_painted(brush, true));
	clear(brush);
	CHECK(!is_painted(brush, false));
	/* Another stroke begins where it begins, whatever was before. */
	paint(brush, 0.1, 0.1, 0.02, 2, false);
	CHECK(is_painted(brush, true));
	CHECK(at(0.1, 0.1) == 255 && at(0.5, 0.5) == 0);
	brush_destroy(&brush);
}

/* So that a score can say which frame was the last without a stroke. */
TEST(brush_tells_the_last_frame_without_a_stroke)
{
	struct brush *brush;
	bool painted;
	REQUIRE(!brush_create(&brush, NULL));
	struct brush_stroke stroke = brush_stroke_to(brush, 0.25, 0.5, 0.1, true);
	CHECK(brush_paint(brush, &stroke, 1) < 0);
	brush_next(brush, 4000, &painted);
	CHECK(brush_paint(brush, &stroke, 1) == 4000);
	brush_next(brush, 5000, &painted);
	CHECK(brush_paint(brush, &(struct brush_stroke){.radius = 0}, 1) == 5000);
	brush_destroy(&brush);
}
