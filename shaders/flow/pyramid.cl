// Optical flow, the pyramid: luma, levels, and the flow from level to level. engine/flow/flow.h says what
// it is part of.

#include "planes.clh"

// ---- the pyramid ----

// Luma (BT.601) of a raster, in the 256 levels of grey that the penalties are tuned for.
#define RED (0.299f * 127.5f)
#define GREEN (0.587f * 127.5f)
#define BLUE (0.114f * 127.5f)

// Of 2 LANES floats that are red, green, blue, nothing: weighted red + green and blue by turns.
real weighted_pairs(const __global float *pixels)
{
	real first = load_anywhere(pixels), second = load_anywhere(pixels + LANES);
	real red_or_blue, green;

	red_or_blue.even = RED;
	red_or_blue.odd = BLUE;
	green.even = GREEN;
	green.odd = 0;
	return fma((real)(first.even, second.even), red_or_blue,
		   (real)(first.odd, second.odd) * green);
}

real luma_of_run(const __global float *pixels)
{
	real low = weighted_pairs(pixels), high = weighted_pairs(pixels + 2 * LANES);

	return (real)(low.even, high.even) + (real)(low.odd, high.odd);
}

// The last pixels of a row, without looking past it.
real luma_of_rest(const __global float *pixels, int count)
{
	float values[LANES];

	for (int lane = 0; lane < LANES; lane++) {
		const __global float *pixel = pixels + 4 * min(lane, count - 1);
		values[lane] = pixel[0] * RED + pixel[1] * GREEN + pixel[2] * BLUE;
	}
	return JOIN(vload, LANES)(0, values);
}

__kernel void flow_luma(const __global float *picture, int width, int height, PLANE(luma))
{
	FOR_ROWS(y, height)
		FOR_COLUMNS(x, width, LANES) {
			const __global float *pixels = picture + ((size_t)y * width + x) * 4;
			real value = x + LANES <= width ? luma_of_run(pixels)
							: luma_of_rest(pixels, width - x);
			store_extended(ROW(luma, y), x, width, value);
		}
}

// Three rows summed with weights side, centre, side.
real column_of_three(const __global float *above, const __global float *here,
		     const __global float *below, float side)
{
	return fma(load_anywhere(above) + load_anywhere(below), (real)side,
		   load_anywhere(here) * (1 - 2 * side));
}

// A little blur takes away the noise and the aliasing that derivatives would see.
__kernel void flow_smooth(READ_PLANE(in), PLANE(out), int width, int height, float side)
{
	FOR_ROWS(y, height) {
		const __global float *above = ROW(in, max(y - 1, 0)), *here = ROW(in, y),
				     *below = ROW(in, min(y + 1, height - 1));
		FOR_COLUMNS(x, width, LANES) {
			real left = column_of_three(above + x - 1, here + x - 1, below + x - 1, side);
			real centre = column_of_three(above + x, here + x, below + x, side);
			real right = column_of_three(above + x + 1, here + x + 1, below + x + 1, side);
			store_extended(ROW(out, y), x, width,
				       fma(left + right, (real)side, centre * (1 - 2 * side)));
		}
	}
}

// Four rows summed with weights 1, 3, 3, 1.
real column_of_four(const __global float *in, int stride, int4 rows, int x)
{
	in += x + MARGIN;
	return load_anywhere(in + (size_t)rows.s0 * stride) +
	       load_anywhere(in + (size_t)rows.s3 * stride) +
	       3 * (load_anywhere(in + (size_t)rows.s1 * stride) +
		    load_anywhere(in + (size_t)rows.s2 * stride));
}

// Half the size: pixel x of out lies between pixels 2x and 2x + 1 of in.
__kernel void flow_halve(READ_PLANE(in), int in_height, PLANE(out), int width, int height)
{
	FOR_ROWS(y, height) {
		const int4 rows = clamp(2 * y + (int4)(-1, 0, 1, 2), (int4)0, (int4)(in_height - 1));
		FOR_COLUMNS(x, width, LANES) {
			// Columns 2x - 2 to 2x + 2 LANES + 1, each with its row sums.
			real before = column_of_four(in, in_stride, rows, 2 * x - 2);
			real before_next = column_of_four(in, in_stride, rows, 2 * x - 2 + LANES);
			real here = column_of_four(in, in_stride, rows, 2 * x);
			real next = column_of_four(in, in_stride, rows, 2 * x + LANES);
			real after = column_of_four(in, in_stride, rows, 2 * x + 2);
			real after_next = column_of_four(in, in_stride, rows, 2 * x + 2 + LANES);
			real sides = (real)(before.odd, before_next.odd) +
				     (real)(after.even, after_next.even);
			real middle = (real)(here.even, next.even) + (real)(here.odd, next.odd);
			store_extended(ROW(out, y), x, width, (sides + 3 * middle) * (1.0f / 64));
		}
	}
}

