/* Reads scores (app/control/score.h). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/text_lines.h"
#include "app/control/action.h"
#include "app/control/score.h"
#include "app/control/score_clock.h"
#include "app/control/score_data.h"
#include "app/options/preset.h"

/* A score that is being read. */
struct reading {
	struct score *score;
	struct score_loop *loop; /* whose lines are read; NULL: none */
	struct score_clock clock;
	int line;
	const char *prefix; /* of messages */
	rv_error *error;
};

static struct score_part *part_of(const struct reading *reading)
{
	return reading->loop ? reading->loop->part : &reading->score->whole;
}

/* ---- words ---- */

/* A time of the score. */
static rv_status read_moment(struct reading *reading, const char *word, double *seconds)
{
	return score_clock_moment(&reading->clock, word, reading->prefix, seconds, reading->error);
}

/* How long something takes. */
static rv_status read_length(struct reading *reading, const char *word, double *seconds)
{
	return score_clock_length(&reading->clock, word, reading->prefix, seconds, reading->error);
}

static rv_status read_period(struct reading *reading, const char *word, double *seconds)
{
	return score_clock_period(&reading->clock, word, reading->prefix, seconds, reading->error);
}

static rv_status refuse_form(const struct reading *reading, const char *form)
{
	return rv_fail(reading->error, RV_INVALID, "%s: it goes `%s`", reading->prefix, form);
}

/* ---- lines without a time ---- */

static rv_status read_tempo(struct reading *reading, char *rest)
{
	return score_clock_tempo(&reading->clock, rest, reading->prefix, reading->error);
}

static rv_status read_rate(struct reading *reading, char *rest)
{
	return score_clock_rate(&reading->clock, rest, reading->prefix, reading->error);
}

static rv_status read_loop_words(struct reading *reading, struct score_loop *loop, char *rest)
{
	static const char form[] = "loop LENGTH [from TIME] [times N]";
	rv_status status = read_period(reading, text_take_word(&rest), &loop->part->length);
	loop->part->rounds = INFINITY;
	while (status == RV_OK && rest[0]) {
		const char *word = text_take_word(&rest);
		char *value = text_take_word(&rest);
		if (!strcmp(word, "from"))
			status = read_moment(reading, value, &loop->begin);
		else if (strcmp(word, "times") ||
		         !text_read_positive(value, 1e6, &loop->part->rounds) ||
		         loop->part->rounds != floor(loop->part->rounds))
			return refuse_form(reading, form);
	}
	return status;
}

static rv_status begin_loop(struct reading *reading, char *rest)
{
	struct score *score = reading->score;
	if (reading->loop)
		return rv_fail(reading->error, RV_INVALID, "%s: a loop within a loop",
		               reading->prefix);
	if (score->loop_count == SCORE_LOOPS_MAX)
		return rv_fail(reading->error, RV_INVALID, "%s: more than %d loops",
		               reading->prefix, SCORE_LOOPS_MAX);
	struct score_loop *loop = &score->loops[score->loop_count];
	*loop = (struct score_loop){.part = calloc(1, sizeof(*loop->part)), .line = reading->line};
	if (!loop->part)
		return rv_fail(reading->error, RV_MEMORY, "%s: out of memory", reading->prefix);
	score->loop_count++;
	reading->loop = loop;
	return read_loop_words(reading, loop, rest);
}

static rv_status end_loop(struct reading *reading, char *rest)
{
	if (!reading->loop || rest[0])
		return rv_fail(reading->error, RV_INVALID,
		               reading->loop ? "%s: `end` stands alone"
		                             : "%s: there is no loop to end",
		               reading->prefix);
	reading->loop = NULL;
	return RV_OK;
}

/* ---- keys ---- */

static rv_status add(struct reading *reading, const struct option *option,
                     const struct score_key *key)
{
	struct score_part *part = part_of(reading);
	return score_track_append(&part->tracks[option - option_table], key, reading->error);
}

