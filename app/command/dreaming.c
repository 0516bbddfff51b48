#include "app/command/dreaming.h"

#include "app/base/signals.h"
#include "app/command/command.h"
#include "app/options/differing.h"
#include "app/options/dreamer_settings.h"

rv_status dreaming_open(struct dreaming *it, rv_error *error)
{
	return scored_open(&it->scored, it->options, error);
}

/* A picture by itself is dreamed without the memory that only videos need. */
static struct option_dream dream_for(const struct dreaming *it)
{
	struct option_dream dream = it->scored.options.dream;
	if (it->alone)
		dream.params.time.on = false;
	dream.params.sphere = it->is_sphere;
	/* Frames dreamed by themselves all have the same. */
	if (dream.params.time.on)
		dream.params.seed += it->cuts_before + it->past.cuts;
	return dream;
}

/* The part of a memory limit that is for a video's encoder, and not for the engine. */
enum { ENCODER_PART = 6 };

uint64_t dreaming_encoder_memory(const struct dreaming *it)
{
	return it->options->device.config.memory_limit / ENCODER_PART;
}

/* One that is open is one that the score can be played with. */
static rv_status open_dreamer(struct dreaming *it, rv_error *error)
{
	struct options options = *it->options;
	options.dream = dream_for(it);
	if (!it->alone)
		options.device.config.memory_limit -= dreaming_encoder_memory(it);
	it->was_alone = it->alone;
	it->dreamer.brush = it->scored.brush;
	rv_status status = dreamer_open(&it->dreamer, &options, error);
	if (status == RV_OK)
		status = scored_begin(&it->scored, &it->dreamer, error);
	if (status != RV_OK) {
		dreamer_close(&it->dreamer);
		return status;
	}
	rv_set_progress(it->dreamer.engine, command_show_part, &it->progress);
	rv_set_preparation(it->dreamer.engine, command_show_preparation, &it->progress);
	if (it->tells_network && !it->checksum.path[0])
		checksum_begin(&it->checksum, rv_model_path(it->dreamer.model));
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

/* Lets the engine dream what is asked for at that time. The network is loaded once for all inputs.
 */
static rv_status prepare_dreamer(struct dreaming *it, float aspect, int64_t time, rv_error *error)
{
	it->alone = time == RV_TIME_NONE;
	if (dreaming_encoder_memory(it) && it->alone != it->was_alone)
		dreamer_close(&it->dreamer);
	bool opens = !it->dreamer.engine;
	rv_status status = opens ? open_dreamer(it, error) : RV_OK;
	if (status != RV_OK)
		return status;
	if (scored_go_to(&it->scored, time)) {
		rv_reset(it->dreamer.engine);
		it->past.cuts += it->past.cuts_seen;
		it->past.cuts_seen = 0;
	}
	struct option_dream dream = dream_for(it);
	option_dream_settle(&dream, dreamer_network_name(&it->dreamer));
	if (!scored_paint(&it->scored, time, aspect) &&
	    option_dream_equal(&dream, &it->dreamer.dream) &&
	    dream.params.sphere == it->dreamer.dream.params.sphere)
		return RV_OK;
	return dreamer_set_dream(&it->dreamer, &dream, error);
}

static void tell_dream(struct dreaming *it, int64_t time)
{
	char text[2 * OPTION_VALUE_LENGTH];
	differing_write(&it->scored.options, text, sizeof(text));
	progress_note(&it->progress, "dreamed %.3f: %s", (double)time / 1e9, text);
}

static void take_report(struct dreaming *it)
{
	rv_frame_report report = rv_last_frame(it->dreamer.engine);
	it->past.cuts_seen += report.cut;
	if (report.tiles > 1 && report.tiles != it->tiles)
		progress_note(&it->progress, "memory is short: dreaming in %d tiles", report.tiles);
	it->tiles = report.tiles;
}

/* Lets the engine be as it was after the frame that is gone on from. */
static rv_status recall(struct dreaming *it, rv_error *error)
{
	const uint64_t cuts_seen = it->past.cuts_seen;
	rv_checkpoint_read *read = it->recall;
	it->recall = NULL;
	it->past.cuts_seen = 0;
	rv_status status = prepare_dreamer(it, it->past.aspect, it->past.time, error);
	it->past.cuts_seen = cuts_seen;
	return status != RV_OK
	               ? status
	               : rv_checkpoint_load(it->dreamer.engine, read, it->recall_context, error);
}

rv_status dreaming_remember(struct dreaming *it, rv_checkpoint_write *write, void *context,
                            rv_error *error)
{
	return rv_checkpoint_save(it->dreamer.engine, write, context, error);
}

static rv_status prepare(struct dreaming *it, const rv_image *in, int64_t time, rv_error *error)
{
	const float aspect = (float)in->width / (float)in->height;
	rv_status status = it->recall ? recall(it, error) : RV_OK;
	if (status == RV_OK)
		status = prepare_dreamer(it, aspect, time, error);
	it->past.time = time;
	it->past.aspect = aspect;
	return status;
}

rv_status dreaming_dream(void *context, const rv_image *in, int64_t time, const rv_image *out,
                         rv_error *error)
{
	struct dreaming *it = context;
	rv_status status = prepare(it, in, time, error);
	if (status != RV_OK)
		return status;
	/* By the input's own time, wherever in it the dream begins. */
	slots_begin(&it->dreamer.slots, 0);
	status = slots_go_to(&it->dreamer.slots, it->dreamer.engine, time, error);
	if (status != RV_OK)
		return status;
	status = it->journey.on ? journey_dream(&it->journey, it->dreamer.engine, time, out, error)
	                        : rv_dream(it->dreamer.engine, in, time, out, error);
	if (status == RV_OK)
		take_report(it);
	if (status == RV_OK && it->options->call.verbose && time != RV_TIME_NONE)
		tell_dream(it, time);
	/* From its first frame on a video is worth finishing, however long that takes. */
	if (status == RV_OK && time != RV_TIME_NONE)
		signals_limit(0);
	return status;
}

rv_status dreaming_settings(void *context, bool alone, char **text, rv_error *error)
{
	struct dreaming *it = context;
	bool opens = !it->dreamer.engine;
	it->alone = alone;
	rv_status status = opens ? open_dreamer(it, error) : RV_OK;
	if (status != RV_OK)
		return status;
	return dreamer_write_settings(&it->dreamer, it->options, false, checksum_end(&it->checksum),
	                              text, error);
}

/* Where memory is short, what the engine has is for whoever writes the picture. */
static rv_status make_room(void *context, rv_error *error)
{
	struct dreaming *it = context;
	(void)error;
	if (it->options->device.config.memory_limit && it->tiles > 1)
		dreamer_close(&it->dreamer);
	return RV_OK;
}

void dreaming_shape(void *context, bool is_sphere)
{
	struct dreaming *it = context;
	it->is_sphere = is_sphere;
}

static const char *text_or_null(const char *text)
{
	return text[0] ? text : NULL;
}

struct job dreaming_job(struct dreaming *it)
{
	const struct options *options = it->options;
	return (struct job){
		.input = it->journey.on ? it->journey.input : options->call.operand,
		.output = options->output.file,
		.format = text_or_null(options->output.format),
		.encoder = text_or_null(options->output.encoder),
		.quality = options->output.quality,
		.width = it->journey.on ? 0 : options->output.size.width,
		.height = it->journey.on ? 0 : options->output.size.height,
		.force = options->output.force,
		.frames_expected = it->journey.frames,
		.encoder_memory = dreaming_encoder_memory(it),
		.exact = options->output.exact,
		.interlace = (enum interlace_mode)options->output.deinterlace,
		.hdr = (enum hdr_mode)options->output.hdr,
		.sphere = (enum panorama_mode)options->output.sphere,
		.shape = dreaming_shape,
		.still = text_or_null(options->output.still),
		.dream = dreaming_dream,
		.dreamed = make_room,
		.settings = dreaming_settings,
		.context = it,
		.progress = &it->progress,
		.stop = &signals_stop,
	};
}

void dreaming_forget(struct dreaming *it)
{
	scored_rewind(&it->scored, it->options);
	it->past.cuts = it->past.cuts_seen = 0;
	if (it->dreamer.engine)
		rv_reset(it->dreamer.engine);
}

void dreaming_close(struct dreaming *it)
{
	journey_close(&it->journey);
	checksum_end(&it->checksum);
	scored_close(&it->scored);
	dreamer_close(&it->dreamer);
}
