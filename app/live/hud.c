#include "app/live/hud.h"

#include <stdio.h>
#include <string.h>

#include "app/control/action_dream.h"

_Static_assert((int)OPTION_HUD_SMALL == HUD_SMALL && (int)OPTION_HUD_HELP == HUD_HELP,
               "the option --hud names the levels of the HUD");

enum { DREAMED_LENGTH = 48 }; /* letters; what is longer is cut */

static const int64_t draw_interval = 250000000;     /* nanoseconds */
static const int64_t message_duration = 3000000000; /* nanoseconds */

const char *live_hud_flow_name(rv_flow_quality quality)
{
	return option_flow_qualities[quality];
}

void live_hud_say(struct live_hud *hud, const char *message, int64_t now)
{
	if (!message[0])
		return;
	snprintf(hud->said, sizeof(hud->said), "%.*s", (int)sizeof(hud->said) - 1, message);
	hud->said_at = now;
}

void live_hud_greet(struct live_hud *hud, const struct keys *keys, int64_t now)
{
	const char *help = keys_bound_to(keys, "toggle hud help");
	const char *quit = keys_bound_to(keys, "quit");
	char text[HUD_TEXT_LENGTH] = "";
	if (help && quit)
		snprintf(text, sizeof(text), "%s shows the keys, %s ends", help, quit);
	live_hud_say(hud, text, now + message_duration);
}

void live_hud_keep(struct live_hud *hud, const char *lasting)
{
	snprintf(hud->lasting, sizeof(hud->lasting), "%.*s", (int)sizeof(hud->lasting) - 1,
	         lasting);
}

static void choose_message(struct live_hud *hud, int64_t now)
{
	bool is_over = !hud->said[0] || now - hud->said_at > message_duration;
	const char *message = is_over ? hud->lasting : hud->said;
	if (!strcmp(hud->state.message, message))
		return;
	memcpy(hud->state.message, message, sizeof(hud->state.message));
	hud->stale = true;
}

void live_hud_note_dream(struct live_hud *hud, const struct dream *dream)
{
	struct hud_state *state = &hud->state;
	float *newest = state->history[HUD_HISTORY - 1];
	memmove(state->history, state->history + 1,
	        sizeof(state->history) - sizeof(state->history[0]));
	newest[HUD_CONVERT] = (float)dream->convert_ms;
	newest[HUD_DREAM] = (float)dream->dream_ms;
	newest[HUD_COMPOSE] = (float)state->stage_ms[HUD_COMPOSE];
	newest[HUD_SHOW] = (float)state->stage_ms[HUD_SHOW];
	state->width = dream->width;
	state->height = dream->height;
	state->warm_steps = dream->warm_steps;
	state->warm_share = dream->warm_share;
	state->warm_octaves = dream->warm_octaves;
	state->last_steps = dream->report.steps;
	state->cold = dream->report.cold;
	state->flow = live_hud_flow_name(dream->flow);
}

static void write_locks(struct hud_state *state, const struct options *options)
{
	const struct {
		bool locked;
		const char *name;
	} locks[] = {{options->live.lock_steps, "steps"},
	             {options->live.lock_octaves, "octaves"},
	             {options->live.lock_size, "size"},
	             {options->live.lock_flow, "flow"}};
	size_t used = 0;
	state->locked[0] = '\0';
	for (size_t i = 0; i < sizeof(locks) / sizeof(locks[0]) && options->live.governor; i++)
		if (locks[i].locked)
			used += (size_t)snprintf(state->locked + used, sizeof(state->locked) - used,
			                         "%s%s", used ? ", " : "", locks[i].name);
}

/* Layers, or what is dreamed instead of them, or else the layer that the network has for that. */
static void fill_dreamed(struct hud_state *state, const struct action_state *actions)
{
	static const char *const names[] = {"layer", "target", "class"};
	char text[OPTION_VALUE_LENGTH] = "";
	size_t i = 0, count = sizeof(names) / sizeof(names[0]);
	for (; i < count && !text[0]; i++)
		option_format(&actions->options, option_find(names[i], COMMAND_LIVE), text);
	state->is_target = text[0] && i > 1;
	if (!text[0] && actions->layer_count)
		snprintf(text, sizeof(text), "%s", actions->layers[actions->default_layer].name);
	snprintf(state->layer, sizeof(state->layer), "%s%.*s%s",
	         state->is_target && i == count ? "class " : "", DREAMED_LENGTH, text,
	         strlen(text) > DREAMED_LENGTH ? "..." : "");
	option_format(&actions->options, option_find("channels", COMMAND_LIVE), text);
	snprintf(state->channels, sizeof(state->channels), "%.48s", text);
}