/* Reads text as a value of the option. number may be NULL. */
static rv_status check_value(struct reading *reading, const struct option *option, const char *text,
                             double *number)
{
	char prefix[TEXT_LINE_LENGTH];
	void *value = calloc(1, option->type->size);
	if (!value)
		return rv_fail(reading->error, RV_MEMORY, "%s: out of memory", reading->prefix);
	snprintf(prefix, sizeof(prefix), "%s: ", reading->prefix);
	rv_status status = option_parse(option, text, value, prefix, reading->error);
	if (status == RV_OK && number)
		*number = option->type->number(value);
	free(value);
	return status;
}

static bool read_easing(const char *word, enum score_easing *easing)
{
	static const char *const names[] = {"hold", "linear", "smooth"};
	for (int i = 0; i < (int)(sizeof(names) / sizeof(names[0])); i++)
		if (!strcmp(word, names[i])) {
			*easing = (enum score_easing)i;
			return true;
		}
	return false;
}

static rv_status add_wave(struct reading *reading, const struct option *option,
                          struct score_key *key, char *rest)
{
	const char *low = text_take_word(&rest), *high = text_take_word(&rest);
	char *period = text_take_word(&rest);
	bool is_random = key->kind == SCORE_RANDOM;
	const char *form = is_random ? "TIME OPTION random LOW HIGH PERIOD [seed N] [EASING]"
	                             : "TIME OPTION sine|triangle LOW HIGH PERIOD";
	key->easing = SCORE_SMOOTH;
	if (!period[0] || (rest[0] && !is_random))
		return refuse_form(reading, form);
	rv_status status = check_value(reading, option, low, &key->low);
	if (status == RV_OK)
		status = check_value(reading, option, high, &key->high);
	if (status == RV_OK)
		status = read_period(reading, period, &key->period);
	while (status == RV_OK && rest[0]) {
		const char *word = text_take_word(&rest);
		double seed;
		if (!strcmp(word, "seed") && text_read_positive(text_take_word(&rest), 1e15, &seed))
			key->seed = (uint64_t)seed;
		else if (!read_easing(word, &key->easing))
			return refuse_form(reading, form);
	}
	return status == RV_OK ? add(reading, option, key) : status;
}

/* Takes the easing off the end of a value. */
static bool cut_easing(char *value, enum score_easing *easing)
{
	size_t length = strlen(value);
	while (length && !strchr(text_blanks, value[length - 1]))
		length--;
	if (!length || !read_easing(value + length, easing))
		return false;
	value[length] = '\0';
	text_trim(value);
	return true;
}

/* With another layer go its channels, as when it is chosen by hand. */
static rv_status forget_channels(struct reading *reading, double time)
{
	const struct option *channels = option_find("channels", COMMAND_LIVE);
	struct score_key key = {.time = time, .line = reading->line, .text = strdup(score_default)};
	if (!key.text)
		return rv_fail(reading->error, RV_MEMORY, "%s: out of memory", reading->prefix);
	return add(reading, channels, &key);
}

static rv_status add_value(struct reading *reading, const struct option *option,
                           struct score_key *key, char *value)
{
	bool is_default, is_number = score_is_number(option);
	cut_easing(value, &key->easing);
	is_default = !strcmp(value, score_default);
	if (key->easing != SCORE_HOLD && !is_number)
		return rv_fail(reading->error, RV_INVALID,
		               "%s: %s changes at once: there is nothing between two values",
		               reading->prefix, option->name);
	rv_status status = RV_OK;
	if (!is_default)
		status = check_value(reading, option, value, is_number ? &key->number : NULL);
	if (status == RV_OK && option->type == &option_type_layers)
		status = forget_channels(reading, key->time);
	if (status != RV_OK)
		return status;
	if ((!is_number || is_default) && !(key->text = strdup(value)))
		return rv_fail(reading->error, RV_MEMORY, "%s: out of memory", reading->prefix);
	return add(reading, option, key);
}

/* ---- lines with a time ---- */

