#include "engine/onnx/external.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "engine/onnx/budget.h"
#include "engine/onnx/decode.h"
#include "engine/onnx/file.h"
#include "onnx.pb-c.h"

enum { PATH_LENGTH = 4096 };

struct external_file {
	struct external_file *next;
	unsigned char *bytes;
	size_t size;
	char location[]; /* as the model has it */
};

/* What proto says of its values; NULL where it does not. */
static const char *find_entry(const Onnx__TensorProto *proto, const char *key)
{
	return onnx_find_entry(proto->external_data, proto->n_external_data, key);
}

/* A number of bytes; what it is where proto does not say stays. */
static bool read_number(const Onnx__TensorProto *proto, const char *key, size_t *number)
{
	const char *text = find_entry(proto, key);
	if (!text)
		return true;
	unsigned long long value = 0;
	for (const char *c = text; *c; c++) {
		if (!isdigit((unsigned char)*c) || value > INT64_MAX / 10 - 1)
			return false;
		value = value * 10 + (unsigned long long)(*c - '0');
	}
	*number = (size_t)value;
	return *text;
}

/* Whether it names something in the model's folder or below. */
static bool stays_below(const char *location)
{
	for (const char *part = location;; part++) {
		size_t length = strcspn(part, "/");
		if (length == 0 || (length == 2 && !strncmp(part, "..", 2)))
			return false;
		part += length;
		if (!*part)
			return true;
	}
}

/* In the folder of the model. */
static bool find_path(const char *model, const char *location, char path[PATH_LENGTH])
{
	const char *slash = strrchr(model, '/');
	int folder = slash ? (int)(slash - model) + 1 : 0;
	int length = snprintf(path, PATH_LENGTH, "%.*s%s", folder, model, location);
	return length < PATH_LENGTH;
}

static rv_status set_problem(struct onnx_model *model, struct onnx_tensor *tensor,
                             const char *location, const char *why, rv_error *error)
{
	char text[sizeof(((rv_error *)NULL)->message)];
	snprintf(text, sizeof(text), "keeps its values in %.100s: %.200s", location, why);
	tensor->problem = onnx_clean_text(model->memory, text, strlen(text));
	return tensor->problem ? RV_OK : budget_exceeded(error);
}

static struct external_file *find_read(const struct external *external, const char *location)
{
	struct external_file *file = external->files;
	while (file && strcmp(file->location, location) != 0)
		file = file->next;
	return file;
}

/* *file stays NULL where it cannot be read; why says why. */
static rv_status read_file(struct external *external, struct onnx_model *model,
                           const char *location, struct external_file **file, rv_error *why)
{
	char path[PATH_LENGTH];
	if (!external->path || !stays_below(location) || !find_path(external->path, location, path))
		return rv_fail(why, RV_UNSUPPORTED, "this is not in the model's folder");
	size_t length = strlen(location) + 1;
	struct external_file *read = calloc(1, sizeof(*read) + length);
	if (!read)
		return budget_exceeded(why);
	memcpy(read->location, location, length);
	rv_status status = file_read(path, &read->bytes, &read->size, why);
	if (status != RV_OK) {
		free(read);
		return status;
	}
	arena_raise_limit(model->memory, budget_of_model(read->size));
	model->hash = XXH3_64bits_withSeed(read->bytes, read->size, model->hash);
	model->file_size += read->size;
	read->next = external->files;
	external->files = *file = read;
	return RV_OK;
}

rv_status external_find(struct external *external, struct onnx_model *model,
                        struct onnx_tensor *tensor, const Onnx__TensorProto *proto,
                        const unsigned char **values, size_t *size, rv_error *error)
{
	const char *location = find_entry(proto, "location");
	rv_error why;
	if (!location) {
		tensor->problem = "does not say in which file its values are";
		return RV_OK;
	}
	struct external_file *file = find_read(external, location);
	rv_status status = file ? RV_OK : read_file(external, model, location, &file, &why);
	if (status == RV_MEMORY)
		return budget_exceeded(error);
	if (status != RV_OK)
		return set_problem(model, tensor, location, why.message, error);
	size_t offset = 0, length;
	if (!read_number(proto, "offset", &offset) || offset > file->size)
		offset = file->size;
	length = file->size - offset;
	if (!read_number(proto, "length", &length) || length > file->size - offset)
		return rv_fail(error, RV_CORRUPT,
		               "tensor " ONNX_NAME " lies beyond the end of %.100s", tensor->name,
		               file->location);
	*values = file->bytes + offset;
	*size = length;
	return RV_OK;
}

void external_close(struct external *external)
{
	while (external->files) {
		struct external_file *file = external->files;
		external->files = file->next;
		free(file->bytes);
		free(file);
	}
}
