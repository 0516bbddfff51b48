#include "app/screen/hud.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/screen/hud_font.h"
#include "app/screen/hud_paint.h"

/* Positions and sizes on a sheet: columns are counted in letters, rows in lines, and what belongs
 * to the graph in letter pixels. */
enum {
	SPANS_MAX = 2 * HUD_KEYS_MAX + 32,
	SPAN_LENGTH = 2 * HUD_TEXT_LENGTH,
	LABEL_WIDTH = 10, /* of the full level's left column */
	COLUMN_GAP = 3,   /* between columns of keys */
	GRAPH_HEIGHT = 30,
	GRAPH_GAP = 4,   /* below it */
	GRAPH_BAR = 3,   /* from bar to bar; one of it stays free */
	METER_WIDTH = 3, /* of the levels of sound, in letters: each a bar as high as a letter */
	BAR_WIDTH = 24,  /* of the bar that shows how far kernels are built, in letters */
	BAR_LABEL = 17,  /* of the label before that bar, in letters */
	CORNER = 4,      /* radius of the panel's */
	AROUND = HUD_MARGIN + HUD_PADDING, /* letter pixels around the text */
};

static const struct hud_colour ground = {10, 11, 18, 205};
static const struct hud_colour ink = {240, 240, 232, 255};
static const struct hud_colour faint = {152, 160, 178, 255};
static const struct hud_colour accent = {150, 205, 255, 255};
static const struct hud_colour warning = {255, 190, 80, 255};
static const struct hud_colour line_colour = {110, 118, 138, 255};
static const struct hud_colour stage_colours[HUD_STAGES] = {
	{110, 160, 235, 255}, {120, 210, 150, 255}, {200, 140, 230, 255}, {235, 205, 110, 255}};
static const char *const stage_names[HUD_STAGES] = {"convert", "dream", "compose", "show"};

/* Texts and graphs laid out in letters and lines, before the size of a letter is chosen. */
struct sheet {
	int count, columns, lines; /* size, in letters and lines */
	struct span {
		char text[SPAN_LENGTH];
		int column, line;
		struct hud_colour colour;
	} spans[SPANS_MAX];
	int graph_line; /* the graph stands below so many lines; 0: there is none */
	int bar_line;   /* the bar stands in this one; 0: there is none */
	bool has_meter; /* of sound, at: */
	int meter_column, meter_line;
};

/* ---- what is said ---- */

/* Returns the column behind the text. */
__attribute__((format(printf, 5, 6))) static int
add(struct sheet *sheet, int column, int line, struct hud_colour colour, const char *format, ...)
{
	if (sheet->count == SPANS_MAX)
		return column;
	struct span *span = &sheet->spans[sheet->count++];
	va_list arguments;
	span->column = column;
	span->line = line;
	span->colour = colour;
	va_start(arguments, format);
	vsnprintf(span->text, sizeof(span->text), format, arguments);
	va_end(arguments);
	int end = column + (int)strlen(span->text);
	sheet->columns = end > sheet->columns ? end : sheet->columns;
	sheet->lines = line + 1 > sheet->lines ? line + 1 : sheet->lines;
	return end;
}

static void add_message(struct sheet *sheet, const struct hud_state *state)
{
	if (state->message[0])
		add(sheet, 0, sheet->lines, warning, "%s", state->message);
	if (state->recording[0])
		add(sheet, 0, sheet->lines, warning, "%s", state->recording);
}

/* Adds a bar that shows which part of the kernels is built. */
static void add_bar(struct sheet *sheet, const struct hud_state *state)
{
	if (!(state->prepared > 0 && state->prepared < 1))
		return;
	sheet->bar_line = sheet->lines;
	add(sheet, 0, sheet->bar_line, faint, "building kernels");
	add(sheet, BAR_LABEL, sheet->bar_line, faint, "%*s", BAR_WIDTH, "");
}

/* Returns the column behind the meter, where somebody listens. */
static int add_meter(struct sheet *sheet, int column, int line, const struct hud_state *state)
{
	sheet->has_meter = state->listens;
	sheet->meter_column = column;
	sheet->meter_line = line;
	return state->listens ? add(sheet, column, line, faint, "%*s", METER_WIDTH, "") + 2
	                      : column;
}

