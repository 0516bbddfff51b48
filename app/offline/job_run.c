#include "app/offline/job_run.h"

#include <string.h>
#include <strings.h>

#include "app/media/input.h"
#include "app/media/libav.h"
#include "app/media/picture_write.h"
#include "app/offline/still.h"
#include "app/offline/transcode.h"

static bool check_size(int width, int height)
{
	return width >= 0 && height >= 0 && width <= LIBAV_SIDE_MAX && height <= LIBAV_SIDE_MAX;
}

static rv_status check_job(const struct job *job, rv_error *error)
{
	if (!job->input || !job->input[0] || !job->output || !job->output[0])
		return rv_fail(error, RV_INVALID, "an input and an output are needed");
	if (!job->dream)
		return rv_fail(error, RV_INVALID, "there is nothing to dream with");
	if (job->quality < 0 || job->quality > OPTION_QUALITY_MAX)
		return rv_fail(error, RV_INVALID, "quality %d: must be 0 to %d", job->quality,
		               OPTION_QUALITY_MAX);
	if (!check_size(job->width, job->height))
		return rv_fail(error, RV_INVALID, "size %dx%d: a side must be 1 to %d pixels",
		               job->width, job->height, LIBAV_SIDE_MAX);
	return RV_OK;
}

/* An animation becomes a video, unless the output can only be one picture. */
static bool is_still(const struct job *job, const struct input *input)
{
	const char *dot = strrchr(job->output, '.');
	if (input->kind != INPUT_ANIMATION)
		return input->kind == INPUT_PICTURE;
	bool moves = dot && (strcasecmp(dot, ".gif") == 0 || strcasecmp(dot, ".webp") == 0);
	return picture_name_known(job->output) && !moves;
}

static rv_status open_job(const struct job *job, struct input **input, struct job_report *report,
                          rv_error *error)
{
	const struct input_options options = {
		.stop = job->stop, .interlace = job->interlace, .fields = job->fields};
	*report = (struct job_report){0};
	rv_status status = check_job(job, error);
	return status == RV_OK ? input_open(input, job->input, &options, error) : status;
}

rv_status job_run(const struct job *job, struct job_report *report, rv_error *error)
{
	struct input *input = NULL;
	rv_status status = open_job(job, &input, report, error);
	if (status == RV_OK)
		status = is_still(job, input) ? still_run(job, &input, report, error)
		                              : transcode_run(job, &input, report, error);
	input_close(&input);
	return status;
}

rv_status job_look(const struct job *job, struct job_report *report, rv_error *error)
{
	/* How a file's fields lie, which takes decoding, changes nothing that is told here. */
	static const struct interlace any;
	struct job quick = *job;
	struct input *input = NULL;
	if (!quick.fields)
		quick.fields = &any;
	rv_status status = open_job(&quick, &input, report, error);
	report->is_still = status == RV_OK && is_still(&quick, input);
	if (status == RV_OK && !report->is_still)
		status = transcode_look(&quick, &input, report, error);
	input_close(&input);
	return status;
}
