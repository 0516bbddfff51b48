// Winograd convolution, all of it in one kernel: a work-group takes a block of tiles, transforms
// what they read into local memory, multiplies it by the transformed weights point by point, a
// panel of output channels at a time, and transforms the products back.
//
// Build options: POINTS, OUTPUTS, INPUT_ROWS, OUTPUT_ROWS (engine/convolution/winograd_transform.h); SQUARE:
// 1 where the transform applies to both directions, 0 where to one; BFLOAT16 (factors.clh); READS_CELLS or
// WRITES_CELLS: the input or the output is the network's picture, in cells (cells.clh).

#ifndef POINTS // built on its own, to see whether it compiles
#define POINTS 6 // F(4, 3)
#define OUTPUTS 4
#define INPUT_ROWS                                                                                 \
	{4, 0, -5, 0, 1, 0}, {0, -4, -4, 1, 1, 0}, {0, -2, -1, 2, 1, 0}, {0, 4, 0, -5, 0, 1}
#define OUTPUT_ROWS {1, 1, 1, 0}, {0, 1, 2, 0}, {0, 1, 4, 0}, {0, 1, 8, 1}
#define SQUARE 1
#endif

#include "factors.clh"

// Of a tile. What is not square lies in a row here, whichever way it lies in the picture.
#define POINT_LINES (SQUARE ? POINTS : 1)
#define OUTPUT_LINES (SQUARE ? OUTPUTS : 1)

// Of each pair of points only the first has its row: point 0, pairs, infinity.
__constant float input_rows[POINTS / 2 + 1][POINTS] = {INPUT_ROWS};
__constant float output_rows[OUTPUTS][POINTS / 2 + 1] = {OUTPUT_ROWS};

// factor * value + sum. The factors are constants: products with 0 and 1 leave the program.
real add_product(float factor, real value, real sum)
{
	return factor == 0 ? sum : fma((real)factor, value, sum);
}

// The values at p and -p differ in the sign of the odd terms alone.
void transform_input(real *to, const real *from)
{
	UNROLLED(row, POINTS / 2 + 1)
	{
		const int point = row == 0 ? 0 : 2 * row - 1;
		real even = 0, odd = 0;

		UNROLLED(i, POINTS / 2)
		{
			even = add_product(input_rows[row][2 * i], from[2 * i], even);
			odd = add_product(input_rows[row][2 * i + 1], from[2 * i + 1], odd);
		}
		to[point] = even + odd;
		if (row > 0 && row < POINTS / 2)
			to[point + 1] = even - odd;
	}
}

void transform_output(real *to, const real *from)
{
	real sum[POINTS / 2 + 1], difference[POINTS / 2 + 1];

	sum[0] = from[0];
	difference[0] = 0;
	UNROLLED(pair, POINTS / 2 - 1)
	{
		sum[pair + 1] = from[2 * pair + 1] + from[2 * pair + 2];
		difference[pair + 1] = from[2 * pair + 1] - from[2 * pair + 2];
	}
	sum[POINTS / 2] = difference[POINTS / 2] = from[POINTS - 1];
	UNROLLED(i, OUTPUTS)
	{
		real total = 0;
		UNROLLED(k, POINTS / 2 + 1)
		total = add_product(output_rows[i][k], i % 2 ? difference[k] : sum[k], total);
		to[i] = total;
	}
}

real load_local(const __local float *pointer)
{
	return *(const __local real *)pointer;
}

void store_local(__local float *pointer, real value)
{
	*(__local real *)pointer = value;
}

// Column x of a tile.
void transform_column(real rows[POINT_LINES][POINTS], int x, const real *column)
{
	real transformed[POINT_LINES];

	if (SQUARE)
		transform_input(transformed, column);
	UNROLLED(y, POINT_LINES) rows[y][x] = SQUARE ? transformed[y] : column[y];
}

// One vector of channels of one tile, whose columns are transformed: POINT_LINES x POINTS values `stride` apart in
// local memory.
void transform_rows(__local element *to, int stride, real rows[POINT_LINES][POINTS])
{
	ROLLED(y, POINT_LINES)
	{
		real transformed[POINTS];

		transform_input(transformed, rows[y]);
		UNROLLED(x, POINTS)
		store_elements(to + (y * POINTS + x) * stride, transformed[x]);
	}
}

// The same of what lies in memory. Fetches what the next tile reads, `ahead` from here: tiles lie too scattered for
// processors to see that coming.
void transform_tile(__local element *to, int stride, const __global float *const *source, int channel, int ahead)
{
	real rows[POINT_LINES][POINTS];

	ROLLED(x, POINTS)
	{
		real column[POINT_LINES];
		UNROLLED(y, POINT_LINES)
		{
			column[y] = load(source[y * POINTS + x] + channel);
			PREFETCH(source[y * POINTS + x] + channel + ahead);
		}
		transform_column(rows, x, column);
	}
	transform_rows(to, stride, rows);
}

