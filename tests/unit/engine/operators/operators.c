/* Operators other than convolutions, against their formulas. */
#include <float.h>
#include <math.h>
#include <stddef.h>

#include "tests/support/operator_fixture.h"
#include "tests/support/test.h"

/* ---- formulas ---- */

static double clamped(double value, struct clamp clamp)
{
	return fmin(fmax(value, clamp.low), clamp.high);
}

static double unary_value(const struct graph_node *node, double x)
{
	switch (node->kind) {
	case OPERATOR_CLAMP:
		return clamped(x, node->clamp);
	case OPERATOR_LEAKY_RELU:
		return x < 0 ? (double)node->alpha * x : x;
	case OPERATOR_SIGMOID:
		return 1 / (1 + exp(-x));
	case OPERATOR_HARD_SIGMOID:
		return fmin(fmax((double)node->alpha * x + (double)node->beta, 0), 1);
	default:
		return x * fmin(fmax(x / 6 + 0.5, 0), 1);
	}
}

static void unary(const struct graph_node *node, const struct array *inputs, int input_count,
                  struct array *output)
{
	(void)input_count;
	for (size_t i = 0; i < array_count(output); i++)
		output->values[i] = unary_value(node, inputs[0].values[i]);
}

static void affine(const struct graph_node *node, const struct array *inputs, int input_count,
                   struct array *output)
{
	(void)input_count;
	for (size_t i = 0; i < array_count(output); i++) {
		size_t c = i % (size_t)output->channels;
		output->values[i] = clamped(inputs[0].values[i] * (double)node->scale[c] +
		                                    (double)node->shift[c],
		                            node->clamp);
	}
}

static void sum(const struct graph_node *node, const struct array *inputs, int input_count,
                struct array *output)
{
	for (size_t i = 0; i < array_count(output); i++) {
		double value = 0;
		for (int k = 0; k < input_count; k++)
			value += inputs[k].values[i];
		output->values[i] = clamped(value, node->clamp);
	}
}

static void product(const struct graph_node *node, const struct array *inputs, int input_count,
                    struct array *output)
{
	bool pixel = inputs[1].height * inputs[1].width == 1;

	(void)node;
	(void)input_count;
	for (size_t i = 0; i < array_count(output); i++)
		output->values[i] = inputs[0].values[i] *
		                    inputs[1].values[pixel ? i % (size_t)output->channels : i];
}

static void concat(const struct graph_node *node, const struct array *inputs, int input_count,
                   struct array *output)
{
	int first = 0;

	(void)node;
	for (int k = 0; k < input_count; k++) {
		for (int y = 0; y < output->height; y++)
			for (int x = 0; x < output->width; x++)
				for (int c = 0; c < inputs[k].channels; c++)
					*array_at(output, y, x, first + c) =
						*array_at(&inputs[k], y, x, c);
		first += inputs[k].channels;
	}
}

static bool inside(const struct array *array, int y, int x)
{
	return y >= 0 && y < array->height && x >= 0 && x < array->width;
}

static double max_at(const struct window *window, const struct array *in, int y, int x, int c)
{
	double best = -DBL_MAX;

	for (int i = 0; i < window->height; i++)
		for (int k = 0; k < window->width; k++) {
			int from_y =
				y * window->stride_y - window->pad_top + i * window->dilation_y;
			int from_x =
				x * window->stride_x - window->pad_left + k * window->dilation_x;
			if (inside(in, from_y, from_x))
				best = fmax(best, *array_at(in, from_y, from_x, c));
		}
	return best;
}

static void max_pool(const struct graph_node *node, const struct array *inputs, int input_count,
                     struct array *output)
{
	(void)input_count;
	for (int y = 0; y < output->height; y++)
		for (int x = 0; x < output->width; x++)
			for (int c = 0; c < output->channels; c++)
				*array_at(output, y, x, c) =
					max_at(&node->window, &inputs[0], y, x, c);
}

static double average_at(const struct window *window, const struct array *in, int y, int x, int c)
{
	double total = 0;
	int count = 0;

	for (int i = 0; i < window->height; i++)
		for (int k = 0; k < window->width; k++) {
			int from_y =
				y * window->stride_y - window->pad_top + i * window->dilation_y;
			int from_x =
				x * window->stride_x - window->pad_left + k * window->dilation_x;
			bool hit = inside(in, from_y, from_x);
			/* Pads at the end of a window that hangs over were never there. */
			bool pad = from_y < in->height + window->pad_bottom &&
			           from_x < in->width + window->pad_right;
			if (hit)
				total += *array_at(in, from_y, from_x, c);
			count += hit || (window->count_include_pad && pad);
		}
	return total / count;
}

