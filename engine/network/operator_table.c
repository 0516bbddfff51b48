#include "engine/network/operator_table.h"

#include "engine/convolution/convolution.h"
#include "engine/operators/kinds.h"

const struct operator_functions network_operators[OPERATOR_KINDS] = {
	[OPERATOR_INPUT] = {.forward = NULL},
	[OPERATOR_CONVOLUTION] = {.forward = convolution_forward, .backward = convolution_backward},
	[OPERATOR_AFFINE] = {.forward = operator_affine_forward,
                             .backward = operator_affine_backward},
	[OPERATOR_CLAMP] = {.forward = operator_unary_forward, .backward = operator_unary_backward},
	[OPERATOR_LEAKY_RELU] = {.forward = operator_unary_forward,
                                 .backward = operator_unary_backward},
	[OPERATOR_SIGMOID] = {.forward = operator_unary_forward,
                              .backward = operator_unary_backward},
	[OPERATOR_HARD_SIGMOID] = {.forward = operator_unary_forward,
                                   .backward = operator_unary_backward},
	[OPERATOR_HARD_SWISH] = {.forward = operator_unary_forward,
                                 .backward = operator_unary_backward},
	[OPERATOR_ADD] = {.forward = operator_add_forward, .backward = operator_add_backward},
	[OPERATOR_MULTIPLY] = {.forward = operator_multiply_forward,
                               .backward = operator_multiply_backward},
	[OPERATOR_CONCAT] = {.forward = operator_concat_forward,
                             .backward = operator_concat_backward},
	[OPERATOR_MAX_POOL] = {.forward = operator_max_pool_forward,
                               .backward = operator_max_pool_backward,
                               .saved_bytes = operator_max_pool_saved_bytes},
	[OPERATOR_AVERAGE_POOL] = {.forward = operator_average_pool_forward,
                                   .backward = operator_average_pool_backward},
	[OPERATOR_GLOBAL_AVERAGE_POOL] = {.forward = operator_global_average_pool_forward,
                                          .backward = operator_global_average_pool_backward},
	[OPERATOR_LRN] = {.forward = operator_lrn_forward,
                          .backward = operator_lrn_backward,
                          .saved_bytes = operator_lrn_saved_bytes},
	[OPERATOR_PAD] = {.forward = operator_pad_forward, .backward = operator_pad_backward},
	[OPERATOR_SOFTMAX] = {.forward = operator_softmax_forward,
                              .backward = operator_softmax_backward},
};
