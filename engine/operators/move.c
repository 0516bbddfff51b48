/* Operators that take values from other channels, pixels, rows and columns:
 * shaders/operators/move.cl. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/graph/shape.h"
#include "engine/operators/kinds.h"

/* The last arguments of every kernel here: over which pixels of the output it goes... */
static void record_forward(struct launch_recorder *recorder, const struct operation *operation)
{
	const struct slice *out = &operation->outputs[0].activation;

	record_int(recorder, out->width);
	record_int(recorder, out->channels);
	record_int(recorder, slice_pixels(out));
	operator_record_over_pixels(recorder, out, operator_lanes(recorder, operation));
}

/* ...or of the input, and where its gradient goes. */
static void record_backward(struct launch_recorder *recorder, const struct operation *operation)
{
	const struct operand *input = &operation->inputs[0];

	record_int(recorder, input->gradient.width);
	record_int(recorder, input->gradient.channels);
	record_int(recorder, slice_pixels(&input->gradient));
	operator_record_destination(recorder, input);
	operator_record_over_pixels(recorder, &input->gradient,
	                            operator_lanes(recorder, operation));
}

/* ---- rearranging ---- */

/* Twins of the constants in move.cl. */
enum gather {
	GATHER_RUN,
	GATHER_SHUFFLE,
	GATHER_SPREAD,
	GATHER_SPREAD_CRD,
	GATHER_COLLECT,
	GATHER_COLLECT_CRD,
	GATHER_WIDEN,
	GATHER_NARROW,
};

struct gathering {
	enum gather kind;
	int number;
};

/* What is gathered from the input forward, and from the output's gradient backward. */
static struct gathering gathering_of(const struct operation *operation, bool backward)
{
	const struct rearrangement *how = &operation->node->rearrangement;
	int number = how->number, channels = operation->inputs[0].activation.channels;

	switch (how->kind) {
	case REARRANGE_SHUFFLE:
		return (struct gathering){GATHER_SHUFFLE, backward ? channels / number : number};
	case REARRANGE_TO_SPACE:
		return (struct gathering){backward ? GATHER_COLLECT : GATHER_SPREAD, number};
	case REARRANGE_TO_SPACE_CRD:
		return (struct gathering){backward ? GATHER_COLLECT_CRD : GATHER_SPREAD_CRD,
		                          number};
	case REARRANGE_TO_DEPTH:
		return (struct gathering){backward ? GATHER_SPREAD : GATHER_COLLECT, number};
	case REARRANGE_TO_DEPTH_CRD:
		return (struct gathering){backward ? GATHER_SPREAD_CRD : GATHER_COLLECT_CRD,
		                          number};
	case REARRANGE_WIDEN:
		return (struct gathering){backward ? GATHER_NARROW : GATHER_WIDEN, number};
	case REARRANGE_NARROW:
		return (struct gathering){backward ? GATHER_WIDEN : GATHER_NARROW, number};
	default:
		return (struct gathering){GATHER_RUN, backward ? -number : number};
	}
}

static void record_source(struct launch_recorder *recorder, const struct operation *operation,
                          const struct gathering *gathering, const struct slice *source,
                          const char *kernel)
{
	char options[32];

	snprintf(options, sizeof(options), "-DGATHER=%d", gathering->kind);
	operator_record(recorder, operation, "operators/move", options, kernel);
	record_slice(recorder, source);
	record_int(recorder, source->channels);
	record_int(recorder, source->width);
}

void operator_rearrange_forward(struct launch_recorder *recorder, const struct operation *operation)
{
	struct gathering gathering = gathering_of(operation, false);

	record_source(recorder, operation, &gathering, &operation->inputs[0].activation,
	              "rearrange_forward");
	record_slice(recorder, &operation->outputs[0].activation);
	record_int(recorder, gathering.number);
	record_forward(recorder, operation);
}

void operator_rearrange_backward(struct launch_recorder *recorder,
                                 const struct operation *operation)
{
	struct gathering gathering = gathering_of(operation, true);

	if (!operation->inputs[0].wants_gradient)
		return;
	record_source(recorder, operation, &gathering, &operation->outputs[0].gradient,
	              "rearrange_backward");
	record_int(recorder, gathering.number);
	record_backward(recorder, operation);
}

/* ---- weighted sums of rows and columns ---- */

