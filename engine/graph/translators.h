/* One function for each ONNX operator, which the table of dispatch.c lists by name. */
#ifndef ENGINE_GRAPH_TRANSLATORS_H
#define ENGINE_GRAPH_TRANSLATORS_H

#include "engine/graph/translate.h"

/* Gives the value of one operator: a tensor of the graph (translate), or, where all inputs are
 * constants, a constant (fold). */
typedef rv_status translate_function(struct builder *builder, const struct onnx_node *node,
                                     rv_error *error);

/* spatial.c */
translate_function graph_translate_convolution, graph_translate_max_pool,
	graph_translate_average_pool, graph_translate_global_max_pool,
	graph_translate_global_average_pool, graph_translate_lrn;
/* reduce.c */
translate_function graph_translate_reduce_mean, graph_translate_reduce_sum,
	graph_translate_reduce_l2, graph_translate_reduce_max;
/* padding.c, resize.c, transposed.c */
translate_function graph_translate_pad, graph_translate_resize, graph_translate_upsample,
	graph_translate_transposed_convolution;
/* excerpt.c */
translate_function graph_translate_slice, graph_translate_gather, graph_translate_split;
/* rearrange.c */
translate_function graph_translate_depth_to_space, graph_translate_space_to_depth;
/* The end of a shuffle: from a value of the form VALUE_SHUFFLED back to an image. */
rv_status graph_add_shuffle(struct builder *builder, const struct onnx_node *node,
                            const struct value *input, rv_error *error);
/* From an image to VALUE_ROWS of that many groups, and back; from VALUE_WOVEN to an image. */
rv_status graph_add_rows(struct builder *builder, const struct onnx_node *node,
                         const struct value *input, int groups, rv_error *error);
rv_status graph_add_image_of_rows(struct builder *builder, const struct onnx_node *node,
                                  const struct value *input, rv_error *error);
rv_status graph_add_image_of_blocks(struct builder *builder, const struct onnx_node *node,
                                    const struct value *input, rv_error *error);
/* activation.c */
translate_function graph_translate_relu, graph_translate_leaky_relu, graph_translate_clip,
	graph_translate_sigmoid, graph_translate_hard_sigmoid, graph_translate_hard_swish,
	graph_translate_elu, graph_translate_celu, graph_translate_selu, graph_translate_softplus,
	graph_translate_mish, graph_translate_tanh, graph_translate_erf, graph_translate_gelu,
	graph_translate_square_root, graph_translate_reciprocal, graph_translate_power,
	graph_translate_prelu;
/* normalise.c */
translate_function graph_translate_instance_norm, graph_translate_layer_norm,
	graph_translate_group_norm;
/* elementwise.c */
translate_function graph_translate_softmax, graph_translate_batch_norm, graph_translate_concat,
	graph_translate_alias, graph_translate_cast;
/* arithmetic.c */
translate_function graph_translate_add, graph_translate_subtract, graph_translate_multiply,
	graph_translate_divide, graph_translate_negate, graph_translate_sum, graph_translate_mean,
	graph_translate_maximum, graph_translate_minimum, graph_translate_absolute;
/* view.c */
translate_function graph_translate_flatten, graph_translate_reshape, graph_translate_squeeze,
	graph_translate_unsqueeze, graph_translate_transpose, graph_translate_expand;
/* dense.c */
translate_function graph_translate_gemm, graph_translate_matmul;
/* constant.c */
translate_function graph_fold_constant, graph_fold_alias, graph_fold_cast, graph_fold_reshape,
	graph_fold_squeeze, graph_fold_unsqueeze, graph_fold_transpose, graph_fold_cast_like,
	graph_translate_cast_like;
/* list.c */
translate_function graph_translate_shape, graph_fold_gather, graph_fold_concat, graph_fold_slice,
	graph_fold_constant_of_shape;
/* quantised.c */
translate_function graph_fold_dequantise, graph_translate_quantise, graph_translate_dequantise;
/* weights.c */
translate_function graph_fold_matmul, graph_fold_reduce_l2, graph_fold_reduce_sum,
	graph_fold_reduce_mean;
/* choice.c */
translate_function graph_fold_equal, graph_fold_where, graph_translate_if;
/* calculate.c */
translate_function graph_fold_add, graph_fold_subtract, graph_fold_multiply, graph_fold_divide,
	graph_fold_square_root, graph_fold_negate, graph_fold_floor, graph_fold_ceil;

#endif
