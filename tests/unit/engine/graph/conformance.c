/* The ONNX project's own conformance tests, as Debian's libonnx-testdata has them: every case with
 * an input of four dimensions and only operators that Reverie has must give the outputs that come
 * with it, by plain formulas and on the device. Set VERBOSE=1 to see why each case was left out. */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/onnx/decode.h"
#include "engine/onnx/external.h"
#include "engine/onnx/file.h"
#include "engine/onnx/onnx.h"
#include "onnx.pb-c.h"
#include "tests/support/graph_device.h"
#include "tests/support/graph_fixture.h"
#include "tests/support/test.h"

static const char default_folder[] = "/usr/share/libonnx-testdata/data";

/* ---- counting ---- */

enum { TENSORS_MAX = 16 };

enum outcome { PASSED, FAILED, NO_PICTURE, UNKNOWN_OPERATOR, UNKNOWN_FORM, NOT_FLOAT, OUTCOMES };

static const char *const outcome_texts[OUTCOMES] = {
	"passed",
	"failed",
	"left out: no input of four dimensions",
	"left out: an operator that Reverie does not have",
	"left out: a use of an operator that Reverie does not run",
	"left out: an output of another type than float",
};

static int counts[OUTCOMES];

static enum outcome left_out(const char *name, const rv_error *error)
{
	bool unknown = strstr(error->message, "Reverie cannot run this operator") ||
	               strstr(error->message, "operator set") ||
	               strstr(error->message, "on constants only");
	if (getenv("VERBOSE"))
		printf("# %s: %s\n", name, error->message);
	return unknown ? UNKNOWN_OPERATOR : UNKNOWN_FORM;
}

/* ---- one case ---- */

struct tensors {
	struct onnx_tensor list[TENSORS_MAX];
	Onnx__TensorProto *protos[TENSORS_MAX];
	int count;
};

struct conformance_case {
	char name[256], folder[512];
	struct arena *memory; /* of the tensors' values */
	struct tensors inputs, outputs;
	char output_names[TENSORS_MAX][128];
	int output_name_count;
	int picture; /* the input of four dimensions */
	struct onnx_model *model;
};

/* The tensors in folder/KIND_0.pb, KIND_1.pb, ... */
static void read_tensors(struct conformance_case *this, const char *kind, struct tensors *tensors)
{
	struct onnx_model owner = {.memory = this->memory};
	struct external nowhere = {NULL, NULL};
	rv_error error;
	while (tensors->count < TENSORS_MAX) {
		char path[800];
		unsigned char *bytes;
		size_t size;
		snprintf(path, sizeof(path), "%s/test_data_set_0/%s_%d.pb", this->folder, kind,
		         tensors->count);
		if (file_read(path, &bytes, &size, &error) != RV_OK)
			return;
		Onnx__TensorProto *proto = onnx__tensor_proto__unpack(NULL, size, bytes);
		free(bytes);
		if (!proto)
			return;
		struct onnx_tensor *tensor = &tensors->list[tensors->count];
		if (onnx_decode_tensor(tensor, proto, &owner, &nowhere, &error) != RV_OK)
			tensor->problem = "cannot be read";
		tensors->protos[tensors->count++] = proto;
	}
}

static void read_output_names(struct conformance_case *this, const Onnx__GraphProto *graph)
{
	for (size_t i = 0; i < graph->n_output && this->output_name_count < TENSORS_MAX; i++) {
		const char *name = graph->output[i]->name;
		snprintf(this->output_names[this->output_name_count++], 128, "%s",
		         name ? name : "");
	}
}

static bool is_initializer(const Onnx__GraphProto *graph, const char *name)
{
	for (size_t i = 0; i < graph->n_initializer; i++)
		if (graph->initializer[i]->name && !strcmp(graph->initializer[i]->name, name))
			return true;
	return false;
}

