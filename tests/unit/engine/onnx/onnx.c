/* The reader of ONNX files: every way to store a tensor, and files that are damaged or hostile. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/onnx/model.h"
#include "onnx.pb-c.h"
#include "tests/support/onnx_builder.h"
#include "tests/support/test.h"

enum {
	FLOAT = 1,
	UINT8 = 2,
	INT8 = 3,
	INT32 = 6,
	INT64 = 7,
	STRING = 8,
	BOOL = 9,
	HALF = 10,
	DOUBLE = 11,
	BFLOAT = 16
};

/* A message is one line for a person: something, without control characters or a full stop. */
static bool is_clean_line(const char *message)
{
	size_t length = strlen(message);
	for (const char *c = message; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return false;
	return length > 0 && message[length - 1] != '.';
}

/* Parsing builder's file must fail like that, with words in the message. Destroys builder. */
static void check_refused(struct onnx_builder *builder, rv_status status, const char *words)
{
	rv_error error = {RV_OK, ""};
	struct onnx_model *model = onnx_builder_parse(builder, &error);
	CHECK_MESSAGE(!model, "a file was accepted that should be refused for: %s", words);
	if (!model) {
		CHECK_MESSAGE(error.status == status, "status %d instead of %d: %s", error.status,
		              status, error.message);
		CHECK_MESSAGE(strstr(error.message, words), "\"%s\" is not in \"%s\"", words,
		              error.message);
		CHECK(is_clean_line(error.message));
	}
	onnx_close(&model);
	onnx_builder_destroy(&builder);
}

static const struct onnx_tensor *find_constant(const struct onnx_model *model, const char *name)
{
	for (int i = 0; i < model->value_count; i++)
		if (!strcmp(model->values[i].name, name))
			return model->values[i].constant;
	return NULL;
}

/* x -> Relu -> y, which nothing is wrong with. */
static struct onnx_builder *small_model(void)
{
	struct onnx_builder *builder = onnx_builder_create(13);
	onnx_builder_picture(builder, "x", 3, 0, 0);
	onnx_builder_node(builder, "Relu", "x", "y");
	return builder;
}

/* ---- tensors ---- */

static const float real_values[] = {0, 1, -2.5f, 0.0999755859375f, 65504, -6.103515625e-05f};
static const uint16_t half_values[] = {0x0000, 0x3c00, 0xc100, 0x2e66, 0x7bff, 0x8400};

enum { REAL_COUNT = sizeof(real_values) / sizeof(real_values[0]) };

static void add_typed_reals(struct onnx_builder *builder)
{
	const int64_t dims[] = {REAL_COUNT};
	Onnx__TensorProto *tensor =
		onnx_builder_raw(builder, "float_data", FLOAT, 1, dims, NULL, 0);
	tensor->n_float_data = REAL_COUNT;
	tensor->float_data = malloc(sizeof(real_values));
	memcpy(tensor->float_data, real_values, sizeof(real_values));

	tensor = onnx_builder_raw(builder, "double_data", DOUBLE, 1, dims, NULL, 0);
	tensor->n_double_data = REAL_COUNT;
	tensor->double_data = malloc(REAL_COUNT * sizeof(double));
	for (int i = 0; i < REAL_COUNT; i++)
		tensor->double_data[i] = real_values[i];

	tensor = onnx_builder_raw(builder, "int32_data", HALF, 1, dims, NULL, 0);
	tensor->n_int32_data = REAL_COUNT;
	tensor->int32_data = malloc(REAL_COUNT * sizeof(int32_t));
	for (int i = 0; i < REAL_COUNT; i++)
		tensor->int32_data[i] = half_values[i];
}

TEST(onnx_reads_every_way_to_store_real_numbers)
{
	static const char *const names[] = {"raw float",  "raw half",    "raw double",
	                                    "float_data", "double_data", "int32_data"};
	const int64_t dims[] = {REAL_COUNT};
	double doubles[REAL_COUNT];
	rv_error error;
	struct onnx_builder *builder = small_model();
	for (int i = 0; i < REAL_COUNT; i++)
		doubles[i] = real_values[i];
	onnx_builder_raw(builder, "raw float", FLOAT, 1, dims, real_values, sizeof(real_values));
	onnx_builder_raw(builder, "raw half", HALF, 1, dims, half_values, sizeof(half_values));
	onnx_builder_raw(builder, "raw double", DOUBLE, 1, dims, doubles, sizeof(doubles));
	add_typed_reals(builder);
	struct onnx_model *model = onnx_builder_parse(builder, &error);
	onnx_builder_destroy(&builder);
	REQUIRE(model);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct onnx_tensor *tensor = find_constant(model, names[i]);
		CHECK_MESSAGE(tensor && tensor->floats && tensor->count == REAL_COUNT, "%s",
		              names[i]);
		for (int j = 0; tensor && tensor->floats && j < REAL_COUNT; j++)
			CHECK_MESSAGE(tensor->floats[j] == real_values[j], "%s[%d] is %.9g",
			              names[i], j, (double)tensor->floats[j]);
	}
	onnx_close(&model);
}

