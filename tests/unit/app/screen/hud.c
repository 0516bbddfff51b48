#include "app/screen/hud.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/control/keys.h"
#include "app/live/hud.h"
#include "app/live/note.h"
#include "app/screen/hud_font.h"
#include "tests/support/test.h"

static struct hud_state state(void)
{
	struct hud_state made = {
		.layer = "mixed4",
		.channels = "12",
		.strength = 1.25f,
		.octave_scale = 1.4f,
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

static const struct hud_area large = {1920, 1080, 1};

enum { AROUND = HUD_MARGIN + HUD_PADDING }; /* letter pixels, to the first letter */

/* Whether letter stands at column, row of the text: the middle of each of its pixels is lit, or as
 * dark as the ground. */
static bool stands_at(const struct hud_picture *picture, int column, int row, char letter)
{
	int scale = picture->scale;
	for (int y = 0; y < HUD_FONT_ROWS; y++)
		for (int x = 0; x < HUD_FONT_WIDTH; x++) {
			int bits = hud_font_letters[letter - HUD_FONT_FIRST][y];
			bool lit = bits >> (HUD_FONT_WIDTH - 1 - x) & 1;
			const uint8_t *at =
				pixel(picture,
			              (AROUND + column * HUD_FONT_ADVANCE + x) * scale + scale / 2,
			              (AROUND + row * HUD_FONT_LINE + y) * scale + scale / 2);
			if ((at[1] > 80) != lit)
				return false;
		}
	return true;
}

static bool says_at(const struct hud_picture *picture, int column, int row, const char *text)
{
	for (int i = 0; text[i]; i++)
		if (!stands_at(picture, column + i, row, text[i]))
			return false;
	return true;
}

TEST(hud_has_a_bar_while_kernels_are_built)
{
	struct hud_picture picture = {0};
	struct hud_state shown = state();
	rv_error error;
	int widths[3] = {0};
	CHECK(!hud_draw(&picture, HUD_SMALL, &shown, &large, &error));
	int height = picture.height;
	for (int i = 0; i < 3; i++) {
		shown.prepared = 0.25f * (float)(i + 1);
		CHECK(!hud_draw(&picture, HUD_SMALL, &shown, &large, &error));
		CHECK(picture.height == height + HUD_FONT_LINE);
		CHECK(says_at(&picture, 0, 1, "building kernels"));
		int y = AROUND + HUD_FONT_LINE + 2;
		for (int x = AROUND + 17 * HUD_FONT_ADVANCE; x < picture.width; x++)
			widths[i] += pixel(&picture, x, y)[2] == 255;
	}
	CHECK(widths[0] > 0 && abs(widths[1] - 2 * widths[0]) <= 2);
	CHECK(abs(widths[2] - 3 * widths[0]) <= 3);
	shown.prepared = 1;
	CHECK(!hud_draw(&picture, HUD_FULL, &shown, &large, &error));
	height = picture.height;
	shown.prepared = 0.5f;
	CHECK(!hud_draw(&picture, HUD_FULL, &shown, &large, &error));
	CHECK(picture.height == height + HUD_FONT_LINE);
	hud_picture_release(&picture);
}

/* How many letter pixels high the bar of a level is, in the column'th letter of the first line. */
static int level_at(const struct hud_picture *picture, int column)
{
	int rows = 0;
	for (int y = 0; y < HUD_FONT_ROWS; y++)
		rows += pixel(picture, AROUND + column * HUD_FONT_ADVANCE + 2, AROUND + y)[2] > 200;
	return rows;
}

TEST(hud_shows_how_loud_it_is)
{
	struct hud_picture picture = {.width = 0};
	struct hud_state it = state();
	const int column = 24; /* behind "mixed4 12  1.25  0 fps  " */
	REQUIRE(hud_draw(&picture, HUD_SMALL, &it, &large, NULL) == RV_OK);
	const int without = picture.width;
	it.listens = true;
	it.levels[0] = 1;
	it.levels[1] = 0.5F;
	REQUIRE(hud_draw(&picture, HUD_SMALL, &it, &large, NULL) == RV_OK);
	CHECK(picture.width == without + (2 + HUD_LEVELS) * HUD_FONT_ADVANCE);
	CHECK_MESSAGE(level_at(&picture, column) == HUD_FONT_ROWS &&
	                      level_at(&picture, column + 1) == HUD_FONT_ROWS / 2 &&
	                      level_at(&picture, column + 2) == 1,
	              "%d %d %d", level_at(&picture, column), level_at(&picture, column + 1),
	              level_at(&picture, column + 2));
	it.tempo = 120;
	it.tempo_source = "tapped";
	REQUIRE(hud_draw(&picture, HUD_FULL, &it, &large, NULL) == RV_OK);
	CHECK(says_at(&picture, 0, 6, "sound"));
	CHECK(says_at(&picture, 15, 6, "120 beats a minute, tapped"));
	hud_picture_release(&picture);
}

TEST(hud_off_is_nothing)
{
	struct hud_picture picture = {0};
	struct hud_state shown = state();
	CHECK(hud_draw(&picture, HUD_OFF, &shown, &large, NULL) == RV_OK);
	CHECK(picture.width == 0 && picture.height == 0);
	hud_picture_release(&picture);
}

TEST(hud_small_is_one_line_that_can_be_read)
{
	struct hud_picture picture = {0};
	struct hud_state shown = state();
	for (int scale = 1; scale <= 5; scale += 2) { /* odd: pixels have a middle */
		struct hud_area area = {1920, 1080, scale};
		REQUIRE(hud_draw(&picture, HUD_SMALL, &shown, &area, NULL) == RV_OK);
		CHECK(picture.scale == scale);
		CHECK(says_at(&picture, 0, 0, "mixed4 12  1.25  0 fps"));
		CHECK(!says_at(&picture, 0, 0, "mixed5"));
		CHECK(picture.height == (HUD_FONT_ROWS + 2 * AROUND) * scale);
	}
	hud_picture_release(&picture);
}

TEST(hud_names_the_preset_first)
{
	struct hud_picture picture = {0};
	struct hud_state shown = state();
	strcpy(shown.preset, "roses, changed");
	REQUIRE(hud_draw(&picture, HUD_SMALL, &shown, &large, NULL) == RV_OK);
	CHECK(says_at(&picture, 0, 0, "roses, changed  mixed4"));
	REQUIRE(hud_draw(&picture, HUD_FULL, &shown, &large, NULL) == RV_OK);
	CHECK(says_at(&picture, 0, 0, "preset") && says_at(&picture, 0, 1, "layer"));
	hud_picture_release(&picture);
}

TEST(hud_stands_on_a_panel_with_nothing_around_it)
{
	struct hud_picture picture = {0};
	struct hud_state shown = state();
	struct hud_area area = {1920, 1080, 3};
	REQUIRE(hud_draw(&picture, HUD_SMALL, &shown, &area, NULL) == RV_OK);
	for (int x = 0; x < picture.width; x++)
		CHECK(!pixel(&picture, x, 0)[3] && !pixel(&picture, x, picture.height - 1)[3]);
	const uint8_t *ground = pixel(&picture, AROUND * 3 - 3, picture.height / 2);
	CHECK(ground[3] > 150 && ground[3] < 255 && ground[0] < 40);
	hud_picture_release(&picture);
}

TEST(hud_full_says_more_and_messages_come_last)
{
	struct hud_picture picture = {0};
	struct hud_state shown = state();
	strcpy(shown.message, "wrote x.png");
	strcpy(shown.locked, "octaves");
	shown.governed = true;
	REQUIRE(hud_draw(&picture, HUD_FULL, &shown, &large, NULL) == RV_OK);
	CHECK(says_at(&picture, 0, 0, "layer     mixed4  channel 12"));
	CHECK(says_at(&picture, 0, 1, "strength  1.25  4 octaves  x1.40 apart"));
	CHECK(says_at(&picture, 0, 3, "size      160x120  fast flow  governed, but for octaves"));
	CHECK(says_at(&picture, 0, 4, "fps       0.0 shown  0.0 dreamed  0.0 source"));
	CHECK(says_at(&picture, 0, 6, "convert 0.0  dream 0.0  compose 0.0  show 0.0 ms"));
	int height = picture.height;
	shown.message[0] = '\0';
	REQUIRE(hud_draw(&picture, HUD_FULL, &shown, &large, NULL) == RV_OK);
	CHECK(height == picture.height + HUD_FONT_LINE);
	hud_picture_release(&picture);
}

TEST(hud_graph_stacks_stages_and_marks_what_is_late)
{
	struct hud_picture picture = {0};
	struct hud_state shown = state();
	shown.history[HUD_HISTORY - 1][HUD_CONVERT] = 20;
	shown.history[HUD_HISTORY - 1][HUD_DREAM] = 20;
	shown.history[HUD_HISTORY - 2][HUD_DREAM] = 160;
	REQUIRE(hud_draw(&picture, HUD_FULL, &shown, &large, NULL) == RV_OK);
	/* Three pixels from bar to bar; the lowest is 30 below the seventh line. */
	int bottom = AROUND + 7 * HUD_FONT_LINE + 30 - 1;
	const uint8_t *convert = pixel(&picture, AROUND + 3 * (HUD_HISTORY - 1), bottom);
	const uint8_t *dream = pixel(&picture, AROUND + 3 * (HUD_HISTORY - 1), bottom - 7);
	const uint8_t *late = pixel(&picture, AROUND + 3 * (HUD_HISTORY - 2), bottom - 7);
	const uint8_t *none = pixel(&picture, AROUND + 3 * (HUD_HISTORY - 3), bottom);
	CHECK(convert[2] > convert[1] && dream[1] > dream[2] && late[0] > late[1]);
	CHECK(none[3] < 255);
	/* The late one reaches above the target's line, the other does not. */
	CHECK(pixel(&picture, AROUND + 3 * (HUD_HISTORY - 2), bottom - 25)[3] == 255);
	CHECK(pixel(&picture, AROUND + 3 * (HUD_HISTORY - 1), bottom - 15)[3] < 255);
	hud_picture_release(&picture);
}

TEST(hud_help_lists_keys_in_as_many_columns_as_it_takes)
{
	struct hud_picture picture = {0};
	struct hud_state shown = state();
	REQUIRE(hud_draw(&picture, HUD_HELP, &shown, &large, NULL) == RV_OK);
	CHECK(says_at(&picture, 0, 0, "Up   stronger"));
	CHECK(says_at(&picture, 0, 1, "Down weaker"));
	CHECK(says_at(&picture, 0, 2, "Q    quit"));
	/* Room for two lines. */
	struct hud_area low = {1920, 2 * HUD_FONT_LINE + 2 * AROUND, 1};
	REQUIRE(hud_draw(&picture, HUD_HELP, &shown, &low, NULL) == RV_OK);
	CHECK(says_at(&picture, 0, 1, "Down weaker"));
	CHECK(says_at(&picture, 16, 0, "Q quit"));
	hud_picture_release(&picture);
}

TEST(hud_fits_windows)
{
	static const int sizes[][2] = {{640, 480}, {960, 720}, {1280, 720}, {1920, 1080}};
	struct hud_picture picture = {0};
	struct hud_state shown = state();
	shown.key_count = HUD_KEYS_MAX;
	for (int i = 0; i < HUD_KEYS_MAX; i++) {
		strcpy(shown.keys[i].key, "Shift+PageDown");
		strcpy(shown.keys[i].help, "what it does at length");
	}
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct hud_area area = {sizes[i][0], sizes[i][1], hud_scale(sizes[i][1])};
		REQUIRE(hud_draw(&picture, HUD_HELP, &shown, &area, NULL) == RV_OK);
		CHECK(picture.width <= area.width && picture.height <= area.height);
	}
	/* Where it cannot, it is cut, not refused. */
	struct hud_area tiny = {40, 30, 8};
	strcpy(shown.message, "in the way");
	strcpy(shown.recording, "too");
	for (int level = HUD_OFF; level <= HUD_HELP; level++)
		CHECK(hud_draw(&picture, (enum hud_level)level, &shown, &tiny, NULL) == RV_OK);
	CHECK(picture.scale == 1 && picture.width == 40 && picture.height == 30);
	hud_picture_release(&picture);
}

TEST(hud_survives_any_text)
{
	struct hud_picture picture = {0};
	struct hud_state shown = state();
	memset(shown.layer, 0xe4, sizeof(shown.layer) - 1);
	memset(shown.message, '\n', sizeof(shown.message) - 1);
	shown.message[sizeof(shown.message) - 1] = '\0';
	for (int level = HUD_OFF; level <= HUD_HELP; level++)
		CHECK(hud_draw(&picture, (enum hud_level)level, &shown, &large, NULL) == RV_OK);
	CHECK(hud_draw(&picture, HUD_SMALL, &shown, &large, NULL) == RV_OK);
	CHECK(says_at(&picture, 0, 0, "????"));
	hud_picture_release(&picture);
}

TEST(hud_letters_differ)
{
	for (int a = HUD_FONT_FIRST; a <= HUD_FONT_LAST; a++)
		for (int b = a + 1; b <= HUD_FONT_LAST; b++)
			CHECK_MESSAGE(memcmp(hud_font_letters[a - HUD_FONT_FIRST],
			                     hud_font_letters[b - HUD_FONT_FIRST], HUD_FONT_ROWS),
			              "%c and %c", a, b);
}

TEST(hud_scale_follows_the_window)
{
	CHECK(hud_scale(240) == 1 && hud_scale(720) == 2 && hud_scale(1080) == 3);
	CHECK(hud_scale(2160) == 6 && hud_scale(100000) == 8);
}

/* What the HUD says at a time, in seconds. */
static const char *message_at(struct live_hud *hud, double seconds)
{
	static const struct keys keys;
	static struct action_state actions;
	static const struct live_stats stats;
	const struct live_hud_view view = {.actions = &actions,
	                                   .stats = &stats,
	                                   .keys = &keys,
	                                   .width = 320,
	                                   .height = 240,
	                                   .density = 1};
	bool changed;
	actions.options = options_default();
	if (live_hud_update(hud, &view, (int64_t)(seconds * 1e9), &changed, NULL) != RV_OK)
		return "no memory";
	return hud->state.message;
}

TEST(hud_shows_what_lasts_wherever_nothing_else_is_said)
{
	struct live_hud hud = {0};
	live_hud_keep(&hud, "too small");
	CHECK(!strcmp(message_at(&hud, 1), "too small"));
	live_hud_say(&hud, "wrote a.png", 2000000000);
	for (double now = 2; now < 5; now += 0.04) { /* trouble is told in every frame */
		live_hud_keep(&hud, "too small");
		CHECK(!strcmp(message_at(&hud, now), "wrote a.png"));
	}
	CHECK(!strcmp(message_at(&hud, 5.1), "too small"));
	live_hud_keep(&hud, "");
	CHECK(!strcmp(message_at(&hud, 5.2), ""));
	live_hud_release(&hud);
}

TEST(hud_greets_with_the_keys_that_are_bound)
{
	struct live_hud hud = {0};
	struct keys keys = {0};
	live_hud_greet(&hud, &keys, 0);
	CHECK(!strcmp(message_at(&hud, 1), ""));
	REQUIRE(keys_parse(&keys, "keys", "Atlas+Q = quit\nX = quit\nF2 = toggle hud help", NULL) ==
	        RV_OK);
	live_hud_greet(&hud, &keys, 0);
	CHECK(!strcmp(message_at(&hud, 5), "F2 shows the keys, X ends"));
	CHECK(!strcmp(message_at(&hud, 7), ""));
	live_hud_release(&hud);
}

TEST(hud_shows_the_usual_keys_in_large_letters_in_the_usual_window)
{
	struct live_hud hud = {0};
	struct keys *keys = calloc(1, sizeof(*keys));
	struct action_state *actions = calloc(1, sizeof(*actions));
	const struct live_stats stats = {0};
	const struct live_hud_view view = {.actions = actions,
	                                   .stats = &stats,
	                                   .keys = keys,
	                                   .width = 960,
	                                   .height = 720,
	                                   .density = 1};
	bool changed;
	REQUIRE(actions);
	actions->options = options_default();
	actions->options.display.hud = OPTION_HUD_HELP;
	REQUIRE(keys && keys_parse(keys, "keys", keys_default_text, NULL) == RV_OK);
	live_hud_say(&hud, "hud help", 0);
	REQUIRE(live_hud_update(&hud, &view, 0, &changed, NULL) == RV_OK);
	CHECK(hud.picture.scale == hud_scale(720));
	CHECK(hud.state.key_count > 50 && hud.picture.width <= 960 && hud.picture.height <= 720);
	live_hud_release(&hud);
	free(keys);
	free(actions);
}

TEST(notes_tell_events_once_and_states_until_they_end)
{
	struct live_note note;
	char text[LIVE_NOTE_LENGTH];
	note_init(&note, false);
	note_state(&note, "waiting for %s", "it");
	note_say(&note, "it is gone");
	note_take(&note, text);
	CHECK(!strcmp(text, "it is gone"));
	for (int i = 0; i < 2; i++) {
		note_take(&note, text);
		CHECK(!text[0]);
		note_tell_state(&note, text);
		CHECK(!strcmp(text, "waiting for it"));
	}
	note_state(&note, "%s", "");
	note_tell_state(&note, text);
	CHECK(!text[0]);
	note_finish(&note);
}
