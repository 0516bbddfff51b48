// How fast the device multiplies and adds at best: sums that do not wait for each other, in
// registers. Every work-item does 2 * LANES * SUMS * rounds operations.
#ifndef SUMS
#define SUMS 12
#endif

__kernel void multiply_and_add(__global float *out, float factor, int rounds)
{
	real sums[SUMS];
	UNROLLED(i, SUMS)
		sums[i] = (real)(get_global_id(0) + i);
	for (int round = 0; round < rounds; round++) {
		UNROLLED(i, SUMS)
			sums[i] = fma(sums[i], (real)factor, (real)factor);
	}
	real sum = 0;
	UNROLLED(i, SUMS)
		sum += sums[i];
	out[get_global_id(0)] = sum_of_lanes(sum);
}
