#include "app/options/session.h"

#include <stdio.h>
#include <unistd.h>

#include "app/base/paths.h"

static const char default_model[] = "inception_v3.onnx";

static rv_status find_model(const struct option_network *network, char path[PATH_LENGTH],
                            rv_error *error)
{
	struct paths folders = paths_model_folders();
	const char *name = network->model[0] ? network->model : default_model;
	char with_end[PATH_LENGTH];
	if (network->model[0] && !access(name, F_OK)) {
		snprintf(path, PATH_LENGTH, "%s", name);
		return RV_OK;
	}
	snprintf(with_end, sizeof(with_end), "%.512s.onnx", name);
	if (paths_find(&folders, name, path) || paths_find(&folders, with_end, path))
		return RV_OK;
	if (network->model[0])
		return rv_fail(error, RV_NOT_FOUND,
		               "%.256s: no such model; `reverie models` lists those there are",
		               name);
	return rv_fail(
		error, RV_NOT_FOUND,
		"the network models/%s is missing; `make models` fetches it, --model names another",
		name);
}

rv_status session_open_model(struct session *session, const struct option_network *network,
                             rv_error *error)
{
	char path[PATH_LENGTH];
	rv_status status = find_model(network, path, error);
	if (status != RV_OK)
		return status;
	/* The first format is the file's own, which rv_model_open() calls NULL. */
	const char *format =
		network->input_format ? option_input_formats[network->input_format] : NULL;
	return rv_model_open(&session->model, path, format, error);
}

rv_status session_open(struct session *session, const struct options *options, rv_error *error)
{
	rv_config config = option_device_config(&options->device);
	rv_status status = session_open_model(session, &options->dream.network, error);
	if (status != RV_OK)
		return status;
	status = rv_create(&session->engine, session->model, &config, error);
	if (status != RV_OK)
		return status;
	rv_params params =
		option_dream_params(&options->dream, rv_model_default_layer(session->model));
	return rv_set_params(session->engine, &params, error);
}

void session_close(struct session *session)
{
	rv_destroy(&session->engine);
	rv_model_close(&session->model);
}

rv_status session_layer(const struct session *session, const struct option_dream *dream,
                        const char **layer, rv_error *error)
{
	if (dream->layers.count > 1)
		return rv_fail(error, RV_INVALID,
		               "--layer: this command looks at one layer, not %d",
		               dream->layers.count);
	*layer = dream->layers.count ? dream->layers.list[0].name
	                             : rv_model_default_layer(session->model);
	return RV_OK;
}

rv_status session_size(const struct options *options, struct option_size *size, rv_error *error)
{
	*size = options->output.size;
	if (!size->width && !size->height)
		*size = (struct option_size){512, 384};
	if (!size->width || !size->height)
		return rv_fail(error, RV_INVALID,
		               "--size: both sides are needed here, as in 512x384");
	return RV_OK;
}
