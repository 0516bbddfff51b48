#include "engine/convolution/problem.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/minmax.h"
#include "engine/base/rounding.h"

int problem_channel_run_width(const struct channel_run *run)
{
	return run->pixel_stride == INPUT_STRIDE ? run->channels
	                                         : round_up(run->channels, TENSOR_ALIGNMENT);
}

static struct channel_run run_of(const struct slice *slice)
{
	return (struct channel_run){slice->offset, slice->pixel_stride, slice->channels};
}

static struct extent extent_of(const struct slice *slice)
{
	return (struct extent){slice->height, slice->width};
}

/* What both directions have in common. The window is fitted to the forward input. */
static bool problem_begin(struct convolution_problem *problem, const struct operation *operation,
                          bool backward)
{
	const struct graph_node *node = operation->node;
	const struct slice *input = &operation->inputs[0].activation;
	const struct slice *output = &operation->outputs[0].activation;
	struct graph_window_fit fit = graph_window_fit(&node->window, extent_of(input));
	double filters = 0;

	memset(problem, 0, sizeof(*problem));
	problem->node = node;
	problem->backward = backward;
	problem->group = -1;
	problem->pad_top = fit.pad_top;
	problem->pad_left = fit.pad_left;
	problem->input_count = backward ? operation->output_count : 1;
	problem->output_count = backward ? 1 : operation->output_count;
	problem->inputs = calloc(problem->input_count, sizeof(*problem->inputs));
	problem->outputs = calloc(problem->output_count, sizeof(*problem->outputs));
	for (int i = 0; i < operation->output_count; i++)
		filters += node->parts[i].channels;
	problem->flop = 2.0 * output->height * output->width * filters * node->window.height *
	                node->window.width * input->channels / node->groups;
	return problem->inputs && problem->outputs;
}

static void problem_add_widths(struct convolution_problem *problem)
{
	problem->input_width = problem->output_width = 0;
	for (int i = 0; i < problem->input_count; i++)
		problem->input_width += problem_channel_run_width(&problem->inputs[i]);
	for (int i = 0; i < problem->output_count; i++)
		problem->output_width +=
			round_up(problem->outputs[i].run.channels, TENSOR_ALIGNMENT);
}

bool problem_forward(struct convolution_problem *problem, const struct operation *operation)
{
	const struct slice *input = &operation->inputs[0].activation;

	if (!problem_begin(problem, operation, false)) {
		problem_release(problem);
		return false;
	}
	problem->input = input->buffer;
	problem->input_size = extent_of(input);
	problem->inputs[0] = run_of(input);
	problem->output = problem->mask = operation->outputs[0].activation.buffer;
	problem->output_size = extent_of(&operation->outputs[0].activation);
	for (int i = 0; i < problem->output_count; i++) {
		const struct convolution_part *part = &operation->node->parts[i];
		problem->outputs[i].run = run_of(&operation->outputs[i].activation);
		problem->outputs[i].bias = part->bias;
		problem->outputs[i].clamp = part->clamp;
	}
	problem_add_widths(problem);
	return true;
}

bool problem_backward(struct convolution_problem *problem, const struct operation *operation)
{
	const struct operand *target = &operation->inputs[0];

	if (!problem_begin(problem, operation, true)) {
		problem_release(problem);
		return false;
	}
	problem->input = operation->outputs[0].gradient.buffer;
	problem->input_size = extent_of(&operation->outputs[0].gradient);
	for (int i = 0; i < problem->input_count; i++)
		problem->inputs[i] = run_of(&operation->outputs[i].gradient);
	problem->output = target->gradient.buffer;
	problem->mask = target->masked ? target->activation.buffer : target->gradient.buffer;
	problem->output_size = extent_of(&target->gradient);
	problem->outputs[0].run = run_of(&target->gradient);
	problem->outputs[0].mask = run_of(&target->activation);
	problem->outputs[0].accumulate = target->accumulate;
	problem->outputs[0].masked = target->masked;
	problem->outputs[0].clamp = target->clamp;
	problem_add_widths(problem);
	return true;
}

void problem_release(struct convolution_problem *problem)
{
	free(problem->inputs);
	free(problem->outputs);
	memset(problem, 0, sizeof(*problem));
}

bool problem_splits_into_groups(const struct convolution_problem *problem)
{
	int groups = problem->node->groups;
	return groups > 1 && problem->input_count == 1 && problem->output_count == 1 &&
	       problem->inputs[0].channels % (groups * TENSOR_ALIGNMENT) == 0 &&
	       problem->outputs[0].run.channels % (groups * TENSOR_ALIGNMENT) == 0;
}

