/* What the mouse paints, as the mask that an engine is given. */
#include "app/live/brush.h"

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
	const rv_image *next = brush_next(brush, &painted);
	CHECK((next != NULL) == is_new);
	image = next ? next : image;
	return painted;
}

TEST(brush_paints_discs_and_strokes_with_soft_edges)
{
	struct brush *brush;
	REQUIRE(!brush_create(&brush, NULL));
	CHECK(!is_painted(brush, false));
	/* The picture is twice as wide as high: a disc is twice as high in its parts. */
	brush_paint(brush, 0.3f, 0.5f, 0.1f, 2, true);
	REQUIRE(is_painted(brush, true));
	CHECK(at(0.3, 0.5) == 255 && at(0.35, 0.5) == 255 && at(0.3, 0.6) == 255);
	CHECK(at(0.38, 0.5) > 0 && at(0.38, 0.5) < 255 && at(0.41, 0.5) == 0);
	CHECK(at(0.3, 0.66) > 0 && at(0.3, 0.66) < 255 && at(0.3, 0.71) == 0);
	/* What it has it is not given again. */
	CHECK(is_painted(brush, false));
	/* A stroke goes on from there; another one begins elsewhere. */
	brush_paint(brush, 0.6f, 0.5f, 0.1f, 2, false);
	brush_paint(brush, 0.9f, 0.1f, 0.02f, 2, true);
	CHECK(is_painted(brush, true));
	CHECK(at(0.45, 0.5) == 255 && at(0.9, 0.1) == 255 && at(0.75, 0.3) == 0);
	brush_forget(brush);
	CHECK(is_painted(brush, true));
	brush_clear(brush);
	CHECK(!is_painted(brush, false));
	/* Another stroke begins where it begins, whatever was before. */
	brush_paint(brush, 0.1f, 0.1f, 0.02f, 2, false);
	CHECK(is_painted(brush, true));
	CHECK(at(0.1, 0.1) == 255 && at(0.5, 0.5) == 0);
	brush_destroy(&brush);
}
