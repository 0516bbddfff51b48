#include "engine/api/model.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/base/suggest.h"
#include "engine/caffe/caffe.h"
#include "engine/graph/graph.h"
#include "engine/onnx/file.h"

enum { NO_LAYER = -1 };

struct rv_model {
	struct onnx_model *onnx;
	struct arena *memory; /* of the layers and path */
	const char *path;
	rv_input_format format;
	struct graph_layer *layers;
	int layer_count;
	int default_layer;
};

const struct onnx_model *model_onnx(const rv_model *model)
{
	return model->onnx;
}

/* ---- the default layer ---- */

/* Whether several branches of the network come together here, so that the layer knows most of the
 * picture. */
static bool is_junction(const rv_layer_info *layer)
{
	return !strcmp(layer->operator_name, "Concat") || !strcmp(layer->operator_name, "Add");
}

static bool fits_target(const rv_layer_info *layer)
{
	return strlen(layer->name) < RV_LAYER_NAME_LENGTH;
}

/* A layer that can be dreamed of: it has pixels, and a name that params have room for. */
static bool is_candidate(const rv_layer_info *layer, bool junctions_only)
{
	return layer->supported && layer->stride > 0 && fits_target(layer) &&
	       (!junctions_only || is_junction(layer));
}

static int count_candidates(const rv_model *model, bool junctions_only)
{
	int count = 0;
	for (int i = 0; i < model->layer_count; i++)
		count += is_candidate(&model->layers[i].info, junctions_only);
	return count;
}

/* The candidate two thirds up. */
static int guess_default_layer(const rv_model *model)
{
	bool junctions_only = count_candidates(model, true) >= 3;
	int left = (count_candidates(model, junctions_only) - 1) * 2 / 3;
	for (int i = 0; i < model->layer_count; i++)
		if (is_candidate(&model->layers[i].info, junctions_only) && left-- == 0)
			return i;
	return NO_LAYER;
}

static int find_layer(const rv_model *model, const char *name)
{
	int value = graph_find_value(model->onnx, name);
	for (int i = 0; value >= 0 && i < model->layer_count; i++)
		if (model->layers[i].value == value)
			return i;
	return NO_LAYER;
}

static int choose_default_layer(const rv_model *model)
{
	const char *name = onnx_metadata(model->onnx, "reverie.default_layer");
	int layer = name ? find_layer(model, name) : NO_LAYER;
	const rv_layer_info *info = layer != NO_LAYER ? &model->layers[layer].info : NULL;
	if (info && info->supported && fits_target(info))
		return layer;
	return guess_default_layer(model);
}

/* No layer can be run: building the first of them says why. */
static rv_status explain_no_layer(const rv_model *model, rv_error *error)
{
	struct graph *graph;
	if (model->layer_count == 0)
		return rv_fail(error, RV_CORRUPT,
		               "nothing in the model is computed from its picture");
	const char *first = model->layers[0].info.name;
	rv_status status = graph_build(&graph, model->onnx, &first, 1, NULL, error);
	graph_destroy(&graph);
	if (status != RV_OK)
		return status;
	return rv_fail(error, RV_UNSUPPORTED, "no layer of the model has pixels to dream of");
}

/* ---- opening ---- */

static rv_status keep_path(rv_model *model, const char *path, rv_error *error)
{
	size_t length = strlen(path) + 1;
	model->memory = arena_create(SIZE_MAX);
	char *copy = model->memory ? arena_allocate(model->memory, length, 1) : NULL;
	if (!copy)
		return rv_fail(error, RV_MEMORY, "not enough memory for the model");
	memcpy(copy, path, length);
	model->path = copy;
	return RV_OK;
}

static rv_status describe(rv_model *model, const char *input_format, rv_error *error)
{
	rv_status status = input_format_find(&model->format, input_format, model->onnx, error);
	if (status == RV_OK)
		status = graph_list_layers(model->onnx, model->memory, &model->layers,
		                           &model->layer_count, error);
	if (status != RV_OK)
		return status;
	model->default_layer = choose_default_layer(model);
	return model->default_layer == NO_LAYER ? explain_no_layer(model, error) : RV_OK;
}

