#include "app/hud.h"
#include "app/hud_font.h"
#include "tests/test.h"

#include <stdio.h>
#include <string.h>

static struct hud_state state(void)
{
	struct hud_state made = {
		.layer = "mixed4 channel 12",
		.strength = 1.25f,
		.octaves = 4,
		.warm_octaves = 1,
		.width = 160,
		.height = 120,
		.flow = "fast",
		.target_ms = 80,
		.key_count = 3,
		.keys = {{"Up", "stronger"}, {"Down", "weaker"}, {"Q", "quit"}},
	};
	return made;
}

static const uint8_t *pixel(const struct hud_picture *picture, int x, int y)
{
	return picture->rgba + 4 * ((size_t)y * (size_t)picture->width + (size_t)x);
}

/* Whether letter stands at column, row of the text (the margin is 5 letter pixels), pixel by pixel,
 * lit ones being brighter than the ground. */
static bool stands_at(const struct hud_picture *picture, int scale, int column, int row,
                      char letter)
{
	for (int y = 0; y < FONT_ROWS * scale; y++)
		for (int x = 0; x < FONT_WIDTH * scale; x++) {
			int bits = font_letters[letter - FONT_FIRST][y / scale];
			bool lit = bits >> (FONT_WIDTH - 1 - x / scale) & 1;
			const uint8_t *at = pixel(picture, (5 + column * FONT_ADVANCE) * scale + x,
			                          (5 + row * FONT_LINE) * scale + y);
			if ((at[1] > 100) != lit)
				return false;
		}
	return true;
}

static bool says_at(const struct hud_picture *picture, int scale, int column, int row,
                    const char *text)
{
	for (int i = 0; text[i]; i++)
		if (!stands_at(picture, scale, column + i, row, text[i]))
			return false;
	return true;
}

TEST(hud_off_is_nothing)
{
	struct hud_picture picture = {0};
	struct hud_state shown = state();
	CHECK(hud_draw(&picture, HUD_OFF, &shown, 2, NULL) == RV_OK);
	CHECK(picture.width == 0 && picture.height == 0);
	hud_release(&picture);
}

TEST(hud_small_is_one_line_that_can_be_read)
{
	struct hud_picture picture = {0};
	struct hud_state shown = state();
	for (int scale = 1; scale <= 3; scale++) {
		REQUIRE(hud_draw(&picture, HUD_SMALL, &shown, scale, NULL) == RV_OK);
		CHECK(says_at(&picture, scale, 0, 0, "mixed4 channel 12  strength 1.25"));
		CHECK(!says_at(&picture, scale, 0, 0, "mixed5"));
		CHECK(picture.height == (FONT_LINE + 10) * scale);
	}
	hud_release(&picture);
}

TEST(hud_full_says_more_and_messages_come_last)
{
	struct hud_picture picture = {0};
	struct hud_state shown = state();
	strcpy(shown.message, "wrote x.png");
	REQUIRE(hud_draw(&picture, HUD_FULL, &shown, 1, NULL) == RV_OK);
	CHECK(says_at(&picture, 1, 0, 0, "layer     mixed4 channel 12"));
	CHECK(says_at(&picture, 1, 0, 3, "size      160x120   flow fast"));
	CHECK(says_at(&picture, 1, 0, 7, "wrote x.png"));
	hud_release(&picture);
}

TEST(hud_graph_shows_what_took_too_long_in_another_colour)
{
	struct hud_picture picture = {0};
	struct hud_state shown = state();
	shown.dream_history[HUD_HISTORY - 1] = 40;
	shown.dream_history[HUD_HISTORY - 2] = 160;
	REQUIRE(hud_draw(&picture, HUD_FULL, &shown, 1, NULL) == RV_OK);
	int bottom = 5 + 7 * FONT_LINE + 36 - 1;
	const uint8_t *quick = pixel(&picture, 5 + 2 * (HUD_HISTORY - 1), bottom);
	const uint8_t *slow = pixel(&picture, 5 + 2 * (HUD_HISTORY - 2), bottom);
	const uint8_t *none = pixel(&picture, 5 + 2 * (HUD_HISTORY - 3), bottom);
	CHECK(quick[1] > quick[0] && slow[0] > slow[1] && none[3] < 255);
	/* The slow one reaches above the target's line, the quick one does not. */
	CHECK(pixel(&picture, 5 + 2 * (HUD_HISTORY - 2), bottom - 30)[3] == 255);
	CHECK(pixel(&picture, 5 + 2 * (HUD_HISTORY - 1), bottom - 30)[3] < 255);
	hud_release(&picture);
}

TEST(hud_help_lists_keys_in_two_columns)
{
	struct hud_picture picture = {0};
	struct hud_state shown = state();
	REQUIRE(hud_draw(&picture, HUD_HELP, &shown, 1, NULL) == RV_OK);
	CHECK(says_at(&picture, 1, 0, 0, "Up"));
	CHECK(says_at(&picture, 1, 0, 1, "Down"));
	CHECK(says_at(&picture, 1, 15, 1, "weaker"));
	CHECK(says_at(&picture, 1, 38, 0, "Q"));
	CHECK(says_at(&picture, 1, 53, 0, "quit"));
	hud_release(&picture);
}

TEST(hud_of_the_default_size_fits_a_window)
{
	struct hud_picture picture = {0};
	struct hud_state shown = state();
	shown.key_count = HUD_KEYS_MAX;
	for (int i = 0; i < HUD_KEYS_MAX; i++) {
		strcpy(shown.keys[i].key, "Shift+PageDown");
		strcpy(shown.keys[i].help, "a text that goes on and on and on, to its end");
	}
	REQUIRE(hud_draw(&picture, HUD_HELP, &shown, hud_scale(720), NULL) == RV_OK);
	CHECK_MESSAGE(picture.width <= 960 && picture.height <= 720, "%dx%d", picture.width,
	              picture.height);
	hud_release(&picture);
}

TEST(hud_survives_any_text)
{
	struct hud_picture picture = {0};
	struct hud_state shown = state();
	memset(shown.layer, 0xe4, sizeof(shown.layer) - 1);
	memset(shown.message, '\n', sizeof(shown.message) - 1);
	shown.message[sizeof(shown.message) - 1] = '\0';
	for (int level = HUD_OFF; level <= HUD_HELP; level++)
		CHECK(hud_draw(&picture, (enum hud_level)level, &shown, 100, NULL) == RV_OK);
	CHECK(hud_draw(&picture, HUD_SMALL, &shown, 1, NULL) == RV_OK);
	CHECK(says_at(&picture, 1, 0, 0, "????"));
	hud_release(&picture);
}

TEST(hud_letters_differ)
{
	for (int a = FONT_FIRST; a <= FONT_LAST; a++)
		for (int b = a + 1; b <= FONT_LAST; b++)
			CHECK_MESSAGE(memcmp(font_letters[a - FONT_FIRST],
			                     font_letters[b - FONT_FIRST], FONT_ROWS),
			              "%c and %c", a, b);
}

TEST(hud_scale_follows_the_window)
{
	CHECK(hud_scale(240) == 1 && hud_scale(720) == 2 && hud_scale(1080) == 3);
	CHECK(hud_scale(2160) == 6 && hud_scale(100000) == 8);
}