enum { TERMS_MAX = 4 };

/* One axis: output number i is the sum of the inputs places[i][..] times weights[i][..]. */
struct sampling {
	const struct resampling *how;
	int pad, input, output; /* input, output: pixels */
	float scale;
	const struct cut *cut;
};

struct terms {
	int places[TERMS_MAX];
	float weights[TERMS_MAX];
	int count;
};

static int limited(int place, int count)
{
	return place < 0 ? 0 : place >= count ? count - 1 : place;
}

static int reflected(int place, int count)
{
	if (place < 0)
		place = -place;
	return place >= count ? 2 * (count - 1) - place : place;
}

/* Where in the input output number i lies. Corners are those of the exact size of the output,
 * before it is rounded down to whole pixels, as the ONNX project's own implementation has them. */
static double position_of(const struct sampling *axis, int i)
{
	double scale = (double)axis->scale;

	if (axis->how->rounds)
		scale = (double)axis->output / axis->input;
	switch (axis->how->coordinates) {
	case COORDINATES_ASYMMETRIC:
		return i / scale;
	case COORDINATES_ALIGN_CORNERS:
		return axis->output > 1 ? i * (axis->input - 1) / (scale * axis->input - 1) : 0;
	case COORDINATES_PYTORCH_HALF_PIXEL:
		if (axis->output == 1)
			return 0;
		break;
	case COORDINATES_UNSHIFTED_HALF_PIXEL:
		return (i + 0.5) / scale;
	default:
		break;
	}
	return (i + 0.5) / scale - 0.5;
}

static int nearest_of(const struct resampling *how, double position)
{
	switch (how->nearest) {
	case NEAREST_FLOOR:
		return (int)floor(position);
	case NEAREST_CEIL:
		return (int)ceil(position);
	case NEAREST_PREFER_CEIL:
		return (int)floor(position + 0.5);
	default:
		return (int)ceil(position - 0.5);
	}
}

static struct terms linear_terms(const struct sampling *axis, double position)
{
	double below = floor(position), part = position - below;
	struct terms terms = {
		{limited((int)below, axis->input), limited((int)below + 1, axis->input)},
		{(float)(1 - part), (float)part},
		2};
	return terms;
}

/* The weight of what lies so far away. */
static double keys_weight(double a, double away)
{
	away = fabs(away);
	if (away <= 1)
		return ((a + 2) * away - (a + 3)) * away * away + 1;
	return away < 2 ? a * (((away - 5) * away + 8) * away - 4) : 0;
}

static struct terms cubic_terms(const struct sampling *axis, double position)
{
	struct terms terms = {.count = 4};
	int first = (int)floor(position) - 1;
	double weights[4], sum = 0;
	for (int i = 0; i < 4; i++) {
		bool inside = first + i >= 0 && first + i < axis->input;
		terms.places[i] = limited(first + i, axis->input);
		weights[i] = keys_weight((double)axis->how->sharpness, position - (first + i));
		if (!inside && axis->how->excludes_outside)
			weights[i] = 0;
		sum += weights[i];
	}
	for (int i = 0; i < 4; i++)
		terms.weights[i] =
			(float)(axis->how->excludes_outside ? weights[i] / sum : weights[i]);
	return terms;
}

static struct terms terms_of(const struct sampling *axis, int i)
{
	struct terms one = {{0}, {1}, 1};
	struct cut cut = *axis->cut;
	int stride;

	switch (axis->how->kind) {
	case RESAMPLE_REFLECT:
		one.places[0] = reflected(i - axis->pad, axis->input);
		return one;
	case RESAMPLE_EDGE:
		one.places[0] = limited(i - axis->pad, axis->input);
		return one;
	case RESAMPLE_BLANK:
		one.places[0] = i - axis->pad;
		one.count = one.places[0] >= 0 && one.places[0] < axis->input;
		return one;
	case RESAMPLE_ZEROS:
		stride = (int)axis->scale;
		one.places[0] = i / stride;
		one.count = i % stride == 0;
		return one;
	case RESAMPLE_CUT:
		graph_cut_clip(&cut, axis->input);
		one.places[0] = (int)(cut.start + i * cut.step);
		return one;
	case RESAMPLE_CUBIC:
		return cubic_terms(axis, position_of(axis, i));
	case RESAMPLE_NEAREST:
		one.places[0] = limited(nearest_of(axis->how, position_of(axis, i)), axis->input);
		return one;
	default:
		return linear_terms(axis, position_of(axis, i));
	}
}

