// Optical flow: the median that every warping ends with, which keeps edges sharp and outliers out.

#include "planes.clh"

// ---- the median ----
//
// Each component becomes the median of the WINDOW pixels above and below, and then of those beside.
// This is not quite the median of the square, but serves as well and costs a fifth.

#define WINDOW 7
// Of WINDOW values, the least and the greatest of any KEPT cannot be the median: they are dropped,
// one more value is looked at, and so on until three are left.
#define KEPT (WINDOW / 2 + 2)

void exchange(real *a, real *b)
{
	real low = fmin(*a, *b);
	*b = fmax(*a, *b);
	*a = low;
}

// Moves the least of count values to the front and the greatest to the back.
void part_extremes(real *values, int count)
{
	for (int i = 0; i < count / 2; i++)
		exchange(values + i, values + count - 1 - i);
	for (int i = 1; i < (count + 1) / 2; i++)
		exchange(values, values + i);
	for (int i = count / 2; i < count - 1; i++)
		exchange(values + i, values + count - 1);
}

real median(const real *values)
{
	real kept[KEPT];

	UNROLLED(i, KEPT)
		kept[i] = values[i];
	UNROLLED(i, WINDOW - KEPT) {
		part_extremes(kept, KEPT - i);
		kept[0] = values[KEPT + i];
	}
	part_extremes(kept, 3);
	return kept[1];
}

real median_down(READ_PLANE(in), int height, int x, int y)
{
	real values[WINDOW];

	UNROLLED(i, WINDOW)
		values[i] = load(ROW(in, clamp(y + i - WINDOW / 2, 0, height - 1)) + x);
	return median(values);
}

real median_across(const __global float *row)
{
	real values[WINDOW];

	UNROLLED(i, WINDOW)
		values[i] = load_anywhere(row + i - WINDOW / 2);
	return median(values);
}

void median_row_down(READ_PLANE(in), PLANE(out), int width, int height, int y)
{
	FOR_COLUMNS(x, width, LANES)
		store_extended(ROW(out, y), x, width, median_down(in, in_stride, height, x, y));
}

void median_row_across(READ_PLANE(in), PLANE(out), int width, int y)
{
	FOR_COLUMNS(x, width, LANES)
		store_extended(ROW(out, y), x, width, median_across(ROW(in, y) + x));
}

// For CPUs, where a work-item has whole rows: both directions at once, through a row of scratch.
__kernel void flow_median(READ_PLANE(u), READ_PLANE(v), PLANE(scratch), PLANE(out_u), PLANE(out_v),
			  int width, int height)
{
	FOR_ROWS(y, height) {
		median_row_down(u, u_stride, scratch, scratch_stride, width, height, y);
		median_row_across(scratch, scratch_stride, out_u, out_u_stride, width, y);
		median_row_down(v, v_stride, scratch, scratch_stride, width, height, y);
		median_row_across(scratch, scratch_stride, out_v, out_v_stride, width, y);
	}
}

// For GPUs: first down, then across.
__kernel void flow_median_down(READ_PLANE(u), READ_PLANE(v), PLANE(out_u), PLANE(out_v), int width,
			       int height)
{
	FOR_ROWS(y, height) {
		median_row_down(u, u_stride, out_u, out_u_stride, width, height, y);
		median_row_down(v, v_stride, out_v, out_v_stride, width, height, y);
	}
}

__kernel void flow_median_across(READ_PLANE(u), READ_PLANE(v), PLANE(out_u), PLANE(out_v),
				 int width, int height)
{
	FOR_ROWS(y, height) {
		median_row_across(u, u_stride, out_u, out_u_stride, width, y);
		median_row_across(v, v_stride, out_v, out_v_stride, width, y);
	}
}