/* Appends what is given for all inputs but the picture as initializers; protos keep their owner. */
static void add_constants(struct conformance_case *this, Onnx__GraphProto *graph)
{
	size_t count = graph->n_initializer, given = 0, inputs = graph->n_input;
	Onnx__TensorProto **all = realloc(graph->initializer, (count + TENSORS_MAX) * sizeof(*all));
	if (!all)
		abort();
	graph->initializer = all;
	this->picture = -1;
	for (size_t i = 0; i < inputs && given < (size_t)this->inputs.count; i++) {
		if (is_initializer(graph, graph->input[i]->name))
			continue;
		const struct onnx_tensor *tensor = &this->inputs.list[given];
		if (this->picture < 0 && tensor->rank == 4 && tensor->floats) {
			this->picture = (int)given++;
			continue;
		}
		Onnx__TensorProto *proto = this->inputs.protos[given++];
		free(proto->name);
		proto->name = strdup(graph->input[i]->name);
		all[graph->n_initializer++] = proto;
	}
}

static bool read_model(struct conformance_case *this, rv_error *error)
{
	char path[800];
	unsigned char *bytes;
	size_t size;
	snprintf(path, sizeof(path), "%s/model.onnx", this->folder);
	if (file_read(path, &bytes, &size, error) != RV_OK)
		return false;
	Onnx__ModelProto *message = onnx__model_proto__unpack(NULL, size, bytes);
	free(bytes);
	if (!message || !message->graph)
		return false;
	size_t own = message->graph->n_initializer;
	read_output_names(this, message->graph);
	add_constants(this, message->graph);
	unsigned char *packed = malloc(onnx__model_proto__get_packed_size(message));
	if (packed) {
		size = onnx__model_proto__pack(message, packed);
		onnx_parse(&this->model, packed, size, error);
	}
	free(packed);
	message->graph->n_initializer = own;
	onnx__model_proto__free_unpacked(message, NULL);
	return this->model != NULL;
}

/* ---- comparing ---- */

/* Whether a value of [channels][height][width] is the one that is expected, in either order of
 * dimensions. The tolerance is that of the ONNX project's own runner. */
static bool agrees(const double *got, int channels, struct extent extent,
                   const struct onnx_tensor *wanted, size_t batch)
{
	size_t count = (size_t)channels * (size_t)extent.height * (size_t)extent.width;
	bool last = wanted->rank == 4 && wanted->dims[1] == extent.height &&
	            wanted->dims[2] == extent.width && wanted->dims[3] == channels &&
	            wanted->dims[1] != channels;
	for (size_t i = 0; i < count; i++) {
		size_t pixels = (size_t)extent.height * (size_t)extent.width;
		size_t at = last ? i % pixels * (size_t)channels + i / pixels : i;
		double expected = (double)wanted->floats[batch * count + at];
		if (!(fabs(got[i] - expected) <= 1e-3 * fabs(expected) + 1e-5))
			return false;
	}
	return true;
}

/* One picture of the batch, by one of the two ways. */
static bool run_picture(const struct conformance_case *this, const struct graph *graph,
                        const struct onnx_tensor *wanted, struct convolution_fixture *fixture,
                        size_t batch)
{
	const struct onnx_tensor *input = &this->inputs.list[this->picture];
	int height = (int)input->dims[2], width = (int)input->dims[3];
	size_t count = input->count / (size_t)input->dims[0];
	double *picture = calloc(count, sizeof(*picture));
	struct graph_values values;
	rv_error error = {RV_OK, ""};
	int tensor = graph->wanted[0];
	for (size_t i = 0; picture && i < count; i++)
		picture[i] = (double)input->floats[batch * count + i];
	bool ran = fixture ? graph_device_run(graph, fixture, picture, height, width, &values)
	                   : graph_interpret(graph, picture, height, width, &values, &error);
	free(picture);
	if (!ran)
		return false;
	struct extent extent = values.extents[tensor];
	size_t outputs = (size_t)graph->tensors[tensor].channels * (size_t)extent.height *
	                 (size_t)extent.width;
	bool good = outputs * (size_t)input->dims[0] == wanted->count &&
	            agrees(values.arrays[tensor], graph->tensors[tensor].channels, extent, wanted,
	                   batch);
	graph_values_release(&values);
	return good;
}

