#include "app/options/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/text_lines.h"
#include "app/media/public_name.h"
#include "app/media/tag.h"
#include "app/options/differing.h"

/* Of the score that goes along. */
static const size_t score_most = 32 * 1024;

bool settings_hold(const struct option *option)
{
	static const char *const words[] = {"force",  "resume",   "chunks",      "chunk-seconds",
	                                    "preset", "like",     "save-preset", "save-score",
	                                    "cache",  "no-cache", "input"};
	bool is_output = !strcmp(option->name, "output");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(option->name, words[i]))
			return false;
	switch (option->group) {
	case OPTION_GROUP_DREAM:
	case OPTION_GROUP_TIME:
	case OPTION_GROUP_PRESET:
	case OPTION_GROUP_OUTPUT:
	case OPTION_GROUP_NETWORK:
	case OPTION_GROUP_DEVICE:
		return (option->commands & (COMMAND_DREAM | COMMAND_LIVE)) &&
		       (!option->is_private || is_output);
	default:
		return option->group == OPTION_GROUP_LIVE && option->cost != OPTION_START;
	}
}

/* ---- writing ---- */

/* One that would end its line is left out. */
static void write_line(FILE *file, const char *before, const char *value)
{
	char shown[OPTION_VALUE_LENGTH];
	snprintf(shown, sizeof(shown), "%.*s", OPTION_VALUE_LENGTH - 1, value);
	public_name_hide(shown);
	if (shown[0] && !strpbrk(shown, "\r\n"))
		fprintf(file, "%s%s\n", before, shown);
}

static void write_option(FILE *file, const struct option *option, const char *value)
{
	char before[64];
	snprintf(before, sizeof(before), "%.48s = ", option->name);
	write_line(file, before, value);
}

static void write_other(void *context, const struct option *option, const char *value)
{
	if (settings_hold(option) && !option_in_dream(option))
		write_option(context, option, value);
}

static void write_score(FILE *file, const char *score)
{
	while (score && *score) {
		size_t length = strcspn(score, "\n");
		fprintf(file, "| %.*s\n", (int)length, score);
		score += length + (score[length] == '\n');
	}
}

/* All of the dream, as its defaults may be others one day; of the rest what differs from them. */
static void write_all(FILE *file, const struct settings *settings)
{
	const struct options *options = &settings->options;
	unsigned commands = settings->is_live ? COMMAND_LIVE : COMMAND_DREAM;
	char value[OPTION_VALUE_LENGTH];
	fprintf(file, "%s%s\n", tag_mark, settings->version);
	write_line(file, "network ", options->dream.network.name);
	write_line(file, "network-file ", settings->network_file);
	write_line(file, "network-sha256 ", settings->checksum);
	write_line(file, "device ", settings->device);
	write_line(file, "command ", settings->is_live ? "live" : "dream");
	write_line(file, "input ", options->call.operand);
	for (const struct option *option = option_table; option->name; option++) {
		if (!option_in_dream(option) || !(option->commands & commands))
			continue;
		option_format(options, option, value);
		write_option(file, option, value);
	}
	differing_each(options, commands, write_other, file);
	write_score(file, settings->score);
}

rv_status settings_write(const struct settings *settings, char **text, rv_error *error)
{
	size_t length = 0;
	*text = NULL;
	FILE *file = open_memstream(text, &length);
	if (file)
		write_all(file, settings);
	if (!file || fclose(file))
		return rv_fail(error, RV_MEMORY, "out of memory for the settings");
	if (length > TAG_LENGTH_MAX) /* of names and lists as long as they may be */
		(*text)[TAG_LENGTH_MAX] = '\0';
	return RV_OK;
}

char *settings_read_score(const struct options *options)
{
	return options->call.score[0] ? text_read_whole(options->call.score, score_most) : NULL;
}

/* ---- reading ---- */

/* Of ASCII or, in UTF-8, of Latin-1. */
static bool has_control(const char *text)
{
	const unsigned char *bytes = (const unsigned char *)text;
	for (; *bytes; bytes++)
		if (*bytes < ' ' || *bytes == 0x7F || (*bytes == 0xC2 && (bytes[1] & 0xE0) == 0x80))
			return true;
	return false;
}

static rv_status add_score_line(struct settings *settings, const char *line, rv_error *error)
{
	size_t used = settings->score ? strlen(settings->score) : 0, length = strlen(line);
	char *score = realloc(settings->score, used + length + 2);
	if (!score)
		return rv_fail(error, RV_MEMORY, "out of memory for a score");
	settings->score = score;
	memcpy(score + used, line, length);
	strcpy(score + used + length, "\n");
	return RV_OK;
}

/* What begins with a word. False: it is none of these. */
static bool read_word(struct settings *settings, const char *line)
{
	const struct {
		const char *word;
		char *place;
		size_t size;
	} words[] = {
		{"network ", settings->options.dream.network.name, OPTION_NETWORK_LENGTH},
		{"network-file ", settings->network_file, sizeof(settings->network_file)},
		{"network-sha256 ", settings->checksum, sizeof(settings->checksum)},
		{"device ", settings->device, sizeof(settings->device)},
		{"input ", settings->options.call.operand, OPTION_TEXT_LENGTH},
	};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t length = strlen(words[i].word);
		if (strncmp(line, words[i].word, length) != 0)
			continue;
		snprintf(words[i].place, words[i].size, "%s", line + length);
		return true;
	}
	settings->is_live |= !strcmp(line, "command live");
	return !strncmp(line, "command ", 8);
}

/* Options of another version, or values that it took, are passed over. */
static void read_option(struct settings *settings, char *line)
{
	char *equals = strstr(line, " = ");
	unsigned commands = settings->is_live ? COMMAND_LIVE : COMMAND_DREAM;
	if (equals)
		*equals = '\0';
	const struct option *option = equals ? option_find(line, commands) : NULL;
	if (option && settings_hold(option) &&
	    option_set(&settings->options, option, equals + 3, "", NULL) == RV_OK)
		return;
	snprintf(settings->unknown, sizeof(settings->unknown), "%.100s", line);
}

static rv_status read_line(void *context, char *line, const char *place, rv_error *error)
{
	struct settings *settings = context;
	size_t mark = strlen(tag_mark);
	if (!settings->version[0]) {
		if (strncmp(line, tag_mark, mark) != 0 || !line[mark] || has_control(line))
			return rv_fail(error, RV_INVALID, "%s: these are no settings of Reverie",
			               place);
		snprintf(settings->version, sizeof(settings->version), "%.100s", line + mark);
		return RV_OK;
	}
	if (!strncmp(line, "| ", 2))
		return add_score_line(settings, line + 2, error);
	if (has_control(line) || !line[0]) /* it would not be what a person sees */
		return RV_OK;
	if (!read_word(settings, line))
		read_option(settings, line);
	return RV_OK;
}

rv_status settings_parse(struct settings *settings, const char *name, const char *text,
                         rv_error *error)
{
	*settings = (struct settings){.options = options_default()};
	rv_status status = text_each_line(name, text, strlen(text), read_line, settings, error);
	if (status == RV_OK && !settings->version[0])
		status = rv_fail(error, RV_INVALID, "%.200s: these are no settings of Reverie",
		                 name);
	if (status != RV_OK)
		settings_release(settings);
	return status;
}

rv_status settings_load(struct settings *settings, const char *path, rv_error *error)
{
	char *text;
	rv_status status = tag_read(path, &text, error);
	if (status == RV_OK)
		status = settings_parse(settings, path, text, error);
	free(text);
	return status;
}

void settings_release(struct settings *settings)
{
	free(settings->score);
	settings->score = NULL;
}
