/* --resume: a film in chunks on one machine, which goes on where it was broken off. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/command/film.h"
#include "app/command/film_score.h"

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

static rv_status dream_all(const struct film_plan *plan, const char *folder,
                           const struct options *options, rv_error *error)
{
	struct options settings = *options;
	rv_status status = film_read_settings(&settings, folder, error);
	for (int i = 0; i < plan->count && status == RV_OK; i++)
		status = film_dream_chunk(plan, folder, i, &settings, error);
	return status == RV_OK ? film_write(plan, folder, options, error) : status;
}

rv_status film_resume(const struct options *options, rv_error *error)
{
	struct film_plan plan = {.count = 0};
	char folder[PATH_LENGTH];
	int length = snprintf(folder, sizeof(folder), "%s.chunks", options->output.file);
	if (length >= PATH_LENGTH)
		return rv_fail(error, RV_INVALID, "%.64s...: the path is too long",
		               options->output.file);
	if (!options->output.force && !access(options->output.file, F_OK))
		return rv_fail(error, RV_INVALID, "%s: exists; --force overwrites it",
		               options->output.file);
	rv_status status = film_plan_load(&plan, folder, error);
	if (status == RV_NOT_FOUND)
		status = film_make_plan(&plan, options, folder, error);
	else if (status == RV_OK)
		status = check_same(&plan, options, folder, error);
	if (status == RV_OK)
		status = dream_all(&plan, folder, options, error);
	if (status == RV_OK)
		remove_folder(&plan, folder);
	film_plan_release(&plan);
	return status;
}
