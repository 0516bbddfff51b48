#include "app/live/show.h"

#include <math.h>
#include <stdio.h>

#include "app/base/clock.h"
#include "app/live/display_frame.h"
#include "app/live/pace.h"
#include "app/live/session.h"
#include "app/media/convert.h"

enum {
	WARP_PATIENCE =
		CLOCK_SECOND / 10, /* without a display frame, until frames are taken as they are */
};

static double ms_between(int64_t start, int64_t end)
{
	return (double)(end - start) / 1e6;
}

/* Takes over frame, which came at this time. */
static void take_frame(struct live *live, struct frame *frame, int64_t came_at)
{
	live->came_at = came_at;
	frame_release(live->frame);
	live->frame = frame;
	live_engine_show(live->engine, frame->position);
}

static bool same_quality(const struct dream *a, const struct dream *b)
{
	return a->width == b->width && a->height == b->height && a->warm_steps == b->warm_steps &&
	       a->warm_share == b->warm_share && a->warm_octaves == b->warm_octaves &&
	       a->flow == b->flow;
}

void live_print_quality(const struct dream *dream)
{
	printf(" size=%dx%d warm_steps=%d warm_share=%.2f warm_octaves=%d flow=%s\n", dream->width,
	       dream->height, dream->warm_steps, (double)dream->warm_share, dream->warm_octaves,
	       live_hud_flow_name(dream->flow));
}

/* A bench prints each change of quality when the governor makes it. */
static void note_quality(const struct live *live, const struct dream *dream, int64_t now)
{
	if (!live->actions->options.live.bench || (live->dream && same_quality(live->dream, dream)))
		return;
	printf("quality seconds=%.1f",
	       live->stats.started ? ms_between(live->stats.started, now) / 1e3 : 0.0);
	live_print_quality(dream);
	fflush(stdout);
}

/* For the whole session, and for the HUD. */
static void note_stage(struct histogram *all, struct recent *recent, double milliseconds,
                       int64_t now)
{
	stats_histogram_note(all, milliseconds);
	stats_recent_note(recent, milliseconds, now);
}

/* Takes over dream. */
static void take_dream(struct live *live, struct dream *dream, int64_t now)
{
	note_quality(live, dream, now);
	dream_release(live->dream);
	live->dream = dream;
	live->has_new_dream = true;
	live->stats.dreams++;
	stats_rate_note(&live->stats.dream_rate, now);
	note_stage(&live->stats.convert, &live->stats.hud.convert, dream->convert_ms, now);
	note_stage(&live->stats.dream, &live->stats.hud.dream, dream->dream_ms, now);
	stats_histogram_note(&live->stats.flow, (double)dream->report.flow_ms);
	stats_histogram_note(&live->stats.steps, (double)dream->report.steps_ms);
	live_hud_note_dream(&live->hud, dream);
}

/* Takes over what the warp thread made. */
static void take_display_frame(struct live *live, struct display_frame *shown, int64_t now)
{
	live->warped_at = now;
	if (!live->actions->options.live.freeze || !live->frame) {
		if (shown->frame != live->frame)
			take_frame(live, frame_hold(shown->frame), shown->made_at);
		if (shown->dream && shown->dream != live->dream)
			take_dream(live, dream_hold(shown->dream), now);
		warp_destroy(&live->warp);
		live->warp = shown->warp;
		shown->warp = NULL;
		if (live->warp)
			stats_histogram_note(&live->stats.warp, shown->warp_ms);
	}
	display_frame_release(shown);
}

static void take_display_frames(struct live *live, int64_t now)
{
	struct display_frame *shown;
	while ((shown = queue_pop(live->display_frames, 0)))
		take_display_frame(live, shown, now);
}

int64_t live_await_picture(struct live *live, int64_t due)
{
	const struct option_live *options = &live->actions->options.live;
	const int64_t interval = (int64_t)(CLOCK_SECOND / (double)options->fps);
	const int64_t until = due + (options->freeze ? 0 : pace_patience(interval));
	struct display_frame *shown;
	int64_t now = clock_now();
	if (due > now)
		clock_sleep(due - now);
	take_display_frames(live, clock_now());
	while (!live->came_at && (now = clock_now()) < until &&
	       (shown = queue_pop(live->display_frames, until - now)))
		take_display_frame(live, shown, now);
	return pace_picture(due, interval, clock_now(), live->came_at);
}

