/* Layers that treat each value by itself, or each channel by numbers of its own. */
#include "engine/caffe/converters.h"

void caffe_convert_relu(struct conversion *conversion, const struct caffe_layer *layer)
{
	float slope = layer->relu ? layer->relu->negative_slope : 0;

	if (slope == 0) {
		conversion_simple(conversion, layer, "Relu", 1);
		return;
	}
	Onnx__NodeProto *node = conversion_simple(conversion, layer, "LeakyRelu", 1);
	writer_float(&conversion->writer, node, "alpha", slope);
}

/* A list of [count] values as [count][1][1], which is broadcast over the pixels of an image. */
static void add_by_channel(struct conversion *conversion, const struct caffe_layer *layer,
                           const char *ending, Onnx__NodeProto *node, const float *values,
                           size_t count)
{
	const int64_t dims[] = {(int64_t)count, 1, 1};
	conversion_add_floats(conversion, layer, ending, node, 3, dims, values, count);
}

void caffe_convert_prelu(struct conversion *conversion, const struct caffe_layer *layer)
{
	size_t count;
	const float *slopes = conversion_blob_floats(conversion, layer, 0, &count);
	Onnx__NodeProto *node = conversion_simple(conversion, layer, "PRelu", 2);
	add_by_channel(conversion, layer, "slopes", node, slopes, count);
}

void caffe_convert_elu(struct conversion *conversion, const struct caffe_layer *layer)
{
	Onnx__NodeProto *node = conversion_simple(conversion, layer, "Elu", 1);
	if (layer->elu)
		writer_float(&conversion->writer, node, "alpha", layer->elu->alpha);
}

void caffe_convert_sigmoid(struct conversion *conversion, const struct caffe_layer *layer)
{
	conversion_simple(conversion, layer, "Sigmoid", 1);
}

void caffe_convert_tanh(struct conversion *conversion, const struct caffe_layer *layer)
{
	conversion_simple(conversion, layer, "Tanh", 1);
}

void caffe_convert_dropout(struct conversion *conversion, const struct caffe_layer *layer)
{
	conversion_simple(conversion, layer, "Dropout", 1);
}

/* A step of several: reads input, or the layer's bottom where that is NULL, and one number. Where
 * it is not the last, its output is called after the layer and ending. */
static const char *add_step(struct conversion *conversion, const struct caffe_layer *layer,
                            const char *operator_name, const char *input, float number,
                            const char *ending, bool last)
{
	struct writer *writer = &conversion->writer;
	Onnx__NodeProto *node = writer_node(writer, operator_name, last ? layer->name : NULL, 2, 1);
	const char *output = last ? blobs_write(&conversion->blobs, layer->tops[0])
	                          : conversion_between(conversion, layer, ending);
	const char *constant = writer_text(writer, layer->name, operator_name);

	writer_add_input(node, input);
	writer_floats(writer, constant, 0, NULL, conversion_repeat(conversion, number, 1), 1);
	writer_add_input(node, constant);
	writer_add_output(node, output);
	return output;
}

/* (shift + scale * x) ^ power */
void caffe_convert_power(struct conversion *conversion, const struct caffe_layer *layer)
{
	static const Caffe__PowerParameter none = CAFFE__POWER_PARAMETER__INIT;
	const Caffe__PowerParameter *how = layer->power ? layer->power : &none;
	const char *value = blobs_read(&conversion->blobs, layer->bottoms[0]);
	bool powers = how->power != 1;

	value = add_step(conversion, layer, "Mul", value, how->scale, "scaled", false);
	value = add_step(conversion, layer, "Add", value, how->shift, "shifted", !powers);
	if (powers)
		add_step(conversion, layer, "Pow", value, how->power, "", true);
}

/* ---- normalisation ---- */

/* What BatchNormalization is told of each channel; NULL where memory is exhausted. */
struct statistics {
	const float *scale, *shift, *mean, *variance;
	size_t count;
	float epsilon;
};

