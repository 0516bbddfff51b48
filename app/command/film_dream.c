#include "app/command/film_dream.h"

#include <unistd.h>

#include "app/base/signals.h"
#include "app/command/film_checkpoint.h"
#include "app/offline/job_run.h"

/* A chunk under way. */
struct chunk_run {
	const struct film_plan *plan;
	const char *folder;
	int number;
	struct dreaming *dreaming;
};

static bool is_gone_on_from(const struct film_plan *plan, int number)
{
	return number + 1 < plan->count && plan->chunks[number + 1].goes_on;
}

static rv_status dream_frame(void *context, const rv_image *in, int64_t time, const rv_image *out,
                             rv_error *error)
{
	struct chunk_run *run = context;
	return dreaming_dream(run->dreaming, in, time, out, error);
}

static void take_shape(void *context, bool is_sphere)
{
	struct chunk_run *run = context;
	dreaming_shape(run->dreaming, is_sphere);
}

/* Before the chunk is there: where it is, what goes on from it can. */
static rv_status keep_checkpoint(void *context, rv_error *error)
{
	struct chunk_run *run = context;
	if (!is_gone_on_from(run->plan, run->number))
		return RV_OK;
	return film_checkpoint_save(run->folder, run->number, run->dreaming, error);
}

static struct job chunk_job(struct chunk_run *run, const char *output)
{
	const struct film_plan *plan = run->plan;
	const struct film_chunk *chunk = &plan->chunks[run->number];
	return (struct job){
		.input = plan->input,
		.output = output,
		.format = "nut",
		.encoder = plan->encoder,
		.quality = plan->quality,
		.width = plan->width,
		.height = plan->height,
		.force = true, /* whoever is done last, with the same */
		.exact = plan->exact,
		.interlace = plan->interlace,
		.fields = &plan->fields,
		.sphere = plan->sphere,
		.shape = take_shape,
		.hdr = plan->hdr,
		.range = {chunk->first, chunk->last, chunk->begin, chunk->frames},
		.dream = dream_frame,
		.dreamed = keep_checkpoint,
		.context = run,
		.encoder_memory = dreaming_encoder_memory(run->dreaming),
		.progress = &run->dreaming->progress,
		.stop = &signals_stop,
	};
}

/* The seed of a shot follows from the cuts before it, as the engine counts them in a film that it
 * dreams whole. */
static rv_status try_chunk(struct chunk_run *run, struct job *job, rv_error *error)
{
	const struct film_chunk *chunk = &run->plan->chunks[run->number];
	struct film_checkpoint from = {.file = NULL};
	struct job_report report = {0};
	rv_status status = RV_OK;
	dreaming_forget(run->dreaming);
	run->dreaming->cuts_before = (uint64_t)chunk->cuts;
	if (chunk->goes_on)
		status = film_checkpoint_open(&from, run->folder, run->number - 1, run->dreaming,
		                              error);
	if (status == RV_OK)
		status = job_run(job, &report, error);
	run->dreaming->recall = NULL;
	film_checkpoint_close(&from);
	return status;
}

/* A file whose key frames cannot be trusted is read from its beginning. */
static rv_status dream_chunk(const struct film_plan *plan, const char *folder, int number,
                             struct dreaming *dreaming, rv_error *error)
{
	char path[PATH_LENGTH];
	struct chunk_run run = {plan, folder, number, dreaming};
	rv_status status = film_chunk_path(path, folder, number, error);
	if (status != RV_OK)
		return status;
	struct job job = chunk_job(&run, path);
	status = try_chunk(&run, &job, error);
	if (status == RV_CORRUPT && job.range.begin) {
		job.range.begin = 0;
		status = try_chunk(&run, &job, error);
	}
	/* What it went on from has done its duty. */
	if (status == RV_OK && plan->chunks[number].goes_on &&
	    film_checkpoint_path(path, folder, number - 1, NULL) == RV_OK)
		unlink(path);
	return status;
}

rv_status film_dream_chunk(const struct film_plan *plan, const char *folder, int number,
                           struct dreaming *dreaming, rv_error *error)
{
	char output[PATH_LENGTH];
	int from = number;
	rv_status status = film_chunk_path(output, folder, number, error);
	if (status != RV_OK || !access(output, F_OK))
		return status;
	while (plan->chunks[from].goes_on && !film_checkpoint_is_sound(folder, from - 1))
		from--;
	if (from < number)
		progress_note(&dreaming->progress,
		              "%s: what chunk %d goes on from is not there; from chunk %d on it is "
		              "dreamed again",
		              folder, number, from);
	for (; from <= number && status == RV_OK; from++)
		status = dream_chunk(plan, folder, from, dreaming, error);
	return status;
}
