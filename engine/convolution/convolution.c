#include "engine/convolution/convolution.h"

#include <stdlib.h>

#include "engine/convolution/tuner.h"

struct convolution_library {
	struct device *device;
	rv_convolution method;
	struct weights_cache *weights;
	struct tuner *tuner;
	struct gemm_scratch *scratch; /* NULL until a product of matrices needs it */
};

rv_status convolution_library_create(struct convolution_library **library, struct device *device,
                                     rv_convolution method, rv_error *error)
{
	rv_status status;

	*library = calloc(1, sizeof(**library));
	if (!*library)
		return rv_fail(error, RV_MEMORY, "out of memory");
	(*library)->device = device;
	(*library)->method = method;
	status = weights_cache_create(&(*library)->weights, device->cache_directory, error);
	if (status == RV_OK)
		status = tuner_create(&(*library)->tuner, device, error);
	if (status == RV_OK && method == RV_CONVOLUTION_GEMM)
		status = gemm_scratch_create(&(*library)->scratch, device, error);
	if (status != RV_OK)
		convolution_library_destroy(library);
	return status;
}

void convolution_library_destroy(struct convolution_library **library)
{
	if (!*library)
		return;
	weights_cache_destroy(&(*library)->weights);
	tuner_destroy(&(*library)->tuner);
	gemm_scratch_destroy(&(*library)->scratch);
	free(*library);
	*library = NULL;
}

size_t convolution_library_bytes(const struct convolution_library *library)
{
	return weights_cache_bytes(library->weights);
}

/* ---- choosing ---- */

/* What the library was told to use where that fits, else what was measured, else the default. */
static struct convolution_choice choose(struct convolution_library *library,
                                        const struct convolution_problem *problem)
{
	struct convolution_choice choice;

	if (library->method != RV_CONVOLUTION_AUTO)
		return choice_forced(library->method, library->device, problem);
	return tuner_find(library->tuner, problem, &choice)
	               ? choice
	               : choice_default(library->device, problem);
}

static void record_gemm(struct launch_recorder *recorder, struct convolution_library *library,
                        const struct convolution_problem *problem)
{
	if (!library->scratch && recorder->status == RV_OK)
		recorder->status =
			gemm_scratch_create(&library->scratch, library->device, recorder->error);
	convolution_gemm(recorder, library->weights, problem, library->scratch);
}

/* A record_choice. */
static void record_chosen(void *context, struct launch_recorder *recorder,
                          const struct convolution_problem *problem,
                          const struct convolution_choice *choice)
{
	struct convolution_library *library = context;

	if (choice->method == RV_CONVOLUTION_GEMM)
		record_gemm(recorder, library, problem);
	else if (choice->method == RV_CONVOLUTION_WINOGRAD)
		convolution_winograd(recorder, library->weights, problem, choice->tile,
		                     choice->block_tiles);
	else if (choice->method == RV_CONVOLUTION_MATRIX)
		convolution_matrix(recorder, library->weights, problem, choice->tile);
	else if (choice->tile.group > 1)
		convolution_tiled(recorder, library->weights, problem, choice->tile);
	else
		convolution_direct(recorder, library->weights, problem, choice->tile);
}

/* ---- recording ---- */

/* Whether the problem has a kernel of its own, so that there is no race of methods. */
static bool is_special(const struct convolution_problem *problem)
{
	return problem_writes_picture(problem) || problem_is_depthwise(problem);
}

/* By Winograd's method where that is chosen, and by its own kernel where any other is. */
static void record_picture(struct launch_recorder *recorder, struct convolution_library *library,
                           const struct convolution_problem *problem)
{
	struct convolution_choice choice = choose(library, problem);

	if (choice.method == RV_CONVOLUTION_WINOGRAD)
		record_chosen(library, recorder, problem, &choice);
	else
		convolution_picture(recorder, library->weights, problem);
}

static void record_special(struct launch_recorder *recorder, struct convolution_library *library,
                           const struct convolution_problem *problem)
{
	if (problem_writes_picture(problem))
		record_picture(recorder, library, problem);
	else
		convolution_depthwise(recorder, library->weights, problem);
}

/* One convolution without groups, or with groups written out as zeros. */
static void record_dense(struct launch_recorder *recorder, struct convolution_library *library,
                         const struct convolution_problem *problem)
{
	struct convolution_choice choice = choose(library, problem);
	record_chosen(library, recorder, problem, &choice);
}

static void record_groups(struct launch_recorder *recorder, struct convolution_library *library,
                          const struct convolution_problem *problem)
{
	for (int group = 0; group < problem->node->groups; group++) {
		struct convolution_problem one;
		if (!problem_group(&one, problem, group)) {
			record_fail(recorder, RV_MEMORY, "%s: out of memory", problem->node->name);
			return;
		}
		record_dense(recorder, library, &one);
		problem_release(&one);
	}
}

static void record_problem(struct launch_recorder *recorder, struct convolution_library *library,
                           const struct convolution_problem *problem)
{
	if (is_special(problem))
		record_special(recorder, library, problem);
	else if (problem_splits_into_groups(problem))
		record_groups(recorder, library, problem);
	else
		record_dense(recorder, library, problem);
}

