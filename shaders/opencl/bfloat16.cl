// Whether this compiler and this processor multiply pairs of bfloat16: see engine/opencl/precision.c.

#ifdef BFLOAT16
ONE_ITEM __kernel void try_pairs(const __global uint *restrict left, const __global float *restrict values,
				 __global float *restrict sums)
{
	const uint8 pairs = to_pairs(load(values));

	store(sums, add_products(*(const __global uint16 *)left, (uint16)(pairs, pairs), load(sums)));
}
#endif
