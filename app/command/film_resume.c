/* --resume: a film in chunks on one machine, which goes on where it was broken off. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/signals.h"
#include "app/command/film.h"
#include "app/command/film_dream.h"
#include "app/command/film_score.h"
#include "app/media/container.h"
#include "app/media/picture_write.h"
#include "app/offline/job_run.h"

/* Films from so many seconds on are dreamed so without being asked for. */
static const double long_seconds = 300;

/* Pixels of all frames of a chunk after which it ends within a shot: about a quarter of an hour of
 * dreaming on two cores. */
static const double pixels_most = 1 << 29;

/* A film under way. */
struct resuming {
	struct options options; /* as they were given, but for the encoder, which is settled */
	struct progress *progress;
	struct film_plan plan;
	char folder[PATH_LENGTH];
	bool is_auto;
};

/* ---- whether it is to be ---- */

static bool is_file(const char *path, bool may_be_new)
{
	struct stat status;
	return stat(path, &status) ? may_be_new : S_ISREG(status.st_mode);
}

/* Whether the output is a video in a file, of which nobody wants a frame besides. */
static bool can_be_joined(const struct options *options)
{
	const char *output = options->output.file;
	return strcmp(output, "-") && !picture_name_known(output) && !options->output.still[0] &&
	       container_place(output) == CONTAINER_FILE && is_file(output, true);
}

/* Before anything is dreamed, all that is wrong with the whole of the job shows. */
static rv_status look(struct resuming *r, struct dreaming *it, bool *taken, rv_error *error)
{
	const struct job job = dreaming_job(it);
	struct job_report report = {0};
	rv_status status = job_look(&job, &report, error);
	if (r->is_auto && (status != RV_OK || report.seconds < long_seconds))
		return RV_OK; /* what is wrong is told by the job itself */
	if (status != RV_OK || report.is_still)
		return status;
	if (!can_be_joined(&r->options))
		return rv_fail(error, RV_INVALID,
		               "--resume is for a video in a file, without --still; %.256s is none",
		               r->options.output.file);
	*taken = true;
	snprintf(r->options.output.encoder, sizeof(r->options.output.encoder), "%s",
	         report.encoder);
	return RV_OK;
}

static rv_status decide(struct resuming *r, struct dreaming *it, bool *taken, rv_error *error)
{
	const struct options *options = it->options;
	const char *film = options->call.operand;
	if (options->output.resume == FILM_RESUME_OFF ||
	    (r->is_auto && !(can_be_joined(options) && is_file(film, false))))
		return RV_OK;
	if (!strcmp(film, "-"))
		return rv_fail(error, RV_INVALID,
		               "standard input cannot be read twice; name a file");
	return look(r, it, taken, error);
}

/* ---- the folder ---- */

/* The dream that options ask for, as the network that is open settles it. */
static rv_status settle_dream(struct option_dream *dream, const struct options *options,
                              rv_error *error)
{
	struct dreamer dreamer = {0};
	*dream = options->dream;
	rv_status status = dreamer_open_model(&dreamer, &dream->network, error);
	if (status == RV_OK)
		dreamer_settle(&dreamer, dream);
	dreamer_close(&dreamer);
	return status;
}

static bool is_same(const struct film_plan *a, const struct film_plan *b)
{
	return !strcmp(a->input, b->input) && (!a->encoder[0] || !strcmp(a->encoder, b->encoder)) &&
	       a->quality == b->quality && a->exact == b->exact && a->interlace == b->interlace &&
	       a->sphere == b->sphere && a->hdr == b->hdr && (!a->width || a->width == b->width) &&
	       (!a->height || a->height == b->height);
}

/* Whether the plan in the folder is one of this film and these settings. */
static rv_status check_same(const struct film_plan *plan, const struct options *options,
                            const char *folder, rv_error *error)
{
	struct film_plan wished = {.count = 0};
	struct options planned = options_default();
	struct option_dream dream;
	rv_status status = film_describe(&wished, options, error);
	if (status == RV_OK)
		status = film_read_settings(&planned, folder, error);
	if (status == RV_OK)
		status = settle_dream(&dream, options, error);
	if (status != RV_OK)
		return status;
	if (is_same(&wished, plan) && option_dream_equal(&dream, &planned.dream) &&
	    film_score_same(options, folder))
		return RV_OK;
	return rv_fail(error, RV_INVALID,
	               "%s: was begun from another film or with other settings; repeat those, or "
	               "remove it",
	               folder);
}

static void remove_folder(const struct film_plan *plan, const char *folder)
{
	char path[PATH_LENGTH];
	for (int i = 0; i < plan->count; i++)
		if (film_chunk_path(path, folder, i, NULL) == RV_OK)
			unlink(path);
	for (int i = 0; i < plan->count; i++)
		if (film_checkpoint_path(path, folder, i, NULL) == RV_OK)
			unlink(path);
	if (film_settings_path(path, folder, NULL) == RV_OK)
		unlink(path);
	if (film_made_path(path, folder, NULL) == RV_OK)
		unlink(path);
	if (film_score_path(path, folder, NULL) == RV_OK)
		unlink(path);
	if (film_plan_path(path, folder, NULL) == RV_OK)
		unlink(path);
	rmdir(folder);
}