void convolution_forward(struct launch_recorder *recorder, const struct operation *operation)
{
	struct convolution_problem problem;

	if (recorder->status != RV_OK)
		return;
	if (!problem_forward(&problem, operation)) {
		record_fail(recorder, RV_MEMORY, "%s: out of memory", operation->node->name);
		return;
	}
	record_problem(recorder, operation->convolutions, &problem);
	problem_release(&problem);
}

void convolution_backward(struct launch_recorder *recorder, const struct operation *operation)
{
	struct convolution_problem problem;

	if (recorder->status || !operation->inputs[0].wants_gradient)
		return;
	if (!problem_backward(&problem, operation)) {
		record_fail(recorder, RV_MEMORY, "%s: out of memory", operation->node->name);
		return;
	}
	record_problem(recorder, operation->convolutions, &problem);
	problem_release(&problem);
}

/* ---- tuning ---- */

/* What is asked of a race: to know the fastest, or (with report) to see all. */
struct tuning {
	struct convolution_library *library;
	cl_mem zeros;
	rv_convolution_report *report;
	void *context;
	bool measured;
};

/* A report_choice. */
static void report_timing(void *context, const struct convolution_problem *problem,
                          const struct convolution_choice *choice, double seconds, bool fastest)
{
	const struct tuning *tuning = context;
	const struct window *window = &problem->node->window;
	rv_convolution_timing timing = {
		.name = problem->node->name,
		.backward = problem->backward,
		.window_height = window->height,
		.window_width = window->width,
		.stride = window->stride_y,
		.height = problem->output_size.height,
		.width = problem->output_size.width,
		.method = choice->method,
		.lanes = choice->tile.lanes,
		.tile_pixels = choice->tile.pixels,
		.tile_vectors = choice->tile.vectors,
		.group = choice->tile.group,
		.block_tiles = choice->block_tiles,
		.bfloat16 = choice->tile.bfloat16,
		.milliseconds = seconds * 1e3,
		.gflop = problem->flop * 1e-9,
		.fastest = fastest,
	};

	for (int i = 0; i < problem->input_count; i++)
		timing.input_channels += problem->inputs[i].channels;
	for (int i = 0; i < problem->output_count; i++)
		timing.output_channels += problem->outputs[i].run.channels;
	tuning->report(tuning->context, &timing);
}

static rv_status tune_dense(struct tuning *tuning, const struct convolution_problem *problem,
                            rv_error *error)
{
	struct convolution_library *library = tuning->library, racing = *library;
	struct race_callbacks callbacks = {.record = record_chosen,
	                                   .report = tuning->report ? report_timing : NULL,
	                                   .record_context = &racing,
	                                   .report_context = tuning};
	struct convolution_choice choice;
	bool known = tuning->report ? tuner_raced(library->tuner, problem)
	                            : tuner_find(library->tuner, problem, &choice);
	rv_status status;

	if (known)
		return RV_OK;
	tuning->measured = true;
	/* Packed weights that only losing candidates read are kept neither in memory nor on disk.
	 */
	status = weights_cache_create(&racing.weights, "", error);
	if (status != RV_OK)
		return status;
	status = tuner_measure(library->tuner, problem, tuning->zeros, &callbacks, error);
	weights_cache_destroy(&racing.weights);
	library->scratch = racing.scratch;
	return status;
}

/* All groups are alike: the first is timed for all. */
static rv_status tune_problem(struct tuning *tuning, const struct convolution_problem *problem,
                              rv_error *error)
{
	struct convolution_problem one;
	rv_status status;

	if (is_special(problem))
		return RV_OK;
	if (!problem_splits_into_groups(problem))
		return tune_dense(tuning, problem, error);
	if (!problem_group(&one, problem, 0))
		return rv_fail(error, RV_MEMORY, "out of memory");
	status = tune_dense(tuning, &one, error);
	problem_release(&one);
	return status;
}

static rv_status tune_both(struct tuning *tuning, const struct operation *operation,
                           rv_error *error)
{
	struct convolution_problem forward, backward;
	rv_status status = RV_OK;

	if (!problem_forward(&forward, operation))
		return rv_fail(error, RV_MEMORY, "out of memory");
	if (!problem_backward(&backward, operation)) {
		problem_release(&forward);
		return rv_fail(error, RV_MEMORY, "out of memory");
	}
	status = tune_problem(tuning, &forward, error);
	if (status == RV_OK && operation->inputs[0].wants_gradient)
		status = tune_problem(tuning, &backward, error);
	problem_release(&forward);
	problem_release(&backward);
	return status;
}

rv_status convolution_tune(struct convolution_library *library, const struct operation *operation,
                           cl_mem zeros, bool *measured, rv_error *error)
{
	struct tuning tuning = {.library = library, .zeros = zeros};
	rv_status status = tune_both(&tuning, operation, error);

	*measured = tuning.measured;
	return status;
}

rv_status convolution_compare(struct convolution_library *library,
                              const struct operation *operation, cl_mem zeros,
                              rv_convolution_report *report, void *context, rv_error *error)
{
	struct tuning tuning = {
		.library = library, .zeros = zeros, .report = report, .context = context};

	return tune_both(&tuning, operation, error);
}