/* The file's content says which format it has, whatever the file is called. */
static rv_status read_network(struct onnx_model **onnx, const char *path, rv_error *error)
{
	unsigned char *bytes;
	size_t size;
	rv_error inner;
	rv_status status = file_read(path, &bytes, &size, &inner);

	if (status == RV_OK)
		status = caffe_recognises(bytes, size)
		                 ? caffe_parse(onnx, bytes, size, &inner)
		                 : onnx_parse_file(onnx, bytes, size, path, &inner);
	free(bytes);
	return status != RV_OK ? rv_fail(error, status, "%.200s: %s", path, inner.message) : RV_OK;
}

rv_status rv_model_open(rv_model **model, const char *path, const char *input_format,
                        rv_error *error)
{
	rv_error inner;
	if (!model || !path)
		return rv_fail(error, RV_INVALID, "rv_model_open needs a model and a path");
	*model = NULL;
	rv_model *opened = calloc(1, sizeof(*opened));
	if (!opened)
		return rv_fail(error, RV_MEMORY, "not enough memory for the model");
	rv_status status = keep_path(opened, path, error);
	if (status == RV_OK)
		status = read_network(&opened->onnx, path, error);
	if (status != RV_OK)
		goto cleanup;
	status = describe(opened, input_format, &inner);
	if (status != RV_OK) {
		rv_fail(error, status, "%.200s: %s", path, inner.message);
		goto cleanup;
	}
	*model = opened;
	opened = NULL;
cleanup:
	rv_model_close(&opened);
	return status;
}

void rv_model_close(rv_model **model)
{
	if (!model || !*model)
		return;
	onnx_close(&(*model)->onnx);
	arena_destroy(&(*model)->memory);
	free(*model);
	*model = NULL;
}

rv_status rv_model_set_defaults(rv_model *model, const char *input_format, const char *layer,
                                rv_error *error)
{
	int index = model->default_layer;
	rv_status status = RV_OK;
	if (layer)
		status = rv_model_find_layer(model, layer, &index, error);
	if (status == RV_OK && input_format)
		status = input_format_find(&model->format, input_format, model->onnx, error);
	if (status == RV_OK)
		model->default_layer = index;
	return status;
}

/* ---- looking at a model ---- */

/* A network that ends without pixels ends with its classes. */
const char *model_class_layer(const rv_model *model)
{
	for (int i = model->layer_count - 1; i >= 0; i--) {
		const rv_layer_info *layer = &model->layers[i].info;
		if (!strcmp(layer->operator_name, "Softmax"))
			continue;
		return layer->supported && !layer->stride && layer->channels > 1 ? layer->name
		                                                                 : NULL;
	}
	return NULL;
}

rv_status model_fail_without_classes(const rv_model *model, rv_error *error)
{
	return rv_fail(error, RV_UNSUPPORTED,
	               "%.200s tells no classes; GoogLeNet does: `--model googlenet`", model->path);
}

const char *rv_model_path(const rv_model *model)
{
	return model->path;
}

const rv_input_format *rv_model_input_format(const rv_model *model)
{
	return &model->format;
}

const char *rv_model_default_layer(const rv_model *model)
{
	return model->layers[model->default_layer].info.name;
}

int rv_model_layer_count(const rv_model *model)
{
	return model->layer_count;
}

const rv_layer_info *rv_model_layer(const rv_model *model, int index)
{
	if (index < 0 || index >= model->layer_count)
		return NULL;
	return &model->layers[index].info;
}

static rv_status fail_unknown_layer(const rv_model *model, const char *name, rv_error *error)
{
	char nearest[256] = "";
	const char **names = calloc((size_t)model->layer_count + 1, sizeof(*names));
	if (names) {
		for (int i = 0; i < model->layer_count; i++)
			names[i] = model->layers[i].info.name;
		suggest_names(name, names, model->layer_count, nearest, sizeof(nearest));
	}
	free(names);
	if (!nearest[0])
		return rv_fail(
			error, RV_NOT_FOUND,
			"no layer \"%.60s\" in %.150s; `reverie layers --model %.150s` lists "
			"them",
			name, model->path, model->path);
	return rv_fail(error, RV_NOT_FOUND, "no layer \"%.60s\" in %.150s; did you mean %s?", name,
	               model->path, nearest);
}

rv_status rv_model_find_layer(const rv_model *model, const char *name, int *index, rv_error *error)
{
	if (!name || !index)
		return rv_fail(error, RV_INVALID, "rv_model_find_layer needs a name and an index");
	int found = find_layer(model, name);
	if (found == NO_LAYER)
		return fail_unknown_layer(model, name, error);
	*index = found;
	return RV_OK;
}