static void narrow(struct channel_run *run, int groups, int group)
{
	run->channels /= groups;
	run->offset += group * run->channels;
}

bool problem_group(struct convolution_problem *one, const struct convolution_problem *all,
                   int group)
{
	int groups = all->node->groups;

	*one = *all;
	one->group = group;
	one->flop /= groups;
	one->inputs = malloc(sizeof(*one->inputs));
	one->outputs = malloc(sizeof(*one->outputs));
	if (!one->inputs || !one->outputs) {
		problem_release(one);
		return false;
	}
	one->inputs[0] = all->inputs[0];
	one->outputs[0] = all->outputs[0];
	narrow(&one->inputs[0], groups, group);
	narrow(&one->outputs[0].run, groups, group);
	narrow(&one->outputs[0].mask, groups, group);
	if (one->outputs[0].bias)
		one->outputs[0].bias += group * one->outputs[0].run.channels;
	problem_add_widths(one);
	return true;
}

bool problem_is_depthwise(const struct convolution_problem *problem)
{
	return problem->node->groups > 1 && problem->input_count == 1 &&
	       problem->output_count == 1 && problem->inputs[0].channels == problem->node->groups &&
	       problem->outputs[0].run.channels == problem->node->groups &&
	       !problem_reads_picture(problem) && !problem_writes_picture(problem);
}

rv_precision problem_precision(const struct convolution_problem *problem,
                               const struct device *device)
{
	return problem->backward ? device->precision.backward : device->precision.forward;
}

bool problem_stands_in(const struct convolution_problem *problem, const struct device *device)
{
	return problem_precision(problem, device) == RV_PRECISION_TF32 && !device->matrix_units;
}

bool problem_reads_picture(const struct convolution_problem *problem)
{
	return problem->inputs[0].pixel_stride == INPUT_STRIDE;
}

bool problem_writes_picture(const struct convolution_problem *problem)
{
	return problem->outputs[0].run.pixel_stride == INPUT_STRIDE;
}

double problem_rounds(const struct convolution_problem *problem, const struct device *device,
                      int pixels, int channels)
{
	const int units = device->info.compute_units ? (int)device->info.compute_units : 1;
	const int all = problem->output_size.height * problem->output_size.width;
	const double blocks =
		(double)divide_up(all, pixels) * divide_up(problem->output_width, channels);

	return blocks < units ? 1 : blocks / units;
}

/* ---- tables ---- */

/* The shift of the input position that tap number k of an axis means for outputs of this
 * remainder, in shift; false where such outputs never meet the tap. Backward, output o meets input
 * i where o = i * stride + k * dilation - pad. */
static bool tap_shift(bool backward, int k, int stride, int dilation, int pad, int remainder,
                      int *shift)
{
	int distance = k * dilation - pad;

	if (!backward) {
		*shift = distance;
		return true;
	}
	distance = remainder - distance;
	*shift = distance / stride;
	return distance % stride == 0;
}

static void add_taps(struct convolution_tables *tables, const struct convolution_problem *problem,
                     int dy, int dx, int tap)
{
	int row = tap * problem->input_width;

	for (int i = 0; i < problem->input_count; i++) {
		const struct channel_run *run = &problem->inputs[i];
		tables->taps[tables->tap_count++] = (struct convolution_tap){
			dy, dx, run->offset, run->pixel_stride, problem_channel_run_width(run),
			row};
		row += problem_channel_run_width(run);
	}
}

static void add_phase(struct convolution_tables *tables, const struct convolution_problem *problem,
                      int y, int x)
{
	const struct window *window = &problem->node->window;
	struct convolution_phase *phase = &tables->phases[tables->phase_count];
	int dy, dx;

	*phase = (struct convolution_phase){
		tables->tap_count,
		0,
		y,
		x,
		divide_up(problem->output_size.height - y, tables->output_stride_y),
		divide_up(problem->output_size.width - x, tables->output_stride_x)};
	for (int ky = 0; ky < window->height; ky++)
		for (int kx = 0; kx < window->width; kx++)
			if (tap_shift(problem->backward, ky, window->stride_y, window->dilation_y,
			              problem->pad_top, y, &dy) &&
			    tap_shift(problem->backward, kx, window->stride_x, window->dilation_x,
			              problem->pad_left, x, &dx))
				add_taps(tables, problem, dy, dx, ky * window->width + kx);
	phase->tap_count = tables->tap_count - phase->first_tap;
	if (tables->largest_phase < phase->height * phase->width)
		tables->largest_phase = phase->height * phase->width;
	tables->phase_count++;
}

