// Whether a GPU's matrix units give the products they should, and how many in a second: see engine/opencl/units.c.
// A group is one warp. Its items load their parts of pixels[UNIT_PIXELS][UNIT_INPUTS] and weights[UNIT_INPUTS][16], add
// up the product SUMS times in every round, without waiting for each other's sums, and store all of it in
// sums[group][UNIT_PIXELS][16].
#if LANES == 4

#ifndef SUMS
#define SUMS 1
#endif

#include "../base/units.clh"

INLINED struct pixel_part load_pixels(const __global float *pixels, int lane)
{
	struct pixel_part part;

	UNROLLED(w, PIXEL_WORDS)
	{
		const int input = 4 * PIXEL_QUAD(lane, w) + WORD_VALUES * PIXEL_PLACE(lane, w);
		const __global float *pixel = pixels + PIXEL_OF(lane, w) * UNIT_INPUTS + input;

		part.word[w] = unit_word(pixel[0], pixel[WORD_VALUES - 1]);
	}
	return part;
}

INLINED struct channel_part load_channels(const __global float *weights, int lane, int product)
{
	struct channel_part part;

	UNROLLED(w, CHANNEL_WORDS)
	{
		const int input = 4 * CHANNEL_QUAD(lane, w) + WORD_VALUES * CHANNEL_PLACE(lane, w);
		const __global float *weight = weights + input * 16 + CHANNEL_OF(lane, w, product);

		part.word[w] = CHANNEL_WORD(lane, unit_word(weight[0], weight[(WORD_VALUES - 1) * 16]));
	}
	return part;
}

UNIT_KERNEL __attribute__((reqd_work_group_size(WARP, 1, 1))) __kernel void multiply_by_units(
	const __global float *restrict pixels, const __global float *restrict weights,
	__global float *restrict sums, int rounds)
{
	__local uint scratch[UNIT_SCRATCH(WARP)];
	const int lane = get_local_id(0);
	const struct pixel_part pixel_part = load_pixels(pixels, lane);
	struct channel_part channels[UNIT_PRODUCTS];
	struct product_part sum[SUMS][UNIT_PRODUCTS];

	UNROLLED(t, UNIT_PRODUCTS) channels[t] = load_channels(weights, lane, t);
	UNROLLED(s, SUMS)
	UNROLLED(t, UNIT_PRODUCTS)
	UNROLLED(i, PRODUCT_VALUES) sum[s][t].value[i] = 0;
	for (int round = 0; round < rounds; round++)
		UNROLLED(s, SUMS)
		UNROLLED(t, UNIT_PRODUCTS)
		add_unit_product(&sum[s][t], pixel_part, channels[t], lane, scratch);
	sums += get_group_id(0) * UNIT_PIXELS * 16;
	UNROLLED(part, HELD_VECTORS)
	UNROLLED(i, 4)
	{
		float all = 0;

		UNROLLED(s, SUMS) all += HELD_VALUE(sum[s], part, i);
		sums[HELD_PIXEL(lane, part) * 16 + 4 * HELD_VECTOR(lane, part) + i] = all;
	}
}
#endif
