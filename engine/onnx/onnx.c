#include "engine/onnx/onnx.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "engine/onnx/branch.h"
#include "engine/onnx/budget.h"
#include "engine/onnx/decode.h"
#include "engine/onnx/external.h"
#include "engine/onnx/file.h"
#include "onnx.pb-c.h"

static rv_status read_opset(struct onnx_model *model, const Onnx__ModelProto *proto,
                            rv_error *error)
{
	int64_t version = 0;
	for (size_t i = 0; i < proto->n_opset_import; i++)
		if (onnx_is_standard_domain(proto->opset_import[i]->domain))
			version = proto->opset_import[i]->version;
	if (version == 0)
		return rv_fail(error, RV_CORRUPT,
		               "the file does not say which ONNX operator set it uses");
	if (version < ONNX_OPSET_MIN || version > ONNX_OPSET_MAX)
		return rv_fail(error, RV_UNSUPPORTED,
		               "the file uses ONNX operator set %lld; Reverie reads %d to %d",
		               (long long)version, ONNX_OPSET_MIN, ONNX_OPSET_MAX);
	model->opset = (int)version;
	return RV_OK;
}

static rv_status read_properties(struct onnx_model *model, const Onnx__ModelProto *proto,
                                 rv_error *error)
{
	model->properties =
		arena_allocate(model->memory, proto->n_metadata_props, sizeof(*model->properties));
	if (!model->properties)
		return budget_exceeded(error);
	for (size_t i = 0; i < proto->n_metadata_props; i++) {
		const Onnx__StringStringEntryProto *entry = proto->metadata_props[i];
		const char *key = entry->key ? entry->key : "";
		const char *value = entry->value ? entry->value : "";
		struct onnx_property *property = &model->properties[model->property_count++];
		property->key = onnx_clean_text(model->memory, key, strlen(key));
		property->value = onnx_clean_text(model->memory, value, strlen(value));
		if (!property->key || !property->value)
			return budget_exceeded(error);
	}
	return RV_OK;
}

static rv_status decode(struct onnx_model *model, const Onnx__ModelProto *proto, const char *path,
                        rv_error *error)
{
	struct external external = {.path = path};
	if (!proto->graph)
		return rv_fail(error, RV_CORRUPT, "this is no ONNX model: it holds no graph");
	rv_status status = read_opset(model, proto, error);
	if (status == RV_OK)
		status = read_properties(model, proto, error);
	if (status == RV_OK)
		status = onnx_decode_graph(model, proto->graph, &external, error);
	external_close(&external);
	return status != RV_OK ? status : onnx_sort(model, error);
}

rv_status onnx_decode_message(struct onnx_model **model, const Onnx__ModelProto *message,
                              const void *bytes, size_t size, const char *path, rv_error *error)
{
	*model = NULL;
	struct onnx_model *decoded = calloc(1, sizeof(*decoded));
	if (decoded)
		decoded->memory = arena_create(budget_of_model(size));
	if (!decoded || !decoded->memory) {
		onnx_close(&decoded);
		return budget_exceeded(error);
	}
	decoded->hash = XXH3_64bits(bytes, size);
	decoded->file_size = size;
	rv_status status = decode(decoded, message, path, error);
	if (status == RV_OK)
		*model = decoded;
	else
		onnx_close(&decoded);
	return status;
}

rv_status onnx_parse_file(struct onnx_model **model, const void *bytes, size_t size,
                          const char *path, rv_error *error)
{
	struct budget budget;

	*model = NULL;
	budget_init(&budget, size);
	Onnx__ModelProto *message = onnx__model_proto__unpack(&budget.allocator, size, bytes);
	if (!message && budget.exhausted)
		return budget_exceeded(error);
	if (!message)
		return rv_fail(error, RV_CORRUPT, "this is no ONNX model, or it is damaged");
	rv_status status = message->graph ? branch_unfold(message->graph, &budget, error) : RV_OK;
	if (status == RV_OK)
		status = onnx_decode_message(model, message, bytes, size, path, error);
	onnx__model_proto__free_unpacked(message, &budget.allocator);
	return status;
}

rv_status onnx_parse(struct onnx_model **model, const void *bytes, size_t size, rv_error *error)
{
	return onnx_parse_file(model, bytes, size, NULL, error);
}

rv_status onnx_open(struct onnx_model **model, const char *path, rv_error *error)
{
	unsigned char *bytes;
	size_t size;
	rv_error inner;

	*model = NULL;
	rv_status status = file_read(path, &bytes, &size, &inner);
	if (status == RV_OK)
		status = onnx_parse_file(model, bytes, size, path, &inner);
	free(bytes);
	return status != RV_OK ? rv_fail(error, status, "%.200s: %s", path, inner.message) : RV_OK;
}

void onnx_close(struct onnx_model **model)
{
	if (!*model)
		return;
	arena_destroy(&(*model)->memory);
	free(*model);
	*model = NULL;
}

const char *onnx_metadata(const struct onnx_model *model, const char *key)
{
	for (int i = 0; i < model->property_count; i++)
		if (!strcmp(model->properties[i].key, key))
			return model->properties[i].value;
	return NULL;
}

uint64_t onnx_hash(const struct onnx_model *model)
{
	return model->hash;
}
