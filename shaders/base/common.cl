// Put before every other shader by engine/opencl/program.c.
//
// Tensors are NHWC: the channels of a pixel lie together, and every kernel works on LANES of them
// at once. Pixel strides and channel offsets are multiples of 16 floats, so a vector is loaded and
// stored through an aligned pointer (vload16 and vstore16 promise less, and become four moves).

#ifndef LANES
#define LANES 16
#endif

// Vectors wider than the device's own are passed differently with other compiler options. All that
// calls these functions is built with them.
#ifdef __clang__
#pragma clang diagnostic ignored "-Wpsabi"
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
// Of kernels that GPUs run too, in groups of many items.
#ifdef MANY_ITEMS
#define ANY_GROUP
#else
#define ANY_GROUP ONE_ITEM
#endif

real load(const __global float *pointer)
{
	return *(const __global real *)pointer;
}

void store(__global float *pointer, real value)
{
	*(__global real *)pointer = value;
}

// Of kernels on rasters, launched as raster_grid in engine/picture/raster.c says: a work-item does RUN pixels
// of a row.
#ifndef RUN
#define RUN 1
#endif

#define FOR_RUN(x, y, width, height)                                                               \
	int y = get_global_id(1), x##_start = get_global_id(0) * RUN;                              \
	if (y < (height))                                                                          \
		for (int x = x##_start; x < min(x##_start + RUN, (width)); x++)

// Pairs of bfloat16, one in a lane: only on processors that have AVX-512 BF16, which round to the nearest, take
// subnormal numbers for 0, and add up in floats.
#ifdef BFLOAT16
// sum + both products of each lane.
float16 add_products(uint16 left, uint16 right, float16 sum)
{
	__asm__("vdpbf16ps %2, %1, %0" : "+v"(sum) : "v"(left), "v"(right));
	return sum;
}

uint8 to_pairs(float16 values)
{
	uint8 pairs;

	__asm__("vcvtneps2bf16 %1, %0" : "=v"(pairs) : "v"(values));
	return pairs;
}
#endif

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

// How every backward kernel writes a gradient: operator_record_destination in engine/operators/operator.c
// sets these arguments. The gradient is added to what is there (ACCUMULATE), and then loses what the clamp
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

// The arguments that record_slice sets, and the address of a channel of a pixel.
#define SLICE(name) __global float *name, int name##_offset, int name##_stride
#define READ_SLICE(name) const __global float *name, int name##_offset, int name##_stride
#define AT(name, pixel, channel)                                                                   \
	((name) + name##_offset + (size_t)(pixel)*name##_stride + (channel))

// How kernels that go pixel by pixel share the work (operator_record_over_pixels in engine/operators/operator.c):
// dimension 1 of the launch cuts the pixels into runs, dimension 0 the vectors of channels. On a
// CPU there are few long runs and dimension 0 is 1, on a GPU each work-item does one vector.
#define FOR_PIXELS(pixel, pixels)                                                                  \
	for (int pixel##_run = ((pixels) + (int)get_global_size(1) - 1) / (int)get_global_size(1), \
		 pixel = pixel##_run * (int)get_global_id(1),                                      \
		 pixel##_end = min(pixel + pixel##_run, (pixels));                                 \
	     pixel < pixel##_end; pixel++)
#define FOR_CHANNELS(channel, channels)                                                            \
	for (int channel = (int)get_global_id(0) * LANES; channel < (channels);                    \
	     channel += (int)get_global_size(0) * LANES)

// ---- convolutions ----

// A loop whose count is known to the compiler, written out so that arrays indexed by it become
// registers.
#define UNROLLED(index, count) _Pragma("unroll") for (int index = 0; index < (count); index++)
// One that stays a loop: what runs once a tile, written out, takes half the time of compiling.
#define ROLLED(index, count) _Pragma("nounroll") for (int index = 0; index < (count); index++)

// Processors gain by it. Only PoCL is known to take it.
#ifdef POCL_DEVICE_ADDRESS_BITS
#define PREFETCH(pointer) __builtin_prefetch((const __global void *)(pointer))
#define PREFETCH_TO_WRITE(pointer) __builtin_prefetch((const __global void *)(pointer), 1)
#else
#define PREFETCH(pointer)
#define PREFETCH_TO_WRITE(pointer)
#endif

// The name of what there is once for each register tile: name_12x2.
#ifdef BFLOAT16
#define OF_TILE(name) JOIN(name##_bfloat16_, JOIN(TILE_PIXELS, JOIN(x, TILE_VECTORS)))
#else
#define OF_TILE(name) JOIN(name##_, JOIN(TILE_PIXELS, JOIN(x, TILE_VECTORS)))
#endif

// Floats of a cache line, which is what is fetched.
#define LINE 16

// Twins of the structs in engine/convolution/problem.h, which explains them.
struct tap {
	int dy, dx;
	int offset, pixel_stride, channels;
	int row;
};

struct phase {
	int first_tap, tap_count;
	int y, x;
	int height, width;
};

struct epilogue {
	int offset, pixel_stride;
	int mask_offset, mask_stride;
	int flags;
	float low, high;
	int unused;
};

// Where input pixel (y, x), moved by tap, starts; zeros where that is outside the picture.
const __global float *tap_source(const __global float *input, int height, int width,
				 const __global float *zeros, struct tap tap, int y, int x)
{
	const int row = y + tap.dy, column = x + tap.dx;
	const bool inside = (uint)row < (uint)height && (uint)column < (uint)width;

	return inside ? input + tap.offset + (size_t)(row * width + column) * tap.pixel_stride
		      : zeros;
}

// The number, in the output, of a phase's pixel.
int phase_pixel(const __global struct phase *phase, int number, int output_width, int step_y,
		int step_x)
{
	const int row = number / phase->width, column = number - row * phase->width;

	return (row * step_y + phase->y) * output_width + column * step_x + phase->x;
}

enum { EPILOGUE_WRITTEN = 1, EPILOGUE_BIASED = 2, EPILOGUE_ACCUMULATED = 4, EPILOGUE_MASKED = 8 };

// Fetches what store_vector will write, add to and be masked by, which came from memory when it was due: from 320x240
// on, a layer does not stay in a core's cache. A pixel outside the picture does no harm.
void prefetch_vector(struct epilogue epilogue, __global float *output, const __global float *mask,
		     int pixel)
{
	if (epilogue.flags & EPILOGUE_WRITTEN)
		PREFETCH_TO_WRITE(output + epilogue.offset + (size_t)pixel * epilogue.pixel_stride);
	if (epilogue.flags & EPILOGUE_MASKED)
		PREFETCH(mask + epilogue.mask_offset + (size_t)pixel * epilogue.mask_stride);
}

// Writes a vector of one output pixel, with all that is fused into the epilogue.
void store_vector(struct epilogue epilogue, __global float *output, const __global float *mask,
		  const __global float *bias, int pixel, real value)
{
	__global float *place = output + epilogue.offset + (size_t)pixel * epilogue.pixel_stride;

	if (epilogue.flags & EPILOGUE_BIASED)
		value = clamp(value + load(bias), epilogue.low, epilogue.high);
	if (epilogue.flags & EPILOGUE_ACCUMULATED)
		value += load(place);
	if (epilogue.flags & EPILOGUE_MASKED) {
		real activation =
			load(mask + epilogue.mask_offset + (size_t)pixel * epilogue.mask_stride);
		value = select((real)0, value,
			       (integer)(activation > epilogue.low && activation < epilogue.high));
	}
	if (epilogue.flags & EPILOGUE_WRITTEN)
		store(place, value);
}
