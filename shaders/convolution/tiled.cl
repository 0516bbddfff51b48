// Convolution by work-groups, for devices whose work-items share local memory. A group of GROUP x
// GROUP items computes a block of pixels by output channels, each item TILE_PIXELS pixels by
// TILE_VECTORS vectors of it. The sum over taps and input channels is cut into quads, four channels
// of one tap: a list of them is all the kernel knows of windows, strides, dilations and joined
// inputs. In every step the group copies QUADS quads of its pixels and their rows of weights into
// local memory, where each is read by GROUP items.

#ifndef GROUP // built on its own, to see whether it compiles
#define GROUP 8
#define TILE_PIXELS 4
#define TILE_VECTORS 1
#endif

#define QUADS 4 // of a step; engine/convolution/tiled.c pads every phase's list to a multiple of it
#define ITEMS (GROUP * GROUP)
#define BLOCK_PIXELS (GROUP * TILE_PIXELS)
#define BLOCK_VECTORS (GROUP * TILE_VECTORS)
// Items that are neighbours write the QUADS quads of a pixel, then those of the next. Two more
// places a row put eight such items' 16 bytes next to each other modulo 128 bytes, which is how
// local memory is commonly divided into banks.
#define QUAD_STRIDE (BLOCK_PIXELS + 2)
#define VECTOR_STRIDE BLOCK_VECTORS

#include "quads.clh"

// The index is a constant wherever this is used.
float element(float4 quad, int index)
{
	return index == 0 ? quad.x : index == 1 ? quad.y : index == 2 ? quad.z : quad.w;
}

// An item's pixels and vectors are GROUP apart, so that items side by side read side by side.
void multiply_step(real sum[TILE_PIXELS][TILE_VECTORS], const __local float4 *quads,
		   const __local real *vectors)
{
	UNROLLED(q, QUADS)
	{
		float4 value[TILE_PIXELS];

		UNROLLED(i, TILE_PIXELS)
		value[i] = quads[q * QUAD_STRIDE + i * GROUP + get_local_id(1)];
		UNROLLED(c, 4)
		UNROLLED(v, TILE_VECTORS)
		{
			const real weight = vectors[(4 * q + c) * BLOCK_VECTORS + v * GROUP +
						    get_local_id(0)];
			UNROLLED(i, TILE_PIXELS)
			sum[i][v] = fma(weight, (real)element(value[i], c), sum[i][v]);
		}
	}
}

// Group (block of output channels, block of pixels, phase). A phase's taps are quads; `columns` is
// the length of a row of weights, of which there are four to a quad, in the quads' order.
__attribute__((reqd_work_group_size(GROUP, GROUP, 1))) __kernel void convolve_tiled(
	const __global float *restrict input, int input_height, int input_width,
	const __global float *restrict zeros, const __global float *restrict weights, int columns,
	__global float *restrict output, int output_width, const __global float *restrict mask,
	const __global struct tap *restrict taps, const __global struct phase *restrict phases,
	const __global struct epilogue *restrict epilogues, const __global float *restrict bias,
	int input_stride_y, int input_stride_x, int output_stride_y, int output_stride_x)
{
	__local float4 quads[QUADS * QUAD_STRIDE];
	__local real vectors[ROWS * BLOCK_VECTORS];
	const int item = get_local_id(1) * GROUP + get_local_id(0);
	const int first_vector = get_group_id(0) * BLOCK_VECTORS;
	const int first_pixel = get_global_id(1) / GROUP * BLOCK_PIXELS;
	const __global struct phase *phase = phases + get_global_id(2);
	const int pixels = phase->height * phase->width, end = phase->tap_count;
	const struct places places = find_places(item, first_pixel, pixels, phase->width,
						 input_stride_y, input_stride_x);
	struct copies copies;
	real sum[TILE_PIXELS][TILE_VECTORS];

	taps += phase->first_tap;
	weights += (size_t)phase->first_tap * 4 * columns + first_vector * LANES;
	UNROLLED(i, TILE_PIXELS)
	UNROLLED(v, TILE_VECTORS) sum[i][v] = 0;
	copies = fetch(item, &places, taps[item % QUADS], input, input_height, input_width, zeros,
		       weights, columns);
	for (int begin = 0; begin < end; begin += QUADS) {
		// After the last step its own copies are fetched again, and not used.
		const int next = min(begin + QUADS, end - QUADS);

		barrier(CLK_LOCAL_MEM_FENCE);
		put_quads(item, &copies, quads);
		put_vectors(item, &copies, vectors);
		barrier(CLK_LOCAL_MEM_FENCE);
		// Asked for before the products, so that memory works while the items do.
		copies = fetch(item, &places, taps[next + item % QUADS], input, input_height,
			       input_width, zeros, weights + (size_t)next * 4 * columns, columns);
		multiply_step(sum, quads, vectors);
	}
	UNROLLED(i, TILE_PIXELS)
	{
		const int pixel = first_pixel + i * GROUP + get_local_id(1);

		if (pixel < pixels) {
			const int place = phase_pixel(phase, pixel, output_width, output_stride_y,
						      output_stride_x);
			UNROLLED(v, TILE_VECTORS)
			{
				const int vector = first_vector + v * GROUP + get_local_id(0);
				store_vector(epilogues[vector], output, mask, bias + vector * LANES,
					     place, sum[i][v]);
			}
		}
	}
}
