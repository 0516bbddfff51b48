/* Tensors that keep their values in a file beside the model's own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/onnx/model.h"
#include "onnx.pb-c.h"
#include "tests/support/onnx_builder.h"
#include "tests/support/test.h"

enum { FLOAT = 1, COUNT = 4 };

static const float values[] = {1.5f, -2, 0.25f, 1e-3f};

/* A folder with a file of values, from byte 8 on, and a model. */
struct fixture {
	char folder[32], model[64], data[64];
};

static bool begin(struct fixture *fixture)
{
	strcpy(fixture->folder, "/tmp/reverie-test-XXXXXX");
	if (!mkdtemp(fixture->folder))
		return false;
	snprintf(fixture->model, sizeof(fixture->model), "%s/net.onnx", fixture->folder);
	snprintf(fixture->data, sizeof(fixture->data), "%s/net.onnx.data", fixture->folder);
	FILE *file = fopen(fixture->data, "wb");
	bool written = file && fwrite("12345678", 8, 1, file) == 1 &&
	               fwrite(values, sizeof(values), 1, file) == 1;
	return file && fclose(file) == 0 && written;
}

static void end(struct fixture *fixture)
{
	unlink(fixture->model);
	unlink(fixture->data);
	rmdir(fixture->folder);
}

static Onnx__StringStringEntryProto *entry(const char *key, const char *value)
{
	Onnx__StringStringEntryProto *made = malloc(sizeof(*made));
	onnx__string_string_entry_proto__init(made);
	made->key = strdup(key);
	made->value = strdup(value);
	return made;
}

/* A model whose constant "w" says of its values what is given; NULL leaves an entry out. */
static struct onnx_model *open_model(const struct fixture *fixture, const char *location,
                                     const char *offset, const char *length, rv_error *error)
{
	const char *const keys[] = {"location", "offset", "length"};
	const char *const given[] = {location, offset, length};
	struct onnx_builder *builder = onnx_builder_create(13);
	struct onnx_model *model = NULL;
	onnx_builder_picture(builder, "x", 3, 0, 0);
	onnx_builder_node(builder, "Relu", "x", "y");
	Onnx__TensorProto *tensor =
		onnx_builder_raw(builder, "w", FLOAT, 1, (int64_t[]){COUNT}, NULL, 0);
	tensor->has_raw_data = false;
	tensor->has_data_location = true;
	tensor->data_location = 1;
	tensor->external_data = calloc(3, sizeof(void *));
	for (int i = 0; i < 3; i++)
		if (given[i])
			tensor->external_data[tensor->n_external_data++] = entry(keys[i], given[i]);
	if (onnx_builder_write(builder, fixture->model))
		onnx_open(&model, fixture->model, error);
	onnx_builder_destroy(&builder);
	return model;
}

static const struct onnx_tensor *find_constant(const struct onnx_model *model)
{
	for (int i = 0; i < model->value_count; i++)
		if (model->values[i].constant)
			return model->values[i].constant;
	return NULL;
}

TEST(external_values_are_read_where_the_model_says)
{
	struct fixture fixture;
	rv_error error = {RV_OK, ""};
	REQUIRE(begin(&fixture));
	struct onnx_model *model = open_model(&fixture, "net.onnx.data", "8", "16", &error);
	struct onnx_model *rest = open_model(&fixture, "net.onnx.data", "8", NULL, &error);
	CHECK_MESSAGE(model && rest, "%s", error.message);
	if (model && rest) {
		CHECK(!memcmp(find_constant(model)->floats, values, sizeof(values)));
		CHECK(!memcmp(find_constant(rest)->floats, values, sizeof(values)));
	}
	onnx_close(&model);
	onnx_close(&rest);
	end(&fixture);
}

TEST(external_values_have_a_part_in_the_hash)
{
	struct fixture fixture;
	rv_error error;
	REQUIRE(begin(&fixture));
	struct onnx_model *before = open_model(&fixture, "net.onnx.data", "8", "16", &error);
	FILE *file = fopen(fixture.data, "ab");
	CHECK(file && fputc('x', file) == 'x' && fclose(file) == 0);
	struct onnx_model *after = open_model(&fixture, "net.onnx.data", "8", "16", &error);
	CHECK(before && after && onnx_hash(before) != onnx_hash(after));
	onnx_close(&before);
	onnx_close(&after);
	end(&fixture);
}

/* Nothing but a node that needs the tensor is to fail. */
TEST(external_files_that_cannot_be_read_are_a_problem_of_their_tensors)
{
	static const char *const locations[] = {
		"other.data", "/etc/passwd",   "../net.onnx.data", "a/../net.onnx.data",
		"",           "net.onnx.data/"};
	struct fixture fixture;
	rv_error error = {RV_OK, ""};
	REQUIRE(begin(&fixture));
	for (size_t i = 0; i < sizeof(locations) / sizeof(locations[0]); i++) {
		struct onnx_model *model = open_model(&fixture, locations[i], "8", "16", &error);
		const char *problem = model ? find_constant(model)->problem : NULL;
		CHECK_MESSAGE(problem && strstr(problem, "keeps its values in"), "%s: %s",
		              locations[i], problem ? problem : error.message);
		CHECK(problem && strstr(problem, i ? "not in the model's folder" : "No such file"));
		onnx_close(&model);
	}
	end(&fixture);
}

TEST(external_values_beyond_the_end_are_refused)
{
	static const struct {
		const char *offset, *length, *words;
	} cases[] = {
		{"12", "16", "lies beyond the end of net.onnx.data"},
		{"99", NULL, "holds 0 values, but its dimensions ask for 4"},
		{"99", "16", "lies beyond the end of net.onnx.data"},
		{"18446744073709551610", "16", "lies beyond the end of net.onnx.data"},
		{"8", "99999999999999999999999", "lies beyond the end of net.onnx.data"},
		{"8", "-16", "lies beyond the end of net.onnx.data"},
		{"8", "12", "holds 3 values, but its dimensions ask for 4"},
		{"8", "15", "ends within a value"},
	};
	struct fixture fixture;
	REQUIRE(begin(&fixture));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rv_error error = {RV_OK, ""};
		struct onnx_model *model = open_model(&fixture, "net.onnx.data", cases[i].offset,
		                                      cases[i].length, &error);
		CHECK(!model && error.status == RV_CORRUPT);
		CHECK_MESSAGE(strstr(error.message, cases[i].words), "\"%s\" is not in \"%s\"",
		              cases[i].words, error.message);
		onnx_close(&model);
	}
	rv_error error = {RV_OK, ""};
	struct onnx_model *model = open_model(&fixture, NULL, NULL, NULL, &error);
	CHECK(model && strstr(find_constant(model)->problem, "does not say in which file"));
	onnx_close(&model);
	end(&fixture);
}
