#include "engine/graph/dispatch.h"

#include <string.h>

#include "engine/graph/moments.h"
#include "engine/graph/translators.h"

struct translation {
	const char *operator_name;
	translate_function *translate; /* NULL: works on constants only */
	translate_function *fold;      /* NULL: does not work on constants */
};

static const struct translation translations[] = {
	{"Abs", graph_translate_absolute, NULL},
	{"Add", graph_translate_add, graph_fold_add},
	{"AveragePool", graph_translate_average_pool, NULL},
	{"BatchNormalization", graph_translate_batch_norm, NULL},
	{"Cast", graph_translate_cast, graph_fold_cast},
	{"CastLike", graph_translate_cast_like, graph_fold_cast_like},
	{"Ceil", NULL, graph_fold_ceil},
	{"Celu", graph_translate_celu, NULL},
	{"Clip", graph_translate_clip, NULL},
	{"Concat", graph_translate_concat, graph_fold_concat},
	{"Constant", NULL, graph_fold_constant},
	{"ConstantOfShape", NULL, graph_fold_constant_of_shape},
	{"Conv", graph_translate_convolution, NULL},
	{"ConvTranspose", graph_translate_transposed_convolution, NULL},
	{"DepthToSpace", graph_translate_depth_to_space, NULL},
	{"DequantizeLinear", graph_translate_dequantise, graph_fold_dequantise},
	{"Div", graph_translate_divide, graph_fold_divide},
	{"Dropout", graph_translate_alias, graph_fold_alias},
	{"Elu", graph_translate_elu, NULL},
	{"Equal", NULL, graph_fold_equal},
	{"Erf", graph_translate_erf, NULL},
	{"Expand", graph_translate_expand, NULL},
	{"Flatten", graph_translate_flatten, NULL},
	{"Floor", NULL, graph_fold_floor},
	{"Gather", graph_translate_gather, graph_fold_gather},
	{"Gelu", graph_translate_gelu, NULL},
	{"Gemm", graph_translate_gemm, NULL},
	{"GlobalAveragePool", graph_translate_global_average_pool, NULL},
	{"GlobalMaxPool", graph_translate_global_max_pool, NULL},
	{"GroupNormalization", graph_translate_group_norm, NULL},
	{"HardSigmoid", graph_translate_hard_sigmoid, NULL},
	{"HardSwish", graph_translate_hard_swish, NULL},
	{"Identity", graph_translate_alias, graph_fold_alias},
	{"If", graph_translate_if, graph_translate_if},
	{"InstanceNormalization", graph_translate_instance_norm, NULL},
	{"LRN", graph_translate_lrn, NULL},
	{"LayerNormalization", graph_translate_layer_norm, NULL},
	{"LeakyRelu", graph_translate_leaky_relu, NULL},
	{"MatMul", graph_translate_matmul, graph_fold_matmul},
	{"Max", graph_translate_maximum, NULL},
	{"MaxPool", graph_translate_max_pool, NULL},
	{"Mean", graph_translate_mean, NULL},
	{"Min", graph_translate_minimum, NULL},
	{"Mish", graph_translate_mish, NULL},
	{"Mul", graph_translate_multiply, graph_fold_multiply},
	{"Neg", graph_translate_negate, graph_fold_negate},
	{"PRelu", graph_translate_prelu, NULL},
	{"Pad", graph_translate_pad, NULL},
	{"Pow", graph_translate_power, NULL},
	{"QuantizeLinear", graph_translate_quantise, NULL},
	{"Reciprocal", graph_translate_reciprocal, NULL},
	{"ReduceL2", graph_translate_reduce_l2, graph_fold_reduce_l2},
	{"ReduceMax", graph_translate_reduce_max, NULL},
	{"ReduceMean", graph_translate_reduce_mean, graph_fold_reduce_mean},
	{"ReduceSum", graph_translate_reduce_sum, graph_fold_reduce_sum},
	{"Relu", graph_translate_relu, NULL},
	{"Reshape", graph_translate_reshape, graph_fold_reshape},
	{"Resize", graph_translate_resize, NULL},
	{"Selu", graph_translate_selu, NULL},
	{"Shape", graph_translate_shape, graph_translate_shape},
	{"Sigmoid", graph_translate_sigmoid, NULL},
	{"Slice", graph_translate_slice, graph_fold_slice},
	{"Softmax", graph_translate_softmax, NULL},
	{"Softplus", graph_translate_softplus, NULL},
	{"SpaceToDepth", graph_translate_space_to_depth, NULL},
	{"Split", graph_translate_split, NULL},
	{"Sqrt", graph_translate_square_root, graph_fold_square_root},
	{"Squeeze", graph_translate_squeeze, graph_fold_squeeze},
	{"Sub", graph_translate_subtract, graph_fold_subtract},
	{"Sum", graph_translate_sum, NULL},
	{"Tanh", graph_translate_tanh, NULL},
	{"Transpose", graph_translate_transpose, graph_fold_transpose},
	{"Unsqueeze", graph_translate_unsqueeze, graph_fold_unsqueeze},
	{"Upsample", graph_translate_upsample, NULL},
	{"Where", NULL, graph_fold_where},
};

static const struct translation *find_translation(const struct onnx_node *node)
{
	size_t count = sizeof(translations) / sizeof(translations[0]);
	for (size_t i = 0; node->standard && i < count; i++)
		if (!strcmp(translations[i].operator_name, node->operator_name))
			return &translations[i];
	return NULL;
}

/* Without any input (Constant) too. */
static bool all_constant(const struct builder *builder, const struct onnx_node *node)
{
	for (int i = 0; i < node->input_count; i++)
		if (translate_has_input(node, i) &&
		    builder->values[node->inputs[i]].form != VALUE_CONSTANT)
			return false;
	return true;
}

static rv_status translate_tensors(struct builder *builder, const struct onnx_node *node,
                                   const struct translation *translation, rv_error *error)
{
	if (!translation->translate)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "Reverie runs this operator on constants only");
	if (moments_complete(builder, node))
		return moments_translate(builder, node, error);
	rv_status status = translation->translate(builder, node, error);
	if (status == RV_OK)
		moments_note(builder, node);
	else
		translate_clear_outputs(builder, node);
	return status;
}

rv_status dispatch_node(struct builder *builder, const struct onnx_node *node, rv_error *error)
{
	const struct translation *translation = find_translation(node);
	if (!translation)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "Reverie cannot run this operator; choose a layer below it");
	if (!all_constant(builder, node))
		return translate_tensors(builder, node, translation, error);
	if (!translation->fold)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "none of its inputs is computed from the picture");
	return translation->fold(builder, node, error);
}
