#include "app/live_session.h"

#include <math.h>

static double ms_between(int64_t start, int64_t end)
{
	return (double)(end - start) / 1e6;
}

static void take_frames(struct live *live, int64_t now)
{
	struct frame *frame;
	while ((frame = queue_pop(live->display, 0))) {
		if (!frame->again) {
			rate_note(&live->stats.source_rate, now);
			live->stats.sources++;
		}
		if (live->actions->options.freeze && live->frame) {
			frame_release(frame);
			continue;
		}
		frame_release(live->frame);
		live->frame = frame;
	}
}

/* True where there is a new dream. */
static bool take_dream(struct live *live, int64_t now)
{
	struct dream *dream = queue_pop(live->dreams, 0);
	if (!dream)
		return false;
	dream_release(live->dream);
	live->dream = dream;
	live->stats.dreams++;
	rate_note(&live->stats.dream_rate, now);
	histogram_note(&live->stats.convert, dream->convert_ms);
	histogram_note(&live->stats.dream, dream->dream_ms);
	live_hud_note_dream(&live->hud, dream);
	return true;
}

static rv_status compose_shown(struct live *live, rv_error *error)
{
	const struct options *options = &live->actions->options;
	struct composition composition = {
		.source = &live->frame->image,
		.dream = live->dream,
		.fade = 1,
		.mirror = options->mirror,
		.mark_split = options->view == OPTION_VIEW_SPLIT,
		.split = options->view == OPTION_VIEW_SOURCE  ? 1
	                 : options->view == OPTION_VIEW_SPLIT ? options->split
	                                                      : 0,
	};
	/* A drag goes by what is seen. */
	if (options->mirror && options->view == OPTION_VIEW_SPLIT)
		composition.split = 1 - options->split;
	if (live->dream)
		composition.fade = frame_likeness(&live->frame->image, &live->dream->frame->image);
	return compose(&live->composer, &composition, &live->shown, error);
}

static void note_shown(struct live *live, bool new_dream)
{
	int64_t now = live_now();
	struct live_stats *stats = &live->stats;
	stats->shown++;
	rate_note(&stats->shown_rate, now);
	if (stats->last_shown)
		histogram_note(&stats->gap, ms_between(stats->last_shown, now));
	stats->last_shown = now;
	if (new_dream)
		histogram_note(&stats->latency, ms_between(live->dream->frame->decoded_at, now));
}

static void say_what_happened(struct live *live, int64_t now)
{
	char note[DECODE_NOTE_LENGTH];
	rv_error error;
	bool fatal;
	live_disk_note(live->disk, note);
	if (note[0])
		live_hud_say(&live->hud, note, now);
	if (live_engine_status(live->engine, &fatal, &error) != RV_OK)
		live_hud_say(&live->hud, error.message, now);
	decode_note(live->decode, note);
	if (note[0])
		live_hud_say(&live->hud, note, now);
}

rv_status live_show(struct live *live, rv_error *error)
{
	int64_t start = live_now();
	take_frames(live, start);
	bool new_dream = take_dream(live, start);
	if (!live->frame)
		return RV_OK;
	start = live_now();
	rv_status status = compose_shown(live, error);
	int64_t composed = live_now();
	histogram_note(&live->stats.compose, ms_between(start, composed));
	say_what_happened(live, composed);
	if (status == RV_OK && live->window) {
		bool changed = false;
		status = live_hud_update(&live->hud, &live->actions->options, &live->stats,
		                         &live->keys, window_height(live->window), composed,
		                         &changed, error);
		if (status == RV_OK)
			status = window_show(live->window, &live->shown, &live->hud.picture,
			                     changed, error);
	}
	histogram_note(&live->stats.show, ms_between(composed, live_now()));
	note_shown(live, new_dream);
	return status;
}
