#include "live_hud.h"

#include <stdio.h>
#include <string.h>

static const int64_t draw_interval = 250000000;     /* nanoseconds */
static const int64_t message_duration = 3000000000; /* nanoseconds */

const char *live_hud_flow_name(rv_flow_quality quality)
{
	return option_find("flow", COMMAND_LIVE)->choices[quality];
}

void live_hud_say(struct live_hud *hud, const char *message, int64_t now)
{
	if (!message[0])
		return;
	if (strncmp(hud->state.message, message, sizeof(hud->state.message) - 1))
		hud->stale = true;
	snprintf(hud->state.message, sizeof(hud->state.message), "%.*s",
	         (int)sizeof(hud->state.message) - 1, message);
	hud->said_at = now;
}

void live_hud_note_dream(struct live_hud *hud, const struct dream *dream)
{
	struct hud_state *state = &hud->state;
	memmove(state->dream_history, state->dream_history + 1,
	        sizeof(state->dream_history) - sizeof(state->dream_history[0]));
	state->dream_history[HUD_HISTORY - 1] = (float)(dream->dream_ms + dream->convert_ms);
	state->width = dream->width;
	state->height = dream->height;
	state->warm_steps = dream->warm_steps;
	state->warm_octaves = dream->warm_octaves;
	state->last_steps = dream->report.steps;
	state->cold = dream->report.cold;
	state->flow = live_hud_flow_name(dream->flow);
}

static void fill_options(struct hud_state *state, const struct options *options)
{
	char layers[OPTION_VALUE_LENGTH], channels[OPTION_VALUE_LENGTH];
	option_format(options, option_find("layer", COMMAND_LIVE), layers);
	option_format(options, option_find("channels", COMMAND_LIVE), channels);
	snprintf(state->layer, sizeof(state->layer), "%.80s%s%.48s",
	         layers[0] ? layers : "default layer", channels[0] ? " channel " : "", channels);
	state->strength = options->params.strength;
	state->octaves = options->params.octaves;
	state->governed = options->governor;
	state->frozen = options->freeze;
	state->target_ms = 2000 / (double)options->fps;
}

static void fill_stats(struct hud_state *state, const struct live_stats *stats, int64_t now)
{
	state->display_fps = rate_per_second(&stats->shown_rate, now);
	state->dream_fps = rate_per_second(&stats->dream_rate, now);
	state->source_fps = rate_per_second(&stats->source_rate, now);
	state->latency_ms = histogram_percentile(&stats->latency, 0.5);
	state->convert_ms = histogram_mean(&stats->convert);
	state->dream_ms = histogram_mean(&stats->dream);
	state->compose_ms = histogram_mean(&stats->compose);
	state->show_ms = histogram_mean(&stats->show);
}

static void fill_keys(struct hud_state *state, const struct keys *keys)
{
	state->key_count = 0;
	for (int i = 0; i < keys->count && state->key_count < HUD_KEYS_MAX; i++) {
		struct hud_key *key = &state->keys[state->key_count];
		if (!keys->list[i].help[0])
			continue;
		snprintf(key->key, sizeof(key->key), "%s", keys->list[i].key);
		snprintf(key->help, sizeof(key->help), "%s", keys->list[i].help);
		state->key_count++;
	}
}

rv_status live_hud_update(struct live_hud *hud, const struct options *options,
                          const struct live_stats *stats, const struct keys *keys, int height,
                          int64_t now, bool *changed, rv_error *error)
{
	int scale = hud_scale(height);
	if (hud->state.message[0] && now - hud->said_at > message_duration) {
		hud->state.message[0] = '\0';
		hud->stale = true;
	}
	*changed = hud->stale || hud->level != options->hud || hud->scale != scale ||
	           now - hud->drawn_at > draw_interval;
	if (!*changed)
		return RV_OK;
	hud->stale = false;
	hud->level = options->hud;
	hud->scale = scale;
	hud->drawn_at = now;
	fill_options(&hud->state, options);
	fill_stats(&hud->state, stats, now);
	fill_keys(&hud->state, keys);
	return hud_draw(&hud->picture, options->hud, &hud->state, scale, error);
}

void live_hud_release(struct live_hud *hud)
{
	hud_release(&hud->picture);
}
