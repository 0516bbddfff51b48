// Convolution by the matrix units of NVIDIA's GPUs, which multiply 16 x 8 by 8 x 8 values at once (add_unit_product in
// common.cl). A group of GROUP x GROUP warps computes a block of pixels by output channels, each warp TILE_PIXELS times
// 16 pixels by TILE_VECTORS times 16 channels of it, from the quads that tiled.cl knows.
//
// The units take the first 10 bits of a float's mantissa. With TERMS 3 a factor is the sum of two such values, what
// they leave of it being less than a float's last bit, and the product of the two small ones is left out: the
// error is a float's. With TERMS 1 factors are rounded.
//
// An item's four columns are a vector, so there is nothing for devices whose vectors are wider.

#if LANES == 4

#ifndef GROUP // built on its own, to see whether it compiles
#define GROUP 2
#define TILE_PIXELS 2
#define TILE_VECTORS 1
#define QUADS 8 // of a step; matrix.c pads every phase's list to a multiple of it
#define TERMS 3
#endif

#define ITEMS (WARP * GROUP * GROUP)
#define BLOCK_PIXELS (16 * TILE_PIXELS * GROUP)
#define BLOCK_VECTORS (4 * TILE_VECTORS * GROUP)
// As in tiled.cl; with 8 quads one more place is enough.
#define QUAD_STRIDE (BLOCK_PIXELS + 8 / QUADS)
// Items of a half-warp read 8 floats each of 4 rows: 8 floats more put these in different banks.
#define VECTOR_STRIDE (BLOCK_VECTORS + 2)

#include "quads.clh"

INLINED uint rounded(float value)
{
	return (as_uint(value) + 0x1000u) & 0xffffe000u;
}

INLINED uint left_over(float value)
{
	return as_uint(value - as_float(rounded(value)));
}

#ifdef MATRIX_UNITS
#define MOSTLY_UNROLLED UNROLLED
#else
// The stand-in's barriers, written out many times, would take minutes to compile.
#define MOSTLY_UNROLLED ROLLED
#endif

// The values of a part, of which the units see one or two terms.
struct pixel_values {
	float element[4];
};
struct channel_values {
	float element[2];
};

INLINED struct pixel_part pixel_term(struct pixel_values values, bool rest)
{
	struct pixel_part part;

	UNROLLED(i, 4)
	part.element[i] = rest ? left_over(values.element[i]) : rounded(values.element[i]);
	return part;
}

INLINED struct channel_part channel_term(struct channel_values values, bool rest)
{
	struct channel_part part;

	UNROLLED(i, 2)
	part.element[i] = rest ? left_over(values.element[i]) : rounded(values.element[i]);
	return part;
}

// The small terms first, which would be lost beside the large one's sum.
INLINED void add_terms(struct product_part *sum, struct pixel_values pixels, struct channel_values channels,
	       int item, __local uint *scratch)
{
#if TERMS == 3
	add_unit_product(sum, pixel_term(pixels, true), channel_term(channels, false), item, scratch);
	add_unit_product(sum, pixel_term(pixels, false), channel_term(channels, true), item, scratch);
#endif
	add_unit_product(sum, pixel_term(pixels, false), channel_term(channels, false), item, scratch);
}

// quads and vectors begin with the warp's first pixel and first channel. Columns are dealt to two products of 8
// so that an item's four columns of both are a vector: column n of product t is channel 2 n + t.
INLINED void multiply_step(struct product_part sum[TILE_PIXELS][2 * TILE_VECTORS],
		   const __local float *quads, const __local float *vectors, int item,
		   __local uint *scratch)
{
	const int row = item % WARP / 4, column = item % WARP % 4;

	ROLLED(step, QUADS / 2)
	{
		const int quad = 2 * step;
		struct channel_values channels[2 * TILE_VECTORS];

		UNROLLED(v, TILE_VECTORS)
		UNROLLED(i, 2)
		{
			const float2 pair = *(const __local float2 *)(vectors +
								      (4 * (quad + i) + column) *
									      VECTOR_STRIDE * LANES +
								      16 * v + 2 * row);
			channels[2 * v].element[i] = pair.x;
			channels[2 * v + 1].element[i] = pair.y;
		}
		MOSTLY_UNROLLED(p, TILE_PIXELS)
		{
			struct pixel_values pixels;

			UNROLLED(i, 4)
			pixels.element[i] = quads[((quad + i / 2) * QUAD_STRIDE + 16 * p + row + i % 2 * 8) * 4 +
						  column];
			MOSTLY_UNROLLED(v, 2 * TILE_VECTORS)
			add_terms(&sum[p][v], pixels, channels[v], item, scratch);
		}
	}
}

