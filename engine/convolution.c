#include "engine/convolution.h"

#include <stdlib.h>

#include "engine/convolution_methods.h"

struct convolution_library {
	struct device *device;
	rv_convolution method;
	struct weight_cache *weights;
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
	status = weight_cache_create(&(*library)->weights, error);
	if (status == RV_OK && method == RV_CONVOLUTION_GEMM)
		status = gemm_scratch_create(&(*library)->scratch, device, error);
	if (status)
		convolution_library_destroy(library);
	return status;
}

void convolution_library_destroy(struct convolution_library **library)
{
	if (!*library)
		return;
	weight_cache_destroy(&(*library)->weights);
	gemm_scratch_destroy(&(*library)->scratch);
	free(*library);
	*library = NULL;
}

static void record_gemm(struct recorder *recorder, struct convolution_library *library,
                        const struct convolution_problem *problem)
{
	if (!library->scratch && !recorder->status)
		recorder->status =
			gemm_scratch_create(&library->scratch, library->device, recorder->error);
	convolution_gemm(recorder, library->weights, problem, library->scratch);
}

/* One convolution without groups, or with groups written out as zeros. */
static void record_dense(struct recorder *recorder, struct convolution_library *library,
                         const struct convolution_problem *problem)
{
	struct register_tile tile =
		register_tile_default(recorder->device->lanes, problem->output_width);

	if (library->method == RV_CONVOLUTION_GEMM && convolution_gemm_fits(problem))
		record_gemm(recorder, library, problem);
	else if (library->method != RV_CONVOLUTION_DIRECT &&
	         convolution_winograd_fits(recorder->device, problem, tile))
		convolution_winograd(recorder, library->weights, problem, tile);
	else
		convolution_direct(recorder, library->weights, problem, tile);
}

static void record_groups(struct recorder *recorder, struct convolution_library *library,
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

static void record_problem(struct recorder *recorder, struct convolution_library *library,
                           const struct convolution_problem *problem)
{
	if (problem_writes_picture(problem))
		convolution_picture(recorder, library->weights, problem);
	else if (problem_is_depthwise(problem))
		convolution_depthwise(recorder, library->weights, problem);
	else if (problem_splits_into_groups(problem))
		record_groups(recorder, library, problem);
	else
		record_dense(recorder, library, problem);
}

void convolution_forward(struct recorder *recorder, const struct operation *operation)
{
	struct convolution_problem problem;

	if (recorder->status)
		return;
	if (!problem_forward(&problem, operation)) {
		record_fail(recorder, RV_MEMORY, "%s: out of memory", operation->node->name);
		return;
	}
	record_problem(recorder, operation->convolutions, &problem);
	problem_release(&problem);
}

void convolution_backward(struct recorder *recorder, const struct operation *operation)
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

rv_status convolution_tune(struct convolution_library *library, const struct operation *operation,
                           cl_mem zeros, bool *measured, rv_error *error)
{
	(void)library;
	(void)operation;
	(void)zeros;
	(void)error;
	*measured = false;
	return RV_OK;
}
