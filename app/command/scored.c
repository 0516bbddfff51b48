#include "app/command/scored.h"

rv_status scored_open(struct scored *scored, const struct options *options, rv_error *error)
{
	scored->options = *options;
	if (!options->call.score[0])
		return RV_OK;
	rv_status status = score_load(&scored->score, options->call.score, error);
	if (status == RV_OK && score_has_strokes(scored->score))
		status = brush_create(&scored->brush, error);
	return status;
}

void scored_tell_ignored(const struct scored *scored, struct progress *progress)
{
	if (scored->score && score_changes(scored->score, "input"))
		progress_note(progress,
		              "%s: goes from input to input, which is ignored here; `reverie live` "
		              "with the same inputs plays it",
		              scored->options.call.score);
}

static rv_status try_dream(void *context, const struct options *options, rv_error *error)
{
	struct dreamer *dreamer = context;
	return dreamer_set_dream(dreamer, &options->dream, error);
}

static rv_status rehearse(struct scored *scored, struct dreamer *dreamer, rv_error *error)
{
	rv_status status =
		score_rehearse(scored->score, true, &scored->options, try_dream, dreamer, error);
	return status == RV_OK ? dreamer_set_dream(dreamer, &scored->options.dream, error) : status;
}

rv_status scored_begin(struct scored *scored, struct dreamer *dreamer, rv_error *error)
{
	if (scored->rehearsed)
		return RV_OK;
	if (scored->score)
		dreamer_settle(dreamer, &scored->options.dream);
	if (scored->score && !scored->begun)
		scored->status = score_begin(scored->score, &scored->options, &scored->error);
	scored->begun = true;
	if (scored->status != RV_OK)
		return rv_fail(error, scored->status, "%s", scored->error.message);
	rv_status status = scored->score ? rehearse(scored, dreamer, error) : RV_OK;
	scored->rehearsed = status == RV_OK;
	return status;
}

static double seconds_of(int64_t time)
{
	return time == RV_TIME_NONE ? 0 : (double)time / 1e9;
}

bool scored_go_to(struct scored *scored, int64_t time)
{
	return scored->score && score_play(scored->score, seconds_of(time), true, &scored->options);
}

bool scored_paint(struct scored *scored, int64_t time, float aspect)
{
	const struct brush_stroke *stroke;
	while (scored->brush && (stroke = score_next_stroke(scored->score, seconds_of(time)))) {
		brush_paint(scored->brush, stroke, aspect);
		scored->repainted = true;
	}
	bool repainted = scored->repainted;
	scored->repainted = false;
	return repainted;
}

void scored_rewind(struct scored *scored, const struct options *options)
{
	scored->options = *options;
	if (scored->score)
		score_rewind(scored->score);
	if (scored->brush) {
		brush_paint(scored->brush, &(struct brush_stroke){.radius = 0}, 1);
		scored->repainted = true;
	}
}

void scored_close(struct scored *scored)
{
	score_release(&scored->score);
	brush_destroy(&scored->brush);
}
