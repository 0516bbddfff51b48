/* The functions of the operators, which engine/network/operator_table.c puts together. */
#ifndef ENGINE_OPERATORS_KINDS_H
#define ENGINE_OPERATORS_KINDS_H

#include "engine/operators/operator.h"

typedef void operation_recorder(struct launch_recorder *recorder,
                                const struct operation *operation);
typedef size_t operation_bytes(const struct operation *operation);

operation_recorder operator_affine_forward, operator_affine_backward;
operation_recorder operator_unary_forward, operator_unary_backward; /* one input, no neighbours */
operation_recorder operator_prelu_forward, operator_prelu_backward;
operation_recorder operator_add_forward, operator_add_backward;
operation_recorder operator_multiply_forward, operator_multiply_backward;
operation_recorder operator_global_average_pool_forward, operator_global_average_pool_backward;
operation_recorder operator_concat_forward, operator_concat_backward;
operation_recorder operator_pad_forward, operator_pad_backward;
operation_recorder operator_layer_norm_forward, operator_layer_norm_backward;
operation_recorder operator_instance_norm_forward, operator_instance_norm_backward;
operation_recorder operator_rearrange_forward, operator_rearrange_backward;
operation_recorder operator_resample_forward, operator_resample_backward;
operation_recorder operator_max_pool_forward, operator_max_pool_backward;
operation_recorder operator_average_pool_forward, operator_average_pool_backward;
operation_recorder operator_lrn_forward, operator_lrn_backward;
operation_recorder operator_softmax_forward, operator_softmax_backward;
operation_bytes operator_max_pool_saved_bytes;

#endif