static int compare_taps(const void *a, const void *b)
{
	const struct convolution_phase *one = a, *other = b;
	int difference = one->tap_count - other->tap_count;

	return difference ? difference : one->first_tap - other->first_tap;
}

/* Those with the fewest taps first: work-groups are dealt in the order of phases, and PoCL deals
 * half of what is left at a time, so that the first half must not be the harder one. */
static void sort_phases(struct convolution_tables *tables)
{
	qsort(tables->phases, tables->phase_count, sizeof(*tables->phases), compare_taps);
}

static int epilogue_flags(const struct convolution_problem *problem,
                          const struct convolution_output *output)
{
	int flags = EPILOGUE_WRITTEN;

	if (!problem->backward && (output->bias || !graph_clamp_is_none(output->clamp)))
		flags |= EPILOGUE_BIASED;
	if (output->accumulate)
		flags |= EPILOGUE_ACCUMULATED;
	if (output->masked)
		flags |= EPILOGUE_MASKED;
	return flags;
}

static void add_epilogues(struct convolution_tables *tables,
                          const struct convolution_problem *problem,
                          const struct convolution_output *output)
{
	int width = round_up(output->run.channels, TENSOR_ALIGNMENT);
	float *bias = tables->bias + (size_t)tables->epilogue_count * tables->lanes;

	if (output->bias)
		memcpy(bias, output->bias, output->run.channels * sizeof(*bias));
	for (int channel = 0; channel < width; channel += tables->lanes)
		tables->epilogues[tables->epilogue_count++] =
			(struct convolution_epilogue){output->run.offset + channel,
		                                      output->run.pixel_stride,
		                                      output->mask.offset + channel,
		                                      output->mask.pixel_stride,
		                                      epilogue_flags(problem, output),
		                                      output->clamp.low,
		                                      output->clamp.high,
		                                      0};
}

static int phase_rows(const struct convolution_tables *tables,
                      const struct convolution_problem *problem)
{
	return min_int(tables->output_stride_y, problem->output_size.height);
}

static int phase_columns(const struct convolution_tables *tables,
                         const struct convolution_problem *problem)
{
	return min_int(tables->output_stride_x, problem->output_size.width);
}

static bool allocate_tables(struct convolution_tables *tables,
                            const struct convolution_problem *problem, int epilogue_count)
{
	const struct window *window = &problem->node->window;
	size_t taps = (size_t)window->height * window->width * problem->input_count;
	size_t phases = (size_t)phase_rows(tables, problem) * phase_columns(tables, problem);

	tables->taps = calloc(taps, sizeof(*tables->taps));
	tables->phases = calloc(phases, sizeof(*tables->phases));
	tables->epilogues = calloc(epilogue_count, sizeof(*tables->epilogues));
	tables->bias = calloc((size_t)epilogue_count * tables->lanes, sizeof(*tables->bias));
	return tables->taps && tables->phases && tables->epilogues && tables->bias;
}

bool problem_tables_create(struct convolution_tables *tables,
                           const struct convolution_problem *problem, int lanes, int multiple)
{
	const struct window *window = &problem->node->window;
	int epilogue_count = round_up(problem->output_width / lanes, multiple);

	memset(tables, 0, sizeof(*tables));
	tables->lanes = lanes;
	tables->input_stride_y = problem->backward ? 1 : window->stride_y;
	tables->input_stride_x = problem->backward ? 1 : window->stride_x;
	tables->output_stride_y = problem->backward ? window->stride_y : 1;
	tables->output_stride_x = problem->backward ? window->stride_x : 1;
	if (!allocate_tables(tables, problem, epilogue_count)) {
		problem_tables_release(tables);
		return false;
	}
	for (int y = 0; y < phase_rows(tables, problem); y++)
		for (int x = 0; x < phase_columns(tables, problem); x++)
			add_phase(tables, problem, y, x);
	sort_phases(tables);
	for (int i = 0; i < problem->output_count; i++)
		add_epilogues(tables, problem, &problem->outputs[i]);
	tables->epilogue_count = epilogue_count;
	return true;
}

void problem_tables_release(struct convolution_tables *tables)
{
	free(tables->taps);
	free(tables->phases);
	free(tables->epilogues);
	free(tables->bias);
	memset(tables, 0, sizeof(*tables));
}

