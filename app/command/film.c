/* The commands plan, chunk and join: a film in chunks (app/offline/film_plan.h). */
#include "app/command/film.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/base/signals.h"
#include "app/command/command.h"
#include "app/command/dreaming.h"
#include "app/command/film_dream.h"
#include "app/command/film_run.h"
#include "app/command/film_score.h"
#include "app/command/film_settings.h"
#include "app/offline/film_join.h"
#include "app/offline/film_look.h"
#include "app/options/files.h"
#include "app/options/preset.h"

/* ---- plan ---- */

/* Sees where shots begin. It dreams nothing, so that its engine has as little of a network as one
 * can, which the judgement of cuts does not depend on. */
struct watcher {
	const struct options *options;
	struct dreamer dreamer;
	struct scored scored;
	rv_params params; /* that the engine has */
	bool is_sphere;
};

static void watch_shape(void *context, bool is_sphere)
{
	struct watcher *watcher = context;
	watcher->is_sphere = is_sphere;
}

/* What drifts is a function of time where it always drifts alike; and what is dreamed frame by
 * frame has no shots. */
static rv_status check_time(const rv_time *time, const rv_time *begun, rv_error *error)
{
	if (time->drift != begun->drift)
		return rv_fail(error, RV_INVALID,
		               "the score changes --drift, whose sum so far chunks cannot know");
	if (time->on != begun->on)
		return rv_fail(error, RV_INVALID,
		               "the score turns time off or on, which chunks cannot");
	return RV_OK;
}

static rv_status set_watcher(struct watcher *watcher, rv_error *error)
{
	const rv_model *model = watcher->dreamer.model;
	const struct option_dream *dream = &watcher->scored.options.dream;
	rv_params params = option_dream_params(dream, rv_model_default_layer(model));
	rv_status status = check_time(&params.time, &watcher->options->dream.params.time, error);
	if (status != RV_OK)
		return status;
	params.target_count = 1;
	params.targets[0] = (rv_target){.weight = 1};
	strncpy(params.targets[0].layer, rv_model_layer(model, 0)->name, RV_LAYER_NAME_LENGTH - 1);
	params.objective = RV_OBJECTIVE_L2;
	params.octaves = params.iterations = 1;
	params.time.warm_octaves = 1;
	params.time.warm_steps = 0;
	params.time.onset = 0;
	params.sphere = watcher->is_sphere;
	if (rv_params_equal(&params, &watcher->params))
		return RV_OK;
	watcher->params = params;
	return rv_set_params(watcher->dreamer.engine, &params, error);
}

static rv_status open_watcher(struct watcher *watcher, rv_error *error)
{
	rv_status status = dreamer_open(&watcher->dreamer, watcher->options, error);
	if (status == RV_OK)
		status = scored_begin(&watcher->scored, &watcher->dreamer, error);
	return status == RV_OK ? set_watcher(watcher, error) : status;
}

static rv_status watch(void *context, const rv_image *frame, int64_t time, bool *begins,
                       rv_error *error)
{
	struct watcher *watcher = context;
	rv_status status = RV_OK;
	if (scored_go_to(&watcher->scored, time))
		rv_reset(watcher->dreamer.engine);
	status = set_watcher(watcher, error);
	/* Frames by themselves may be parted anywhere, unless each is blended with the last or
	 * takes its turn after it. */
	const rv_params *params = &watcher->params;
	if (status == RV_OK && !params->time.on) {
		*begins = params->blend == 0 && params->alternation != RV_ALTERNATE_FRAMES;
		return RV_OK;
	}
	if (status == RV_OK)
		status = rv_look(watcher->dreamer.engine, frame, time, error);
	*begins = status == RV_OK && rv_last_frame(watcher->dreamer.engine).cut;
	return status;
}

static rv_status find_film(struct film_plan *plan, const char *name, rv_error *error)
{
	if (!strcmp(name, "-"))
		return rv_fail(error, RV_INVALID,
		               "standard input cannot be read twice; name a file");
	char *path = realpath(name, NULL); /* other machines start elsewhere */
	bool fits = strlen(path ? path : name) < sizeof(plan->input);
	if (fits)
		strcpy(plan->input, path ? path : name);
	free(path);
	return fits ? RV_OK : rv_fail(error, RV_INVALID, "%.64s...: the path is too long", name);
}