static void write_small(struct sheet *sheet, const struct hud_state *state)
{
	int end = state->preset[0] ? add(sheet, 0, 0, accent, "%s", state->preset) + 2 : 0;
	end = add(sheet, end, 0, ink, "%s", state->layer);
	if (state->channels[0])
		end = add(sheet, end + 1, 0, accent, "%s", state->channels);
	end = add(sheet, end + 2, 0, ink, "%.2f", (double)state->strength);
	end = add(sheet, end + 2, 0, faint, "%.0f fps", state->dream_fps) + 2;
	end = add_meter(sheet, end, 0, state);
	if (state->doing[0])
		add(sheet, end, 0, warning, "%s", state->doing);
	add_bar(sheet, state);
	add_message(sheet, state);
}

/* A value and what it is; returns the column for the next. */
static int add_pair(struct sheet *sheet, int column, int line, const char *name, const char *value)
{
	int end = add(sheet, column, line, ink, "%s", value);
	return add(sheet, end + 1, line, faint, "%s", name) + 2;
}

static int add_number(struct sheet *sheet, int column, int line, const char *name,
                      const char *format, double number)
{
	char value[32];
	snprintf(value, sizeof(value), format, number);
	return add_pair(sheet, column, line, name, value);
}

static void write_dream(struct sheet *sheet, const struct hud_state *state)
{
	int line = sheet->lines;
	int end = add(sheet, LABEL_WIDTH, line, ink, "%s", state->layer);
	add(sheet, 0, line, faint, state->is_target ? "dream" : "layer");
	if (state->channels[0])
		add(sheet, end + 2, line, accent, "channel %s", state->channels);
	else if (!state->is_target)
		add(sheet, end + 2, line, faint, "all channels");
	add(sheet, 0, line + 1, faint, "strength");
	end = add(sheet, LABEL_WIDTH, line + 1, ink, "%.2f", (double)state->strength) + 2;
	end = add_number(sheet, end, line + 1, "octaves", "%.0f", state->octaves);
	add_number(sheet, end, line + 1, "apart", "x%.2f", (double)state->octave_scale);
	add(sheet, 0, line + 2, faint, "steps");
	end = state->warm_steps ? add(sheet, LABEL_WIDTH, line + 2, ink, "%d", state->warm_steps)
	                        : add(sheet, LABEL_WIDTH, line + 2, ink, "auto");
	if (!state->warm_steps && state->warm_share > 0 && state->warm_share < 1)
		end = add_number(sheet, end + 2, line + 2, "of them", "%.0f%%",
		                 100 * (double)state->warm_share) -
		      2;
	end = add_number(sheet, end + 2, line + 2, state->cold ? "last, cold" : "last", "%.0f",
	                 state->last_steps);
	add_number(sheet, end, line + 2, state->warm_octaves == 1 ? "warm octave" : "warm octaves",
	           "%.0f", state->warm_octaves);
}

static void write_pace(struct sheet *sheet, const struct hud_state *state)
{
	int line = sheet->lines;
	add(sheet, 0, line, faint, "size");
	int end = add(sheet, LABEL_WIDTH, line, ink, "%dx%d", state->width, state->height) + 2;
	if (state->flow)
		end = add_pair(sheet, end, line, "flow", state->flow);
	end = add(sheet, end, line, state->governed ? accent : warning, "%s",
	          state->governed ? "governed" : "as wished");
	if (state->locked[0])
		add(sheet, end, line, faint, ", but for %s", state->locked);
	line++;
	add(sheet, 0, line, faint, "fps");
	end = add_number(sheet, LABEL_WIDTH, line, "shown", "%.1f", state->display_fps);
	end = add_number(sheet, end, line, "dreamed", "%.1f", state->dream_fps);
	add_number(sheet, end, line, "source", "%.1f", state->source_fps);
	line++;
	add(sheet, 0, line, faint, "latency");
	end = add(sheet, LABEL_WIDTH, line, ink, "%.0f ms", state->latency_ms);
	if (state->doing[0])
		add(sheet, end + 2, line, warning, "%s", state->doing);
}

static void write_sound(struct sheet *sheet, const struct hud_state *state)
{
	int line = sheet->lines;
	if (!state->listens && !(state->tempo > 0))
		return;
	add(sheet, 0, line, faint, "sound");
	int end = add_meter(sheet, LABEL_WIDTH, line, state);
	if (state->tempo > 0)
		end = add_number(sheet, end, line, "beats a minute,", "%.0f", state->tempo);
	if (state->tempo > 0)
		add(sheet, end - 1, line, faint, "%s", state->tempo_source);
}