void problem_tap_order(const struct convolution_problem *problem,
                       const struct convolution_tables *tables, int numbers[TAP_ORDER_NUMBERS])
{
	numbers[0] = problem->pad_top % tables->output_stride_y;
	numbers[1] = problem->pad_left % tables->output_stride_x;
	numbers[2] = phase_rows(tables, problem);
	numbers[3] = phase_columns(tables, problem);
}

/* Input positions are at least 0, so that no sum with this overflows or comes near a picture. */
enum { OUTSIDE = -(1 << 30) };

static int quads_of_phase(const struct convolution_tables *tables,
                          const struct convolution_phase *phase, int multiple)
{
	int count = 0;

	for (int i = 0; i < phase->tap_count; i++)
		count += divide_up(tables->taps[phase->first_tap + i].channels, 4);
	return round_up(count ? count : 1, multiple);
}

/* Appends the quads of a tap to quads; returns how many. */
static int cut_tap(const struct convolution_tap *tap, struct convolution_tap *quads)
{
	int count = 0;

	for (int channel = 0; channel < tap->channels; channel += 4) {
		quads[count] = *tap;
		quads[count].offset += channel;
		quads[count].row += channel;
		quads[count++].channels = min_int(4, tap->channels - channel);
	}
	return count;
}

bool problem_tables_cut_taps(struct convolution_tables *tables, int multiple)
{
	struct convolution_tap *quads;
	int count = 0;

	for (int i = 0; i < tables->phase_count; i++)
		count += quads_of_phase(tables, &tables->phases[i], multiple);
	quads = malloc((size_t)count * sizeof(*quads));
	if (!quads)
		return false;
	count = 0;
	for (int i = 0; i < tables->phase_count; i++) {
		struct convolution_phase *phase = &tables->phases[i];
		int first = count, end = first + quads_of_phase(tables, phase, multiple);
		for (int k = 0; k < phase->tap_count; k++)
			count += cut_tap(&tables->taps[phase->first_tap + k], quads + count);
		while (count < end)
			quads[count++] = (struct convolution_tap){.dy = OUTSIDE, .dx = OUTSIDE};
		phase->first_tap = first;
		phase->tap_count = end - first;
	}
	free(tables->taps);
	tables->taps = quads;
	tables->tap_count = count;
	return true;
}

void problem_record_input(struct launch_recorder *recorder,
                          const struct convolution_problem *problem)
{
	record_buffer(recorder, problem->input);
	record_int(recorder, problem->input_size.height);
	record_int(recorder, problem->input_size.width);
}

static void record_table(struct launch_recorder *recorder, int count, size_t size, const void *data)
{
	record_buffer(recorder, record_own_buffer(recorder, count * size, count ? data : NULL));
}

void problem_record_taps(struct launch_recorder *recorder, const struct convolution_tables *tables)
{
	record_table(recorder, tables->tap_count, sizeof(*tables->taps), tables->taps);
}

void problem_record_phases(struct launch_recorder *recorder,
                           const struct convolution_tables *tables)
{
	record_table(recorder, tables->phase_count, sizeof(*tables->phases), tables->phases);
}

void problem_record_epilogues(struct launch_recorder *recorder,
                              const struct convolution_tables *tables)
{
	record_table(recorder, tables->epilogue_count, sizeof(*tables->epilogues),
	             tables->epilogues);
	record_table(recorder, tables->epilogue_count * tables->lanes, sizeof(*tables->bias),
	             tables->bias);
}

void problem_record_arguments(struct launch_recorder *recorder,
                              const struct convolution_problem *problem,
                              const struct convolution_tables *tables, cl_mem weights,
                              int weight_stride)
{
	record_flop(recorder, problem->flop);
	problem_record_input(recorder, problem);
	record_buffer(recorder, recorder->zeros);
	record_buffer(recorder, weights);
	if (weight_stride)
		record_int(recorder, weight_stride);
	record_buffer(recorder, problem->output);
	record_int(recorder, problem->output_size.width);
	record_buffer(recorder, problem->mask);
	problem_record_taps(recorder, tables);
	problem_record_phases(recorder, tables);
	problem_record_epilogues(recorder, tables);
	record_int(recorder, tables->input_stride_y);
	record_int(recorder, tables->input_stride_x);
	record_int(recorder, tables->output_stride_y);
	record_int(recorder, tables->output_stride_x);
}
