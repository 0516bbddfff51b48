/* The command without a name: dream a picture or a video. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/paths.h"
#include "app/base/signals.h"
#include "app/command/command.h"
#include "app/command/dreaming.h"
#include "app/command/film.h"
#include "app/offline/batch.h"
#include "app/offline/job_run.h"
#include "app/options/files.h"
#include "app/options/preset.h"

/* The last line: what was made, and where it is. */
static void print_result(const struct options *options, const struct job_report *report)
{
	bool to_stdout = !strcmp(options->output.file, "-");
	FILE *file = to_stdout ? stderr : stdout; /* stdout then carries the video itself */
	const char *place = to_stdout ? "standard output" : options->output.file;
	if (options->call.quiet)
		return;
	if (report->is_still)
		fprintf(file, "Dreamed a picture of %dx%d: %s", report->width, report->height,
		        place);
	else
		fprintf(file, "Dreamed %lld frame%s: %s", (long long)report->frames,
		        report->frames == 1 ? "" : "s", place);
	if (options->output.still[0] && !report->is_still)
		fprintf(file, ", still %s", options->output.still);
	if (report->damaged)
		fprintf(file, "; %lld damaged packets were left out", (long long)report->damaged);
	fprintf(file, "\n");
}

/* What was asked for and is for videos alone. */
static void note_unused(struct dreaming *it)
{
	const struct option_output *output = &it->options->output;
	const struct {
		const char *name;
		bool given;
	} options[] = {{"--encoder", output->encoder[0]},
	               {"--format", output->format[0]},
	               {"--quality", output->quality != OPTION_QUALITY_DEFAULT},
	               {"--still", output->still[0]},
	               {"--exact", output->exact},
	               {"--deinterlace", output->deinterlace != INTERLACE_AUTO}};
	char names[128] = "";
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		size_t length = strlen(names);
		if (options[i].given)
			snprintf(names + length, sizeof(names) - length, "%s%s", length ? ", " : "",
			         options[i].name);
	}
	if (names[0])
		progress_note(&it->progress, "%s: is a picture; %s: for videos alone",
		              it->options->call.operand, names);
}

/* One input, whose past has nothing to do with the last one's. */
static rv_status dream_input(struct dreaming *it, rv_error *error)
{
	struct job_report report = {0};
	struct job job = dreaming_job(it);
	bool taken = false;
	rv_status status = RV_OK;
	dreaming_forget(it);
	if (!it->journey.on)
		status = film_resume(it, &taken, error);
	if (status != RV_OK || taken)
		return status;
	status = job_run(&job, &report, error);
	/* Of several inputs others may be videos. */
	if (report.is_still && it->options->call.input_count <= 1)
		note_unused(it);
	if (status == RV_OK)
		print_result(it->options, &report);
	return status;
}

static rv_status dream_alone(const struct options *options, rv_error *error)
{
	struct dreaming it = {.options = options, .tells_network = true};
	progress_init(&it.progress, stderr, progress_style_for(stderr, options->call.quiet));
	rv_status status = dreaming_open(&it, error);
	if (status == RV_OK)
		scored_tell_ignored(&it.scored, &it.progress);
	if (status == RV_OK && journey_wanted(options) && options->output.resume == FILM_RESUME_ON)
		status = rv_fail(error, RV_INVALID,
		                 "--resume is for a video; a journey is dreamed in one go");
	if (status == RV_OK && journey_wanted(options))
		status = journey_open(&it.journey, options, error);
	if (status == RV_OK)
		status = dream_input(&it, error);
	dreaming_close(&it);
	return status;
}

/* ---- several inputs ---- */

static rv_status check_batch(const struct options *options, rv_error *error)
{
	if (!batch_is_folder(options->output.file))
		return rv_fail(error, RV_INVALID,
		               "%.256s: %d inputs go into a folder; -o FOLDER/ names one, with a "
		               "slash where it is to be made",
		               options->output.file, options->call.input_count);
	if (options->output.still[0] || journey_wanted(options))
		return rv_fail(error, RV_INVALID, "%s is for one input, which -o FILE says",
		               options->output.still[0] ? "--still" : "a journey");
	return RV_OK;
}

/* What failed is told as it happens, and named again at the end, when it has long been scrolled
 * away. */