static void write_full(struct sheet *sheet, const struct hud_state *state)
{
	int end = 0;
	if (state->preset[0]) {
		add(sheet, 0, 0, faint, "preset");
		add(sheet, LABEL_WIDTH, 0, accent, "%s", state->preset);
	}
	write_dream(sheet, state);
	write_pace(sheet, state);
	write_sound(sheet, state);
	sheet->graph_line = sheet->lines;
	for (int i = 0; i < HUD_STAGES; i++) {
		end = add(sheet, end, sheet->graph_line, stage_colours[i], "%s", stage_names[i]);
		end = add(sheet, end + 1, sheet->graph_line, ink, "%.1f", state->stage_ms[i]) + 2;
	}
	add(sheet, end - 1, sheet->graph_line, faint, "ms");
	add_bar(sheet, state);
	add_message(sheet, state);
}

static int widest_key(const struct hud_key *keys, int count)
{
	int widest = 0;
	for (int i = 0; i < count; i++) {
		int width = (int)strlen(keys[i].key);
		widest = width > widest ? width : widest;
	}
	return widest;
}

/* Columns of keys with their meanings, filled one after the other, each of at most so many lines
 * and as wide as its own keys are. */
static void write_help(struct sheet *sheet, const struct hud_state *state, int lines_most)
{
	lines_most -= !!state->message[0] + !!state->recording[0];
	lines_most = lines_most > 1 ? lines_most : 1;
	int columns = (state->key_count + lines_most - 1) / lines_most;
	int lines = columns ? (state->key_count + columns - 1) / columns : 0;
	int left = 0, meaning = 0; /* columns where keys and meanings begin */
	for (int i = 0; i < state->key_count; i++) {
		const struct hud_key *key = &state->keys[i];
		int rest = state->key_count - i;
		if (i % lines == 0) {
			left = i ? sheet->columns + COLUMN_GAP : 0;
			meaning = left + widest_key(key, rest < lines ? rest : lines) + 1;
		}
		add(sheet, left, i % lines, accent, "%s", key->key);
		add(sheet, meaning, i % lines, ink, "%s", key->help);
	}
	add_message(sheet, state);
}

/* ---- drawing ---- */

static int clamp(int value, int low, int high)
{
	return value < low ? low : value > high ? high : value;
}

static int lines_in(int height, int scale)
{
	return clamp((height / scale - 2 * AROUND) / HUD_FONT_LINE, 1, HUD_KEYS_MAX);
}

/* Size of a sheet in letter pixels. */
static int width_of(const struct sheet *sheet)
{
	int text = sheet->columns * HUD_FONT_ADVANCE, graph = GRAPH_BAR * HUD_HISTORY;
	return (sheet->graph_line && graph > text ? graph : text) + 2 * AROUND;
}

static int height_of(const struct sheet *sheet)
{
	int graph = sheet->graph_line ? GRAPH_HEIGHT + GRAPH_GAP : 0;
	/* The gap below the last line is left out, but not the descenders of its letters. */
	return (sheet->lines - 1) * HUD_FONT_LINE + HUD_FONT_ROWS + graph + 2 * AROUND;
}

static void write_sheet(struct sheet *sheet, enum hud_level level, const struct hud_state *state,
                        const struct hud_area *area, int scale)
{
	sheet->count = sheet->columns = sheet->lines = 0;
	sheet->graph_line = sheet->bar_line = 0;
	sheet->has_meter = false;
	if (level == HUD_SMALL)
		write_small(sheet, state);
	else if (level == HUD_FULL)
		write_full(sheet, state);
	else if (level == HUD_HELP)
		write_help(sheet, state, lines_in(area->height, scale));
}

/* Writes the sheet for the largest letters with which it fits, at most those wished. */
static int fit_sheet(struct sheet *sheet, enum hud_level level, const struct hud_state *state,
                     const struct hud_area *area)
{
	int scale = clamp(area->scale, 1, HUD_SCALE_MAX);
	write_sheet(sheet, level, state, area, scale);
	while (scale > 1 &&
	       (width_of(sheet) * scale > area->width || height_of(sheet) * scale > area->height))
		write_sheet(sheet, level, state, area, --scale);
	return scale;
}

static rv_status reserve(struct hud_picture *picture, int width, int height, rv_error *error)
{
	size_t bytes = 4 * (size_t)width * (size_t)height;
	if (bytes > picture->capacity) {
		hud_picture_release(picture);
		picture->rgba = malloc(bytes);
		if (!picture->rgba)
			return rv_fail(error, RV_MEMORY, "out of memory for the HUD");
		picture->capacity = bytes;
	}
	picture->width = width;
	picture->height = height;
	return RV_OK;
}

/* A bar for each dream, its stages one on the other, and the target as a line a third from the
 * top. What a stage took where it made the dream too late is in the warning's colour. */
