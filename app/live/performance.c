#include "app/live/performance.h"

#include "app/base/clock.h"
#include "app/control/action_dream.h"

/* A key counts a little before its time (SCORE_SLACK), and must not for the frame before it. */
static const int64_t behind = 2000000; /* nanoseconds */

static double seconds_of(int64_t nanoseconds)
{
	return (double)nanoseconds / 1e9;
}

rv_status performance_open(struct performance *performance, struct action_state *actions,
                           struct live_hud *hud, rv_error *error)
{
	const struct options *options = &actions->options;
	performance->actions = actions;
	performance->hud = hud;
	if (!options->call.score[0])
		return RV_OK;
	if (options->live.playlist[0])
		return rv_fail(error, RV_INVALID,
		               "--score and --playlist both go by the clock: one of them");
	return score_load(&performance->score, options->call.score, error);
}

/* Whether the network has the layers that are named in the course of it. */
static rv_status check_layers(void *context, const struct options *options, rv_error *error)
{
	return action_check_layers(context, &options->dream, error);
}

rv_status performance_begin(struct performance *performance, rv_error *error)
{
	struct options *options = &performance->actions->options;
	rv_status status = RV_OK;
	if (performance->score) {
		status = score_begin(performance->score, options, error);
		if (status == RV_OK)
			status = score_rehearse(performance->score, false, options, check_layers,
			                        performance->actions, error);
		if (status == RV_OK)
			performance_play(performance, 0);
	}
	if (status == RV_OK && options->call.save_score[0])
		status = score_keep_open(&performance->keep, options->call.save_score,
		                         options->output.force, options, error);
	return status;
}

bool performance_play(struct performance *performance, int64_t position)
{
	return performance->score && score_play(performance->score, seconds_of(position), false,
	                                        &performance->actions->options);
}

const struct brush_stroke *performance_next_stroke(struct performance *performance,
                                                   int64_t position)
{
	return performance->score ? score_next_stroke(performance->score, seconds_of(position))
	                          : NULL;
}

/* Where no frame was taken yet, the very first one is to have it. */
static double time_of(int64_t position, int64_t taken)
{
	bool is_later = taken >= 0 && taken + behind > position;
	return seconds_of(is_later ? taken + behind : position);
}

static void tell_whether_full(struct performance *performance)
{
	if (!score_keep_is_full(performance->keep) || performance->is_full)
		return;
	performance->is_full = true;
	live_hud_say(performance->hud, "the score is full: no more is written", clock_now());
}

void performance_note(struct performance *performance, int64_t position, int64_t taken)
{
	if (!performance->keep)
		return;
	score_keep_note(performance->keep, time_of(position, taken),
	                &performance->actions->options);
	tell_whether_full(performance);
}

void performance_note_reset(struct performance *performance, int64_t position, int64_t taken)
{
	if (!performance->keep)
		return;
	score_keep_reset(performance->keep, time_of(position, taken));
	tell_whether_full(performance);
}

void performance_note_stroke(struct performance *performance, int64_t position, int64_t taken,
                             const struct brush_stroke *stroke)
{
	if (!performance->keep)
		return;
	score_keep_stroke(performance->keep, time_of(position, taken), stroke);
	tell_whether_full(performance);
}

rv_status performance_close(struct performance *performance, rv_error *error)
{
	score_release(&performance->score);
	return score_keep_close(&performance->keep, error);
}