rv_status film_describe(struct film_plan *plan, const struct options *options, rv_error *error)
{
	const struct option_output *output = &options->output;
	if (strlen(output->encoder) >= sizeof(plan->encoder))
		return rv_fail(error, RV_INVALID, "encoder %.64s: there is none", output->encoder);
	strcpy(plan->encoder, output->encoder);
	plan->width = output->size.width;
	plan->height = output->size.height;
	plan->quality = output->quality;
	plan->exact = output->exact;
	plan->interlace = (enum interlace_mode)output->deinterlace;
	plan->hdr = (enum hdr_mode)output->hdr;
	plan->sphere = (enum panorama_mode)output->sphere;
	return find_film(plan, options->call.operand, error);
}

static rv_status look_through(struct film_plan *plan, struct watcher *watcher, const char *folder,
                              double pixels, rv_error *error)
{
	struct progress progress;
	char path[PATH_LENGTH];
	progress_init(&progress, stderr, progress_style_for(stderr, watcher->options->call.quiet));
	const struct film_look look = {.look = watch,
	                               .shape = watch_shape,
	                               .context = watcher,
	                               .seconds = (double)watcher->options->output.chunk_seconds,
	                               .pixels = pixels,
	                               .progress = &progress,
	                               .stop = &signals_stop};
	rv_status status = film_look(plan, &look, error);
	if (status == RV_OK)
		status = film_settings_path(path, folder, error);
	if (status == RV_OK)
		status = preset_save(&watcher->dreamer.dream, path, true, error);
	if (status == RV_OK)
		status = film_score_save(watcher->options, folder, error);
	if (status == RV_OK)
		status = film_settings_keep(plan, &watcher->dreamer, watcher->options, folder,
		                            error);
	return status == RV_OK ? film_plan_save(plan, folder, error) : status;
}

rv_status film_make_plan(struct film_plan *plan, const struct options *options, const char *folder,
                         double pixels, rv_error *error)
{
	struct watcher watcher = {.options = options};
	char path[PATH_LENGTH];
	rv_status status = film_describe(plan, options, error);
	if (status == RV_OK)
		status = film_plan_path(path, folder, error);
	if (status == RV_OK)
		status = scored_open(&watcher.scored, options, error);
	if (status == RV_OK)
		status = open_watcher(&watcher, error);
	if (status == RV_OK) {
		dreamer_settle(&watcher.dreamer, &watcher.dreamer.dream);
		status = paths_make_folders(path)
		                 ? look_through(plan, &watcher, folder, pixels, error)
		                 : rv_fail(error, RV_IO,
		                           "%.256s: no chunks can be written there: %s", folder,
		                           strerror(errno));
	}
	scored_close(&watcher.scored);
	dreamer_close(&watcher.dreamer);
	return status;
}

static void print_plan(const struct film_plan *plan, const char *folder)
{
	printf("Planned %lld frames: each chunk is dreamed by `reverie chunk %s N`, here, or where "
	       "this folder is seen:\n",
	       (long long)film_frames(plan), folder);
	for (int engine = FILM_ENGINE_PARALLEL; engine <= FILM_ENGINE_SLURM; engine++) {
		char line[FILM_LINE_LENGTH];
		film_run_line(line, (enum film_engine)engine, "reverie", folder, plan->count);
		printf("  %s\n", line);
	}
	printf("and then `reverie join %s -o FILM`\n", folder);
	printf("%d chunk%s\n", plan->count, plan->count == 1 ? "" : "s");
}

/* The plan's watcher has none to tell it to; whoever goes on with a film was told. */
static rv_status tell_ignored(const struct options *options, rv_error *error)
{
	struct scored scored = {.score = NULL};
	struct progress progress;
	progress_init(&progress, stderr, progress_style_for(stderr, options->call.quiet));
	rv_status status = scored_open(&scored, options, error);
	if (status == RV_OK)
		scored_tell_ignored(&scored, &progress);
	scored_close(&scored);
	return status;
}

rv_status command_plan(const struct options *options, rv_error *error)
{
	struct film_plan plan = {.count = 0};
	char path[PATH_LENGTH];
	const char *folder = options->output.chunks;
	if (!options->call.operand[0] || !folder[0])
		return rv_fail(error, RV_INVALID,
		               "what film, and where? reverie plan FILM --chunks "
		               "FOLDER");
	rv_status status = film_plan_path(path, folder, error);
	if (status == RV_OK && !access(path, F_OK))
		return rv_fail(error, RV_INVALID, "%s: is there; a new plan takes a new folder",
		               path);
	if (status == RV_OK)
		status = tell_ignored(options, error);
	if (status == RV_OK)
		status = film_make_plan(&plan, options, folder, 0, error);
	if (status == RV_OK && !options->call.quiet)
		print_plan(&plan, folder);
	if (status == RV_OK && options->output.run != FILM_ENGINE_NONE)
		status = film_run((enum film_engine)options->output.run, folder, plan.count, error);
	film_plan_release(&plan);
	return status;
}