static void fill_options(struct hud_state *state, const struct options *options)
{
	snprintf(state->doing, sizeof(state->doing), "%s",
	         options->live.freeze    ? "frozen"
	         : options->live.journey ? "journey"
	                                 : "");
	state->octave_scale = options->dream.params.octave_scale;
	state->strength = options->dream.params.strength;
	state->octaves = options->dream.params.octaves;
	state->governed = options->live.governor;
	write_locks(state, options);
	state->target_ms = 2000 / (double)options->live.fps;
}

static void fill_preset(struct hud_state *state, const struct action_state *actions)
{
	snprintf(state->preset, sizeof(state->preset), "%s%s", actions->named.name,
	         action_is_changed(actions) ? ", changed" : "");
}

static void fill_stats(struct hud_state *state, const struct live_stats *stats, int64_t now)
{
	state->display_fps = stats_rate_per_second(&stats->shown_rate, now);
	state->dream_fps = stats_rate_per_second(&stats->dream_rate, now);
	state->source_fps = stats->source_fps;
	state->latency_ms = stats_recent_percentile(&stats->hud.latency, 0.5);
	state->stage_ms[HUD_CONVERT] = stats_recent_mean(&stats->hud.convert);
	state->stage_ms[HUD_DREAM] = stats_recent_mean(&stats->hud.dream);
	state->stage_ms[HUD_COMPOSE] = stats_recent_mean(&stats->hud.compose);
	state->stage_ms[HUD_SHOW] = stats_recent_mean(&stats->hud.show);
}

static const char *const tempo_sources[] = {[TEMPO_TAPPED] = "tapped",
                                            [TEMPO_TOLD] = "told",
                                            [TEMPO_BEATEN] = "told",
                                            [TEMPO_CLOCKED] = "MIDI clock",
                                            [TEMPO_LEFT] = "MIDI clock, gone"};

static void fill_sound(struct hud_state *state, const struct live_hud_view *view)
{
	state->listens = view->levels != NULL;
	if (view->levels)
		memcpy(state->levels, view->levels, sizeof(state->levels));
	state->tempo = view->tempo ? tempo_per_minute(view->tempo) : 0;
	state->tempo_source = view->tempo ? tempo_sources[view->tempo->source] : "";
}

/* The keys that are bound for mode alone. */
static void add_keys(struct hud_state *state, const struct keys *keys, const char *mode)
{
	for (int i = 0; i < keys->count && state->key_count < HUD_KEYS_MAX; i++) {
		const struct key_binding *binding = &keys->list[i];
		struct hud_key *key = &state->keys[state->key_count];
		size_t prefix = mode ? strlen(mode) + 1 : 0;
		if (!binding->help[0] || keys_mode_of(binding->key) != mode)
			continue;
		snprintf(key->key, sizeof(key->key), "%s", binding->key + prefix);
		snprintf(key->help, sizeof(key->help), "%s", binding->help);
		state->key_count++;
	}
}

static void fill_keys(struct hud_state *state, const struct keys *keys, const char *mode)
{
	state->key_count = 0;
	if (mode)
		add_keys(state, keys, mode);
	add_keys(state, keys, NULL);
}

rv_status live_hud_update(struct live_hud *hud, const struct live_hud_view *view, int64_t now,
                          bool *changed, rv_error *error)
{
	const struct options *options = &view->actions->options;
	struct hud_area area = {view->width, view->height, hud_scale(view->height)};
	if (area.scale < view->density)
		area.scale = view->density;
	choose_message(hud, now);
	*changed = hud->stale || hud->level != options->display.hud ||
	           memcmp(&hud->area, &area, sizeof(area)) || now - hud->drawn_at > draw_interval;
	if (!*changed)
		return RV_OK;
	hud->stale = false;
	hud->level = options->display.hud;
	hud->area = area;
	hud->drawn_at = now;
	fill_dreamed(&hud->state, view->actions);
	fill_options(&hud->state, options);
	fill_preset(&hud->state, view->actions);
	fill_stats(&hud->state, view->stats, now);
	fill_sound(&hud->state, view);
	fill_keys(&hud->state, view->keys, view->mode);
	return hud_draw(&hud->picture, options->display.hud, &hud->state, &area, error);
}

void live_hud_release(struct live_hud *hud)
{
	hud_picture_release(&hud->picture);
}
