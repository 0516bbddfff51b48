#include "app/offline/still.h"

#include <stdlib.h>
#include <string.h>

#include "app/base/output_file.h"
#include "app/media/convert.h"
#include "app/media/picture.h"
#include "app/media/picture_read.h"
#include "app/media/picture_write.h"

static bool stopped(const struct job *job)
{
	return job->stop && *job->stop;
}

static rv_status stop_error(const struct job *job, rv_error *error)
{
	return rv_fail(error, RV_CANCELLED, "stopped; %s was not written", job->output);
}

/* Dreams the picture into pixels of its own, which take the old ones' place. */
static rv_status dream_picture(const struct job *job, struct picture *picture, rv_error *error)
{
	rv_image dreamed = {0};
	const rv_image *image = &picture->image;
	rv_status status =
		convert_allocate_image(&dreamed, image->format, image->width, image->height, error);
	if (status == RV_OK)
		status = job->dream(job->context, image, RV_TIME_NONE, &dreamed, error);
	if (status != RV_OK) {
		free(dreamed.pixels);
		return status;
	}
	free(picture->image.pixels);
	picture->image = dreamed;
	return RV_OK;
}

static rv_status read_picture(const struct job *job, struct input *input, struct picture *picture,
                              struct job_report *report, rv_error *error)
{
	int width = job->width, height = job->height;
	rv_status status = picture_read(picture, input, error);
	if (status != RV_OK)
		return status;
	convert_fit_size(&width, &height, picture->image.width, picture->image.height);
	report->width = width;
	report->height = height;
	return picture_scale(picture, width, height, error);
}

static rv_status check_names(const struct job *job, const struct input *input, rv_error *error)
{
	if (picture_name_known(job->output))
		return RV_OK;
	if (strcmp(job->output, "-") == 0)
		return rv_fail(error, RV_UNSUPPORTED,
		               "%s: is a picture, which standard output does not take; name a file",
		               input->name);
	return rv_fail(error, RV_UNSUPPORTED, "%s: is a picture; name the output %s, not %s",
	               input->name, picture_extensions(), job->output);
}

rv_status still_run(const struct job *job, struct input **input, struct job_report *report,
                    rv_error *error)
{
	struct picture picture = {0};
	struct output_file *file = NULL;
	rv_status status = check_names(job, *input, error);
	report->is_still = true;
	report->frames_expected = 1;
	if (status == RV_OK)
		status = output_file_create(&file, job->output, job->force, error);
	if (status == RV_OK)
		status = read_picture(job, *input, &picture, report, error);
	input_close(input);
	if (status == RV_OK) {
		progress_begin(job->progress, 1);
		status = dream_picture(job, &picture, error);
	}
	if (status == RV_CANCELLED || (status == RV_OK && stopped(job)))
		status = stop_error(job, error);
	if (status == RV_OK)
		status = picture_write(&picture, file, job->output, error);
	if (status == RV_OK)
		status = output_file_commit(&file, error);
	if (status == RV_OK) {
		report->frames = 1;
		report->written = true;
		progress_frame(job->progress);
	}
	progress_end(job->progress);
	output_file_discard(&file);
	picture_release(&picture);
	return status;
}
