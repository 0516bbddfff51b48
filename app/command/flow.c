/* The command flow: the motion from one picture to another. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "app/command/command.h"
#include "app/media/flo.h"
#include "app/media/picture_read.h"
#include "app/media/picture_write.h"
#include "engine/reverie_motion.h"

/* Zeroed, nothing is held. */
struct flow_work {
	const char *first_name, *second_name;
	const struct options *options;
	struct picture first, second, colours;
	struct output_file *file;
	struct flo flow;
};

static void release(struct flow_work *work)
{
	output_file_discard(&work->file);
	picture_release(&work->first);
	picture_release(&work->second);
	picture_release(&work->colours);
	flo_release(&work->flow);
}

static bool ends_in_flo(const char *name)
{
	size_t length = strlen(name);
	return length >= 4 && !strcasecmp(name + length - 4, ".flo");
}

static rv_status open_pictures(struct flow_work *work, rv_error *error)
{
	rv_status status;

	if (!work->first_name[0] || !work->second_name[0])
		return rv_fail(error, RV_INVALID,
		               "motion is from one picture to another: two are "
		               "needed");
	if ((status = picture_open(&work->first, work->first_name, error)) != RV_OK ||
	    (status = picture_open(&work->second, work->second_name, error)) != RV_OK)
		return status;
	return flo_create(&work->flow, work->first.image.width, work->first.image.height, error);
}

static rv_status estimate(struct flow_work *work, rv_error *error)
{
	rv_config config = option_device_config(&work->options->device);

	return rv_flow(&config, &work->first.image, &work->second.image,
	               (rv_flow_quality)work->options->call.flow_quality, work->flow.motion, 0,
	               NULL, error);
}

static rv_status check_output(const struct options *options, rv_error *error)
{
	if (!options->output.file[0])
		return rv_fail(error, RV_INVALID,
		               "where to? -o FILE.flo, or -o FILE.png for a picture of the motion");
	if (!ends_in_flo(options->output.file) && !picture_name_known(options->output.file))
		return rv_fail(error, RV_INVALID,
		               "%.256s: motion is written as .flo or as a picture (%s)",
		               options->output.file, picture_extensions());
	return RV_OK;
}

static rv_status write_motion(struct flow_work *work, rv_error *error)
{
	const char *name = work->options->output.file;
	rv_status status;

	if (ends_in_flo(name))
		flo_write(work->file, &work->flow);
	else if ((status = flo_colours(&work->flow, 0, &work->colours, error)) != RV_OK ||
	         (status = picture_write(&work->colours, work->file, name, error)) != RV_OK)
		return status;
	return output_file_commit(&work->file, error);
}

rv_status command_flow(const struct options *options, rv_error *error)
{
	struct flow_work work = {.options = options,
	                         .first_name = options->call.operand,
	                         .second_name = options->call.second};
	rv_status status;

	/* The file comes first: that it cannot be written is known before anything is computed. */
	if ((status = check_output(options, error)) != RV_OK ||
	    (status = open_pictures(&work, error)) != RV_OK ||
	    (status = output_file_create(&work.file, options->output.file, options->output.force,
	                                 error)) != RV_OK ||
	    (status = estimate(&work, error)) != RV_OK ||
	    (status = write_motion(&work, error)) != RV_OK)
		goto cleanup;
	if (!options->call.quiet)
		printf("%s: %dx%d\n", options->output.file, work.flow.width, work.flow.height);
cleanup:
	release(&work);
	return status;
}
