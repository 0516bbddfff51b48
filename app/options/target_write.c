/* Targets as the text that they are read from. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "app/options/target.h"
#include "app/options/target_list.h"
#include "app/options/target_words.h"
#include "app/options/type.h"

/* What is written so far, cut where there is no more room. */
struct line {
	char *text;
	size_t used;
};

__attribute__((format(printf, 2, 3))) static void add(struct line *line, const char *format, ...)
{
	size_t room = OPTION_VALUE_LENGTH - line->used;
	va_list arguments;
	va_start(arguments, format);
	size_t length = (size_t)vsnprintf(line->text + line->used, room, format, arguments);
	va_end(arguments);
	line->used += length < room ? length : room - 1;
}

/* word has the blanks around it. */
static void add_quoted(struct line *line, const char *word, const char *text)
{
	char quoted[OPTION_FILE_LENGTH + 2];
	target_words_quote(text, quoted, sizeof(quoted));
	add(line, "%s%s", word, quoted);
}

static void add_number(struct line *line, const char *word, float number)
{
	char text[32];
	option_write_number((double)number, text, sizeof(text));
	add(line, " %s %s", word, text);
}

static void add_channels(struct line *line, const char *word, const rv_target *target)
{
	add(line, "%s ", word);
	for (int i = 0; i < target->channel_count; i++)
		add(line, "%s%d", i ? "," : "", target->channels[i]);
}

static void add_classes(struct line *line, const rv_target *target)
{
	char text[OPTION_VALUE_LENGTH];
	target_list_write_classes(target->channels, target->channel_count, text, sizeof(text));
	add(line, "class %s", text);
}

static void add_what(struct line *line, const struct option_target *from)
{
	const rv_target *target = &from->target;
	switch (target->kind) {
	case RV_TARGET_LAYER:
		if (target->channel_count)
			add_channels(line, "channels", target);
		else
			add_quoted(line, "layer ", target->layer);
		break;
	case RV_TARGET_WINNERS:
		add(line, "winners");
		if (target->winners)
			add(line, " %d", target->winners);
		break;
	case RV_TARGET_NEURON:
		add_channels(line, "neuron", target);
		break;
	case RV_TARGET_CLASS:
		add_classes(line, target);
		break;
	case RV_TARGET_GUIDE:
		add_quoted(line, "guide ", from->file);
		break;
	case RV_TARGET_CARICATURE:
		add(line, "caricature");
		break;
	case RV_TARGET_DIRECTION:
		add_quoted(line, "direction ", from->file);
		break;
	}
}

static void add_where(struct line *line, const struct option_target *from)
{
	char x[32], y[32];
	if (from->target.where == RV_AT_PLACE) {
		option_write_number((double)from->target.x, x, sizeof(x));
		option_write_number((double)from->target.y, y, sizeof(y));
		add(line, " at %s,%s", x, y);
	} else if (from->target.where == RV_IN_MASK) {
		add_quoted(line, " in ", from->mask);
	}
}

static void add_target(struct line *line, const struct option_target *from)
{
	const rv_target *target = &from->target;
	bool is_layer = target->kind == RV_TARGET_LAYER && !target->channel_count;
	bool bends = target->kind == RV_TARGET_GUIDE || target->kind == RV_TARGET_CARICATURE ||
	             target->kind == RV_TARGET_DIRECTION;
	add_what(line, from);
	if (!is_layer && target->layer[0])
		add_quoted(line, " of ", target->layer);
	if (bends && target->power != (target->kind == RV_TARGET_CARICATURE ? 2 : 0))
		add_number(line, "power", target->power);
	add_where(line, from);
	if (target->weight != 1)
		add_number(line, "*", target->weight);
}

void target_write(const struct option_targets *targets, char text[OPTION_VALUE_LENGTH])
{
	struct line line = {.text = text};
	text[0] = '\0';
	for (int i = 0; i < targets->count; i++) {
		if (i)
			add(&line, " + ");
		add_target(&line, &targets->list[i]);
	}
}