static rv_status find_dream(struct reading *reading, const char *name, struct score_preset *preset)
{
	struct score *score = reading->score;
	rv_error why = {0};
	for (int i = 0; i < score->dream_count; i++)
		if (!strcmp(score->dreams[i].name, name)) {
			preset->name = score->dreams[i].name;
			preset->dream = score->dreams[i].dream;
			return RV_OK;
		}
	if (score->dream_count == SCORE_DREAMS_MAX)
		return rv_fail(reading->error, RV_INVALID, "%s: more than %d presets",
		               reading->prefix, SCORE_DREAMS_MAX);
	struct option_dream *read = malloc(sizeof(*read));
	char *copy = strdup(name);
	score->dreams[score->dream_count].dream = read;
	score->dreams[score->dream_count++].name = copy;
	if (!read || !copy)
		return rv_fail(reading->error, RV_MEMORY, "%s: out of memory", reading->prefix);
	*read = option_dream_default();
	preset->name = copy;
	preset->dream = read;
	if (preset_load(read, name, &why) != RV_OK)
		return rv_fail(reading->error, why.status, "%s: %s", reading->prefix, why.message);
	return RV_OK;
}

static rv_status add_preset(struct reading *reading, double time, char *rest)
{
	struct score *score = reading->score;
	struct score_preset preset = {
		.part = part_of(reading), .time = time, .line = reading->line};
	const char *name = text_take_word(&rest), *word = text_take_word(&rest);
	const char *fade = text_take_word(&rest);
	if (!name[0] || rest[0] || (word[0] && (strcmp(word, "fade") || !fade[0])))
		return refuse_form(reading, "TIME preset NAME [fade TIME]");
	if (score->preset_count == SCORE_PRESETS_MAX)
		return rv_fail(reading->error, RV_INVALID, "%s: more than %d lines with presets",
		               reading->prefix, SCORE_PRESETS_MAX);
	rv_status status = word[0] ? read_length(reading, fade, &preset.fade) : RV_OK;
	if (status == RV_OK)
		status = find_dream(reading, name, &preset);
	if (status == RV_OK)
		score->presets[score->preset_count++] = preset;
	return status;
}

static rv_status add_reset(struct reading *reading, double time, const char *rest)
{
	const struct score_key key = {.time = time};
	if (reading->loop || rest[0])
		return rv_fail(reading->error, RV_INVALID,
		               rest[0] ? "%s: it goes `TIME reset`" : "%s: no reset in a loop",
		               reading->prefix);
	return score_track_append(&reading->score->resets, &key, reading->error);
}

/* Without text it clears the mask. */
static rv_status add_stroke(struct reading *reading, double time, const char *text)
{
	struct brush_stroke stroke = {.radius = 0};
	if (reading->loop)
		return rv_fail(reading->error, RV_INVALID, "%s: the brush paints in no loop",
		               reading->prefix);
	if (text && !score_stroke_read(text, &stroke))
		return refuse_form(reading, "TIME stroke X,Y [X,Y] SIZE, in parts of the picture");
	return score_strokes_add(&reading->score->strokes, time, &stroke, reading->error);
}

static rv_status find_option(const struct reading *reading, const char *name,
                             const struct option **option)
{
	*option = option_find(name, COMMAND_LIVE);
	const char *nearest = *option ? NULL : option_nearest(name, COMMAND_LIVE);
	if (action_can_change(*option))
		return RV_OK;
	if (*option)
		return rv_fail(reading->error, RV_INVALID, "%s: %s does not change while it runs",
		               reading->prefix, name);
	return rv_fail(reading->error, RV_INVALID, "%s: %.64s: no such option%s%s%s",
	               reading->prefix, name, nearest ? "; did you mean " : "",
	               nearest ? nearest : "", nearest ? "?" : "");
}

static rv_status add_key(struct reading *reading, double time, const char *name, char *rest)
{
	static const char *const waves[] = {
		[SCORE_SINE] = "sine", [SCORE_TRIANGLE] = "triangle", [SCORE_RANDOM] = "random"};
	struct score_key key = {.time = time, .line = reading->line};
	const struct option *option;
	rv_status status = find_option(reading, name, &option);
	if (status != RV_OK)
		return status;
	size_t length = strcspn(rest, text_blanks);
	for (int kind = SCORE_SINE; kind <= SCORE_RANDOM && score_is_number(option); kind++) {
		if (length != strlen(waves[kind]) || strncmp(rest, waves[kind], length) != 0)
			continue;
		key.kind = (enum score_kind)kind;
		return add_wave(reading, option, &key, rest + length);
	}
	if (!rest[0])
		return refuse_form(reading, "TIME OPTION VALUE [hold|linear|smooth]");
	return add_value(reading, option, &key, rest);
}