static void average_pool(const struct graph_node *node, const struct array *inputs, int input_count,
                         struct array *output)
{
	(void)input_count;
	for (int y = 0; y < output->height; y++)
		for (int x = 0; x < output->width; x++)
			for (int c = 0; c < output->channels; c++) {
				double value = average_at(&node->window, &inputs[0], y, x, c);
				value += node->bias ? (double)node->bias[c] : 0;
				*array_at(output, y, x, c) = clamped(value, node->clamp);
			}
}

static void global_average(const struct graph_node *node, const struct array *inputs,
                           int input_count, struct array *output)
{
	const struct array *in = &inputs[0];

	(void)node;
	(void)input_count;
	for (int c = 0; c < in->channels; c++) {
		double total = 0;
		for (int y = 0; y < in->height; y++)
			for (int x = 0; x < in->width; x++)
				total += *array_at(in, y, x, c);
		*array_at(output, 0, 0, c) = total / (in->height * in->width);
	}
}

/* Word for word the definition of ONNX LRN. */
static void lrn(const struct graph_node *node, const struct array *inputs, int input_count,
                struct array *output)
{
	int before = (int)floor((node->size - 1) / 2.0), after = (int)ceil((node->size - 1) / 2.0);

	(void)input_count;
	for (size_t i = 0; i < array_count(output); i++) {
		int c = (int)(i % (size_t)output->channels);
		const double *pixel = inputs[0].values + i - c;
		double squares = 0;
		for (int k = c - before; k <= c + after; k++)
			if (k >= 0 && k < output->channels)
				squares += pixel[k] * pixel[k];
		output->values[i] =
			pixel[c] /
			pow((double)node->constant + (double)node->alpha / node->size * squares,
		            (double)node->beta);
	}
}

static void pad(const struct graph_node *node, const struct array *inputs, int input_count,
                struct array *output)
{
	(void)input_count;
	for (int y = 0; y < output->height; y++)
		for (int x = 0; x < output->width; x++)
			for (int c = 0; c < output->channels; c++) {
				int from_y = y - node->window.pad_top;
				int from_x = x - node->window.pad_left;
				*array_at(output, y, x, c) =
					inside(&inputs[0], from_y, from_x)
						? *array_at(&inputs[0], from_y, from_x, c)
						: (double)node->constant;
			}
}

static void softmax(const struct graph_node *node, const struct array *inputs, int input_count,
                    struct array *output)
{
	(void)node;
	(void)input_count;
	for (size_t i = 0; i < array_count(output); i += (size_t)output->channels) {
		double total = 0;
		for (int c = 0; c < output->channels; c++)
			total += exp(inputs[0].values[i + c]);
		for (int c = 0; c < output->channels; c++)
			output->values[i + c] = exp(inputs[0].values[i + c]) / total;
	}
}

/* ---- cases ---- */

static const float table[40] = {0.3f,  -1.2f, 2,     0.7f,  -0.4f, 1.1f, 0.2f,  -2.1f, 0.9f, 1.4f,
                                -0.6f, 0.5f,  1.7f,  -1.5f, 0.8f,  0.1f, 1.9f,  -0.2f, 0.6f, -1.1f,
                                1.3f,  0.4f,  -0.9f, 2.2f,  -0.3f, 1.6f, 0.05f, -1.8f, 1.2f, 0.35f};

static const struct array shapes[] = {{3, 5, 20, NULL}, {1, 1, 7, NULL}, {4, 1, 33, NULL}};
enum { SHAPES = sizeof(shapes) / sizeof(shapes[0]) };

/* One input and an output of its size, for every shape. */
static void check_same_size(struct graph_node node, reference_function *reference)
{
	for (int i = 0; i < SHAPES; i++) {
		struct operation_case shape = {
			.node = node, .inputs = {shapes[i]}, .output = shapes[i], .input_count = 1};
		operation_check(&shape, reference);
	}
}

TEST(affine_is_right)
{
	struct graph_node node = {.kind = OPERATOR_AFFINE, .scale = table, .shift = table + 3};
	check_same_size(node, affine);
	node.clamp = (struct clamp){0, 1.5f};
	check_same_size(node, affine);
}

