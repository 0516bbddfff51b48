#include "app/offline/still.h"

#include <stdlib.h>
#include <string.h>

#include "app/base/output_file.h"
#include "app/media/convert.h"
#include "app/media/picture.h"
#include "app/media/picture_read.h"
#include "app/media/picture_write.h"
#include "app/media/rendition.h"
#include "app/offline/shape.h"

static bool stopped(const struct job *job)
{
	return job->stop && *job->stop;
}

static rv_status stop_error(const struct job *job, rv_error *error)
{
	return rv_fail(error, RV_CANCELLED, "stopped; %s was not written", job->output);
}

/* Whether the picture is written in the colours that it came in. */
static bool keeps_colours(const struct job *job, const struct rendition *rendition)
{
	return rendition->hdr ? job->hdr == HDR_KEEP && picture_keeps_hdr(job->output)
	                      : picture_keeps_profile(job->output);
}

/* The picture becomes its dream: in its own colours, or in sRGB as it was dreamed. */
static void lay_dream(const struct job *job, const struct rendition *rendition,
                      struct picture *picture, const rv_image *seen, rv_image *dreamed)
{
	bool differs = rendition_differs(rendition);
	if (differs && keeps_colours(job, rendition)) {
		rendition_lay(rendition, &picture->image, seen, dreamed, &picture->image);
		return;
	}
	rv_image old = picture->image;
	picture->image = *dreamed;
	*dreamed = old;
	if (differs || !picture_keeps_profile(job->output))
		picture_forget_colours(picture);
}

/* A profile that cannot be used is none. */
static rv_status open_rendition(const struct job *job, struct rendition *rendition,
                                struct picture *picture, rv_error *error)
{
	rv_status status = rendition_open(rendition, picture, error);
	if (status == RV_CORRUPT) {
		progress_note(job->progress, "%s: %s, and it is read as sRGB", job->input,
		              error ? error->message : "its profile is damaged");
		picture_forget_colours(picture);
		status = RV_OK;
	}
	if (rendition->hdr && job->hdr == HDR_KEEP && !keeps_colours(job, rendition))
		progress_note(job->progress,
		              "%s: is HDR, which %s does not hold: it is written as screens "
		              "without HDR show it",
		              job->input, job->output);
	return status;
}

/* Finds out whether the picture is a sphere, and tells it. */
static void find_shape(const struct job *job, struct picture *picture)
{
	picture->panorama.is_sphere |= shape_tell(job, &picture->panorama);
	if (picture->panorama.is_sphere && !picture_keeps_panorama(job->output))
		progress_note(job->progress,
		              "%s: cannot say that it is a sphere; .jpg, .png and .webp can",
		              job->output);
}

/* Dreams the picture into pixels of its own, which take the old ones' place. */
static rv_status dream_picture(const struct job *job, struct picture *picture, rv_error *error)
{
	struct rendition rendition = {0};
	rv_image dreamed = {0}, drawn = {0}, seen = picture->image;
	int width = seen.width, height = seen.height;
	rv_status status = open_rendition(job, &rendition, picture, error);
	if (status == RV_OK)
		status = convert_allocate_image(&dreamed, seen.format, width, height, error);
	if (status == RV_OK && rendition_differs(&rendition)) {
		status = convert_allocate_image(&drawn, seen.format, width, height, error);
		if (status == RV_OK)
			rendition_draw(&rendition, &picture->image, &drawn);
		seen = drawn;
	}
	if (status == RV_OK)
		status = job->dream(job->context, &seen, RV_TIME_NONE, &dreamed, error);
	if (status == RV_OK)
		lay_dream(job, &rendition, picture, &seen, &dreamed);
	rendition_close(&rendition);
	free(dreamed.pixels);
	free(drawn.pixels);
	return status;
}

static rv_status read_picture(const struct job *job, struct input *input, struct picture *picture,
                              struct job_report *report, rv_error *error)
{
	int width = job->width, height = job->height;
	rv_status status = picture_read(picture, input, error);
	if (status != RV_OK)
		return status;
	if (picture->note)
		progress_note(job->progress, "%s: %s", input->name, picture->note);
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
	return rv_fail(error, RV_UNSUPPORTED,
	               "%s: is a picture; name the output %s, not %s, or give --duration SECONDS "
	               "for a video",
	               input->name, picture_extensions(), job->output);
}

static rv_status find_settings(const struct job *job, char **settings, rv_error *error)
{
	if (!picture_keeps_settings(job->output)) {
		progress_note(
			job->progress,
			"%s: cannot say how it was made, which `reverie again` reads; all but "
			".bmp can",
			job->output);
		return RV_OK;
	}
	return job->settings(job->context, true, settings, error);
}

/* Takes what is still wanted of the dreaming, which may then give up what it has. */
static rv_status end_dreaming(const struct job *job, char **settings, rv_error *error)
{
	rv_status status = job->settings ? find_settings(job, settings, error) : RV_OK;
	return status == RV_OK && job->dreamed ? job->dreamed(job->context, error) : status;
}

rv_status still_run(const struct job *job, struct input **input, struct job_report *report,
                    rv_error *error)
{
	struct picture picture = {0};
	struct output_file *file = NULL;
	char *settings = NULL;
	rv_status status = check_names(job, *input, error);
	report->is_still = true;
	report->frames_expected = 1;
	if (status == RV_OK)
		status = output_file_create(&file, job->output, job->force, error);
	if (status == RV_OK)
		status = read_picture(job, *input, &picture, report, error);
	input_close(input);
	if (status == RV_OK) {
		find_shape(job, &picture);
		progress_begin(job->progress, 1);
		status = dream_picture(job, &picture, error);
	}
	if (status == RV_CANCELLED || (status == RV_OK && stopped(job)))
		status = stop_error(job, error);
	if (status == RV_OK)
		status = end_dreaming(job, &settings, error);
	picture.settings = settings;
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
	free(settings);
	return status;
}