static void add_statistics(struct conversion *conversion, const struct caffe_layer *layer,
                           const struct statistics *statistics)
{
	static const char *const endings[] = {"scale", "shift", "mean", "variance"};
	const float *const values[] = {statistics->scale, statistics->shift, statistics->mean,
	                               statistics->variance};
	const int64_t dims[] = {(int64_t)statistics->count};
	Onnx__NodeProto *node = conversion_simple(conversion, layer, "BatchNormalization", 5);

	writer_float(&conversion->writer, node, "epsilon", statistics->epsilon);
	for (int i = 0; i < 4; i++)
		conversion_add_floats(conversion, layer, endings[i], node, 1, dims, values[i],
		                      statistics->count);
}

/* Blobs: sums of means and of variances, and what to divide both by. */
void caffe_convert_batch_norm(struct conversion *conversion, const struct caffe_layer *layer)
{
	size_t count, variance_count, factor_count;
	const float *mean = conversion_blob_floats(conversion, layer, 0, &count);
	const float *variance = conversion_blob_floats(conversion, layer, 1, &variance_count);
	const float *factor = conversion_blob_floats(conversion, layer, 2, &factor_count);
	float *means = writer_allocate(&conversion->writer, count, sizeof(*means));
	float *variances = writer_allocate(&conversion->writer, count, sizeof(*variances));

	if (!count || variance_count != count || factor_count != 1) {
		conversion_refuse(conversion, layer, "BatchNorm without statistics");
		return;
	}
	if (!means || !variances)
		return;
	for (size_t i = 0; i < count; i++) {
		means[i] = factor[0] == 0 ? 0 : mean[i] / factor[0];
		variances[i] = factor[0] == 0 ? 0 : variance[i] / factor[0];
	}
	struct statistics statistics = {
		.scale = conversion_repeat(conversion, 1, count),
		.shift = conversion_repeat(conversion, 0, count),
		.mean = means,
		.variance = variances,
		.count = count,
		.epsilon = layer->batch_norm ? layer->batch_norm->eps : 1e-5f,
	};
	add_statistics(conversion, layer, &statistics);
}

/* x * scale + shift by channel, as a normalisation that leaves mean and variance alone; values that
 * are missing change nothing. */
static void add_affine(struct conversion *conversion, const struct caffe_layer *layer,
                       const float *scale, const float *shift, size_t count)
{
	struct statistics statistics = {
		.scale = scale ? scale : conversion_repeat(conversion, 1, count),
		.shift = shift ? shift : conversion_repeat(conversion, 0, count),
		.mean = conversion_repeat(conversion, 0, count),
		.variance = conversion_repeat(conversion, 1, count),
		.count = count,
	};
	add_statistics(conversion, layer, &statistics);
}

void caffe_convert_scale(struct conversion *conversion, const struct caffe_layer *layer)
{
	const Caffe__ScaleParameter *how = layer->scale;
	size_t count, shift_count;
	const float *scale, *shift = NULL;

	if (layer->bottom_count == 2) {
		Onnx__NodeProto *node = conversion_node(conversion, layer, "Mul", 2, 1);
		writer_add_input(node, blobs_read(&conversion->blobs, layer->bottoms[1]));
		writer_add_output(node, blobs_write(&conversion->blobs, layer->tops[0]));
		return;
	}
	scale = conversion_blob_floats(conversion, layer, 0, &count);
	if (how && how->bias_term)
		shift = conversion_blob_floats(conversion, layer, 1, &shift_count);
	bool by_channel = !how || (how->axis == 1 && how->num_axes == 1);
	if (!scale || !by_channel || (shift && shift_count != count)) {
		conversion_refuse(conversion, layer, "Scale of other than channels");
		return;
	}
	add_affine(conversion, layer, scale, shift, count);
}

void caffe_convert_bias(struct conversion *conversion, const struct caffe_layer *layer)
{
	size_t count;
	const float *shift = conversion_blob_floats(conversion, layer, 0, &count);

	if (layer->bottom_count == 1 && shift)
		add_affine(conversion, layer, NULL, shift, count);
	else
		conversion_refuse(conversion, layer, "Bias of other than channels");
}