/* While the warp thread makes nothing, as when its kernels are compiled at the start, frames and
 * dreams are taken as they come. */
static void take_unwarped(struct live *live, int64_t now)
{
	struct frame *frame;
	struct dream *dream;
	if (now - live->warped_at < WARP_PATIENCE || live->actions->options.live.freeze)
		return;
	if ((frame = queue_pop(live->frames, 0))) {
		take_frame(live, frame, now);
		warp_destroy(&live->warp);
	}
	if ((dream = queue_pop(live->dreams, 0))) {
		take_dream(live, dream, now);
		warp_destroy(&live->warp);
	}
}

/* The frames that came since the last time, whoever took them. */
static void count_sources(struct live *live, int64_t now)
{
	uint64_t decoded;
	live->stats.source_fps = inputs_rate(&live->inputs, now, &decoded);
	live->stats.sources += decoded - live->decoded;
	live->decoded = decoded;
}

/* What is shown, as dark as asked for. */
static rv_status compose(struct live *live, float darkness, const rv_image *shown, rv_error *error)
{
	const struct options *options = &live->actions->options;
	struct composition composition = {
		.source = &live->frame->image,
		.dream = live->dream,
		.warp = options->dream.params.time.carry ? live->warp : NULL,
		.fade = 1,
		.around = options->output.sphere == PANORAMA_ON,
		.mirror = options->display.mirror,
		.darkness = darkness,
		.mark_split = options->display.view == OPTION_VIEW_SPLIT,
		.split = options->display.view == OPTION_VIEW_SOURCE  ? 1
	                 : options->display.view == OPTION_VIEW_SPLIT ? options->display.split
	                                                              : 0,
	};
	/* The split is dragged where it is seen, so a mirrored picture is split from the right. */
	if (options->display.mirror && options->display.view == OPTION_VIEW_SPLIT)
		composition.split = 1 - options->display.split;
	if (live->dream && !composition.warp)
		composition.fade =
			compose_likeness(&live->frame->image, &live->dream->frame->image);
	return compose_picture(&live->composer, &composition, shown, error);
}

rv_status live_show_lit(struct live *live, rv_image *picture, rv_error *error)
{
	rv_status status = convert_allocate_image(picture, RV_RGB8, live->shown.width,
	                                          live->shown.height, error);
	return status == RV_OK ? compose(live, 0, picture, error) : status;
}

static void note_twice(struct histogram *all, struct histogram *lately, double milliseconds)
{
	stats_histogram_note(all, milliseconds);
	stats_histogram_note(lately, milliseconds);
}

static void note_shown(struct live *live)
{
	int64_t now = clock_now();
	struct live_stats *stats = &live->stats;
	stats->shown++;
	stats_rate_note(&stats->shown_rate, now);
	if (stats->last_shown)
		note_twice(&stats->gap, &stats->lately.gap, ms_between(stats->last_shown, now));
	stats->last_shown = now;
	if (live->came_at && !live->frame->again)
		stats_histogram_note(&stats->source_latency,
		                     ms_between(live->frame->decoded_at, now));
	if (live->has_new_dream) {
		double latency = ms_between(live->dream->frame->decoded_at, now);
		note_twice(&stats->latency, &stats->lately.latency, latency);
		stats_recent_note(&stats->hud.latency, latency, now);
	}
	live->came_at = 0;
	live->has_new_dream = false;
}

/* Shows why nothing is dreamed, or else what is waited for, as long as it lasts. */
static void show_lasting(struct live *live)
{
	char state[DECODE_NOTE_LENGTH];
	rv_error error;
	struct live_engine_state engine;
	inputs_state(&live->inputs, state);
	const char *lasting =
		live_engine_status(live->engine, &engine, &error) != RV_OK ? error.message : state;
	live_hud_keep(&live->hud, lasting);
	osc_tell_state(live->remote.osc, lasting[0] ? lasting : "dreaming");
}

static void say_what_happened(struct live *live, int64_t now)
{
	char note[DECODE_NOTE_LENGTH];
	show_lasting(live);
	live->hud.state.prepared = live_engine_prepared(live->engine);
	live_engine_note(live->engine, note);
	if (note[0])
		live_hud_say(&live->hud, note, now);
	live_disk_note(live->disk, note);
	if (note[0])
		live_hud_say(&live->hud, note, now);
	reaction_note(&live->reaction, note);
	if (note[0])
		live_hud_say(&live->hud, note, now);
	inputs_note(&live->inputs, note);
	if (note[0])
		live_hud_say(&live->hud, note, now);
	video_recorder_tell(&live->recorder, note, live->hud.state.recording);
	if (note[0])
		live_hud_say(&live->hud, note, now);
}

