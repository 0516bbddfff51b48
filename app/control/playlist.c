#include "app/control/playlist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/text_lines.h"
#include "app/options/preset.h"

/* ---- reading ---- */

static bool is_input(const char *text)
{
	size_t digits = strspn(text, "0123456789");
	int number = digits && digits <= 2 && !text[digits] ? atoi(text) : 0;
	return number >= 1 && number <= OPTION_INPUTS_MAX;
}

/* What follows the preset, in whatever order. False: it is something else. */
static bool parse_rest(struct playlist_line *line, char *text)
{
	line->fade = -1;
	line->input = 0;
	while (text[0]) {
		const char *word = text_take_word(&text), *value = text_take_word(&text);
		double number = text_read_time(value);
		if (!strcmp(word, "fade") && line->fade < 0 && number >= 0)
			line->fade = number;
		else if (!strcmp(word, "input") && !line->input && is_input(value))
			line->input = atoi(value);
		else
			return false;
	}
	return true;
}

static rv_status parse_words(struct playlist_line *line, char *text, const char *prefix,
                             rv_error *error)
{
	rv_error why = {0};
	const char *time = text_take_word(&text), *preset = text_take_word(&text);
	line->seconds = text_read_time(time);
	if (!(line->seconds > 0))
		return rv_fail(error, RV_INVALID,
		               "%s: \"%.32s\" is no time, such as 90, 1:30 or 1:00:00", prefix,
		               time);
	if (!preset[0] || !parse_rest(line, text))
		return rv_fail(error, RV_INVALID,
		               "%s: it goes `TIME PRESET`, and `fade SECONDS`, `input NUMBER` "
		               "(1 to %d) or both",
		               prefix, OPTION_INPUTS_MAX);
	if (line->fade > line->seconds)
		return rv_fail(error, RV_INVALID, "%s: a fade of %g seconds in a line of %g",
		               prefix, line->fade, line->seconds);
	snprintf(line->name, sizeof(line->name), "%s", preset);
	line->dream = option_dream_default();
	if (preset_load(&line->dream, preset, &why))
		return rv_fail(error, why.status, "%s: %s", prefix, why.message);
	return RV_OK;
}

static rv_status add_line(void *context, char *text, const char *prefix, rv_error *error)
{
	struct playlist *playlist = context;
	text_cut_comment(text);
	text += strspn(text, text_blanks);
	if (!text[0])
		return RV_OK;
	if (playlist->count == PLAYLIST_MAX)
		return rv_fail(error, RV_INVALID, "%s: more than %d lines", prefix, PLAYLIST_MAX);
	struct playlist_line *lines =
		realloc(playlist->lines, ((size_t)playlist->count + 1) * sizeof(*playlist->lines));
	if (!lines)
		return rv_fail(error, RV_MEMORY, "%s: out of memory", prefix);
	playlist->lines = lines;
	return parse_words(&lines[playlist->count++], text, prefix, error);
}

static rv_status begin(struct playlist *playlist, const char *name, rv_status status,
                       rv_error *error)
{
	if (status == RV_OK && !playlist->count)
		status = rv_fail(error, RV_INVALID, "%.200s: there is no line in this playlist",
		                 name);
	if (status != RV_OK)
		playlist_release(playlist);
	return status;
}

rv_status playlist_parse(struct playlist *playlist, const char *name, const char *text,
                         rv_error *error)
{
	*playlist = (struct playlist){.line = -1};
	rv_status status = text_each_line(name, text, strlen(text), add_line, playlist, error);
	return begin(playlist, name, status, error);
}

rv_status playlist_load(struct playlist *playlist, const char *path, rv_error *error)
{
	*playlist = (struct playlist){.line = -1};
	rv_status status = text_read_lines(path, "playlist", add_line, playlist, error);
	return begin(playlist, path, status, error);
}

void playlist_release(struct playlist *playlist)
{
	free(playlist->lines);
	*playlist = (struct playlist){.line = -1};
}

/* ---- the clock ---- */

const struct playlist_line *playlist_tick(struct playlist *playlist, int64_t now)
{
	if (!playlist->count)
		return NULL;
	bool first = playlist->line < 0;
	int64_t length = first ? 0 : (int64_t)(1e9 * playlist->lines[playlist->line].seconds);
	bool over = !playlist->paused_at && now - playlist->begun >= length;
	if (!first && !over && !playlist->hurry)
		return NULL;
	/* A line is due when the one before it was over, so that delays do not add up. One that is
	 * far overdue, as after the machine slept, begins now. */
	int64_t due = playlist->begun + length;
	bool late = first || playlist->hurry || now - due > length;
	playlist->begun = late ? now : due;
	playlist->line = (playlist->line + 1) % playlist->count;
	playlist->paused_at = 0;
	playlist->hurry = false;
	return &playlist->lines[playlist->line];
}

void playlist_next(struct playlist *playlist)
{
	playlist->hurry = true;
}

bool playlist_pause(struct playlist *playlist, int64_t now)
{
	if (playlist->paused_at)
		playlist->begun += now - playlist->paused_at;
	playlist->paused_at = playlist->paused_at ? 0 : now;
	return playlist->paused_at != 0;
}