static rv_status read_timed(struct reading *reading, char *word, char *rest)
{
	double time;
	const char *name = text_take_word(&rest);
	/* In a loop times count from its beginning, and so do beats. */
	rv_status status = reading->loop ? read_length(reading, word, &time)
	                                 : read_moment(reading, word, &time);
	if (status != RV_OK)
		return status;
	if (reading->loop && time > reading->loop->part->length)
		return rv_fail(reading->error, RV_INVALID, "%s: %.32s lies behind the loop's end",
		               reading->prefix, word);
	if (!strcmp(name, "preset"))
		return add_preset(reading, time, rest);
	if (!strcmp(name, "reset"))
		return add_reset(reading, time, rest);
	if (!strcmp(name, score_draws))
		return add_stroke(reading, time, text_trim(rest));
	if (!strcmp(name, score_clears) && !rest[0])
		return add_stroke(reading, time, NULL);
	return add_key(reading, time, name, text_trim(rest));
}

static rv_status read_line(void *context, char *line, const char *place, rv_error *error)
{
	struct reading *reading = context;
	static const struct {
		const char *word;
		rv_status (*read)(struct reading *reading, char *rest);
	} forms[] = {{"tempo", read_tempo},
	             {"rate", read_rate},
	             {"loop", begin_loop},
	             {"end", end_loop}};
	reading->line++;
	reading->prefix = place;
	reading->error = error;
	text_cut_comment(line);
	line = text_trim(line);
	if (!line[0])
		return RV_OK;
	char *word = text_take_word(&line);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (!strcmp(word, forms[i].word))
			return forms[i].read(reading, line);
	return read_timed(reading, word, line);
}

/* ---- the whole ---- */

static bool is_empty(const struct score *score)
{
	int keys = score->preset_count + score->resets.count + score->strokes.count;
	for (int i = 0; i < OPTIONS_MAX; i++) {
		keys += score->whole.tracks[i].count;
		for (int j = 0; j < score->loop_count; j++)
			keys += score->loops[j].part->tracks[i].count;
	}
	return !keys;
}

static void sort_part(struct score_part *part)
{
	for (int i = 0; i < OPTIONS_MAX; i++)
		score_track_sort(&part->tracks[i]);
}

/* Once for all lines, which may stand in any order. */
static void sort(struct score *score)
{
	sort_part(&score->whole);
	for (int i = 0; i < score->loop_count; i++)
		sort_part(score->loops[i].part);
	score_track_sort(&score->resets);
	score_strokes_sort(&score->strokes);
}

/* status: of reading the lines. */
static rv_status finish(struct reading *reading, struct score **score, const char *name,
                        rv_status status, rv_error *error)
{
	if (status == RV_OK && reading->loop)
		status = rv_fail(error, RV_INVALID, "%.200s:%d: this loop has no `end`", name,
		                 reading->loop->line);
	if (status == RV_OK && is_empty(reading->score))
		status = rv_fail(error, RV_INVALID, "%.200s: there is no key in this score", name);
	if (status == RV_OK)
		reading->score->name = strdup(name);
	if (status == RV_OK && !reading->score->name)
		status = rv_fail(error, RV_MEMORY, "out of memory for a score");
	if (status != RV_OK)
		score_release(&reading->score);
	else
		sort(reading->score);
	*score = reading->score;
	return status;
}

static rv_status begin(struct reading *reading, rv_error *error)
{
	*reading = (struct reading){.score = calloc(1, sizeof(*reading->score))};
	return reading->score ? RV_OK : rv_fail(error, RV_MEMORY, "out of memory for a score");
}

rv_status score_parse(struct score **score, const char *name, const char *text, size_t length,
                      rv_error *error)
{
	struct reading reading;
	*score = NULL;
	rv_status status = begin(&reading, error);
	if (status != RV_OK)
		return status;
	status = text_each_line(name, text, length, read_line, &reading, error);
	return finish(&reading, score, name, status, error);
}

rv_status score_load(struct score **score, const char *path, rv_error *error)
{
	struct reading reading;
	*score = NULL;
	rv_status status = begin(&reading, error);
	if (status != RV_OK)
		return status;
	status = text_read_lines(path, "score", read_line, &reading, error);
	return finish(&reading, score, path, status, error);
}