/* ---- planning ---- */

static void note_going_on(const struct resuming *r)
{
	int64_t frames;
	int done;
	film_progress(&r->plan, r->folder, &done, &frames);
	progress_note(r->progress, "%s: goes on; %d of %d chunks are there", r->folder, done,
	              r->plan.count);
}

/* Nobody asked for a plan: where none can be made, or it would be of no use, the film is dreamed as
 * a short one is. */
static rv_status leave(struct resuming *r, const char *why, bool *taken)
{
	progress_note(r->progress, "%s: is dreamed in one go: %s", r->options.call.operand, why);
	remove_folder(&r->plan, r->folder);
	*taken = false;
	return RV_OK;
}

static rv_status plan(struct resuming *r, bool *taken, rv_error *error)
{
	const char *film = r->options.call.operand;
	if (r->is_auto)
		progress_note(r->progress,
		              "%s: is long: it is dreamed in chunks, kept in %s until it is whole, "
		              "and goes on where it is broken off (--resume off: in one go)",
		              film, r->folder);
	progress_note(r->progress, "Looking for its cuts");
	rv_error cause = {0};
	rv_status status = film_make_plan(&r->plan, &r->options, r->folder, pixels_most, &cause);
	if (r->is_auto && status != RV_OK && status != RV_CANCELLED)
		return leave(r, cause.message, taken);
	if (r->is_auto && status == RV_OK && r->plan.count == 1)
		return leave(r, "it is a single chunk", taken);
	if (status == RV_OK)
		return status;
	rmdir(r->folder);
	return rv_fail(error, status, "%s", cause.message);
}

static rv_status prepare(struct resuming *r, bool *taken, rv_error *error)
{
	const char *output = r->options.output.file;
	int length = snprintf(r->folder, sizeof(r->folder), "%s.chunks", output);
	if (length >= PATH_LENGTH)
		return rv_fail(error, RV_INVALID, "%.64s...: the path is too long", output);
	rv_status status = film_plan_load(&r->plan, r->folder, error);
	if (status == RV_NOT_FOUND)
		return plan(r, taken, error);
	if (status == RV_OK)
		status = check_same(&r->plan, &r->options, r->folder, error);
	if (status == RV_OK)
		note_going_on(r);
	return status;
}

/* ---- dreaming ---- */

static rv_status dream_chunks(const struct resuming *r, rv_error *error)
{
	struct options settings = r->options;
	struct dreaming dreaming = {.options = &settings, .progress = *r->progress};
	int64_t frames_done;
	int done;
	film_progress(&r->plan, r->folder, &done, &frames_done);
	rv_status status = film_read_settings(&settings, r->folder, error);
	if (status == RV_OK)
		status = dreaming_open(&dreaming, error);
	if (status == RV_OK)
		progress_begin(&dreaming.progress, film_frames(&r->plan) - frames_done);
	for (int i = 0; i < r->plan.count && status == RV_OK; i++)
		status = film_dream_chunk(&r->plan, r->folder, i, &dreaming, error);
	progress_end(&dreaming.progress);
	dreaming_close(&dreaming);
	return status;
}

/* After a failure, which error says. */
static void tell_kept(const struct resuming *r, rv_status status, rv_error *error)
{
	const rv_error cause = error ? *error : (rv_error){0};
	int64_t frames;
	int done;
	film_progress(&r->plan, r->folder, &done, &frames);
	rv_fail(error, status,
	        "%.200s; %d of %d chunks are kept in %.128s: the same command goes on",
	        status == RV_CANCELLED ? "stopped" : cause.message, done, r->plan.count, r->folder);
}

static rv_status dream_film(const struct resuming *r, rv_error *error)
{
	rv_status status = dream_chunks(r, error);
	if (status == RV_OK) {
		progress_note(r->progress, "Joining its chunks");
		status = film_write(&r->plan, r->folder, &r->options, error);
	}
	if (status != RV_OK) {
		tell_kept(r, status, error);
		return status;
	}
	remove_folder(&r->plan, r->folder);
	if (!r->options.call.quiet)
		printf("Dreamed %lld frames: %s\n", (long long)film_frames(&r->plan),
		       r->options.output.file);
	return RV_OK;
}

rv_status film_resume(struct dreaming *it, bool *taken, rv_error *error)
{
	struct resuming r = {.options = *it->options,
	                     .progress = &it->progress,
	                     .is_auto = it->options->output.resume == FILM_RESUME_AUTO};
	*taken = false;
	rv_status status = decide(&r, it, taken, error);
	if (status == RV_OK && *taken) {
		dreamer_close(&it->dreamer); /* that of the last input; there is room for one */
		status = prepare(&r, taken, error);
	}
	if (status == RV_OK && *taken)
		status = dream_film(&r, error);
	film_plan_release(&r.plan);
	return status;
}
