// Optical flow: a level's system relaxed on a GPU.
//
// A group does all iterations of a region in local memory, and takes what lies around it as it was. Of what
// comes out it keeps the middle: the regions overlap by twice KEPT_FROM, so that their borders do not show. What
// others keep is never read.

#include "planes.clh"
#include "system.clh"

#ifndef GROUP_ROWS
#define GROUP_ROWS 8
#endif
#define REGION_WIDTH 64
#define REGION_HEIGHT 32
#define KEPT_FROM 4
#define KEPT_WIDTH (REGION_WIDTH - 2 * KEPT_FROM)
#define KEPT_HEIGHT (REGION_HEIGHT - 2 * KEPT_FROM)
// An item has two neighbours in some rows: one pixel of each colour.
#define GROUP_COLUMNS (REGION_WIDTH / 2)
#define ITEM_ROWS (REGION_HEIGHT / GROUP_ROWS)
// With what lies beside it.
#define LOCAL_WIDTH (REGION_WIDTH + 2)
#define LOCAL_PIXELS (LOCAL_WIDTH * (REGION_HEIGHT + 2))

// Of one pixel; all 0 outside the picture, and for neighbours there.
struct pixel_equation {
	float right[2], inverse_uu, inverse_uv, inverse_vv;
	float north, west, east, south;
};

float system_value(const __global float *system, int half_row, int plane, int x, int y)
{
	return HALF(SYSTEM_ROW(system, half_row, y), plane, half_row, x & 1)[x >> 1];
}

struct pixel_equation equation_of(const __global float *system, int half_row, int width, int height, int x,
				  int y)
{
	struct pixel_equation equation = {{0, 0}, 0, 0, 0, 0, 0, 0, 0};

	if (x < 0 || x >= width || y < 0 || y >= height)
		return equation;
	equation.right[0] = system_value(system, half_row, RIGHT_U, x, y);
	equation.right[1] = system_value(system, half_row, RIGHT_V, x, y);
	equation.inverse_uu = system_value(system, half_row, INVERSE_UU, x, y);
	equation.inverse_uv = system_value(system, half_row, INVERSE_UV, x, y);
	equation.inverse_vv = system_value(system, half_row, INVERSE_VV, x, y);
	equation.north = y > 0 ? system_value(system, half_row, SOUTH, x, y - 1) : 0;
	equation.west = x > 0 ? system_value(system, half_row, EAST, x - 1, y) : 0;
	equation.east = system_value(system, half_row, EAST, x, y);
	equation.south = system_value(system, half_row, SOUTH, x, y);
	return equation;
}

// One step of successive over-relaxation.
void relax_pixel(const struct pixel_equation *equation, __local float *u, __local float *v, float omega)
{
	__local float *flow[2] = {u, v};
	float sums[2], solved[2];

	UNROLLED(k, 2)
	{
		float sum = fma(equation->east, flow[k][1], equation->right[k]);
		sum = fma(equation->west, flow[k][-1], sum);
		sum = fma(equation->south, flow[k][LOCAL_WIDTH], sum);
		sums[k] = fma(equation->north, flow[k][-LOCAL_WIDTH], sum);
	}
	solved[0] = equation->inverse_uu * sums[0] + equation->inverse_uv * sums[1];
	solved[1] = equation->inverse_uv * sums[0] + equation->inverse_vv * sums[1];
	UNROLLED(k, 2) *flow[k] = fma(omega, solved[k] - *flow[k], *flow[k]);
}

// A pixel of a row, and the margin beside it if it is the first or the last.
void store_pixel(__global float *row, int x, int width, float value)
{
	row[x] = value;
	if (x == 0)
		for (int i = 1; i <= MARGIN; i++)
			row[-i] = value;
	if (x == width - 1)
		for (int i = 1; i <= MARGIN; i++)
			row[x + i] = value;
}

__attribute__((reqd_work_group_size(GROUP_COLUMNS, GROUP_ROWS, 1))) __kernel void flow_relax_regions(
	const __global float *restrict system, int half_row, int width, int height, int iterations, float omega,
	float limit, PLANE(u), PLANE(v))
{
	__local float flow_u[LOCAL_PIXELS], flow_v[LOCAL_PIXELS];
	const int left = get_group_id(0) * KEPT_WIDTH - KEPT_FROM, column = 2 * get_local_id(0);
	const int top = get_group_id(1) * KEPT_HEIGHT - KEPT_FROM, row = get_local_id(1);
	const int item = row * GROUP_COLUMNS + get_local_id(0);
	// Of the item's two pixels of a row, the first of the first colour; its rows are an even number apart.
	struct pixel_equation equations[ITEM_ROWS][2];
	int places[ITEM_ROWS][2];

	for (int i = item; i < LOCAL_PIXELS; i += GROUP_COLUMNS * GROUP_ROWS) {
		const int x = clamp(left - 1 + i % LOCAL_WIDTH, 0, width - 1);
		const int y = clamp(top - 1 + i / LOCAL_WIDTH, 0, height - 1);

		flow_u[i] = system_value(system, half_row, FROZEN_U, x, y);
		flow_v[i] = system_value(system, half_row, FROZEN_V, x, y);
	}
	UNROLLED(r, ITEM_ROWS)
	UNROLLED(colour, 2)
	{
		const int line = row + r * GROUP_ROWS, parity = (top + line + left + colour) & 1;

		places[r][colour] = (line + 1) * LOCAL_WIDTH + column + parity + 1;
		equations[r][colour] = equation_of(system, half_row, width, height, left + column + parity,
						   top + line);
	}
	barrier(CLK_LOCAL_MEM_FENCE);
	for (int i = 0; i < iterations; i++)
		UNROLLED(colour, 2)
		{
			UNROLLED(r, ITEM_ROWS)
			relax_pixel(&equations[r][colour], flow_u + places[r][colour],
				    flow_v + places[r][colour], omega);
			barrier(CLK_LOCAL_MEM_FENCE);
		}
	UNROLLED(r, ITEM_ROWS)
	UNROLLED(colour, 2)
	{
		const int place = places[r][colour];
		const int x = left - 1 + place % LOCAL_WIDTH, y = top + row + r * GROUP_ROWS;
		const int line = row + r * GROUP_ROWS, across = x - left;

		if (line >= KEPT_FROM && line < KEPT_FROM + KEPT_HEIGHT && y < height &&
		    across >= KEPT_FROM && across < KEPT_FROM + KEPT_WIDTH && x < width) {
			const float start_u = system_value(system, half_row, FROZEN_U, x, y);
			const float start_v = system_value(system, half_row, FROZEN_V, x, y);

			store_pixel(ROW(u, y), x, width, start_u + clamp(flow_u[place] - start_u, -limit, limit));
			store_pixel(ROW(v, y), x, width, start_v + clamp(flow_v[place] - start_v, -limit, limit));
		}
	}
}
