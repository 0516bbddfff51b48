// Whether a GPU's matrix units give the products they should, and how many in a second: see engine/opencl/units.c.
// A group is one warp. Its items load their parts of left[16][8] and right[8][8], add up the product SUMS times in
// every round, without waiting for each other's sums, and store all of it in sums[group][16][8].
#if LANES == 4

#ifndef SUMS
#define SUMS 1
#endif

__attribute__((reqd_work_group_size(WARP, 1, 1))) __kernel void multiply_by_units(
	const __global float *restrict left, const __global float *restrict right,
	__global float *restrict sums, int rounds)
{
	__local uint scratch[UNIT_SCRATCH(WARP)];
	const int lane = get_local_id(0), row = lane / 4, column = lane % 4;
	struct pixel_part pixels;
	struct channel_part channels;
	struct product_part sum[SUMS];

	UNROLLED(i, 4) pixels.element[i] = as_uint(left[(row + i % 2 * 8) * 8 + column + i / 2 * 4]);
	UNROLLED(i, 2) channels.element[i] = as_uint(right[(column + i * 4) * 8 + row]);
	UNROLLED(s, SUMS)
	UNROLLED(i, 4) sum[s].element[i] = 0;
	for (int round = 0; round < rounds; round++)
		UNROLLED(s, SUMS) add_unit_product(&sum[s], pixels, channels, lane, scratch);
	sums += get_group_id(0) * 128;
	UNROLLED(i, 4)
	{
		float all = 0;

		UNROLLED(s, SUMS) all += sum[s].element[i];
		sums[(row + i / 2 * 8) * 8 + 2 * column + i % 2] = all;
	}
}
#endif