static rv_status update_hud(struct live *live, int64_t now, bool *changed, rv_error *error)
{
	const struct options *options = &live->actions->options;
	struct live_hud_view view = {
		.actions = live->actions,
		.stats = &live->stats,
		.keys = &live->keys,
		.levels = live->reaction.listener ? live->reaction.heard.level : NULL,
		.tempo = &live->reaction.tempo,
		.mode = live_display_mode(options),
		.width = live->shown.width,
		.height = live->shown.height,
		.density = 1,
	};
	if (live->window)
		window_hud_area(live->window, (double)options->display.turn, &view.width,
		                &view.height, &view.density);
	return live_hud_update(&live->hud, &view, now, changed, error);
}

/* For recordings, which have another size than the window. */
static rv_status draw_recorded_hud(struct live *live, rv_error *error)
{
	const rv_image *shown = &live->shown;
	const struct hud_area area = {shown->width, shown->height, hud_scale(shown->height)};
	return hud_draw(&live->recorded_hud, live->actions->options.display.hud, &live->hud.state,
	                &area, error);
}

/* The sound that has come with the frames. */
static void hear(struct live *live)
{
	struct sound *sound;
	while ((sound = queue_pop(live->sound, 0))) {
		video_recorder_hear(&live->recorder, sound);
		reaction_hear(&live->reaction, sound);
		sound_release(sound);
	}
}

static rv_status record_shown(struct live *live, bool hud_changed, int64_t now, rv_error *error)
{
	const struct options *options = &live->actions->options;
	const struct hud_picture *hud = options->display.record_hud ? &live->recorded_hud : NULL;
	rv_status status = hud && hud_changed ? draw_recorded_hud(live, error) : RV_OK;
	if (status == RV_OK)
		video_recorder_show(&live->recorder, &live->shown, hud, live->frame, now,
		                    options->live.fps);
	return status;
}

/* The atlas takes the HUD's place while it is open. */
static rv_status show_atlas(struct live *live, struct window_content *content, rv_error *error)
{
	const struct options *options = &live->actions->options;
	bool is_open = options->display.atlas != OPTION_ATLAS_OFF, changed = false;
	int width, height, density;
	rv_status status = RV_OK;
	if (is_open) {
		window_hud_area(live->window, (double)options->display.turn, &width, &height,
		                &density);
		int scale = hud_scale(height) > density ? hud_scale(height) : density;
		status = live_atlas_paint(&live->atlas, live->actions, width, height, scale,
		                          &changed, error);
		content->hud = &live->atlas.picture;
		content->hud_changed = changed;
	}
	content->hud_changed |= live->atlas_was_shown != is_open;
	live->atlas_was_shown = is_open;
	return status;
}

static rv_status show_in_window(struct live *live, bool hud_changed, rv_error *error)
{
	struct window_content content = {
		.picture = &live->shown, .hud = &live->hud.picture, .hud_changed = hud_changed};
	live_display_describe(&live->display, &content);
	rv_status status = show_atlas(live, &content, error);
	if (status != RV_OK)
		return status;
	return window_show(live->window, &content, error);
}

rv_status live_show(struct live *live, rv_error *error)
{
	int64_t start = clock_now();
	bool hud_changed = false;
	take_display_frames(live, start);
	take_unwarped(live, start);
	count_sources(live, start);
	if (!live->frame)
		return RV_OK;
	start = clock_now();
	rv_status status =
		compose(live, 1 - live->actions->options.display.master, &live->shown, error);
	int64_t composed = clock_now();
	note_stage(&live->stats.compose, &live->stats.hud.compose, ms_between(start, composed),
	           composed);
	say_what_happened(live, composed);
	if (status == RV_OK && (live->window || live->actions->options.display.record_hud))
		status = update_hud(live, composed, &hud_changed, error);
	hear(live);
	if (status == RV_OK)
		status = record_shown(live, hud_changed, composed, error);
	if (status == RV_OK && live->window)
		status = show_in_window(live, hud_changed, error);
	int64_t shown = clock_now();
	note_stage(&live->stats.show, &live->stats.hud.show, ms_between(composed, shown), shown);
	note_shown(live);
	return status;
}
