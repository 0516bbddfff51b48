// Put before every other shader by engine/program.c.
//
// Tensors are NHWC: the channels of a pixel lie together, and every kernel works on LANES of them
// at once. Pixel strides and channel offsets are multiples of 16 floats, so a vector is loaded and
// stored through an aligned pointer (vload16 and vstore16 promise less, and become four moves).

#ifndef LANES
#define LANES 16
#endif

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

typedef JOIN(float, LANES) real;
typedef JOIN(int, LANES) integer;
typedef JOIN(uchar, LANES) octets;

#define to_octets JOIN(convert_uchar, LANES)
#define to_integer JOIN(convert_int, LANES)

// PoCL's work-groups are loops on one core: one work-item that uses vectors beats many that do not.
#define ONE_ITEM __attribute__((reqd_work_group_size(1, 1, 1)))

real load(const __global float *pointer)
{
	return *(const __global real *)pointer;
}

void store(__global float *pointer, real value)
{
	*(__global real *)pointer = value;
}
