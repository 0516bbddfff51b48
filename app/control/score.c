#include "app/control/score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/control/action.h"
#include "app/control/fade.h"
#include "app/control/score_data.h"
#include "app/options/preset.h"

const char score_default[] = "default";

bool score_is_number(const struct option *option)
{
	return option->type->number && !option->type->is_choice && !option->range->odd;
}

static void release_part(struct score_part *part)
{
	for (int i = 0; i < OPTIONS_MAX; i++)
		score_track_release(&part->tracks[i]);
}

void score_release(struct score **released)
{
	struct score *score = *released;
	if (!score)
		return;
	release_part(&score->whole);
	for (int i = 0; i < score->loop_count; i++) {
		release_part(score->loops[i].part);
		free(score->loops[i].part);
	}
	for (int i = 0; i < score->dream_count; i++) {
		free(score->dreams[i].name);
		free(score->dreams[i].dream);
	}
	score_track_release(&score->resets);
	score_strokes_release(&score->strokes);
	free(score->defaults);
	free(score->name);
	free(score);
	*released = NULL;
}

/* ---- beginning ---- */

static int place_of(const struct option *option)
{
	return (int)(option - option_table);
}

/* A number that is the default becomes that of the open network. */
static void settle_part(const struct score *score, struct score_part *part)
{
	for (const struct option *option = option_table; option->name; option++) {
		struct score_track *track = &part->tracks[place_of(option)];
		for (int i = 0; i < track->count && score_is_number(option); i++) {
			struct score_key *key = &track->keys[i];
			if (!key->text)
				continue;
			free(key->text);
			key->text = NULL;
			key->number = option_number(score->defaults, option);
		}
	}
}

/* The key that gives the option what the preset's dream has. */
static rv_status make_key(const struct option *option, const struct option_dream *dream,
                          struct score_key *key, rv_error *error)
{
	char text[OPTION_VALUE_LENGTH];
	const void *value = option_dream_value(dream, option);
	if (score_is_number(option)) {
		key->number = option->type->number(value);
		return RV_OK;
	}
	option_print(option, value, text);
	key->text = strdup(text[0] ? text : score_default);
	return key->text ? RV_OK : rv_fail(error, RV_MEMORY, "out of memory for a score");
}

/* A number that fades stays as it is at first, and is there when the fade is over. */
static rv_status add_option(const struct score *score, const struct score_preset *preset,
                            const struct option *option, const struct option_dream *dream,
                            rv_error *error)
{
	int place = place_of(option);
	struct score_track *track = &preset->part->tracks[place];
	struct score_key key = {.time = preset->time, .line = preset->line};
	rv_status status = RV_OK;
	if (preset->fade > 0 && fade_follows(option)) {
		key.number =
			score_value_at(preset->part, place, preset->time, score->initial[place])
				.number;
		status = score_track_add(track, &key, error);
		key.time += preset->fade;
		key.easing = SCORE_LINEAR;
	}
	if (status == RV_OK)
		status = make_key(option, dream, &key, error);
	return status == RV_OK ? score_track_add(track, &key, error) : status;
}

static rv_status add_preset(const struct score *score, const struct score_preset *preset,
                            rv_error *error)
{
	struct option_dream *dream = malloc(sizeof(*dream));
	const char *open = score->defaults->dream.network.name;
	rv_error why = {0};
	if (!dream)
		return rv_fail(error, RV_MEMORY, "out of memory for a score");
	*dream = *preset->dream;
	rv_status status = preset_check_network(dream->network.name, preset->name, open, &why);
	if (status != RV_OK)
		rv_fail(error, status, "%.200s:%d: %s", score->name, preset->line, why.message);
	option_dream_settle(dream, open);
	for (const struct option *option = option_table; status == RV_OK && option->name; option++)
		if (option_in_dream(option) && action_can_change(option))
			status = add_option(score, preset, option, dream, error);
	free(dream);
	return status;
}

static int by_time(const void *a, const void *b)
{
	const struct score_preset *first = a, *second = b;
	if (first->time != second->time)
		return first->time < second->time ? -1 : 1;
	return first->line - second->line;
}

static rv_status add_presets(const struct score *score, bool in_loops, rv_error *error)
{
	rv_status status = RV_OK;
	for (int i = 0; i < score->preset_count && status == RV_OK; i++)
		if ((score->presets[i].part != &score->whole) == in_loops)
			status = add_preset(score, &score->presets[i], error);
	return status;
}

static rv_status add_loop(struct score *score, const struct score_loop *loop, rv_error *error)
{
	const struct score_key key = {
		.time = loop->begin, .line = loop->line, .kind = SCORE_LOOP, .loop = loop->part};
	rv_status status = RV_OK;
	for (int i = 0; i < OPTIONS_MAX && status == RV_OK; i++)
		if (loop->part->tracks[i].count)
			status = score_track_add(&score->whole.tracks[i], &key, error);
	return status;
}