static rv_status report_batch(struct dreaming *it, const bool *failed, int done, rv_status status,
                              rv_error *error)
{
	const struct option_call *call = &it->options->call;
	const char *first = NULL;
	int failures = 0;
	for (int i = 0; i < done; i++) {
		if (!failed[i])
			continue;
		progress_note(&it->progress, "Not dreamed: %s", call->inputs[i]);
		first = failures++ ? first : call->inputs[i];
	}
	if (status == RV_CANCELLED)
		return rv_fail(error, status, "stopped after %d of %d inputs", done,
		               call->input_count);
	if (!failures)
		return RV_OK;
	return rv_fail(error, status, "%d of %d inputs %s not dreamed%s %.256s", failures,
	               call->input_count, failures == 1 ? "was" : "were",
	               failures == 1 ? ":" : ", the first of them", first);
}

/* After an input that failed the others have their turn; where the device was the reason, with an
 * engine made anew. Returns what the first failure was. */
static rv_status dream_each(struct dreaming *it, struct options *options, const struct batch *batch,
                            bool *failed, rv_error *error)
{
	rv_status first = RV_OK;
	int done = 0;
	for (; done < batch->count && first != RV_CANCELLED; done++) {
		rv_error cause = {0};
		strcpy(options->call.operand, options->call.inputs[done]);
		strcpy(options->output.file, batch->outputs[done]);
		progress_note(&it->progress, "%d of %d: %s", done + 1, batch->count,
		              options->call.operand);
		rv_status status = option_check_files(options, COMMAND_DREAM, &cause);
		if (status == RV_OK)
			status = dream_input(it, &cause);
		failed[done] = status != RV_OK;
		if (status == RV_OK)
			continue;
		progress_error(&it->progress, "%s", cause.message);
		if (status == RV_DEVICE || status == RV_MEMORY)
			dreamer_close(&it->dreamer);
		if (first == RV_OK || status == RV_CANCELLED)
			first = status;
	}
	return report_batch(it, failed, first == RV_CANCELLED ? done - 1 : done, first, error);
}

static rv_status dream_batch(const struct options *all, rv_error *error)
{
	struct options options = *all;
	struct dreaming it = {.options = &options, .tells_network = true};
	struct batch batch = {0};
	bool *failed = calloc((size_t)all->call.input_count, sizeof(*failed));
	progress_init(&it.progress, stderr, progress_style_for(stderr, all->call.quiet));
	rv_status status = failed ? check_batch(all, error)
	                          : rv_fail(error, RV_MEMORY, "out of memory for the inputs");
	if (status == RV_OK)
		status = dreaming_open(&it, error);
	if (status == RV_OK)
		scored_tell_ignored(&it.scored, &it.progress);
	if (status == RV_OK)
		status = batch_plan(&batch, all->call.inputs, all->call.input_count,
		                    all->output.file, error);
	if (status == RV_OK) {
		status = paths_make_folders(batch.outputs[0])
		                 ? dream_each(&it, &options, &batch, failed, error)
		                 : rv_fail(error, RV_IO, "%.256s: nothing can be written there: %s",
		                           all->output.file, strerror(errno));
	}
	batch_release(&batch);
	free(failed);
	dreaming_close(&it);
	return status;
}

/* ---- the command ---- */

/* What nobody gave is what suits the network, which the preset is then for. Where that is not here
 * the preset says only what is known. */
static rv_status save_preset(const struct options *options, rv_error *error)
{
	struct dreamer dreamer = {0};
	struct option_dream dream = options->dream;
	rv_status status = dreamer_open_model(&dreamer, &dream.network, error);
	if (status == RV_OK && option_check_read(options, COMMAND_DREAM,
	                                         rv_model_path(dreamer.model), "network", error))
		status = RV_INVALID;
	if (status == RV_OK)
		dreamer_settle(&dreamer, &dream);
	dreamer_close(&dreamer);
	if (status != RV_OK && (status != RV_NOT_FOUND || dream.network.model[0]))
		return status;
	return preset_save(&dream, options->call.save_preset, options->output.force, error);
}

rv_status command_dream(const struct options *options, rv_error *error)
{
	bool nothing = !options->call.operand[0] && options->dream.from != OPTION_FROM_NOISE;
	bool only_preset = options->call.save_preset[0] && nothing;
	if (nothing && !only_preset)
		return rv_fail(error, RV_INVALID,
		               "nothing to dream; reverie INPUT -o OUTPUT, and --help says more");
	if (!options->output.file[0] && !only_preset)
		return rv_fail(error, RV_INVALID, "where to? -o FILE says where the dream goes");
	bool several = options->call.input_count > 1 ||
	               (options->call.input_count && batch_is_folder(options->output.file));
	rv_status status = RV_OK;
	if (options->call.save_preset[0])
		status = save_preset(options, error);
	if (status != RV_OK || only_preset)
		return status;
	return several ? dream_batch(options, error) : dream_alone(options, error);
}