// ---- the flow from level to level ----

// No motion.
__kernel void flow_rest(PLANE(u), PLANE(v), int width, int height)
{
	FOR_ROWS(y, height)
		FOR_COLUMNS(x, width, LANES) {
			store_extended(ROW(u, y), x, width, 0);
			store_extended(ROW(v, y), x, width, 0);
		}
}

// Pixels 2x to 2x + 2 LANES - 1 of a row, from columns x to x + LANES - 1 of two rows of half the size.
void enlarge(const __global float *near, const __global float *far, int x, real *first, real *second)
{
	real left = 0.75f * load_anywhere(near + x - 1) + 0.25f * load_anywhere(far + x - 1);
	real centre = 0.75f * load(near + x) + 0.25f * load(far + x);
	real right = 0.75f * load_anywhere(near + x + 1) + 0.25f * load_anywhere(far + x + 1);
	real even = 1.5f * centre + 0.5f * left, odd = 1.5f * centre + 0.5f * right;

	*first = interleave_low(even, odd);
	*second = interleave_high(even, odd);
}

void enlarge_row(const __global float *near, const __global float *far, int x, __global float *out,
		 int width)
{
	real first, second;

	enlarge(near, far, x, &first, &second);
	store_extended(out, 2 * x, width, first);
	if (2 * x + LANES < width)
		store_extended(out, 2 * x + LANES, width, second);
}

// The row of half the size that is blended with the nearest one.
int second_nearest(int y, int in_height)
{
	return clamp(y / 2 + (y & 1 ? 1 : -1), 0, in_height - 1);
}

// Twice the size, and twice as long: bilinear. width and height are those of out.
__kernel void flow_enlarge(READ_PLANE(u), READ_PLANE(v), int in_height, PLANE(out_u), PLANE(out_v),
			   int width, int height)
{
	FOR_ROWS(y, height) {
		const int near = y / 2, far = second_nearest(y, in_height);
		FOR_COLUMNS(x, (width + 1) / 2, LANES) {
			enlarge_row(ROW(u, near), ROW(u, far), x, ROW(out_u, y), width);
			enlarge_row(ROW(v, near), ROW(v, far), x, ROW(out_v, y), width);
		}
	}
}

// (u, v) of pixels x to x + LANES - 1 of a row side by side, no margins.
void store_pairs(__global float *row, int x, int width, real along, real down)
{
	real first = interleave_low(along, down), second = interleave_high(along, down);
	float pairs[2 * LANES];

	if (x + LANES <= width) {
		JOIN(vstore, LANES)(first, 0, row + 2 * x);
		JOIN(vstore, LANES)(second, 0, row + 2 * x + LANES);
		return;
	}
	JOIN(vstore, LANES)(first, 0, pairs);
	JOIN(vstore, LANES)(second, 0, pairs + LANES);
	for (int i = 0; i < 2 * (width - x); i++)
		row[2 * x + i] = pairs[i];
}

// The result, from the flow at its own size.
__kernel void flow_result(READ_PLANE(u), READ_PLANE(v), int width, int height,
			  __global float *result)
{
	FOR_ROWS(y, height)
		FOR_COLUMNS(x, width, LANES)
			store_pairs(result + (size_t)y * width * 2, x, width, load(ROW(u, y) + x),
				    load(ROW(v, y) + x));
}

// The result, from the flow at half the size.
__kernel void flow_result_enlarged(READ_PLANE(u), READ_PLANE(v), int in_height, int width, int height,
				   __global float *result)
{
	FOR_ROWS(y, height) {
		const int near = y / 2, far = second_nearest(y, in_height);
		__global float *row = result + (size_t)y * width * 2;
		FOR_COLUMNS(x, (width + 1) / 2, LANES) {
			real along, down, along_next, down_next;
			enlarge(ROW(u, near), ROW(u, far), x, &along, &along_next);
			enlarge(ROW(v, near), ROW(v, far), x, &down, &down_next);
			store_pairs(row, 2 * x, width, along, down);
			store_pairs(row, 2 * x + LANES, width, along_next, down_next);
		}
	}
}