// The outputs of one tile for one vector of channels, from products `stride` apart.
void finish_tile(const __local float *products, int stride, real outputs[OUTPUT_LINES][OUTPUTS])
{
	real rows[OUTPUT_LINES][POINTS];

	UNROLLED(x, POINTS)
	{
		real column[POINT_LINES], transformed[OUTPUT_LINES];
		UNROLLED(y, POINT_LINES)
		column[y] = load_local(products + (y * POINTS + x) * stride);
		if (SQUARE)
			transform_output(transformed, column);
		UNROLLED(y, OUTPUT_LINES) rows[y][x] = SQUARE ? transformed[y] : column[y];
	}
	UNROLLED(y, OUTPUT_LINES) transform_output(outputs[y], rows[y]);
}

// Pixel (line, place) of a tile, as the kernel sees it, in the picture.
int2 tile_pixel(int2 tile, bool upright, int line, int place)
{
	return !SQUARE && upright ? tile + (int2)(0, place) : tile + (int2)(place, line);
}

// Where tile number `number` begins.
int2 tile_origin(int number, int tiles_across, bool upright)
{
	const int row = number / tiles_across, column = number - row * tiles_across;

	return (int2)(column * (SQUARE || !upright ? OUTPUTS : 1),
		      row * (SQUARE || upright ? OUTPUTS : 1));
}

// How many pixels of a picture so wide lie between tile number `number` and the next.
int pixels_to_next(int number, int tiles_across, bool upright, int width)
{
	const int2 distance = tile_origin(number + 1, tiles_across, upright) -
			      tile_origin(number, tiles_across, upright);

	return distance.y * width + distance.x;
}

#include "cells.clh"

#ifdef READS_CELLS
__attribute__((always_inline)) void load_cells(real rows[POINT_LINES][POINTS], const __global float *input, int height,
					       int width, int2 at, int channel, bool inside)
{
	ROLLED(x, POINTS)
	{
		real column[POINT_LINES];
		UNROLLED(y, POINT_LINES)
		column[y] = load_cell(input, height, width, at + (int2)(x, y) * CELL, channel, inside);
		transform_column(rows, x, column);
	}
}

// One vector of a tile of cells, of which the first pixel lies at `at`.
void transform_tile_of_cells(__local element *to, int stride, const __global float *input, int height, int width,
			     int2 at, int channel)
{
	const int2 last = at + POINTS * CELL - 1;
	real rows[POINT_LINES][POINTS];

	if (is_inside(at, height, width) && is_inside(last, height, width))
		load_cells(rows, input, height, width, at, channel, true);
	else
		load_cells(rows, input, height, width, at, channel, false);
	transform_rows(to, stride, rows);
}
#endif

// All channels of a run, for one tile. next: to the tile after it, in pixels.
void transform_run(__local element *to, int stride, const __global float *input, int height, int width,
		   const __global float *zeros, struct tap run, int2 tile, bool upright, int next)
{
	const __global float *source[POINT_LINES * POINTS];

	for (int i = 0; i < POINT_LINES; i++)
		for (int k = 0; k < POINTS; k++) {
			const int2 at = tile_pixel(tile, upright, i, k);
			source[i * POINTS + k] = tap_source(input, height, width, zeros, run, at.y, at.x);
		}
	for (int c = 0; c < run.channels; c += LANES)
		transform_tile(to + c / ELEMENT_CHANNELS, stride, source, c, next * run.pixel_stride);
}

// Stores the outputs of one tile for one vector of channels, as its epilogue says, where they lie in the picture.
// Fetches where those of the next tile go, `next` pixels from here.
void store_outputs(__global float *output, int height, int width, const __global float *mask, struct epilogue epilogue,
		   const __global float *bias, int2 tile, bool upright, int next, real outputs[OUTPUT_LINES][OUTPUTS])
{
	ROLLED(i, OUTPUT_LINES)
	ROLLED(k, OUTPUTS)
	{
		const int2 at = tile_pixel(tile, upright, i, k);
		const int pixel = at.y * width + at.x;

		if (at.y >= height || at.x >= width)
			continue;
		store_vector(epilogue, output, mask, bias, pixel, outputs[i][k]);
		prefetch_vector(epilogue, output, mask, pixel + next);
	}
}

#ifdef WRITES_CELLS
// The same into cells, of which the first pixel of the first lies at `corner`.
void store_outputs_in_cells(__global float *output, int height, int width, struct epilogue epilogue, int2 corner,
			    int channel, int2 tile, bool upright, real outputs[OUTPUT_LINES][OUTPUTS])
{
	if (!(epilogue.flags & EPILOGUE_WRITTEN))
		return;
	ROLLED(i, OUTPUT_LINES)
	ROLLED(k, OUTPUTS)
	store_cell(output, height, width, tile_pixel(tile, upright, i, k) * CELL + corner, channel,
		   epilogue.flags & EPILOGUE_ACCUMULATED, outputs[i][k]);
}
#endif

#define TILE_KERNELS "winograd.clh"
#include "register_tiles.clh"
