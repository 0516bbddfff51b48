#include "engine/convolution/quads.h"

/* Where find_weights puts them among a layout's parameters. */
enum { COLUMNS, TAP_COUNT, TAP_ORDER };

/* [quad][one of its 4 channels][column] */
static bool pack_quads(const struct weight_layout *layout, const struct weights_bank *bank,
                       float *packed)
{
	const struct convolution_tables *tables = layout->context;
	const int columns = layout->parameters[COLUMNS];

	for (int i = 0; i < tables->tap_count; i++, packed += 4 * (size_t)columns)
		for (int k = 0; k < tables->taps[i].channels; k++) {
			int row = tables->taps[i].row + k;
			for (int column = 0; column < bank->columns; column++)
				packed[(size_t)k * columns + column] = weights_bank_weight(
					bank, row / bank->rows, row % bank->rows, column);
		}
	return true;
}

static cl_mem find_weights(struct launch_recorder *recorder, struct weights_cache *weights,
                           const struct convolution_problem *problem,
                           const struct convolution_tables *tables, int columns)
{
	struct weight_layout layout = {
		.method = "quads",
		.parameters = {[COLUMNS] = columns, [TAP_COUNT] = tables->tap_count},
		.count = 4 * (size_t)tables->tap_count * columns,
		.pack = pack_quads,
		.context = tables,
	};

	problem_tap_order(problem, tables, layout.parameters + TAP_ORDER);
	return weights_cache_find(weights, recorder, problem, &layout);
}

bool quads_create(struct quads *quads, struct launch_recorder *recorder,
                  struct weights_cache *weights, const struct convolution_problem *problem,
                  int lanes, int vectors, int step)
{
	struct convolution_tables *tables = &quads->tables;

	if (!problem_tables_create(tables, problem, lanes, vectors) ||
	    !problem_tables_cut_taps(tables, step)) {
		problem_tables_release(tables);
		record_fail(recorder, RV_MEMORY, "%s: out of memory", problem->node->name);
		return false;
	}
	quads->weights =
		find_weights(recorder, weights, problem, tables, tables->epilogue_count * lanes);
	return true;
}

void quads_release(struct quads *quads)
{
	problem_tables_release(&quads->tables);
}
