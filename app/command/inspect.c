/* The command inspect: a layer's activation and its gradient as arrays, for other programs. */
#include "app/base/signals.h"
#include "app/command/command.h"
#include "app/media/npy.h"
#include "app/media/picture.h"
#include "app/media/picture_read.h"
#include "app/options/dreamer.h"
#include "app/options/files.h"
#include "engine/reverie_inspect.h"

/* One array on its way to a file; file stays NULL where it is not asked for. */
struct capture {
	rv_array array;
	struct output_file *file;
};

struct inspection {
	const struct options *options;
	struct dreamer dreamer;
	struct picture picture;
	struct capture activation, gradient;
};

static bool go_on(void *context, double part)
{
	(void)context;
	(void)part;
	return !signals_stop;
}

static rv_status check_call(const struct options *options, rv_error *error)
{
	if (!options->call.operand[0])
		return rv_fail(error, RV_INVALID, "nothing to inspect; reverie inspect PICTURE");
	if (!options->call.activation[0] && !options->call.gradient[0])
		return rv_fail(error, RV_INVALID,
		               "what for? --activation FILE.npy and --gradient FILE.npy say where "
		               "to write");
	return RV_OK;
}

/* The files come first: that one cannot be written is known before the network has run. */
static rv_status create_file(struct capture *capture, const char *path, bool force, rv_error *error)
{
	return path[0] ? output_file_create(&capture->file, path, force, error) : RV_OK;
}

static rv_status write_array(struct capture *capture, const struct options *options,
                             const char *path, rv_error *error)
{
	if (!capture->file)
		return RV_OK;
	npy_write(capture->file, &capture->array);
	rv_status status = output_file_commit(&capture->file, error);
	if (status == RV_OK && !options->call.quiet)
		printf("%s: float32 [%d][%d][%d]\n", path, capture->array.channels,
		       capture->array.height, capture->array.width);
	return status;
}

static rv_status inspect(struct inspection *it, rv_error *error)
{
	const struct options *options = it->options;
	const char *layer;
	rv_status status;
	if ((status = check_call(options, error)) != RV_OK ||
	    (status = picture_open(&it->picture, options->call.operand, error)) != RV_OK ||
	    (status = create_file(&it->activation, options->call.activation, options->output.force,
	                          error)) != RV_OK ||
	    (status = create_file(&it->gradient, options->call.gradient, options->output.force,
	                          error)) != RV_OK ||
	    (status = dreamer_open_exact(&it->dreamer, options, error)) != RV_OK ||
	    (status = option_check_read(options, COMMAND_INSPECT, rv_model_path(it->dreamer.model),
	                                "network", error)) != RV_OK ||
	    (status = dreamer_layer(&it->dreamer, &options->dream, &layer, error)) != RV_OK)
		return status;
	rv_set_progress(it->dreamer.engine, go_on, NULL);
	status = rv_inspect(it->dreamer.engine, &it->picture.image, layer,
	                    it->activation.file ? &it->activation.array : NULL,
	                    it->gradient.file ? &it->gradient.array : NULL, error);
	if (status == RV_OK)
		status = write_array(&it->activation, options, options->call.activation, error);
	if (status == RV_OK)
		status = write_array(&it->gradient, options, options->call.gradient, error);
	return status;
}

rv_status command_inspect(const struct options *options, rv_error *error)
{
	struct inspection it = {.options = options};
	rv_status status = inspect(&it, error);
	output_file_discard(&it.activation.file);
	output_file_discard(&it.gradient.file);
	rv_array_release(&it.activation.array);
	rv_array_release(&it.gradient.array);
	picture_release(&it.picture);
	dreamer_close(&it.dreamer);
	return status;
}
