#include "hud.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/hud_font.h"

enum {
	MARGIN = 5, /* letter pixels around the text */
	LINES_MAX = 40,
	LINE_LENGTH = 200,
	GRAPH_HEIGHT = 36, /* letter pixels */
	HELP_COLUMNS = 2,
	HELP_KEY_WIDTH = 15,  /* letters */
	HELP_TEXT_WIDTH = 22, /* likewise */
	SCALE_MAX = 8,
};

struct colour {
	uint8_t red, green, blue, alpha;
};

static const struct colour ground = {8, 8, 16, 170};
static const struct colour ink = {235, 235, 225, 255};
static const struct colour faint = {150, 155, 170, 255};
static const struct colour warning = {255, 190, 80, 255};
static const struct colour good = {120, 210, 150, 255};

/* What is to be drawn, before it is known how large it is. */
struct sheet {
	int count;
	struct line {
		char text[LINE_LENGTH];
		struct colour colour;
	} lines[LINES_MAX];
	bool graph;
};

/* ---- what is said ---- */

__attribute__((format(printf, 3, 4))) static void
add_line(struct sheet *sheet, struct colour colour, const char *format, ...)
{
	if (sheet->count == LINES_MAX)
		return;
	struct line *line = &sheet->lines[sheet->count++];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(line->text, sizeof(line->text), format, arguments);
	va_end(arguments);
	line->colour = colour;
}

static void add_message(struct sheet *sheet, const struct hud_state *state)
{
	if (state->message[0])
		add_line(sheet, warning, "%s", state->message);
	if (state->recording[0])
		add_line(sheet, warning, "%s", state->recording);
}

static void write_small(struct sheet *sheet, const struct hud_state *state)
{
	add_line(sheet, ink, "%s  strength %.2f  dream %.1f fps%s", state->layer,
	         (double)state->strength, state->dream_fps, state->frozen ? "  frozen" : "");
	add_message(sheet, state);
}

static void write_full(struct sheet *sheet, const struct hud_state *state)
{
	char steps[32] = "auto";
	if (state->warm_steps)
		snprintf(steps, sizeof(steps), "%d", state->warm_steps);
	add_line(sheet, ink, "layer     %s", state->layer);
	add_line(sheet, ink, "strength  %.2f   octaves %d, warm %d", (double)state->strength,
	         state->octaves, state->warm_octaves);
	add_line(sheet, ink, "steps     %s, last %d%s", steps, state->last_steps,
	         state->cold ? " (cold)" : "");
	add_line(sheet, ink, "size      %dx%d   flow %s   %s", state->width, state->height,
	         state->flow ? state->flow : "-", state->governed ? "governed" : "as wished");
	add_line(sheet, ink, "fps       display %.1f  dream %.1f  source %.1f", state->display_fps,
	         state->dream_fps, state->source_fps);
	add_line(sheet, ink, "latency   %.0f ms%s", state->latency_ms,
	         state->frozen ? "   frozen" : "");
	add_line(sheet, faint, "ms        convert %.1f  dream %.1f  compose %.1f  show %.1f",
	         state->convert_ms, state->dream_ms, state->compose_ms, state->show_ms);
	add_message(sheet, state);
	sheet->graph = true;
}

/* Two columns, filled one after the other. */
static void write_help(struct sheet *sheet, const struct hud_state *state)
{
	int rows = (state->key_count + HELP_COLUMNS - 1) / HELP_COLUMNS;
	for (int row = 0; row < rows; row++) {
		const struct hud_key *left = &state->keys[row];
		char right[LINE_LENGTH] = "";
		if (row + rows < state->key_count)
			snprintf(right, sizeof(right), "%-*s%.*s", HELP_KEY_WIDTH,
			         state->keys[row + rows].key, HELP_TEXT_WIDTH,
			         state->keys[row + rows].help);
		add_line(sheet, ink, "%-*s%-*.*s %s", HELP_KEY_WIDTH, left->key, HELP_TEXT_WIDTH,
		         HELP_TEXT_WIDTH, left->help, right);
	}
	add_message(sheet, state);
}

/* ---- drawing ---- */

static int clamp(int value, int low, int high)
{
	return value < low ? low : value > high ? high : value;
}

