#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/onnx/decode.h"
#include "onnx.pb-c.h"

enum { MEBIBYTE = 1 << 20 };

/* ---- a bounded allocator for protobuf-c ----
 *
 * Two bytes of a file can ask for a whole message, and a field repeated a million times for as many
 * merges. So the sum of all that protobuf-c allocates is limited, whether or not it frees some. */

struct budget {
	size_t left;
	bool exhausted;
};

static void *budget_allocate(void *context, size_t size)
{
	struct budget *budget = context;
	if (size > budget->left) {
		budget->exhausted = true;
		return NULL;
	}
	budget->left -= size;
	return malloc(size ? size : 1);
}

static void budget_free(void *context, void *pointer)
{
	(void)context;
	free(pointer);
}

/* Payloads are copied as they are or widened (a varint of one byte to an int64 at worst, which is
 * rare); the structure around them takes many times its bytes in the file, but is small. */
static size_t parsing_budget(size_t size)
{
	size_t structure = size < 8 * MEBIBYTE ? size * 32 : (size_t)256 * MEBIBYTE;
	return size * 4 + structure + MEBIBYTE;
}

/* What decoding may take: float16 doubles, and nodes and names grow into structs. */
static size_t model_budget(size_t size)
{
	return size * 16 + MEBIBYTE;
}

/* ---- messages ---- */

rv_status onnx_out_of_memory(rv_error *error)
{
	return rv_fail(
		error, RV_MEMORY,
		"not enough memory, or the model needs more than its file's length explains");
}

/* ---- parsing ---- */

/* Names the file in caches; not meant to withstand anybody who looks for collisions. */
static uint64_t hash_bytes(const unsigned char *bytes, size_t size)
{
	const uint64_t prime = 0x9e3779b97f4a7c15u;
	uint64_t hash = size * prime;
	while (size) {
		uint64_t word = 0;
		size_t length = size < sizeof(word) ? size : sizeof(word);
		memcpy(&word, bytes, length);
		hash = (hash ^ word) * prime;
		hash ^= hash >> 32;
		bytes += length;
		size -= length;
	}
	return hash;
}

static bool is_standard_domain(const char *domain)
{
	return !domain || !*domain || !strcmp(domain, "ai.onnx");
}

static rv_status read_opset(struct onnx_model *model, const Onnx__ModelProto *proto,
                            rv_error *error)
{
	int64_t version = 0;
	for (size_t i = 0; i < proto->n_opset_import; i++)
		if (is_standard_domain(proto->opset_import[i]->domain))
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
		return onnx_out_of_memory(error);
	for (size_t i = 0; i < proto->n_metadata_props; i++) {
		const Onnx__StringStringEntryProto *entry = proto->metadata_props[i];
		const char *key = entry->key ? entry->key : "";
		const char *value = entry->value ? entry->value : "";
		struct onnx_property *property = &model->properties[model->property_count++];
		property->key = onnx_clean_text(model->memory, key, strlen(key));
		property->value = onnx_clean_text(model->memory, value, strlen(value));
		if (!property->key || !property->value)
			return onnx_out_of_memory(error);
	}
	return RV_OK;
}

static rv_status decode(struct onnx_model *model, const Onnx__ModelProto *proto, rv_error *error)
{
	if (!proto->graph)
		return rv_fail(error, RV_CORRUPT, "this is no ONNX model: it holds no graph");
	rv_status status = read_opset(model, proto, error);
	if (!status)
		status = read_properties(model, proto, error);
	if (!status)
		status = onnx_decode_graph(model, proto->graph, error);
	return status ? status : onnx_sort(model, error);
}

rv_status onnx_parse(struct onnx_model **model, const void *bytes, size_t size, rv_error *error)
{
	struct budget budget = {parsing_budget(size), false};
	ProtobufCAllocator allocator = {budget_allocate, budget_free, &budget};
	rv_status status;

	*model = NULL;
	Onnx__ModelProto *proto = onnx__model_proto__unpack(&allocator, size, bytes);
	if (!proto && budget.exhausted)
		return onnx_out_of_memory(error);
	if (!proto)
		return rv_fail(error, RV_CORRUPT, "this is no ONNX model, or it is damaged");
	struct onnx_model *parsed = calloc(1, sizeof(*parsed));
	if (parsed)
		parsed->memory = arena_create(model_budget(size));
	if (!parsed || !parsed->memory) {
		status = onnx_out_of_memory(error);
		goto cleanup;
	}
	parsed->hash = hash_bytes(bytes, size);
	parsed->file_size = size;
	status = decode(parsed, proto, error);
	if (!status) {
		*model = parsed;
		parsed = NULL;
	}
cleanup:
	onnx_close(&parsed);
	onnx__model_proto__free_unpacked(proto, &allocator);
	return status;
}

/* ---- files ---- */

static rv_status read_whole(int file, unsigned char *bytes, size_t size, rv_error *error)
{
	for (size_t done = 0; done < size;) {
		ssize_t count = read(file, bytes + done, size - done);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return rv_fail(error, RV_IO, "%s", strerror(errno));
		if (count == 0)
			return rv_fail(error, RV_CORRUPT, "the file shrank while it was read");
		done += (size_t)count;
	}
	return RV_OK;
}

static rv_status check_file(int file, size_t *size, rv_error *error)
{
	struct stat status;
	if (fstat(file, &status))
		return rv_fail(error, RV_IO, "%s", strerror(errno));
	if (S_ISDIR(status.st_mode))
		return rv_fail(error, RV_INVALID, "this is a directory, not an ONNX model");
	if (!S_ISREG(status.st_mode))
		return rv_fail(error, RV_INVALID, "this is not a regular file");
	if (status.st_size == 0)
		return rv_fail(error, RV_CORRUPT, "the file is empty");
	if (status.st_size > INT32_MAX) /* the most that Protocol Buffers allow */
		return rv_fail(error, RV_UNSUPPORTED, "the file is larger than 2 GiB");
	*size = (size_t)status.st_size;
	return RV_OK;
}

static rv_status open_unnamed(struct onnx_model **model, const char *path, rv_error *error)
{
	unsigned char *bytes = NULL;
	size_t size = 0;
	/* Non-blocking, so that a named pipe is refused instead of waited for. */
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file < 0)
		return rv_fail(error, errno == ENOENT ? RV_NOT_FOUND : RV_IO, "%s",
		               strerror(errno));
	rv_status status = check_file(file, &size, error);
	if (status)
		goto cleanup;
	bytes = malloc(size);
	status = bytes ? read_whole(file, bytes, size, error) : onnx_out_of_memory(error);
	if (!status)
		status = onnx_parse(model, bytes, size, error);
cleanup:
	free(bytes);
	close(file);
	return status;
}

rv_status onnx_open(struct onnx_model **model, const char *path, rv_error *error)
{
	rv_error inner;
	*model = NULL;
	rv_status status = open_unnamed(model, path, &inner);
	return status ? rv_fail(error, status, "%.200s: %s", path, inner.message) : RV_OK;
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
