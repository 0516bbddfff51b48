#include "engine/convolution/methods.h"

#ifdef HAVE_CLBLAST

#include <clblast_c.h>
#include <stdlib.h>

#include "engine/base/minmax.h"

/* Floats of the two scratch matrices. Blocks of pixels are made to fit: a whole layer of columns
 * would be as large as the window times the layer. */
enum { COLUMN_FLOATS = 4 << 20, PRODUCT_FLOATS = 2 << 20 };
/* Pixels of a block, which are a dimension of launches: CUDA's grids end at 65535 groups. */
enum { BLOCK_PIXELS_MOST = 1 << 15 };

struct gemm_scratch {
	cl_mem columns, products;
};

/* One phase of a problem, in blocks of pixels. */
struct gemm_phase {
	const struct convolution_problem *problem;
	const struct convolution_tables *tables;
	const struct convolution_phase *phase;
	cl_mem taps, table, epilogues, bias, weights; /* table holds the one phase */
	size_t weight_offset;
	int depth; /* rows of weights: the length of a row of columns */
	int most_channels;
	bool in_place; /* the input already is the matrix of columns */
};

/* C[rows][width] = A[rows][depth] B[depth][width]; sizes and offsets in floats. */
struct product {
	int rows, width, depth;
	cl_mem a, b, c;
	size_t a_offset, a_stride, b_offset;
};

static cl_int multiply(void *context, cl_command_queue queue)
{
	const struct product *product = context;

	return (cl_int)CLBlastSgemm(CLBlastLayoutRowMajor, CLBlastTransposeNo, CLBlastTransposeNo,
	                            product->rows, product->width, product->depth, 1, product->a,
	                            product->a_offset, product->a_stride, product->b,
	                            product->b_offset, product->width, 0, product->c, 0,
	                            product->width, &queue, NULL);
}

/* ---- scratch ---- */

rv_status gemm_scratch_create(struct gemm_scratch **scratch, struct device *device, rv_error *error)
{
	rv_status status;

	*scratch = calloc(1, sizeof(**scratch));
	if (!*scratch)
		return rv_fail(error, RV_MEMORY, "out of memory");
	status = device_buffer(device, COLUMN_FLOATS * sizeof(float), NULL, &(*scratch)->columns,
	                       error);
	if (status == RV_OK)
		status = device_buffer(device, PRODUCT_FLOATS * sizeof(float), NULL,
		                       &(*scratch)->products, error);
	if (status != RV_OK)
		gemm_scratch_destroy(scratch);
	return status;
}

void gemm_scratch_destroy(struct gemm_scratch **scratch)
{
	if (!*scratch)
		return;
	if ((*scratch)->columns)
		clReleaseMemObject((*scratch)->columns);
	if ((*scratch)->products)
		clReleaseMemObject((*scratch)->products);
	free(*scratch);
	*scratch = NULL;
}

bool convolution_gemm_fits(const struct convolution_problem *problem)
{
	const struct window *window = &problem->node->window;

	return !problem_writes_picture(problem) && problem->output_width <= PRODUCT_FLOATS &&
	       (size_t)problem->input_width * window->height * window->width <= COLUMN_FLOATS;
}

/* ---- weights ---- */

/* [tap and row, in the order of the tables][column] */
static bool pack_rows(const struct weight_layout *layout, const struct weights_bank *bank,
                      float *packed)
{
	const struct convolution_tables *tables = layout->context;

	for (int i = 0; i < tables->tap_count; i++)
		for (int k = 0; k < tables->taps[i].channels; k++) {
			int row = tables->taps[i].row + k;
			for (int column = 0; column < bank->columns; column++)
				*packed++ = weights_bank_weight(bank, row / bank->rows,
				                                row % bank->rows, column);
		}
	return true;
}

static cl_mem rows_of_weights(struct launch_recorder *recorder, struct weights_cache *weights,
                              const struct convolution_problem *problem,
                              const struct convolution_tables *tables)
{
	struct weight_layout layout = {
		.method = "gemm",
		.pack = pack_rows,
		.context = tables,
	};

	problem_tap_order(problem, tables, layout.parameters);
	for (int i = 0; i < tables->tap_count; i++)
		layout.count += (size_t)tables->taps[i].channels * problem->output_width;
	return weights_cache_find(weights, recorder, problem, &layout);
}