static void fill(struct hud_picture *picture, int x, int y, int width, int height,
                 struct colour colour)
{
	int right = clamp(x + width, 0, picture->width);
	int bottom = clamp(y + height, 0, picture->height);
	for (int row = clamp(y, 0, picture->height); row < bottom; row++) {
		uint8_t *pixel = picture->rgba + 4 * ((size_t)row * (size_t)picture->width +
		                                      (size_t)clamp(x, 0, picture->width));
		for (int column = clamp(x, 0, picture->width); column < right; column++) {
			memcpy(pixel, &colour, 4);
			pixel += 4;
		}
	}
}

static void draw_letter(struct hud_picture *picture, int x, int y, char letter, int scale,
                        struct colour colour)
{
	int index = (unsigned char)letter - FONT_FIRST;
	if (index < 0 || (unsigned char)letter > FONT_LAST)
		index = '?' - FONT_FIRST;
	for (int row = 0; row < FONT_ROWS; row++)
		for (int column = 0; column < FONT_WIDTH; column++)
			if (font_letters[index][row] >> (FONT_WIDTH - 1 - column) & 1)
				fill(picture, x + column * scale, y + row * scale, scale, scale,
				     colour);
}

static void draw_line(struct hud_picture *picture, int row, const struct line *line, int scale)
{
	int y = (MARGIN + row * FONT_LINE) * scale;
	for (int i = 0; line->text[i]; i++)
		draw_letter(picture, (MARGIN + i * FONT_ADVANCE) * scale, y, line->text[i], scale,
		            line->colour);
}

/* Bars of what dreams took, the target as a line a third from the top. */
static void draw_graph(struct hud_picture *picture, int top, const struct hud_state *state,
                       int scale)
{
	int line = top + GRAPH_HEIGHT * scale / 3, bottom = top + GRAPH_HEIGHT * scale;
	for (int i = 0; i < HUD_HISTORY; i++) {
		double part = state->target_ms > 0
		                      ? (double)state->dream_history[i] / state->target_ms
		                      : 0;
		int height = clamp((int)(part * (bottom - line)), 0, bottom - top);
		fill(picture, (MARGIN + i * 2) * scale, bottom - height, scale, height,
		     part > 1 ? warning : good);
	}
	fill(picture, MARGIN * scale, line, 2 * HUD_HISTORY * scale, 1, faint);
}

static rv_status allocate(struct hud_picture *picture, const struct sheet *sheet, int scale,
                          rv_error *error)
{
	size_t letters = sheet->graph ? 2 * HUD_HISTORY / FONT_ADVANCE : 0;
	for (int i = 0; i < sheet->count; i++) {
		size_t length = strlen(sheet->lines[i].text);
		letters = length > letters ? length : letters;
	}
	int width = ((int)letters * FONT_ADVANCE + 2 * MARGIN) * scale;
	int height = (sheet->count * FONT_LINE + (sheet->graph ? GRAPH_HEIGHT + MARGIN : 0) +
	              2 * MARGIN) *
	             scale;
	size_t bytes = 4 * (size_t)width * (size_t)height;
	if (bytes > picture->capacity) {
		hud_release(picture);
		picture->rgba = malloc(bytes);
		if (!picture->rgba)
			return rv_fail(error, RV_MEMORY, "out of memory for the HUD");
		picture->capacity = bytes;
	}
	picture->width = width;
	picture->height = height;
	return RV_OK;
}

rv_status hud_draw(struct hud_picture *picture, enum hud_level level, const struct hud_state *state,
                   int scale, rv_error *error)
{
	struct sheet sheet = {0};
	scale = clamp(scale, 1, SCALE_MAX);
	if (level == HUD_SMALL)
		write_small(&sheet, state);
	else if (level == HUD_FULL)
		write_full(&sheet, state);
	else if (level == HUD_HELP)
		write_help(&sheet, state);
	picture->width = picture->height = 0;
	if (!sheet.count)
		return RV_OK;
	rv_status status = allocate(picture, &sheet, scale, error);
	if (status != RV_OK)
		return status;
	fill(picture, 0, 0, picture->width, picture->height, ground);
	for (int i = 0; i < sheet.count; i++)
		draw_line(picture, i, &sheet.lines[i], scale);
	if (sheet.graph)
		draw_graph(picture, (MARGIN + sheet.count * FONT_LINE) * scale, state, scale);
	return RV_OK;
}

void hud_release(struct hud_picture *picture)
{
	free(picture->rgba);
	*picture = (struct hud_picture){0};
}

int hud_scale(int height)
{
	return clamp(height / 360, 1, SCALE_MAX);
}
