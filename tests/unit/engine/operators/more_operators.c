/* Operators of newer networks, against their formulas: activations, norms, and what moves values.
 */
#include <math.h>
#include <stddef.h>

#include "tests/support/operator_fixture.h"
#include "tests/support/test.h"

/* ---- formulas ---- */

static double activation(const struct graph_node *node, double x, size_t channel)
{
	switch (node->kind) {
	case OPERATOR_ELU:
		return x < 0 ? (double)node->alpha * expm1(x) : x;
	case OPERATOR_TANH:
		return tanh(x);
	case OPERATOR_SOFTPLUS:
		return log(1 + exp(x));
	case OPERATOR_ERF:
		return erf(x);
	case OPERATOR_GELU:
		return x / 2 * erfc(-x / sqrt(2));
	case OPERATOR_GELU_TANH:
		return x / 2 * (1 + tanh(sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
	case OPERATOR_PRELU:
		return x < 0 ? x * (double)node->scale[channel] : x;
	default:
		return pow(x, (double)node->alpha);
	}
}

static void activations(const struct graph_node *node, const struct array *inputs, int input_count,
                        struct array *output)
{
	(void)input_count;
	for (size_t i = 0; i < array_count(output); i++)
		output->values[i] =
			activation(node, inputs[0].values[i], i % (size_t)output->channels);
}

/* Sums x and its squares over every step-th of count values. */
static void moments(const double *values, size_t count, size_t step, double *mean, double *variance)
{
	double sum = 0, squares = 0;
	for (size_t i = 0; i < count; i++)
		sum += values[i * step];
	*mean = sum / (double)count;
	for (size_t i = 0; i < count; i++)
		squares += pow(values[i * step] - *mean, 2);
	*variance = squares / (double)count;
}

static void norm(const struct graph_node *node, const struct array *inputs, int input_count,
                 struct array *output)
{
	size_t channels = (size_t)output->channels;
	size_t pixels = array_count(output) / channels;
	bool over_channels = node->kind == OPERATOR_LAYER_NORM;
	double mean, variance;
	(void)input_count;
	for (size_t i = 0; i < array_count(output); i++) {
		size_t c = i % channels;
		const double *values = inputs[0].values;
		if (over_channels)
			moments(values + i - c, channels, 1, &mean, &variance);
		else
			moments(values + c, pixels, channels, &mean, &variance);
		output->values[i] = (values[i] - mean) / sqrt(variance + (double)node->constant) *
		                            (double)node->scale[c] +
		                    (double)node->shift[c];
	}
}

static double moved(const struct rearrangement *how, const struct array *in,
                    const struct array *out, int y, int x, int c)
{
	int n = how->number, place = y % n * n + x % n, parts = in->channels;
	switch (how->kind) {
	case REARRANGE_SLICE:
		return *array_at(in, y, x, c + n);
	case REARRANGE_SHUFFLE:
		return *array_at(in, y, x, c % n * (parts / n) + c / n);
	case REARRANGE_TO_SPACE:
		return *array_at(in, y / n, x / n, place * out->channels + c);
	case REARRANGE_TO_SPACE_CRD:
		return *array_at(in, y / n, x / n, c * n * n + place);
	case REARRANGE_WIDEN:
		return *array_at(in, y, x / n, c * n + x % n);
	case REARRANGE_NARROW:
		return *array_at(in, y, x * n + c % n, c / n);
	case REARRANGE_TO_DEPTH:
		return *array_at(in, y * n + c / parts / n, x * n + c / parts % n, c % parts);
	default:
		return *array_at(in, y * n + c % (n * n) / n, x * n + c % n, c / (n * n));
	}
}

static void rearrange(const struct graph_node *node, const struct array *inputs, int input_count,
                      struct array *output)
{
	(void)input_count;
	for (int y = 0; y < output->height; y++)
		for (int x = 0; x < output->width; x++)
			for (int c = 0; c < output->channels; c++)
				*array_at(output, y, x, c) =
					moved(&node->rearrangement, &inputs[0], output, y, x, c);
}

static int within(int place, int count)
{
	return place < 0 ? 0 : place >= count ? count - 1 : place;
}

static double at_place(const struct array *in, double y, double x, int c)
{
	double sum = 0, part_y = y - floor(y), part_x = x - floor(x);
	for (int i = 0; i < 4; i++) {
		int from_y = within((int)floor(y) + i / 2, in->height);
		int from_x = within((int)floor(x) + i % 2, in->width);
		sum += (i / 2 ? part_y : 1 - part_y) * (i % 2 ? part_x : 1 - part_x) *
		       *array_at(in, from_y, from_x, c);
	}
	return sum;
}

/* Keys' weights of the four that are nearest, in the order of their places. */
static void cubic_weights(double a, double part, double weights[4])
{
	for (int i = 0; i < 4; i++) {
		double d = fabs(part + 1 - i);
		weights[i] = d <= 1 ? ((a + 2) * d - (a + 3)) * d * d + 1
		                    : a * d * d * d - 5 * a * d * d + 8 * a * d - 4 * a;
	}
}

static double cubic_at_place(const struct resampling *how, const struct array *in, double y,
                             double x, int c)
{
	double rows[4], columns[4], sum = 0, weights = 0;
	cubic_weights((double)how->sharpness, y - floor(y), rows);
	cubic_weights((double)how->sharpness, x - floor(x), columns);
	for (int i = 0; i < 16; i++) {
		int row = (int)floor(y) - 1 + i / 4, column = (int)floor(x) - 1 + i % 4;
		int from_y = within(row, in->height), from_x = within(column, in->width);
		if (how->excludes_outside && (from_y != row || from_x != column))
			continue;
		sum += rows[i / 4] * columns[i % 4] * *array_at(in, from_y, from_x, c);
		weights += rows[i / 4] * columns[i % 4];
	}
	return how->excludes_outside ? sum / weights : sum;
}

/* Half-pixel coordinates, and no pads beyond one reflection. */
static double sampled(const struct graph_node *node, const struct array *in, int y, int x, int c)
{
	const struct resampling *how = &node->resampling;
	int top = y - node->window.pad_top, left = x - node->window.pad_left;
	double from_y = (y + 0.5) / (double)how->scale_y - 0.5;
	double from_x = (x + 0.5) / (double)how->scale_x - 0.5;
	switch (how->kind) {
	case RESAMPLE_REFLECT:
		top = top < 0 ? -top : top >= in->height ? 2 * in->height - 2 - top : top;
		left = left < 0 ? -left : left >= in->width ? 2 * in->width - 2 - left : left;
		return *array_at(in, top, left, c);
	case RESAMPLE_EDGE:
		return *array_at(in, within(top, in->height), within(left, in->width), c);
	case RESAMPLE_BLANK:
		return top < 0 || left < 0 || top >= in->height || left >= in->width
		               ? 0
		               : *array_at(in, top, left, c);
	case RESAMPLE_ZEROS:
		return y % (int)how->scale_y || x % (int)how->scale_x
		               ? 0
		               : *array_at(in, y / (int)how->scale_y, x / (int)how->scale_x, c);
	case RESAMPLE_NEAREST:
		return *array_at(in, within((int)floor(from_y + 0.5), in->height),
		                 within((int)floor(from_x + 0.5), in->width), c);
	case RESAMPLE_CUT: /* from the third row on, every second column but the last; or from the
	                      last row but one up, and from the last column every second */
		return how->cut_y.step > 0
		               ? *array_at(in, y + 2, 2 * x, c)
		               : *array_at(in, in->height - 2 - y, in->width - 1 - 2 * x, c);
	case RESAMPLE_CUBIC:
		return cubic_at_place(how, in, from_y, from_x, c);
	default:
		return at_place(in, from_y, from_x, c);
	}
}

static void resample(const struct graph_node *node, const struct array *inputs, int input_count,
                     struct array *output)
{
	(void)input_count;
	for (int y = 0; y < output->height; y++)
		for (int x = 0; x < output->width; x++)
			for (int c = 0; c < output->channels; c++)
				*array_at(output, y, x, c) = sampled(node, &inputs[0], y, x, c);
}

static void most_of_all(const struct graph_node *node, const struct array *inputs, int input_count,
                        struct array *output)
{
	const struct array *in = &inputs[0];
	(void)node;
	(void)input_count;
	for (int c = 0; c < in->channels; c++) {
		double most = -INFINITY;
		for (int i = 0; i < in->height * in->width; i++)
			most = fmax(most, in->values[i * in->channels + c]);
		output->values[c] = most;
	}
}

/* ---- cases ---- */

static const float table[40] = {0.3f,  -1.2f, 2,     0.7f,  -0.4f, 1.1f, 0.2f,  -2.1f, 0.9f, 1.4f,
                                -0.6f, 0.5f,  1.7f,  -1.5f, 0.8f,  0.1f, 1.9f,  -0.2f, 0.6f, -1.1f,
                                1.3f,  0.4f,  -0.9f, 2.2f,  -0.3f, 1.6f, 0.05f, -1.8f, 1.2f, 0.35f};

static const struct array shapes[] = {{3, 5, 20, NULL}, {1, 1, 7, NULL}, {4, 1, 33, NULL}};
enum { SHAPES = sizeof(shapes) / sizeof(shapes[0]) };

static void check_same_size(struct graph_node node, reference_function *reference)
{
	for (int i = 0; i < SHAPES; i++) {
		struct operation_case shape = {
			.node = node, .inputs = {shapes[i]}, .output = shapes[i], .input_count = 1};
		operation_check(&shape, reference);
	}
}

TEST(activations_are_right)
{
	static const enum operator_kind kinds[] = {OPERATOR_ELU,       OPERATOR_TANH,
	                                           OPERATOR_ERF,       OPERATOR_GELU,
	                                           OPERATOR_GELU_TANH, OPERATOR_SOFTPLUS};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct graph_node node = {.kind = kinds[i], .alpha = 0.7f};
		check_same_size(node, activations);
	}
}

TEST(power_is_right)
{
	for (int exponent = 1; exponent <= 3; exponent++) {
		struct graph_node node = {.kind = OPERATOR_POWER, .alpha = (float)exponent};
		check_same_size(node, activations);
	}
}

TEST(prelu_is_right)
{
	struct graph_node node = {.kind = OPERATOR_PRELU, .scale = table};
	check_same_size(node, activations);
}

TEST(norms_are_right)
{
	struct graph_node node = {
		.kind = OPERATOR_LAYER_NORM, .scale = table, .shift = table + 3, .constant = 0.25f};
	check_same_size(node, norm);
	node.kind = OPERATOR_INSTANCE_NORM;
	check_same_size(node, norm);
}

static void check_rearranging(struct rearrangement how, struct array input, struct array output)
{
	struct operation_case shape = {.node = {.kind = OPERATOR_REARRANGE, .rearrangement = how},
	                               .inputs = {input},
	                               .output = output,
	                               .input_count = 1};
	operation_check(&shape, rearrange);
}

TEST(rearranging_is_right)
{
	struct array wide = {2, 3, 36, NULL}, large = {4, 6, 9, NULL};
	check_rearranging((struct rearrangement){REARRANGE_SLICE, 5}, wide,
	                  (struct array){2, 3, 20, NULL});
	check_rearranging((struct rearrangement){REARRANGE_SLICE, 16}, wide,
	                  (struct array){2, 3, 20, NULL});
	check_rearranging((struct rearrangement){REARRANGE_SHUFFLE, 3}, wide, wide);
	check_rearranging((struct rearrangement){REARRANGE_TO_SPACE, 2}, wide, large);
	check_rearranging((struct rearrangement){REARRANGE_TO_SPACE_CRD, 2}, wide, large);
	check_rearranging((struct rearrangement){REARRANGE_TO_DEPTH, 2}, large, wide);
	check_rearranging((struct rearrangement){REARRANGE_WIDEN, 3},
	                  (struct array){3, 4, 21, NULL}, (struct array){3, 12, 7, NULL});
	check_rearranging((struct rearrangement){REARRANGE_NARROW, 3},
	                  (struct array){3, 12, 7, NULL}, (struct array){3, 4, 21, NULL});
	check_rearranging((struct rearrangement){REARRANGE_TO_DEPTH_CRD, 2}, large, wide);
}

static void check_resampling(struct resampling how, struct window pads, struct array output)
{
	struct operation_case shape = {
		.node = {.kind = OPERATOR_RESAMPLE, .resampling = how, .window = pads},
		.inputs = {{4, 5, 7, NULL}},
		.output = output,
		.input_count = 1};
	output.channels = 7;
	shape.output = output;
	operation_check(&shape, resample);
}

TEST(resampling_is_right)
{
	struct window pads = {.pad_top = 3, .pad_left = 2, .pad_bottom = 1, .pad_right = 4};
	struct window none = {.pad_top = 0};
	struct resampling how = {.kind = RESAMPLE_REFLECT};
	check_resampling(how, pads, (struct array){8, 11, 7, NULL});
	how.kind = RESAMPLE_EDGE;
	check_resampling(how, pads, (struct array){8, 11, 7, NULL});
	struct window shifted = {.pad_top = -1, .pad_left = 2, .pad_bottom = 3, .pad_right = -1};
	how.kind = RESAMPLE_BLANK;
	check_resampling(how, pads, (struct array){8, 11, 7, NULL});
	check_resampling(how, shifted, (struct array){6, 6, 7, NULL});
	how = (struct resampling){.kind = RESAMPLE_ZEROS, .scale_y = 3, .scale_x = 2};
	check_resampling(how, none, (struct array){10, 9, 7, NULL});
	how = (struct resampling){.kind = RESAMPLE_LINEAR, .scale_y = 2, .scale_x = 1.5f};
	check_resampling(how, none, (struct array){8, 7, 7, NULL});
	how.scale_y = how.scale_x = 0.6f;
	check_resampling(how, none, (struct array){2, 3, 7, NULL});
	how = (struct resampling){
		.kind = RESAMPLE_CUT, .cut_y = {2, INT64_MAX, 1}, .cut_x = {0, -1, 2}};
	check_resampling(how, none, (struct array){2, 2, 7, NULL});
	how = (struct resampling){.kind = RESAMPLE_CUT,
	                          .cut_y = {-2, INT64_MIN, -1},
	                          .cut_x = {INT64_MAX, INT64_MIN, -2}};
	check_resampling(how, none, (struct array){3, 3, 7, NULL});
	how = (struct resampling){
		.kind = RESAMPLE_CUBIC, .sharpness = -0.75f, .scale_y = 2, .scale_x = 1.4f};
	check_resampling(how, none, (struct array){8, 7, 7, NULL});
	how.excludes_outside = true;
	check_resampling(how, none, (struct array){8, 7, 7, NULL});
	how = (struct resampling){.kind = RESAMPLE_NEAREST,
	                          .nearest = NEAREST_PREFER_CEIL,
	                          .scale_y = 2,
	                          .scale_x = 3};
	check_resampling(how, none, (struct array){8, 15, 7, NULL});
}

TEST(max_pool_of_all_pixels_is_right)
{
	for (int i = 0; i < SHAPES; i++) {
		struct operation_case shape = {
			.node = {.kind = OPERATOR_MAX_POOL, .window = {.whole = true}},
			.inputs = {shapes[i]},
			.output = {1, 1, shapes[i].channels, NULL},
			.input_count = 1};
		operation_check(&shape, most_of_all);
	}
}