/* The tables of one axis as a kernel reads them; backward, by input, what forward is by output. */
struct tables {
	int *start, *place;
	float *weight;
	int *used; /* of each row, how many terms have been entered */
};

static bool tables_allocate(struct tables *tables, int rows, int outputs)
{
	tables->start = calloc((size_t)rows + 1, sizeof(*tables->start));
	tables->used = calloc((size_t)rows, sizeof(*tables->used));
	tables->place = calloc((size_t)outputs * TERMS_MAX, sizeof(*tables->place));
	tables->weight = calloc((size_t)outputs * TERMS_MAX, sizeof(*tables->weight));
	return tables->start && tables->used && tables->place && tables->weight;
}

static void tables_release(struct tables *tables)
{
	free(tables->start);
	free(tables->used);
	free(tables->place);
	free(tables->weight);
}

static void tables_fill(struct tables *tables, const struct sampling *axis, bool backward)
{
	int rows = backward ? axis->input : axis->output;

	for (int i = 0; i < axis->output; i++) {
		struct terms terms = terms_of(axis, i);
		for (int k = 0; k < terms.count; k++)
			tables->start[1 + (backward ? terms.places[k] : i)]++;
	}
	for (int row = 0; row < rows; row++)
		tables->start[row + 1] += tables->start[row];
	for (int i = 0; i < axis->output; i++) {
		struct terms terms = terms_of(axis, i);
		for (int k = 0; k < terms.count; k++) {
			int row = backward ? terms.places[k] : i;
			int at = tables->start[row] + tables->used[row]++;
			tables->place[at] = backward ? i : terms.places[k];
			tables->weight[at] = terms.weights[k];
		}
	}
}

static void record_axis(struct launch_recorder *recorder, const struct sampling *axis,
                        bool backward)
{
	struct tables tables = {NULL, NULL, NULL, NULL};
	int rows = backward ? axis->input : axis->output;
	size_t terms = (size_t)axis->output * TERMS_MAX;

	if (!tables_allocate(&tables, rows, axis->output)) {
		record_fail(recorder, RV_MEMORY, "out of memory");
	} else {
		tables_fill(&tables, axis, backward);
		record_buffer(recorder,
		              record_own_buffer(recorder,
		                                ((size_t)rows + 1) * sizeof(*tables.start),
		                                tables.start));
		record_buffer(recorder, record_own_buffer(recorder, terms * sizeof(*tables.place),
		                                          tables.place));
		record_buffer(recorder, record_own_buffer(recorder, terms * sizeof(*tables.weight),
		                                          tables.weight));
	}
	tables_release(&tables);
}

static void record_sampling(struct launch_recorder *recorder, const struct operation *operation,
                            const struct slice *in, const struct slice *out, bool backward)
{
	const struct graph_node *node = operation->node;
	const struct slice *source = backward ? out : in;
	struct sampling rows = {
		&node->resampling, node->window.pad_top,     in->height,
		out->height,       node->resampling.scale_y, &node->resampling.cut_y};
	struct sampling columns = {
		&node->resampling, node->window.pad_left,    in->width,
		out->width,        node->resampling.scale_x, &node->resampling.cut_x};

	operator_record(recorder, operation, "operators/move", NULL,
	                backward ? "resample_backward" : "resample_forward");
	record_slice(recorder, source);
	record_int(recorder, source->width);
	record_axis(recorder, &rows, backward);
	record_axis(recorder, &columns, backward);
}

void operator_resample_forward(struct launch_recorder *recorder, const struct operation *operation)
{
	const struct slice *out = &operation->outputs[0].activation;

	record_sampling(recorder, operation, &operation->inputs[0].activation, out, false);
	record_slice(recorder, out);
	record_forward(recorder, operation);
}

void operator_resample_backward(struct launch_recorder *recorder, const struct operation *operation)
{
	const struct operand *input = &operation->inputs[0];

	if (!input->wants_gradient)
		return;
	record_sampling(recorder, operation, &input->gradient, &operation->outputs[0].gradient,
	                true);
	record_backward(recorder, operation);
}