static enum outcome check_output(const struct conformance_case *this, int output,
                                 struct convolution_fixture *fixture)
{
	const struct graph_options options = {.any_channels = true};
	const struct onnx_tensor *wanted = &this->outputs.list[output];
	const char *layer = this->output_names[output];
	struct graph *graph;
	rv_error error = {RV_OK, ""};
	if (!wanted->floats)
		return NOT_FLOAT;
	if (graph_build(&graph, this->model, &layer, 1, &options, &error) != RV_OK)
		return left_out(this->name, &error);
	enum outcome outcome = PASSED;
	for (size_t batch = 0; batch < (size_t)this->inputs.list[this->picture].dims[0]; batch++)
		for (int device = 0; device < 2; device++)
			if (!run_picture(this, graph, wanted, device ? fixture : NULL, batch)) {
				test_failed(__FILE__, __LINE__, "%s, output %s, %s", this->name,
				            layer, device ? "on the device" : "by formulas");
				outcome = FAILED;
			}
	graph_destroy(&graph);
	return outcome;
}

/* The first outcome that is not PASSED, of all outputs. */
static enum outcome check_outputs(struct conformance_case *this,
                                  struct convolution_fixture *fixture)
{
	rv_error error = {RV_OK, ""};
	if (!read_model(this, &error))
		return left_out(this->name, &error);
	if (this->picture < 0)
		return NO_PICTURE;
	enum outcome worst = this->output_name_count ? PASSED : UNKNOWN_FORM;
	for (int i = 0; i < this->output_name_count && i < this->outputs.count; i++) {
		enum outcome outcome = check_output(this, i, fixture);
		if (worst == PASSED || outcome == FAILED)
			worst = outcome;
	}
	return worst;
}

static enum outcome check_case(const char *suite, const char *name,
                               struct convolution_fixture *fixture)
{
	struct conformance_case this = {.picture = -1};
	snprintf(this.name, sizeof(this.name), "%s", name);
	snprintf(this.folder, sizeof(this.folder), "%.255s/%.200s", suite, name);
	this.memory = arena_create(SIZE_MAX);
	read_tensors(&this, "input", &this.inputs);
	read_tensors(&this, "output", &this.outputs);
	enum outcome outcome = NO_PICTURE;
	bool has_picture = false;
	for (int i = 0; i < this.inputs.count; i++)
		has_picture |= this.inputs.list[i].rank == 4 && this.inputs.list[i].floats;
	if (has_picture)
		outcome = check_outputs(&this, fixture);
	for (int i = 0; i < this.inputs.count; i++)
		onnx__tensor_proto__free_unpacked(this.inputs.protos[i], NULL);
	for (int i = 0; i < this.outputs.count; i++)
		onnx__tensor_proto__free_unpacked(this.outputs.protos[i], NULL);
	onnx_close(&this.model);
	arena_destroy(&this.memory);
	if (outcome == PASSED && getenv("VERBOSE"))
		printf("# %s: passed\n", name);
	return outcome;
}

static void check_suite(const char *folder, const char *suite, struct convolution_fixture *fixture)
{
	struct dirent **entries = NULL;
	char path[512];
	snprintf(path, sizeof(path), "%s/%s", folder, suite);
	int count = scandir(path, &entries, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.')
			counts[check_case(path, entries[i]->d_name, fixture)]++;
		free(entries[i]);
	}
	free(entries);
}

TEST(onnx_conformance)
{
	static const char *const suites[] = {"node", "simple", "pytorch-operator",
	                                     "pytorch-converted"};
	struct convolution_fixture fixture;
	const char *folder = getenv("REVERIE_ONNX_TESTDATA");
	folder = folder ? folder : default_folder;
	DIR *there = opendir(folder);
	if (!there)
		SKIP("%s is not here: apt install libonnx-testdata", folder);
	closedir(there);
	REQUIRE(fixture_open(&fixture, RV_CONVOLUTION_AUTO));
	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
		check_suite(folder, suites[i], &fixture);
	fixture_close(&fixture);
	for (int i = 0; i < OUTCOMES; i++)
		printf("# %4d %s\n", counts[i], outcome_texts[i]);
	CHECK(counts[PASSED] > 0 && counts[FAILED] == 0);
}