/* ---- chunk ---- */

rv_status film_read_settings(struct options *options, const char *folder, rv_error *error)
{
	char path[PATH_LENGTH];
	rv_status status = film_settings_path(path, folder, error);
	if (status == RV_OK)
		status = preset_load(&options->dream, path, error);
	return status == RV_OK ? film_score_find(options, folder, error) : status;
}

static rv_status dream_one(const struct film_plan *plan, const char *folder, int number,
                           const struct options *settings, rv_error *error)
{
	struct dreaming dreaming = {.options = settings};
	progress_init(&dreaming.progress, stderr, progress_style_for(stderr, settings->call.quiet));
	progress_note(&dreaming.progress, "chunk %d; they are counted from 0 to %d", number,
	              plan->count - 1);
	rv_status status = dreaming_open(&dreaming, error);
	if (status == RV_OK)
		status = film_dream_chunk(plan, folder, number, &dreaming, error);
	dreaming_close(&dreaming);
	return status;
}

static rv_status read_number(const struct film_plan *plan, const char *text, int *number,
                             rv_error *error)
{
	char *end;
	errno = 0;
	long value = strtol(text, &end, 10);
	if (*end || end == text || errno || value < 0 || value >= plan->count)
		return rv_fail(error, RV_INVALID, "chunk %.32s: there are 0 to %d", text,
		               plan->count - 1);
	*number = (int)value;
	return RV_OK;
}

static void print_progress(const struct film_plan *plan, const char *folder)
{
	int64_t frames_done;
	int done;
	film_progress(plan, folder, &done, &frames_done);
	printf("%d of %d chunks, %lld of %lld frames\n", done, plan->count, (long long)frames_done,
	       (long long)film_frames(plan));
}

rv_status command_chunk(const struct options *options, rv_error *error)
{
	struct film_plan plan = {.count = 0};
	struct options settings = *options;
	const char *folder = options->call.operand;
	int number = 0;
	if (!folder[0])
		return rv_fail(error, RV_INVALID, "which one? reverie chunk FOLDER N");
	rv_status status = film_plan_load(&plan, folder, error);
	if (status == RV_OK && !options->call.second[0]) {
		print_progress(&plan, folder);
	} else if (status == RV_OK) {
		status = read_number(&plan, options->call.second, &number, error);
		if (status == RV_OK)
			status = film_read_settings(&settings, folder, error);
		if (status == RV_OK)
			status = dream_one(&plan, folder, number, &settings, error);
		if (status == RV_OK && !options->call.quiet)
			printf("Chunk %d is there: %d frames\n", number,
			       plan.chunks[number].frames);
	}
	film_plan_release(&plan);
	return status;
}

/* ---- join ---- */

rv_status film_write(const struct film_plan *plan, const char *folder,
                     const struct options *options, rv_error *error)
{
	const struct option_output *output = &options->output;
	struct progress progress;
	progress_init(&progress, stderr, progress_style_for(stderr, options->call.quiet));
	char *settings;
	rv_status status = film_settings_take(options, folder, &settings, error);
	if (status != RV_OK)
		return status;
	const struct film_join join = {.folder = folder,
	                               .output = output->file,
	                               .format = output->format[0] ? output->format : NULL,
	                               .force = output->force,
	                               .settings = settings,
	                               .progress = &progress,
	                               .stop = &signals_stop};
	status = film_join(plan, &join, error);
	free(settings);
	return status;
}

rv_status command_join(const struct options *options, rv_error *error)
{
	struct film_plan plan = {.count = 0};
	const char *folder = options->call.operand;
	if (!folder[0] || !options->output.file[0])
		return rv_fail(error, RV_INVALID,
		               "which, and where to? reverie join FOLDER -o FILE");
	rv_status status = film_plan_load(&plan, folder, error);
	if (status == RV_OK)
		status = option_check_read(options, COMMAND_JOIN, plan.input, "film", error);
	if (status == RV_OK)
		status = film_write(&plan, folder, options, error);
	if (status == RV_OK && !options->call.quiet)
		printf("Joined %d chunk%s: %s\n", plan.count, plan.count == 1 ? "" : "s",
		       options->output.file);
	film_plan_release(&plan);
	return status;
}