TEST(affine_of_the_picture_is_right)
{
	struct operation_case shape = {
		.node = {.kind = OPERATOR_AFFINE, .scale = table, .shift = table + 3},
		.inputs = {{5, 3, 3, NULL}},
		.output = {5, 3, 3, NULL},
		.input_count = 1,
		.picture = true};
	operation_check(&shape, affine);
}

TEST(clamp_is_right)
{
	struct graph_node relu = {.kind = OPERATOR_CLAMP, .clamp = {0, FLT_MAX}};
	struct graph_node both = {.kind = OPERATOR_CLAMP, .clamp = {-0.7f, 1.1f}};
	check_same_size(relu, unary);
	check_same_size(both, unary);
}

TEST(leaky_relu_is_right)
{
	struct graph_node node = {.kind = OPERATOR_LEAKY_RELU, .alpha = 0.1f};
	struct graph_node negative = {.kind = OPERATOR_LEAKY_RELU, .alpha = -0.5f};
	check_same_size(node, unary);
	check_same_size(negative, unary);
}

TEST(sigmoids_are_right)
{
	struct graph_node sigmoid = {.kind = OPERATOR_SIGMOID};
	struct graph_node hard = {.kind = OPERATOR_HARD_SIGMOID, .alpha = 0.4f, .beta = 0.45f};
	check_same_size(sigmoid, unary);
	check_same_size(hard, unary);
}

TEST(hard_swish_is_right)
{
	struct operation_case shape = {.node = {.kind = OPERATOR_HARD_SWISH},
	                               .inputs = {shapes[0]},
	                               .output = shapes[0],
	                               .input_count = 1,
	                               .reach = 5};
	operation_check(&shape, unary);
}

TEST(softmax_is_right)
{
	struct graph_node node = {.kind = OPERATOR_SOFTMAX};
	check_same_size(node, softmax);
}

TEST(lrn_is_right)
{
	struct graph_node node = {
		.kind = OPERATOR_LRN, .alpha = 0.9f, .beta = 0.75f, .constant = 1, .size = 5};
	check_same_size(node, lrn);
	node.size = 4;
	node.constant = 2;
	check_same_size(node, lrn);
	node.beta = 0.6f;
	check_same_size(node, lrn);
	node.size = 35;
	check_same_size(node, lrn);
	node.size = 1;
	check_same_size(node, lrn);
}

/* More than a work-item does at once, and some more. */
TEST(local_response_normalisation_of_many_pixels_is_right)
{
	struct operation_case shape = {.node = {.kind = OPERATOR_LRN,
	                                        .alpha = 0.9f,
	                                        .beta = 0.75f,
	                                        .constant = 1,
	                                        .size = 3},
	                               .inputs = {{17, 15, 3, NULL}},
	                               .output = {17, 15, 3, NULL},
	                               .input_count = 1};
	operation_check(&shape, lrn);
}

TEST(add_is_right)
{
	struct operation_case shape = {.node = {.kind = OPERATOR_ADD},
	                               .inputs = {shapes[0], shapes[0], shapes[0], shapes[0]},
	                               .output = shapes[0]};
	for (shape.input_count = 2; shape.input_count <= 4; shape.input_count++)
		operation_check(&shape, sum);
	shape.input_count = 3;
	shape.node.clamp = (struct clamp){0, 6};
	operation_check(&shape, sum);
}

TEST(multiply_is_right)
{
	struct operation_case shape = {.node = {.kind = OPERATOR_MULTIPLY}, .input_count = 2};
	for (int i = 0; i < SHAPES; i++) {
		shape.inputs[0] = shape.inputs[1] = shape.output = shapes[i];
		operation_check(&shape, product);
		shape.inputs[1].height = shape.inputs[1].width = 1;
		operation_check(&shape, product);
	}
}

TEST(concat_copies_any_channels)
{
	struct operation_case shape = {
		.node = {.kind = OPERATOR_CONCAT},
		.inputs = {{3, 2, 5, NULL}, {3, 2, 16, NULL}, {3, 2, 27, NULL}, {3, 2, 1, NULL}},
		.output = {3, 2, 49, NULL},
		.input_count = 4};
	operation_check(&shape, concat);
}