TEST(onnx_widens_every_half)
{
	static uint16_t halves[65536];
	const int64_t dims[] = {65536};
	rv_error error;
	struct onnx_builder *builder = small_model();
	for (int i = 0; i < 65536; i++)
		halves[i] = (uint16_t)i;
	onnx_builder_raw(builder, "w", HALF, 1, dims, halves, sizeof(halves));
	struct onnx_model *model = onnx_builder_parse(builder, &error);
	onnx_builder_destroy(&builder);
	REQUIRE(model);
	const float *floats = find_constant(model, "w")->floats;
	for (int i = 0; i < 65536; i++) {
		int exponent = i >> 10 & 31, fraction = i & 1023;
		double value = ldexp(exponent ? 1024 + fraction : fraction,
		                     (exponent ? exponent : 1) - 25);
		if (exponent == 31)
			value = fraction ? (double)NAN : (double)INFINITY;
		if (i & 0x8000)
			value = -value;
		bool same = isnan(value) ? isnan(floats[i]) : (double)floats[i] == value;
		CHECK_MESSAGE(same, "half 0x%04x is %g, not %g", i, (double)floats[i], value);
	}
	onnx_close(&model);
}

/* The upper half of a float. */
TEST(onnx_widens_bfloat16)
{
	static const uint16_t bits[] = {0x3f80, 0xc010, 0x0000, 0x7f80, 0x0001};
	static const float expected[] = {1, -2.25f, 0, INFINITY, 0x1p-133f};
	const int64_t dims[] = {5};
	rv_error error;
	struct onnx_builder *builder = small_model();
	onnx_builder_raw(builder, "raw", BFLOAT, 1, dims, bits, sizeof(bits));
	Onnx__TensorProto *typed = onnx_builder_raw(builder, "typed", BFLOAT, 1, dims, NULL, 0);
	typed->n_int32_data = 5;
	typed->int32_data = malloc(5 * sizeof(int32_t));
	for (int i = 0; i < 5; i++)
		typed->int32_data[i] = bits[i];
	struct onnx_model *model = onnx_builder_parse(builder, &error);
	onnx_builder_destroy(&builder);
	REQUIRE(model);
	CHECK(!memcmp(find_constant(model, "raw")->floats, expected, sizeof(expected)));
	CHECK(!memcmp(find_constant(model, "typed")->floats, expected, sizeof(expected)));
	onnx_close(&model);
}

TEST(onnx_reads_integers)
{
	static const int64_t wide[] = {-1, 0, 1, INT64_MAX};
	static const int32_t narrow[] = {-7, 0, 1, INT32_MAX};
	static const int8_t small[] = {-128, 0, 1, 127};
	static const uint8_t bytes[] = {255, 0, 1, 127};
	const int64_t dims[] = {2, 2};
	rv_error error;
	struct onnx_builder *builder = small_model();
	onnx_builder_raw(builder, "int64", INT64, 2, dims, wide, sizeof(wide));
	onnx_builder_raw(builder, "int32", INT32, 2, dims, narrow, sizeof(narrow));
	onnx_builder_raw(builder, "int8", INT8, 2, dims, small, sizeof(small));
	onnx_builder_raw(builder, "uint8", UINT8, 2, dims, bytes, sizeof(bytes));
	onnx_builder_raw(builder, "bool", BOOL, 2, dims, bytes, sizeof(bytes));
	struct onnx_model *model = onnx_builder_parse(builder, &error);
	onnx_builder_destroy(&builder);
	REQUIRE(model);
	for (int i = 0; i < 4; i++) {
		CHECK(find_constant(model, "int64")->integers[i] == wide[i]);
		CHECK(find_constant(model, "int32")->integers[i] == narrow[i]);
		CHECK(find_constant(model, "int8")->integers[i] == small[i]);
		CHECK(find_constant(model, "uint8")->integers[i] == bytes[i]);
		CHECK(find_constant(model, "bool")->integers[i] == (bytes[i] != 0));
	}
	CHECK(find_constant(model, "int64")->rank == 2);
	onnx_close(&model);
}

