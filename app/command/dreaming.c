#include "app/command/dreaming.h"

#include "app/base/signals.h"

static bool show_part(void *context, double part)
{
	struct dreaming *it = context;
	progress_part(&it->progress, part);
	return !signals_stop;
}

/* A picture by itself is dreamed without the memory that only videos need. */
static struct option_dream dream_for(const struct dreaming *it, bool alone)
{
	struct option_dream dream = it->options->dream;
	if (alone)
		dream.params.time.on = false;
	return dream;
}

static rv_status open_dreamer(struct dreaming *it, rv_error *error)
{
	struct options options = *it->options;
	options.dream = dream_for(it, it->alone);
	rv_status status = dreamer_open(&it->dreamer, &options, error);
	if (status != RV_OK)
		return status;
	rv_set_progress(it->dreamer.engine, show_part, it);
	char line[DREAMER_LINE_LENGTH];
	dreamer_describe(&it->dreamer, line);
	if (line[0])
		progress_note(&it->progress, "%s", line);
	if (it->options->call.verbose)
		progress_note(&it->progress, "Dreaming with %s on %s",
		              rv_model_path(it->dreamer.model),
		              rv_engine_device(it->dreamer.engine)->name);
	return RV_OK;
}

/* The network is loaded once for all inputs. */
static rv_status prepare_dreamer(struct dreaming *it, bool alone, rv_error *error)
{
	bool changes = it->alone != alone;
	it->alone = alone;
	if (!it->dreamer.engine)
		return open_dreamer(it, error);
	if (!changes)
		return RV_OK;
	const struct option_dream dream = dream_for(it, alone);
	return dreamer_set_dream(&it->dreamer, &dream, error);
}

rv_status dreaming_dream(void *context, const rv_image *in, int64_t time, const rv_image *out,
                         rv_error *error)
{
	struct dreaming *it = context;
	rv_status status = prepare_dreamer(it, time == RV_TIME_NONE, error);
	if (status != RV_OK)
		return status;
	/* By the input's own time, wherever in it the dream begins. */
	sources_begin(&it->dreamer.sources, 0);
	status = sources_go_to(&it->dreamer.sources, it->dreamer.engine, time, error);
	if (status != RV_OK)
		return status;
	status = it->journey.on ? journey_dream(&it->journey, it->dreamer.engine, time, out, error)
	                        : rv_dream(it->dreamer.engine, in, time, out, error);
	/* From its first frame on a video is worth finishing, however long that takes. */
	if (status == RV_OK && time != RV_TIME_NONE)
		signals_limit(0);
	return status;
}

void dreaming_forget(struct dreaming *it)
{
	if (it->dreamer.engine)
		rv_reset(it->dreamer.engine);
}

void dreaming_close(struct dreaming *it)
{
	journey_close(&it->journey);
	dreamer_close(&it->dreamer);
}
