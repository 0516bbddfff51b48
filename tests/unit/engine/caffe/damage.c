/* Damaged files: whatever happens to the bytes of a .caffemodel, it is read or refused with one
 * clean line. The sanitizers make this the reader's fuzz test; seeds are fixed. */
#include "tests/support/damage.h"

#include <stdlib.h>
#include <string.h>

#include "engine/caffe/caffe.h"
#include "tests/support/caffe_builder.h"
#include "tests/support/graph_fixture.h"
#include "tests/support/test.h"

/* How often each form is damaged; raise it to look for more. */
#ifndef DAMAGE_TIMES
#define DAMAGE_TIMES 5000
#endif

static void add_blob(Caffe__LayerParameter *layer, int count)
{
	float values[64];
	const int64_t dims[] = {count};
	fill_random(values, (size_t)count, 3);
	caffe_builder_blob(layer, 1, dims, values);
}

static void add_filters(Caffe__LayerParameter *layer)
{
	const int64_t dims[] = {4, 3, 2, 2};
	float values[48];
	fill_random(values, 48, 5);
	caffe_builder_window(layer, 2, 1, 0);
	caffe_builder_blob(layer, 4, dims, values);
	add_blob(layer, 4);
}

/* A bit of everything that the reader knows. */
static struct caffe_builder *varied_network(void)
{
	struct caffe_builder *builder = caffe_builder_create();
	caffe_builder_data(builder, 16);
	add_filters(caffe_builder_layer(builder, "Convolution", "c", "data", "c"));
	caffe_builder_layer(builder, "ReLU", "r", "c", "c");
	caffe_builder_layer(builder, "Split", "s", "c", "c0 c1 c2");
	caffe_builder_layer(builder, "LRN", "n", "c0", "n");
	caffe_builder_window(caffe_builder_layer(builder, "Pooling", "p", "c1", "p"), 3, 1, 1);
	caffe_builder_layer(builder, "Eltwise", "e", "n p", "e");
	caffe_builder_layer(builder, "Concat", "j", "e c2", "j");
	caffe_builder_layer(builder, "Dropout", "d", "j", "j");
	caffe_builder_layer(builder, "Power", "w", "j", "w");
	caffe_builder_layer(builder, "Sigmoid", "g", "w", "g");
	struct Caffe__LayerParameter *norm =
		caffe_builder_layer(builder, "BatchNorm", "b", "g", "b");
	add_blob(norm, 8);
	add_blob(norm, 8);
	add_blob(norm, 1);
	add_blob(caffe_builder_layer(builder, "Scale", "a", "b", "b"), 8);
	add_blob(caffe_builder_layer(builder, "PReLU", "l", "b", "y"), 8);
	caffe_builder_layer(builder, "SoftmaxWithLoss", "loss", "y label", "loss");
	return builder;
}

TEST(damaged_networks_are_refused_or_run)
{
	for (int form = CAFFE_NEW; form < CAFFE_FORMS; form++) {
		struct caffe_builder *builder = varied_network();
		struct damage_file file;
		file.bytes = caffe_builder_pack(builder, (enum caffe_form)form, &file.size);
		damage_try(&file, caffe_parse, file.size, DAMAGE_TIMES, 3, 1);
		free(file.bytes);
		caffe_builder_destroy(&builder);
	}
}

TEST(truncated_networks_are_refused_or_run)
{
	struct caffe_builder *builder = varied_network();
	size_t whole;
	unsigned char *bytes = caffe_builder_pack(builder, CAFFE_NEW, &whole);
	for (size_t size = 0; size < whole; size++) {
		unsigned char *exact = malloc(size ? size : 1);
		REQUIRE(exact);
		memcpy(exact, bytes, size);
		(void)caffe_recognises(exact, size);
		damage_try_bytes(exact, size, caffe_parse, 3);
		free(exact);
	}
	free(bytes);
	caffe_builder_destroy(&builder);
}