TEST(onnx_refuses_tensors_that_contradict_themselves)
{
	static const float values[4] = {1, 2, 3, 4};
	static const int64_t too_many[] = {5}, too_few[] = {3}, negative[] = {-4}, none[] = {0};
	static const int64_t overflowing[] = {INT64_MAX, INT64_MAX, 4};
	static const int64_t huge[] = {1 << 20, 1 << 20, 1 << 20};
	static const struct {
		int rank;
		const int64_t *dims;
		size_t size;
		const char *words;
	} cases[] = {
		{1, too_many, 16, "holds 4 values, but its dimensions ask for 5"},
		{1, too_few, 16, "holds 4 values, but its dimensions ask for 3"},
		{1, none, 16, "holds 4 values"},
		{1, too_few, 13, "ends within a value"},
		{1, negative, 16, "negative dimension"},
		{3, overflowing, 16, "impossible dimensions"},
		{3, huge, 16, "holds 4 values"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct onnx_builder *builder = small_model();
		onnx_builder_raw(builder, "w", FLOAT, cases[i].rank, cases[i].dims, values,
		                 cases[i].size);
		check_refused(builder, RV_CORRUPT, cases[i].words);
	}
}

/* A constant of a type without use must not keep a model from being opened. */
TEST(onnx_accepts_unreadable_tensors_until_they_are_used)
{
	static const int64_t dims[] = {4}, many[] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
	rv_error error;
	struct onnx_builder *builder = small_model();
	onnx_builder_raw(builder, "text", STRING, 1, dims, NULL, 0);
	Onnx__TensorProto *outside = onnx_builder_raw(builder, "outside", FLOAT, 1, dims, NULL, 0);
	outside->has_data_location = true;
	outside->data_location = 1;
	onnx_builder_raw(builder, "deep", FLOAT, 9, many, "abcd", 4);
	struct onnx_model *model = onnx_builder_parse(builder, &error);
	onnx_builder_destroy(&builder);
	REQUIRE(model);
	CHECK(find_constant(model, "text")->problem);
	CHECK(find_constant(model, "outside")->problem);
	CHECK(find_constant(model, "deep")->problem);
	onnx_close(&model);
}

/* ---- graphs ---- */

TEST(onnx_finds_pictures_among_inputs_that_are_initializers)
{
	static const int64_t dims[] = {2};
	static const float values[] = {1, 2};
	rv_error error;
	struct onnx_builder *builder = onnx_builder_create(7);
	onnx_builder_input(builder, "w", 1, dims);
	onnx_builder_picture(builder, "x", 3, 224, 224);
	onnx_builder_floats(builder, "w", 1, dims, values);
	onnx_builder_node(builder, "Relu", "x", "y");
	struct onnx_model *model = onnx_builder_parse(builder, &error);
	onnx_builder_destroy(&builder);
	REQUIRE(model);
	REQUIRE(model->input_count == 1);
	CHECK(!strcmp(model->values[model->inputs[0].value].name, "x"));
	CHECK(model->inputs[0].rank == 4 && model->inputs[0].dims[2] == 224);
	onnx_close(&model);
}

TEST(onnx_sorts_nodes)
{
	rv_error error;
	struct onnx_builder *builder = onnx_builder_create(13);
	onnx_builder_picture(builder, "x", 3, 0, 0);
	onnx_builder_node(builder, "Add", "b a", "c");
	onnx_builder_node(builder, "Relu", "x", "a");
	onnx_builder_node(builder, "Relu", "a", "b");
	struct onnx_model *model = onnx_builder_parse(builder, &error);
	onnx_builder_destroy(&builder);
	REQUIRE(model);
	for (int i = 0; i < model->node_count; i++)
		for (int j = 0; j < model->nodes[i].input_count; j++)
			CHECK(model->values[model->nodes[i].inputs[j]].producer < i);
	for (int i = 0; i < model->node_count; i++)
		CHECK(model->values[model->nodes[i].outputs[0]].producer == i);
	onnx_close(&model);
}

TEST(onnx_sorts_a_long_chain_in_reverse_order)
{
	enum { LENGTH = 50000 };
	rv_error error;
	struct onnx_builder *builder = onnx_builder_create(13);
	onnx_builder_picture(builder, "0", 3, 0, 0);
	for (int i = LENGTH; i > 0; i--) {
		char input[16], output[16];
		snprintf(input, sizeof(input), "%d", i - 1);
		snprintf(output, sizeof(output), "%d", i);
		onnx_builder_node(builder, "Relu", input, output);
	}
	struct onnx_model *model = onnx_builder_parse(builder, &error);
	onnx_builder_destroy(&builder);
	REQUIRE(model);
	CHECK(!strcmp(model->values[model->nodes[0].outputs[0]].name, "1"));
	onnx_close(&model);
}

TEST(onnx_refuses_cycles)
{
	struct onnx_builder *builder = small_model();
	onnx_builder_node(builder, "Relu", "self", "self");
	onnx_builder_node_name(builder, "bites its tail");
	check_refused(builder, RV_CORRUPT,
	              "node \"bites its tail\" (Relu): it reads what is computed");

	builder = small_model();
	onnx_builder_node(builder, "Add", "y c", "a");
	onnx_builder_node(builder, "Relu", "a", "b");
	onnx_builder_node(builder, "Relu", "b", "c");
	check_refused(builder, RV_CORRUPT, "it reads what is computed from its own output");
}

TEST(onnx_refuses_names_that_stand_for_two_things)
{
	static const int64_t dims[] = {1};
	static const float value = 1;
	struct onnx_builder *builder = small_model();
	onnx_builder_node(builder, "Sigmoid", "x", "y");
	check_refused(builder, RV_CORRUPT, "(Sigmoid): its output \"y\" is also made elsewhere");

	builder = small_model();
	onnx_builder_floats(builder, "y", 1, dims, &value);
	check_refused(builder, RV_CORRUPT, "its output \"y\" is also made elsewhere");

	builder = small_model();
	onnx_builder_node(builder, "Sigmoid", "y", "x");
	check_refused(builder, RV_CORRUPT, "its output \"x\" is also made elsewhere");

	builder = small_model();
	onnx_builder_floats(builder, "w", 1, dims, &value);
	onnx_builder_floats(builder, "w", 1, dims, &value);
	check_refused(builder, RV_CORRUPT, "two constants are called \"w\"");
}

TEST(onnx_refuses_unknown_operator_sets)
{
	static const struct {
		int opset;
		rv_status status;
		const char *words;
	} cases[] = {
		{0, RV_CORRUPT, "does not say which ONNX operator set"},
		{25, RV_UNSUPPORTED, "operator set 25; Reverie reads 1 to 24"},
		{99, RV_UNSUPPORTED, "operator set 99"},
		{-5, RV_UNSUPPORTED, "operator set -5"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct onnx_builder *builder = onnx_builder_create(cases[i].opset);
		onnx_builder_picture(builder, "x", 3, 0, 0);
		onnx_builder_node(builder, "Relu", "x", "y");
		check_refused(builder, cases[i].status, cases[i].words);
	}
}

/* ---- text ---- */

TEST(onnx_cleans_names)
{
	static const struct {
		const char *raw, *clean;
	} cases[] = {
		{"plain/name:0", "plain/name:0"},
		{"two\nlines\r\t\x1b[31m", "two?lines???[31m"},
		{"na\xc3\xafve \xe2\x82\xac \xf0\x9f\x90\x98",
	         "na\xc3\xafve \xe2\x82\xac \xf0\x9f\x90\x98"},
		{"\xff\xc3", "??"},           /* no beginning; cut off */
		{"\xc0\xaf", "??"},           /* '/' written too long */
		{"\xe2\x80\xae", "???"},      /* turns the reading direction */
		{"\xed\xa0\x80", "???"},      /* half of a surrogate pair */
		{"\xf4\x90\x80\x80", "????"}, /* beyond Unicode */
		{"\xc2\x85", "??"},           /* a line break of the upper control characters */
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct onnx_builder *builder = small_model();
		onnx_builder_metadata(builder, "key", cases[i].raw);
		struct onnx_model *model = onnx_builder_parse(builder, NULL);
		CHECK(model);
		if (model)
			CHECK_MESSAGE(!strcmp(onnx_metadata(model, "key"), cases[i].clean),
			              "case %zu gives \"%s\"", i, onnx_metadata(model, "key"));
		onnx_close(&model);
		onnx_builder_destroy(&builder);
	}
}

TEST(onnx_messages_stay_one_line)
{
	struct onnx_builder *builder = onnx_builder_create(13);
	onnx_builder_picture(builder, "x", 3, 0, 0);
	onnx_builder_node(builder, "Re\nlu", "x y\n\xff", "y\n\xff");
	onnx_builder_node_name(builder, "a\nb\x1b]0;title\x07");
	check_refused(builder, RV_CORRUPT, "node \"a?b?]0;title?\" (Re?lu)");
}

TEST(onnx_long_names_leave_room_for_the_message)
{
	char *name = malloc(100001);
	REQUIRE(name);
	memset(name, 'n', 100000);
	name[100000] = '\0';
	struct onnx_builder *builder = onnx_builder_create(13);
	onnx_builder_picture(builder, "x", 3, 0, 0);
	onnx_builder_node(builder, name, "y", "y");
	onnx_builder_node_name(builder, name);
	free(name);
	check_refused(builder, RV_CORRUPT, "it reads what is computed from its own output");
}

/* ---- files ---- */

static void check_file_refused(const char *path, rv_status status, const char *words)
{
	rv_error error = {RV_OK, ""};
	struct onnx_model *model = NULL;
	CHECK(onnx_open(&model, path, &error) == status);
	CHECK(!model);
	CHECK_MESSAGE(strstr(error.message, words), "\"%s\" is not in \"%s\"", words,
	              error.message);
	CHECK_MESSAGE(!strncmp(error.message, path, strlen(path)), "no path in \"%s\"",
	              error.message);
}

TEST(onnx_refuses_what_is_no_model_file)
{
	char path[] = "/tmp/reverie-test-XXXXXX";
	int file = mkstemp(path);
	REQUIRE(file >= 0);
	check_file_refused(path, RV_CORRUPT, "the file is empty");
	CHECK(write(file, "just some text, no model\n", 25) == 25);
	check_file_refused(path, RV_CORRUPT, "no ONNX model");
	close(file);
	unlink(path);
	check_file_refused(path, RV_NOT_FOUND, "No such file");
	check_file_refused("/tmp", RV_INVALID, "this is a directory");
	check_file_refused("/dev/null", RV_INVALID, "not a regular file");
}

TEST(onnx_hash_names_the_file)
{
	struct onnx_builder *builder = small_model();
	struct onnx_model *a = onnx_builder_parse(builder, NULL);
	struct onnx_model *b = onnx_builder_parse(builder, NULL);
	onnx_builder_metadata(builder, "another", "file");
	struct onnx_model *c = onnx_builder_parse(builder, NULL);
	onnx_builder_destroy(&builder);
	CHECK(a && b && c);
	if (a && b && c) {
		CHECK(onnx_hash(a) == onnx_hash(b));
		CHECK(onnx_hash(a) != onnx_hash(c));
	}
	onnx_close(&a);
	onnx_close(&b);
	onnx_close(&c);
}

/* ---- bounds ---- */

/* Two bytes make a node of more than a hundred bytes in memory: a file of nothing else is refused
 * before memory runs out. */
TEST(onnx_bounds_memory_by_the_length_of_the_file)
{
	enum { NODES = 16 << 20, HEADER = 8 };
	size_t size = HEADER + (size_t)NODES * 2;
	unsigned char *bytes = calloc(size, 1);
	rv_error error = {RV_OK, ""};
	struct onnx_model *model = NULL;
	size_t length = (size_t)NODES * 2, at = 0;
	REQUIRE(bytes);
	bytes[at++] = 7 << 3 | 2; /* graph */
	for (; length >= 128; length >>= 7)
		bytes[at++] = (unsigned char)(length & 127) | 128;
	bytes[at++] = (unsigned char)length;
	for (int i = 0; i < NODES; i++, at += 2)
		bytes[at] = 1 << 3 | 2; /* an empty node */
	CHECK(onnx_parse(&model, bytes, at, &error) == RV_MEMORY);
	CHECK_MESSAGE(strstr(error.message, "memory"), "%s", error.message);
	onnx_close(&model);
	free(bytes);
}