TEST(concat_leaves_what_lies_in_place)
{
	struct operation_case shape = {
		.node = {.kind = OPERATOR_CONCAT},
		.inputs = {{3, 2, 16, NULL}, {3, 2, 32, NULL}, {3, 2, 20, NULL}},
		.output = {3, 2, 68, NULL},
		.input_count = 3,
		.in_place = {1, 0, 1}};
	operation_check(&shape, concat);
}

TEST(global_average_pool_is_right)
{
	for (int i = 0; i < SHAPES; i++) {
		struct operation_case shape = {.node = {.kind = OPERATOR_GLOBAL_AVERAGE_POOL},
		                               .inputs = {shapes[i]},
		                               .output = {1, 1, shapes[i].channels, NULL},
		                               .input_count = 1};
		operation_check(&shape, global_average);
	}
}

TEST(pad_is_right)
{
	struct operation_case shape = {
		.node = {.kind = OPERATOR_PAD,
	                 .constant = 0.5f,
	                 .window = {.pad_top = 2, .pad_left = 1, .pad_bottom = 0, .pad_right = 3}},
		.inputs = {{3, 4, 20, NULL}},
		.output = {5, 8, 20, NULL},
		.input_count = 1};
	operation_check(&shape, pad);
	shape.node.window = (struct window){.pad_top = -1, .pad_left = 1, .pad_right = -2};
	shape.output = (struct array){2, 3, 20, NULL};
	operation_check(&shape, pad);
}

/* A window, the input's size and the output's that follows from it by hand. */
struct pool_case {
	struct window window;
	int height, width, channels, out_height, out_width;
};

static const struct pool_case pools[] = {
	{{.height = 3, .width = 3, .stride_y = 2, .stride_x = 2}, 7, 9, 20, 3, 4},
	{{.height = 3, .width = 3, .stride_y = 2, .stride_x = 2, .ceil_mode = true}, 6, 8, 5, 3, 4},
	{{.height = 3, .width = 3, .pad_top = 1, .pad_left = 1, .pad_bottom = 1, .pad_right = 1},
         4,
         5,
         33,
         4,
         5},
	{{.height = 2, .width = 3, .stride_y = 3, .stride_x = 1, .pad_bottom = 1, .pad_left = 2},
         4,
         4,
         16,
         2,
         4},
	{{.height = 2, .width = 2, .dilation_y = 2, .dilation_x = 3, .pad_top = 1}, 5, 6, 7, 4, 3},
	{{.height = 1, .width = 1}, 1, 1, 3, 1, 1},
	{{.height = 3,
          .width = 3,
          .stride_y = 2,
          .stride_x = 2,
          .pad_top = 1,
          .pad_left = 1,
          .pad_bottom = 1,
          .pad_right = 1,
          .ceil_mode = true},
         4,
         6,
         4,
         3,
         4},
};
enum { POOLS = sizeof(pools) / sizeof(pools[0]) };

static struct operation_case pool_operation(const struct pool_case *pool, enum operator_kind kind)
{
	return (struct operation_case){
		.node = {.kind = kind, .window = pool->window},
		.inputs = {{pool->height, pool->width, pool->channels, NULL}},
		.output = {pool->out_height, pool->out_width, pool->channels, NULL},
		.input_count = 1};
}

TEST(max_pool_is_right)
{
	for (int i = 0; i < POOLS; i++) {
		struct operation_case shape = pool_operation(&pools[i], OPERATOR_MAX_POOL);
		operation_check(&shape, max_pool);
	}
}

/* More taps than a byte can number. */
TEST(max_pool_of_a_large_window_is_right)
{
	static const struct pool_case large = {
		{.height = 17, .width = 18, .stride_x = 2}, 18, 20, 3, 2, 2};
	struct operation_case shape = pool_operation(&large, OPERATOR_MAX_POOL);
	operation_check(&shape, max_pool);
}

TEST(average_pool_is_right)
{
	for (int i = 0; i < POOLS; i++) {
		struct operation_case shape = pool_operation(&pools[i], OPERATOR_AVERAGE_POOL);
		operation_check(&shape, average_pool);
		shape.node.window.count_include_pad = true;
		operation_check(&shape, average_pool);
		shape.node.bias = table;
		shape.node.clamp = (struct clamp){-0.2f, 1};
		if (shape.output.channels <= 20)
			operation_check(&shape, average_pool);
	}
}