// Group (block of output channels, block of pixels, phase), as convolve_tiled.
__attribute__((reqd_work_group_size(ITEMS, 1, 1))) __kernel void convolve_by_matrix_units(
	const __global float *restrict input, int input_height, int input_width,
	const __global float *restrict zeros, const __global float *restrict weights, int columns,
	__global float *restrict output, int output_width, const __global float *restrict mask,
	const __global struct tap *restrict taps, const __global struct phase *restrict phases,
	const __global struct epilogue *restrict epilogues, const __global float *restrict bias,
	int input_stride_y, int input_stride_x, int output_stride_y, int output_stride_x)
{
	__local float4 quads[QUADS * QUAD_STRIDE];
	__local real vectors[ROWS * VECTOR_STRIDE];
	__local uint scratch[UNIT_SCRATCH(ITEMS)];
	const int item = get_local_id(0), warp = item / WARP, lane = item % WARP;
	const int first_vector = get_group_id(0) * BLOCK_VECTORS;
	const int first_pixel = get_group_id(1) * BLOCK_PIXELS;
	const int warp_vector = warp % GROUP * 4 * TILE_VECTORS, warp_pixel = warp / GROUP * 16 * TILE_PIXELS;
	const __global struct phase *phase = phases + get_global_id(2);
	const int pixels = phase->height * phase->width, end = phase->tap_count;
	const struct places places = find_places(item, first_pixel, pixels, phase->width,
						 input_stride_y, input_stride_x);
	struct copies copies;
	struct product_part sum[TILE_PIXELS][2 * TILE_VECTORS];

	taps += phase->first_tap;
	weights += (size_t)phase->first_tap * 4 * columns + first_vector * LANES;
	UNROLLED(p, TILE_PIXELS)
	UNROLLED(v, 2 * TILE_VECTORS)
	UNROLLED(i, 4) sum[p][v].element[i] = 0;
	copies = fetch(item, &places, taps[item % QUADS], input, input_height, input_width, zeros,
		       weights, columns);
	for (int begin = 0; begin < end; begin += QUADS) {
		const int next = min(begin + QUADS, end - QUADS);

		barrier(CLK_LOCAL_MEM_FENCE);
		put(item, &copies, quads, vectors);
		barrier(CLK_LOCAL_MEM_FENCE);
		copies = fetch(item, &places, taps[next + item % QUADS], input, input_height,
			       input_width, zeros, weights + (size_t)next * 4 * columns, columns);
		multiply_step(sum, (const __local float *)(quads + warp_pixel),
			      (const __local float *)(vectors + warp_vector), item, scratch);
	}
	UNROLLED(p, TILE_PIXELS)
	UNROLLED(part, 2)
	{
		const int pixel = first_pixel + warp_pixel + 16 * p + 8 * part + lane / 4;

		if (pixel < pixels) {
			const int place = phase_pixel(phase, pixel, output_width, output_stride_y,
						      output_stride_x);
			UNROLLED(v, TILE_VECTORS)
			{
				const int vector = first_vector + warp_vector + 4 * v + lane % 4;
				const struct product_part even = sum[p][2 * v], odd = sum[p][2 * v + 1];

				store_vector(epilogues[vector], output, mask, bias + vector * LANES, place,
					     (real)(even.element[2 * part], odd.element[2 * part],
						    even.element[2 * part + 1], odd.element[2 * part + 1]));
			}
		}
	}
}

#endif