static void draw_graph(struct hud_picture *picture, int top, const struct hud_state *state,
                       int scale)
{
	int bottom = top + GRAPH_HEIGHT * scale, target = top + GRAPH_HEIGHT * scale / 3;
	for (int i = 0; i < HUD_HISTORY && state->target_ms > 0; i++) {
		int x = (AROUND + i * GRAPH_BAR) * scale, y = bottom;
		double sum = 0;
		for (int stage = 0; stage < HUD_STAGES; stage++) {
			sum += (double)state->history[i][stage] / state->target_ms;
			int above = clamp(bottom - (int)(sum * (bottom - target)), top, y);
			hud_paint_bar(picture, x, above, (GRAPH_BAR - 1) * scale, y - above,
			              sum > 1 ? warning : stage_colours[stage]);
			y = above;
		}
	}
	hud_paint_bar(picture, AROUND * scale, target, GRAPH_BAR * HUD_HISTORY * scale, 1,
	              line_colour);
}

/* Where the text of a line begins, in letter pixels. */
static int top_of(const struct sheet *sheet, int line)
{
	bool below = sheet->graph_line && line > sheet->graph_line;
	return AROUND + line * HUD_FONT_LINE + (below ? GRAPH_HEIGHT + GRAPH_GAP : 0);
}

static void draw_bar(struct hud_picture *picture, const struct sheet *sheet, float part, int scale)
{
	int x = (AROUND + BAR_LABEL * HUD_FONT_ADVANCE) * scale;
	int y = top_of(sheet, sheet->bar_line) * scale;
	int width = BAR_WIDTH * HUD_FONT_ADVANCE * scale, height = HUD_FONT_ROWS * scale;
	int done = clamp((int)((float)width * part), 0, width);
	hud_paint_bar(picture, x, y, done, height, accent);
	hud_paint_bar(picture, x + done, y, width - done, height, line_colour);
}

/* A level of nothing is a line. */
static void draw_meter(struct hud_picture *picture, const struct sheet *sheet, const float *levels,
                       int scale)
{
	int left = (AROUND + sheet->meter_column * HUD_FONT_ADVANCE) * scale;
	int bottom = (top_of(sheet, sheet->meter_line) + HUD_FONT_ROWS) * scale;
	for (int i = 0; i < HUD_LEVELS; i++) {
		int rows = clamp((int)(levels[i] * HUD_FONT_ROWS * (float)scale + 0.5F), 1,
		                 HUD_FONT_ROWS * scale);
		hud_paint_bar(picture, left + i * HUD_FONT_ADVANCE * scale, bottom - rows,
		              HUD_FONT_WIDTH * scale, rows, accent);
	}
}

static void draw_sheet(struct hud_picture *picture, const struct sheet *sheet,
                       const struct hud_state *state, int scale)
{
	int margin = HUD_MARGIN * scale, edge = AROUND * scale;
	hud_paint_nothing(picture);
	hud_paint_panel(picture, margin, margin, picture->width - 2 * margin,
	                picture->height - 2 * margin, CORNER * scale, ground);
	for (int i = 0; i < sheet->count; i++) {
		const struct span *span = &sheet->spans[i];
		hud_paint_text(picture, edge + span->column * HUD_FONT_ADVANCE * scale,
		               top_of(sheet, span->line) * scale, span->text, scale, span->colour);
	}
	if (sheet->has_meter)
		draw_meter(picture, sheet, state->levels, scale);
	if (sheet->bar_line)
		draw_bar(picture, sheet, state->prepared, scale);
	if (sheet->graph_line)
		draw_graph(picture, (AROUND + (sheet->graph_line + 1) * HUD_FONT_LINE) * scale,
		           state, scale);
}

rv_status hud_draw(struct hud_picture *picture, enum hud_level level, const struct hud_state *state,
                   const struct hud_area *area, rv_error *error)
{
	struct sheet *sheet = calloc(1, sizeof(*sheet));
	if (!sheet)
		return rv_fail(error, RV_MEMORY, "out of memory for the HUD");
	int scale = fit_sheet(sheet, level, state, area);
	rv_status status = RV_OK;
	picture->width = picture->height = 0;
	if (sheet->count) {
		int width = clamp(width_of(sheet) * scale, 1, area->width > 1 ? area->width : 1);
		int height =
			clamp(height_of(sheet) * scale, 1, area->height > 1 ? area->height : 1);
		status = reserve(picture, width, height, error);
		if (status == RV_OK)
			draw_sheet(picture, sheet, state, scale);
	}
	picture->scale = scale;
	free(sheet);
	return status;
}

int hud_scale(int height)
{
	return clamp(height / 360, 1, HUD_SCALE_MAX);
}