rv_status score_begin(struct score *score, const struct options *options, rv_error *error)
{
	score->defaults = malloc(sizeof(*score->defaults));
	if (!score->defaults)
		return rv_fail(error, RV_MEMORY, "out of memory for a score");
	*score->defaults = options_default();
	strcpy(score->defaults->dream.network.name, options->dream.network.name);
	option_dream_settle(&score->defaults->dream, options->dream.network.name);
	for (const struct option *option = option_table; option->name; option++)
		if (score_is_number(option))
			score->initial[place_of(option)] = option_number(options, option);
	settle_part(score, &score->whole);
	for (int i = 0; i < score->loop_count; i++)
		settle_part(score, score->loops[i].part);
	qsort(score->presets, (size_t)score->preset_count, sizeof(score->presets[0]), by_time);
	rv_status status = add_presets(score, true, error);
	for (int i = 0; i < score->loop_count && status == RV_OK; i++)
		status = add_loop(score, &score->loops[i], error);
	return status == RV_OK ? add_presets(score, false, error) : status;
}

/* ---- playing ---- */

void score_rewind(struct score *score)
{
	memset(score->last, 0, sizeof(score->last));
	score->strokes.drawn = 0;
	score->played = false;
}

static bool is_same(const struct score_value *a, const struct score_value *b)
{
	if (a->is_number != b->is_number || (!a->text) != (!b->text))
		return false;
	return a->is_number ? a->number == b->number : !a->text || !strcmp(a->text, b->text);
}

static void give(const struct score *score, const struct option *option,
                 const struct score_value *value, struct options *options)
{
	const rv_range *range = option->range;
	double number = value->number;
	if (value->is_number) {
		number = fmin(fmax(number, range->minimum), range->maximum);
		bool is_whole = option->type == &option_type_whole;
		option_set_number(options, option, is_whole ? round(number) : number);
	} else if (strcmp(value->text, score_default) != 0) {
		option_set(options, option, value->text, "", NULL); /* it was read before */
	} else {
		option_copy(options, option, score->defaults);
	}
}

/* Whether a reset lies after the last time it was played, and not after this one. */
static bool is_reset(const struct score *score, double seconds)
{
	const struct score_track *resets = &score->resets;
	if (!score->played)
		return false;
	int next = score_track_after(resets, score->seconds + SCORE_SLACK);
	return next < resets->count && resets->keys[next].time <= seconds + SCORE_SLACK;
}

bool score_play(struct score *score, double seconds, bool dream, struct options *options)
{
	bool resets = is_reset(score, seconds);
	for (const struct option *option = option_table; option->name; option++) {
		int place = place_of(option);
		struct score_value *last = &score->last[place];
		struct score_value value =
			score_value_at(&score->whole, place, seconds, score->initial[place]);
		bool is_said = value.is_number || value.text;
		if (!is_said || (dream && !option_in_dream(option)) || is_same(&value, last))
			continue;
		give(score, option, &value, options);
		*last = value;
	}
	score->seconds = seconds;
	score->played = true;
	return resets;
}

bool score_changes(const struct score *score, const char *option)
{
	int place = place_of(option_find(option, COMMAND_LIVE));
	bool changes = score->whole.tracks[place].count > 0;
	for (int i = 0; i < score->loop_count; i++)
		changes |= score->loops[i].part->tracks[place].count > 0;
	return changes;
}

bool score_has_strokes(const struct score *score)
{
	return score->strokes.count > 0;
}

const struct brush_stroke *score_next_stroke(struct score *score, double seconds)
{
	struct score_strokes *strokes = &score->strokes;
	if (strokes->drawn == strokes->count ||
	    strokes->list[strokes->drawn].time > seconds + SCORE_SLACK)
		return NULL;
	return &strokes->list[strokes->drawn++].stroke;
}

/* ---- looking ahead ---- */

static void look(const struct score_part *part, double begin, double after, double *next)
{
	for (const struct option *option = option_table; option->name; option++) {
		const struct score_track *track = &part->tracks[place_of(option)];
		if (score_is_number(option))
			continue;
		for (int i = score_track_after(track, after - begin); i < track->count; i++) {
			double time = begin + track->keys[i].time;
			if (time <= after) /* rounded */
				continue;
			*next = *next < 0 || time < *next ? time : *next;
			break;
		}
	}
}

double score_next_change(const struct score *score, double seconds)
{
	double next = -1;
	look(&score->whole, 0, seconds, &next);
	for (int i = 0; i < score->loop_count; i++)
		look(score->loops[i].part, score->loops[i].begin, seconds, &next);
	return next;
}

rv_status score_rehearse(struct score *score, bool dream, struct options *options,
                         score_check *check, void *context, rv_error *error)
{
	struct options *begin = malloc(sizeof(*begin));
	rv_status status = RV_OK;
	rv_error why = {0};
	double at = -1;
	if (!begin)
		return rv_fail(error, RV_MEMORY, "out of memory for a score");
	*begin = *options;
	while (status == RV_OK && (at = score_next_change(score, at)) >= 0) {
		*options = *begin;
		score_rewind(score);
		score_play(score, at, dream, options);
		status = check(context, options, &why);
	}
	if (status != RV_OK)
		rv_fail(error, status, "%.128s: after %g seconds: %.300s", begin->call.score, at,
		        why.message);
	*options = *begin;
	score_rewind(score);
	free(begin);
	return status;
}