/* ---- launches ---- */

static void record_gather(struct launch_recorder *recorder, const struct gemm_phase *phase,
                          const struct gemm_scratch *scratch, int first, int count)
{
	const struct convolution_problem *problem = phase->problem;

	record_kernel(recorder, "convolution/im2col", "", "gather_columns", problem->node->name);
	problem_record_input(recorder, problem);
	record_buffer(recorder, recorder->zeros);
	record_buffer(recorder, phase->taps);
	record_buffer(recorder, phase->table);
	record_int(recorder, phase->tables->input_stride_y);
	record_int(recorder, phase->tables->input_stride_x);
	record_int(recorder, first);
	record_buffer(recorder, scratch->columns);
	record_int(recorder, phase->depth);
	record_launch(recorder, phase->most_channels, phase->phase->tap_count, count, 0, 0, 0);
}

static void record_product(struct launch_recorder *recorder, const struct gemm_phase *phase,
                           const struct gemm_scratch *scratch, int first, int count)
{
	const struct convolution_problem *problem = phase->problem;
	const struct channel_run *run = &problem->inputs[0];
	struct product *product = malloc(sizeof(*product));

	if (!product) {
		record_fail(recorder, RV_MEMORY, "out of memory");
		return;
	}
	*product = (struct product){
		.rows = count,
		.width = problem->output_width,
		.depth = phase->depth,
		.a = phase->in_place ? problem->input : scratch->columns,
		.b = phase->weights,
		.c = scratch->products,
		.a_offset = phase->in_place ? run->offset + (size_t)first * run->pixel_stride : 0,
		.a_stride = phase->in_place ? run->pixel_stride : phase->depth,
		.b_offset = phase->weight_offset,
	};
	record_call(recorder, problem->node->name,
	            problem->flop * count /
	                    ((double)problem->output_size.height * problem->output_size.width),
	            multiply, product, free);
}

/* Where a phase has no tap, its products are zeros: the same row of them for every pixel. */
static void record_store(struct launch_recorder *recorder, const struct gemm_phase *phase,
                         const struct gemm_scratch *scratch, int first, int count)
{
	const struct convolution_problem *problem = phase->problem;

	record_kernel(recorder, "convolution/im2col", "", "store_products", problem->node->name);
	record_buffer(recorder, phase->depth > 0 ? scratch->products : recorder->zeros);
	record_int(recorder, phase->depth > 0 ? problem->output_width : 0);
	record_buffer(recorder, problem->output);
	record_int(recorder, problem->output_size.width);
	record_buffer(recorder, problem->mask);
	record_buffer(recorder, phase->table);
	record_buffer(recorder, phase->epilogues);
	record_buffer(recorder, phase->bias);
	record_int(recorder, phase->tables->output_stride_y);
	record_int(recorder, phase->tables->output_stride_x);
	record_int(recorder, first);
	record_launch(recorder, phase->tables->epilogue_count, count, 1, 0, 0, 0);
}

static void record_phase(struct launch_recorder *recorder, const struct gemm_phase *phase,
                         const struct gemm_scratch *scratch)
{
	const int pixels = phase->phase->height * phase->phase->width;
	int block = min_int(PRODUCT_FLOATS / phase->problem->output_width, BLOCK_PIXELS_MOST);

	if (phase->depth > 0)
		block = min_int(block, COLUMN_FLOATS / phase->depth);
	for (int first = 0; first < pixels && recorder->status == RV_OK; first += block) {
		int count = min_int(block, pixels - first);
		if (phase->depth > 0 && !phase->in_place)
			record_gather(recorder, phase, scratch, first, count);
		if (phase->depth > 0)
			record_product(recorder, phase, scratch, first, count);
		record_store(recorder, phase, scratch, first, count);
	}
}

