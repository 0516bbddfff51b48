#include "app/options/target.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/options/target_list.h"
#include "app/options/target_words.h"
#include "app/options/type.h"

/* What stands behind the word of a kind. */
enum argument { NOTHING, A_LAYER, CHANNELS, A_COUNT, CLASSES, A_FILE };

static const struct kind {
	const char *word;
	rv_target_kind kind;
	enum argument argument;
	const char *what; /* the argument, in messages */
} kinds[] = {
	{"layer", RV_TARGET_LAYER, A_LAYER, "the layer's name"},
	{"channels", RV_TARGET_LAYER, CHANNELS, "a list of channels such as 11,40"},
	{"winners", RV_TARGET_WINNERS, A_COUNT, "a number of winners"},
	{"neuron", RV_TARGET_NEURON, CHANNELS, "a channel"},
	{"class", RV_TARGET_CLASS, CLASSES, "a class, by label or number"},
	{"guide", RV_TARGET_GUIDE, A_FILE, "the guide's picture"},
	{"caricature", RV_TARGET_CARICATURE, NOTHING, NULL},
	{"direction", RV_TARGET_DIRECTION, A_FILE, "a file of numbers"},
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* The range of a count, and of a coordinate. */
enum { WINNERS_MOST = RV_CHANNELS_MAX };
static const float power_of_caricature = 2;

static bool refuse(char why[OPTION_REASON_LENGTH], const char *text, const char *problem)
{
	snprintf(why, OPTION_REASON_LENGTH, "\"%.64s\" %s", text, problem);
	return false;
}

/* ---- what ---- */

static const struct kind *find_kind(const struct target_words *words,
                                    char why[OPTION_REASON_LENGTH])
{
	const struct kind *nearest = &kinds[0];
	for (int i = 0; i < KINDS; i++) {
		if (target_words_is(words, kinds[i].word))
			return &kinds[i];
		if (rv_edit_distance(words->word, kinds[i].word) <
		    rv_edit_distance(words->word, nearest->word))
			nearest = &kinds[i];
	}
	if (!words->word[0])
		snprintf(why, OPTION_REASON_LENGTH, "a target is missing, such as `class tabby`");
	else
		snprintf(why, OPTION_REASON_LENGTH,
		         "\"%.64s\" is no kind of target; did you mean %s? There are layer, "
		         "channels, winners, neuron, class, guide, caricature, direction",
		         words->word, nearest->word);
	return NULL;
}

static bool read_count(const char *text, int *count, char why[OPTION_REASON_LENGTH])
{
	long long number;
	if (!option_read_whole(text, &number) || number < 1 || number > WINNERS_MOST)
		return refuse(why, text, "is not a number of winners");
	*count = (int)number;
	return true;
}

/* Channels that have a name bring their layer with them. */
static bool take_channels(const char *text, rv_target *to, char why[OPTION_REASON_LENGTH])
{
	struct option_channels channels;
	if (!target_list_channels(text, &channels, why))
		return false;
	to->channel_count = channels.count;
	memcpy(to->channels, channels.list, sizeof(channels.list));
	strcpy(to->layer, channels.layer);
	return true;
}

static bool take_argument(const struct kind *kind, const char *text, struct option_target *target,
                          char why[OPTION_REASON_LENGTH])
{
	rv_target *to = &target->target;
	switch (kind->argument) {
	case A_LAYER:
		if (strlen(text) >= sizeof(to->layer))
			return refuse(why, text, "is too long for a layer's name");
		strcpy(to->layer, text);
		return true;
	case CHANNELS:
		return take_channels(text, to, why);
	case A_COUNT:
		return read_count(text, &to->winners, why);
	case CLASSES:
		return target_list_classes(text, to->channels, &to->channel_count, why);
	case A_FILE:
		strcpy(target->file, text);
		return true;
	case NOTHING:
		return true;
	}
	return true;
}

static bool read_what(struct target_words *words, const struct kind **found,
                      struct option_target *target, char why[OPTION_REASON_LENGTH])
{
	char text[OPTION_FILE_LENGTH];
	const struct kind *kind = *found = find_kind(words, why);
	if (!kind || !target_words_next(words, why))
		return false;
	target->target.kind = kind->kind;
	target->target.power = kind->kind == RV_TARGET_CARICATURE ? power_of_caricature : 0;
	if (kind->argument == NOTHING || (kind->argument == A_COUNT && target_words_ends(words)))
		return true;
	return target_words_join(words, kind->what, text, sizeof(text), why) &&
	       take_argument(kind, text, target, why);
}

/* ---- of, at, in, power, * ---- */

static bool read_within(const char *text, double low, double high, float *value)
{
	double number;
	if (!option_read_number(text, &number) || !(number >= low && number <= high))
		return false;
	*value = (float)number;
	return true;
}

static bool read_layer(const char *text, struct option_target *target,
                       char why[OPTION_REASON_LENGTH])
{
	if (target->target.layer[0])
		return refuse(why, text, "is a second layer of one target");
	if (strlen(text) >= sizeof(target->target.layer))
		return refuse(why, text, "is too long for a layer's name");
	strcpy(target->target.layer, text);
	return true;
}

static bool read_place(const char *text, struct option_target *target,
                       char why[OPTION_REASON_LENGTH])
{
	rv_target *to = &target->target;
	const char *comma = strchr(text, ',');
	char x[32] = "";
	if (comma)
		snprintf(x, sizeof(x), "%.*s", (int)(comma - text), text);
	if (!comma || !read_within(x, 0, 1, &to->x) || !read_within(comma + 1, 0, 1, &to->y))
		return refuse(why, text,
		              "is not a place such as 0.5,0.3, in parts of width and height");
	if (to->where != RV_EVERYWHERE)
		return refuse(why, text, "is a second place of one target");
	to->where = RV_AT_PLACE;
	return true;
}

static bool read_mask(const char *text, struct option_target *target,
                      char why[OPTION_REASON_LENGTH])
{
	if (target->target.where != RV_EVERYWHERE)
		return refuse(why, text, "is a second place of one target");
	target->target.where = RV_IN_MASK;
	strcpy(target->mask, text);
	return true;
}

static bool read_power(const char *text, struct option_target *target,
                       char why[OPTION_REASON_LENGTH])
{
	if (read_within(text, rv_power_range.minimum, rv_power_range.maximum,
	                &target->target.power))
		return true;
	return refuse(why, text, "is not a power of 0 to 16");
}

static bool read_weight(const char *text, struct option_target *target,
                        char why[OPTION_REASON_LENGTH])
{
	float *weight = &target->target.weight;
	if (read_within(text, -rv_weight_range.maximum, rv_weight_range.maximum, weight) &&
	    fabsf(*weight) >= (float)rv_weight_range.minimum)
		return true;
	return refuse(why, text, "is not a weight of 0.001 to 1000, or of less than 0");
}

static const struct {
	const char *word, *what;
	bool (*read)(const char *text, struct option_target *target,
	             char why[OPTION_REASON_LENGTH]);
} clauses[] = {
	{"of", "a layer", read_layer},  {"at", "a place", read_place},
	{"in", "a mask", read_mask},    {"power", "a power", read_power},
	{"*", "a weight", read_weight},
};

static bool read_clauses(struct target_words *words, struct option_target *target,
                         char why[OPTION_REASON_LENGTH])
{
	char text[OPTION_FILE_LENGTH];
	while (words->word[0] && !target_words_is(words, "+")) {
		size_t i = 0;
		while (i < sizeof(clauses) / sizeof(clauses[0]) &&
		       !target_words_is(words, clauses[i].word))
			i++;
		if (i == sizeof(clauses) / sizeof(clauses[0]))
			return refuse(why, words->word,
			              "has no sense here; a target goes on with of LAYER, at X,Y, "
			              "in MASK, power N, * WEIGHT, or + another target");
		if (!target_words_next(words, why) ||
		    !target_words_join(words, clauses[i].what, text, sizeof(text), why) ||
		    !clauses[i].read(text, target, why))
			return false;
	}
	return true;
}

static bool read_target(struct target_words *words, struct option_target *target,
                        char why[OPTION_REASON_LENGTH])
{
	const struct kind *kind;
	*target = (struct option_target){.target.weight = 1};
	if (!read_what(words, &kind, target, why) || !read_clauses(words, target, why))
		return false;
	if (target->target.kind != RV_TARGET_NEURON || target->target.where != RV_EVERYWHERE)
		return true;
	snprintf(why, OPTION_REASON_LENGTH, "a neuron is at one place: `neuron %d at 0.5,0.5`",
	         target->target.channels[0]);
	return false;
}

bool target_read(const char *text, struct option_targets *targets, char why[OPTION_REASON_LENGTH])
{
	char written[OPTION_VALUE_LENGTH];
	struct target_words words = {.rest = text};
	targets->count = 0;
	do {
		if (targets->count == RV_TARGETS_MAX) {
			snprintf(why, OPTION_REASON_LENGTH, "more than %d targets", RV_TARGETS_MAX);
			return false;
		}
		if (!target_words_next(&words, why) ||
		    !read_target(&words, &targets->list[targets->count], why))
			return false;
		targets->count++;
	} while (target_words_is(&words, "+"));
	target_write(targets, written);
	if (strlen(written) < OPTION_VALUE_LENGTH - 1)
		return true;
	snprintf(why, OPTION_REASON_LENGTH, "longer than %d bytes", OPTION_VALUE_LENGTH - 2);
	return false;
}
