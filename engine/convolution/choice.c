#include "engine/convolution/choice.h"

/* Fewer multiply-adds are not worth a library call and its kernels' start. */
enum { MANY_PRODUCTS = 1 << 24 };

static bool tile_is_known(struct register_tile wanted, const struct register_tile *tile)
{
	for (; tile->lanes; tile++)
		if (tile->lanes == wanted.lanes && tile->pixels == wanted.pixels &&
		    tile->vectors == wanted.vectors && tile->group == wanted.group)
			return true;
	return false;
}

static bool is_tiled(struct register_tile tile)
{
	return tile.group > 1;
}

/* What stands in for matrix units is to round as they do. */
static bool rounds_enough(rv_convolution method, const struct device *device,
                          const struct convolution_problem *problem)
{
	return !problem_stands_in(problem, device) || method == RV_CONVOLUTION_DIRECT ||
	       method == RV_CONVOLUTION_MATRIX;
}

bool choice_fits(const struct convolution_choice *choice, const struct device *device,
                 const struct convolution_problem *problem)
{
	if (!rounds_enough(choice->method, device, problem))
		return false;
	switch (choice->method) {
	case RV_CONVOLUTION_DIRECT:
		return is_tiled(choice->tile)
		               ? tile_is_known(choice->tile, tiled_tiles()) &&
		                         convolution_tiled_fits(device, choice->tile)
		               : tile_is_known(choice->tile, register_tiles(choice->tile.lanes)) &&
		                         convolution_direct_fits(device, problem, choice->tile);
	case RV_CONVOLUTION_WINOGRAD:
		return tile_is_known(choice->tile, register_tiles(choice->tile.lanes)) &&
		       convolution_winograd_outputs(device, problem, choice->tile,
		                                    choice->block_tiles);
	case RV_CONVOLUTION_GEMM:
		return convolution_gemm_fits(problem);
	case RV_CONVOLUTION_MATRIX:
		return tile_is_known(choice->tile, matrix_tiles(device)) &&
		       convolution_matrix_fits(device, problem, choice->tile);
	case RV_CONVOLUTION_AUTO:
		break;
	}
	return false;
}

/* The direct choice by another method, in floats where that must not round. */
static struct convolution_choice with_method(struct convolution_choice direct,
                                             rv_convolution method, const struct device *device,
                                             const struct convolution_problem *problem)
{
	struct convolution_choice choice = direct;

	choice.method = method;
	if (!choice_fits(&choice, device, problem))
		choice.tile.bfloat16 = false;
	return choice;
}

struct convolution_choice choice_forced(rv_convolution method, const struct device *device,
                                        const struct convolution_problem *problem)
{
	const struct convolution_choice direct = choice_direct(device, problem);
	struct convolution_choice choice = with_method(direct, method, device, problem);

	if (method == RV_CONVOLUTION_MATRIX)
		choice.tile = matrix_tile_default(device, problem);
	return choice_fits(&choice, device, problem) ? choice : direct;
}

struct convolution_choice choice_direct(const struct device *device,
                                        const struct convolution_problem *problem)
{
	struct register_tile tile = {0, 0, 0, 0, false};

	if (device_wants_groups(device))
		tile = tiled_tile_default(device, problem);
	if (!tile.lanes)
		tile = register_tile_default(device->lanes, problem->output_width);
	tile.bfloat16 = true;
	tile.bfloat16 = tile.group == 1 && convolution_direct_fits(device, problem, tile);
	return (struct convolution_choice){RV_CONVOLUTION_DIRECT, tile, 0};
}

struct convolution_choice choice_plain(const struct device *device,
                                       const struct convolution_problem *problem)
{
	struct register_tile tile = register_tile_default(device->lanes, problem->output_width);

	return (struct convolution_choice){RV_CONVOLUTION_DIRECT, tile, 0};
}

static struct convolution_choice default_of_groups(const struct device *device,
                                                   const struct convolution_problem *problem)
{
	const struct window *window = &problem->node->window;
	struct convolution_choice choice = choice_direct(device, problem);

	if (problem_precision(problem, device) != RV_PRECISION_FLOAT &&
	    !device->units_when_measured)
		return choice_forced(RV_CONVOLUTION_MATRIX, device, problem);
	if (window->height * window->width == 1 && window->stride_y == 1 && window->stride_x == 1 &&
	    problem->input_count == 1 && problem->flop >= 2.0 * MANY_PRODUCTS &&
	    convolution_gemm_fits(problem))
		choice.method = RV_CONVOLUTION_GEMM;
	return choice;
}

struct convolution_choice choice_default(const struct device *device,
                                         const struct convolution_problem *problem)
{
	const struct convolution_choice direct = choice_direct(device, problem);
	struct convolution_choice winograd;

	if (device_wants_groups(device))
		return default_of_groups(device, problem);
	winograd = with_method(direct, RV_CONVOLUTION_WINOGRAD, device, problem);
	return choice_fits(&winograd, device, problem) && convolution_winograd_saves(problem)
	               ? winograd
	               : direct;
}
