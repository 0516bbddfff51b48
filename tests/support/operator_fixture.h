/* Runs one operator, other than a convolution, forward and backward on the device, and holds it
 * against plain formulas in double precision: forward directly, backward against central
 * differences of those formulas. Tensors are runs of channels in the middle of wider buffers full
 * of junk, which must be unchanged afterwards. */
#ifndef TESTS_SUPPORT_OPERATOR_FIXTURE_H
#define TESTS_SUPPORT_OPERATOR_FIXTURE_H

#include "engine/operators/operator.h"

enum { CASE_INPUTS_MAX = 4 };

/* A dense array [height][width][channels]. */
struct array {
	int height, width, channels;
	double *values;
};

size_t array_count(const struct array *array);
double *array_at(const struct array *array, int y, int x, int channel);

struct operation_case {
	struct graph_node node; /* stride and dilation 0 stand for 1, clamp 0..0 for none */
	struct array inputs[CASE_INPUTS_MAX], output; /* shapes; values are not used */
	int input_count;
	bool picture;                   /* inputs[0] has the pixel stride of the network's input */
	bool in_place[CASE_INPUTS_MAX]; /* concat: this input lies in the output already */
	float reach;                    /* values lie in -reach..reach; 0 stands for 2 */
};

/* The formula of an operator: output from inputs. A clamp that is fused into another operator's
 * store is applied forward; backward, whoever writes the output's gradient has seen to it. */
typedef void reference_function(const struct graph_node *node, const struct array *inputs,
                                int input_count, struct array *output);

/* Fails the running test where the operator is wrong, with 16, 8 and 4 lanes, with and without
 * accumulating and masks. */
void operation_check(const struct operation_case *shape, reference_function *reference);

#endif
