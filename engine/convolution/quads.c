#include "engine/convolution/quads.h"

#include "engine/base/bfloat16.h"

/* Where find_weights puts them among a layout's parameters. */
enum { COLUMNS, TAP_COUNT, TAP_ORDER };

/* By their terms, 0 being floats. */
static const char *const layouts[] = {"quads", "quads of 1 term", "quads of 2 terms",
                                      "quads of 3 terms"};

/* What find_weights looks for. */
struct packing {
	const struct convolution_tables *tables;
	int terms, columns;
};

/* A weight of column 0 of a quad's row, of which the bank has the value. */
static void put(const struct packing *packing, float *quad, int row, float weight)
{
	if (!packing->terms)
		quad[(size_t)row * packing->columns] = weight;
	for (int term = 0; term < packing->terms; term++) {
		weights_put(quad + ((size_t)term * 2 + row / 2) * packing->columns, row, weight,
		            true);
		weight -= bfloat16_value(bfloat16_of(weight));
	}
}

static int quad_rows(int terms)
{
	return terms ? 2 * terms : 4;
}

/* [quad][one of its 4 channels][column], or [quad][term][one of its 2 pairs][column]. */
static bool pack_quads(const struct weight_layout *layout, const struct weights_bank *bank,
                       float *packed)
{
	const struct packing *packing = layout->context;
	const struct convolution_tables *tables = packing->tables;
	const size_t quad = (size_t)quad_rows(packing->terms) * packing->columns;

	for (int i = 0; i < tables->tap_count; i++, packed += quad)
		for (int k = 0; k < tables->taps[i].channels; k++) {
			int row = tables->taps[i].row + k;
			for (int column = 0; column < bank->columns; column++)
				put(packing, packed + column, k,
				    weights_bank_weight(bank, row / bank->rows, row % bank->rows,
				                        column));
		}
	return true;
}

static cl_mem find_weights(struct launch_recorder *recorder, struct weights_cache *weights,
                           const struct convolution_problem *problem, struct packing packing)
{
	const struct convolution_tables *tables = packing.tables;
	struct weight_layout layout = {
		.method = layouts[packing.terms],
		.parameters = {[COLUMNS] = packing.columns, [TAP_COUNT] = tables->tap_count},
		.count = (size_t)quad_rows(packing.terms) * tables->tap_count * packing.columns,
		.pack = pack_quads,
		.context = &packing,
	};

	problem_tap_order(problem, tables, layout.parameters + TAP_ORDER);
	return weights_cache_find(weights, recorder, problem, &layout);
}

bool quads_create(struct quads *quads, struct launch_recorder *recorder,
                  struct weights_cache *weights, const struct convolution_problem *problem,
                  int terms, int lanes, int vectors, int step)
{
	struct convolution_tables *tables = &quads->tables;

	if (!problem_tables_create(tables, problem, lanes, vectors) ||
	    !problem_tables_cut_taps(tables, step)) {
		problem_tables_release(tables);
		record_fail(recorder, RV_MEMORY, "%s: out of memory", problem->node->name);
		return false;
	}
	quads->weights =
		find_weights(recorder, weights, problem,
	                     (struct packing){tables, terms, tables->epilogue_count * lanes});
	return true;
}

void quads_release(struct quads *quads)
{
	problem_tables_release(&quads->tables);
}