/* A convolution of single pixels reads the matrix that the input already is. */
static bool reads_in_place(const struct convolution_problem *problem,
                           const struct convolution_tables *tables)
{
	return tables->tap_count == 1 && tables->phase_count == 1 && tables->taps[0].dy == 0 &&
	       tables->taps[0].dx == 0 && tables->input_stride_y == 1 &&
	       tables->input_stride_x == 1 && tables->output_stride_y == 1 &&
	       tables->output_stride_x == 1 &&
	       problem->input_size.height == problem->output_size.height &&
	       problem->input_size.width == problem->output_size.width;
}

/* Makes tap.row what gather_columns wants, and finds the phase's own part of taps and weights. */
static void begin_phase(struct launch_recorder *recorder, struct gemm_phase *phase)
{
	const struct convolution_tables *tables = phase->tables;
	struct convolution_tap *taps = tables->taps + phase->phase->first_tap;

	/* The weights lie in the order of the taps, which is not that of the phases. */
	phase->weight_offset = 0;
	for (int i = 0; i < phase->phase->first_tap; i++)
		phase->weight_offset +=
			(size_t)tables->taps[i].channels * phase->problem->output_width;
	phase->depth = 0;
	phase->most_channels = 0;
	for (int i = 0; i < phase->phase->tap_count; i++) {
		taps[i].row = phase->depth;
		phase->depth += taps[i].channels;
		if (phase->most_channels < taps[i].channels)
			phase->most_channels = taps[i].channels;
	}
	phase->taps = record_own_buffer(recorder, phase->phase->tap_count * sizeof(*taps),
	                                phase->depth > 0 ? taps : NULL);
	phase->table = record_own_buffer(recorder, sizeof(*phase->phase), phase->phase);
}

static void record_gemm(struct launch_recorder *recorder, const struct convolution_problem *problem,
                        const struct convolution_tables *tables, cl_mem weights,
                        const struct gemm_scratch *scratch)
{
	struct gemm_phase phase = {.problem = problem, .tables = tables, .weights = weights};

	phase.in_place = reads_in_place(problem, tables);
	phase.epilogues = record_own_buffer(
		recorder, tables->epilogue_count * sizeof(*tables->epilogues), tables->epilogues);
	phase.bias = record_own_buffer(
		recorder, (size_t)tables->epilogue_count * tables->lanes * sizeof(*tables->bias),
		tables->bias);
	for (int i = 0; i < tables->phase_count && recorder->status == RV_OK; i++) {
		phase.phase = &tables->phases[i];
		begin_phase(recorder, &phase);
		record_phase(recorder, &phase, scratch);
	}
}

void convolution_gemm(struct launch_recorder *recorder, struct weights_cache *weights,
                      const struct convolution_problem *problem, struct gemm_scratch *scratch)
{
	struct convolution_tables tables;
	cl_mem packed;

	if (recorder->status != RV_OK)
		return;
	if (!problem_tables_create(&tables, problem, recorder->device->lanes, 1)) {
		record_fail(recorder, RV_MEMORY, "%s: out of memory", problem->node->name);
		return;
	}
	packed = rows_of_weights(recorder, weights, problem, &tables);
	record_gemm(recorder, problem, &tables, packed, scratch);
	problem_tables_release(&tables);
}

#else

rv_status gemm_scratch_create(struct gemm_scratch **scratch, struct device *device, rv_error *error)
{
	(void)device;
	*scratch = NULL;
	return rv_fail(error, RV_UNSUPPORTED,
	               "built without CLBlast; choose another way of convolution than gemm");
}

void gemm_scratch_destroy(struct gemm_scratch **scratch)
{
	(void)scratch;
}

bool convolution_gemm_fits(const struct convolution_problem *problem)
{
	(void)problem;
	return false;
}

void convolution_gemm(struct launch_recorder *recorder, struct weights_cache *weights,
                      const struct convolution_problem *problem, struct gemm_scratch *scratch)
{
	(void)weights;
	(void)scratch;
	record_fail(recorder, RV_UNSUPPORTED, "%s: built without CLBlast", problem->node->name);
}

#endif
