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

// The number of each lane: 0, 1, 2, ...
#if LANES == 16
#define LANE_NUMBERS ((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15))
#elif LANES == 8
#define LANE_NUMBERS ((int8)(0, 1, 2, 3, 4, 5, 6, 7))
#else
#define LANE_NUMBERS ((int4)(0, 1, 2, 3))
#endif

float sum_of_lanes(real value)
{
#if LANES == 16
	float8 half_sum = value.lo + value.hi;
	float4 sum = half_sum.lo + half_sum.hi;
#elif LANES == 8
	float4 sum = value.lo + value.hi;
#else
	float4 sum = value;
#endif
	return (sum.x + sum.y) + (sum.z + sum.w);
}

// The lanes of value whose channel, counted from that of the first lane, exists; 0 in the others.
// Lanes past the last channel hold values of no meaning.
real only_channels(real value, int channel, int channels)
{
	return select((real)0, value, (integer)(LANE_NUMBERS + channel < channels));
}

// How every backward kernel writes a gradient: record_destination in engine/operation.c sets these
// arguments. The gradient is added to what is there (ACCUMULATE), and then loses what the clamp
// that was fused into the tensor's store does not let through (MASKED).
#define ACCUMULATE 1
#define MASKED 2

struct destination {
	__global float *gradient;
	int gradient_stride;
	const __global float *activation; // of the same tensor; read only if MASKED
	int activation_stride;
	int flags;
	float low, high; // the clamp
};

#define DESTINATION_ARGUMENTS                                                                      \
	__global float *destination_gradient, int destination_gradient_offset,                     \
		int destination_gradient_stride,                                                   \
		const __global float *destination_activation, int destination_activation_offset,   \
		int destination_activation_stride, int destination_flags, float destination_low,   \
		float destination_high

#define DESTINATION                                                                                \
	{                                                                                          \
		destination_gradient + destination_gradient_offset, destination_gradient_stride,   \
			destination_activation + destination_activation_offset,                    \
			destination_activation_stride, destination_flags, destination_low,         \
			destination_high                                                           \
	}

// Writes LANES channels, from the given one, of a pixel.
void store_gradient(const struct destination *to, int pixel, int channel, real value)
{
	__global float *gradient = to->gradient + (size_t)pixel * to->gradient_stride + channel;

	if (to->flags & ACCUMULATE)
		value += load(gradient);
	if (to->flags & MASKED) {
		real activation = load(to->activation +
				       (size_t)pixel * to->activation_stride + channel);
		value = select((real)0, value,
			       (integer)(activation > to->low && activation < to->high));
	}
	store(gradient, value);
}
