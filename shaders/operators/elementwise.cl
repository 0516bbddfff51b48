// Operators that treat every element by itself, and those that only move elements.
// Forward kernels write `out`; backward kernels read `gradient`, that of the output.

__kernel void affine_forward(READ_SLICE(in), SLICE(out), const __global float *scale,
			     const __global float *shift, float low, float high, int channels,
			     int pixels)
{
	FOR_PIXELS(pixel, pixels)
		FOR_CHANNELS(channel, channels) {
			real value = fma(load(AT(in, pixel, channel)), load(scale + channel),
					 load(shift + channel));
			store(AT(out, pixel, channel), fmin(fmax(value, (real)low), (real)high));
		}
}

__kernel void affine_backward(READ_SLICE(gradient), const __global float *scale, int channels,
			      int pixels, DESTINATION_ARGUMENTS)
{
	struct destination to = DESTINATION;

	FOR_PIXELS(pixel, pixels)
		FOR_CHANNELS(channel, channels)
			store_gradient(&to, pixel, channel,
				       load(AT(gradient, pixel, channel)) * load(scale + channel));
}

// y = f(x) and dL/dx = dL/dy * f'. `value` is x in the forward expression; in the derivative it is
// x or y, as operator_reads in engine/operators/operator.c says. a and b are the operator's constants.
#define UNARY(name, function, derivative)                                                          \
	__kernel void name##_forward(READ_SLICE(in), SLICE(out), float a, float b, int channels,   \
				     int pixels)                                                   \
	{                                                                                          \
		FOR_PIXELS(pixel, pixels)                                                          \
			FOR_CHANNELS(channel, channels) {                                          \
				real value = load(AT(in, pixel, channel));                         \
				store(AT(out, pixel, channel), function);                          \
			}                                                                          \
	}                                                                                          \
	__kernel void name##_backward(READ_SLICE(gradient), READ_SLICE(known), float a, float b,   \
				      int channels, int pixels, DESTINATION_ARGUMENTS)             \
	{                                                                                          \
		struct destination to = DESTINATION;                                               \
		FOR_PIXELS(pixel, pixels)                                                          \
			FOR_CHANNELS(channel, channels) {                                          \
				real value = load(AT(known, pixel, channel));                      \
				store_gradient(&to, pixel, channel,                                \
					       load(AT(gradient, pixel, channel)) * (derivative)); \
			}                                                                          \
	}

#define WHERE(condition, then, otherwise)                                                          \
	select((real)(otherwise), (real)(then), (integer)(condition))

UNARY(clamp, fmin(fmax(value, (real)a), (real)b), WHERE(value > a && value < b, 1, 0))
UNARY(leaky_relu, WHERE(value < 0, value * a, value), WHERE(value < 0, a, 1))
UNARY(sigmoid, 1 / (1 + exp(-value)), value * (1 - value))
UNARY(hard_sigmoid, fmin(fmax(fma(value, (real)a, (real)b), (real)0), (real)1),
      WHERE(value > 0 && value < 1, a, 0))
UNARY(hard_swish, value *fmin(fmax(fma(value, (real)(1.0f / 6), (real)0.5f), (real)0), (real)1),
      WHERE(value > -3 && value < 3, fma(value, (real)(1.0f / 3), (real)0.5f),
	    WHERE(value > 0, 1, 0)))

UNARY(elu, WHERE(value < 0, a * (exp(value) - 1), value), WHERE(value < 0, a * exp(value), 1))
UNARY(tanh, tanh(value), 1 - value * value)
UNARY(softplus, fmax(value, (real)0) + log1p(exp(-fabs(value))), 1 / (1 + exp(-value)))
UNARY(erf, erf(value), 1.128379167f * exp(-value * value))
UNARY(gelu, value * 0.5f * (1 + erf(value * 0.7071067812f)),
      0.5f * (1 + erf(value * 0.7071067812f)) +
	      value * 0.3989422804f * exp(-0.5f * value * value))
#define GELU_INNER(x) (0.7978845608f * (x) * (1 + 0.044715f * (x) * (x)))
UNARY(gelu_tanh, value * 0.5f * (1 + tanh(GELU_INNER(value))),
      0.5f * (1 + tanh(GELU_INNER(value))) +
	      0.5f * value * (1 - tanh(GELU_INNER(value)) * tanh(GELU_INNER(value))) *
		      0.7978845608f * (1 + 0.134145f * value * value))
// Lanes past the last channel hold 0, of which a power may be infinite; sums take them times 0, which
// would then be no number.
#define INSIDE (LANE_NUMBERS + channel < channels)
UNARY(power, WHERE(INSIDE, pow(value, (real)a), 0), WHERE(INSIDE, a * pow(value, (real)(a - 1)), 0))

__kernel void prelu_forward(READ_SLICE(in), SLICE(out), const __global float *slopes, int channels,
			    int pixels)
{
	FOR_PIXELS(pixel, pixels)
		FOR_CHANNELS(channel, channels) {
			real value = load(AT(in, pixel, channel));
			store(AT(out, pixel, channel),
			      WHERE(value < 0, value * load(slopes + channel), value));
		}
}

__kernel void prelu_backward(READ_SLICE(gradient), READ_SLICE(in), const __global float *slopes,
			     int channels, int pixels, DESTINATION_ARGUMENTS)
{
	struct destination to = DESTINATION;

	FOR_PIXELS(pixel, pixels)
		FOR_CHANNELS(channel, channels) {
			real slope = WHERE(load(AT(in, pixel, channel)) < 0, load(slopes + channel),
					   1);
			store_gradient(&to, pixel, channel,
				       load(AT(gradient, pixel, channel)) * slope);
		}
}

__kernel void add_forward(READ_SLICE(a), READ_SLICE(b), SLICE(out), float low, float high,
			  int channels, int pixels)
{
	FOR_PIXELS(pixel, pixels)
		FOR_CHANNELS(channel, channels) {
			real sum = load(AT(a, pixel, channel)) + load(AT(b, pixel, channel));
			store(AT(out, pixel, channel), fmin(fmax(sum, (real)low), (real)high));
		}
}

// b_step is 1, or 0 where b has a single pixel that multiplies all of a's.
__kernel void multiply_forward(READ_SLICE(a), READ_SLICE(b), int b_step, SLICE(out), int channels,
			       int pixels)
{
	FOR_PIXELS(pixel, pixels)
		FOR_CHANNELS(channel, channels)
			store(AT(out, pixel, channel), load(AT(a, pixel, channel)) *
							       load(AT(b, pixel * b_step, channel)));
}

__kernel void multiply_backward(READ_SLICE(gradient), READ_SLICE(other), int other_step,
				int channels, int pixels, DESTINATION_ARGUMENTS)
{
	struct destination to = DESTINATION;

	FOR_PIXELS(pixel, pixels)
		FOR_CHANNELS(channel, channels)
			store_gradient(&to, pixel, channel,
				       load(AT(gradient, pixel, channel)) *
					       load(AT(other, pixel * other_step, channel)));
}

// ---- sums over all pixels: launched by operator_record_over_channels in engine/operators/operator.c ----

// A group is VECTORS vectors wide, in dimension 0; SHARE items share the pixels of each, in
// dimension 1.
#ifndef SHARE
#define SHARE 1
#define VECTORS 1
#endif

// What the items that share a vector have together. All items of a group call it, and the first of
// each vector gets it.
real sum_of_items(__local real *shared, real sum)
{
	const int column = get_local_id(0), item = get_local_id(1);

	shared[item * VECTORS + column] = sum;
	for (int half_share = SHARE / 2; half_share > 0; half_share /= 2) {
		barrier(CLK_LOCAL_MEM_FENCE);
		if (item < half_share)
			shared[item * VECTORS + column] +=
				shared[(item + half_share) * VECTORS + column];
	}
	return item == 0 ? shared[column] : sum;
}

// The gradient of an operand of one pixel: summed over the pixels it was multiplied with.
__kernel void multiply_backward_sum(READ_SLICE(gradient), READ_SLICE(other), int pixels,
				    DESTINATION_ARGUMENTS)
{
	__local real shared[SHARE * VECTORS];
	struct destination to = DESTINATION;
	const int channel = get_global_id(0) * LANES;
	real sum = 0;

	for (int pixel = get_local_id(1); pixel < pixels; pixel += SHARE)
		sum = fma(load(AT(gradient, pixel, channel)), load(AT(other, pixel, channel)), sum);
	sum = sum_of_items(shared, sum);
	if (get_local_id(1) == 0)
		store_gradient(&to, 0, channel, sum);
}

__kernel void mean_forward(READ_SLICE(in), SLICE(out), int pixels)
{
	__local real shared[SHARE * VECTORS];
	const int channel = get_global_id(0) * LANES;
	real sum = 0;

	for (int pixel = get_local_id(1); pixel < pixels; pixel += SHARE)
		sum += load(AT(in, pixel, channel));
	sum = sum_of_items(shared, sum);
	if (get_local_id(1) == 0)
		store(AT(out, 0, channel), sum / pixels);
}

__kernel void mean_backward(READ_SLICE(gradient), int channels, int pixels, DESTINATION_ARGUMENTS)
{
	struct destination to = DESTINATION;

	FOR_PIXELS(pixel, pixels)
		FOR_CHANNELS(channel, channels)
			store_gradient(&to, pixel, channel,
				       load(AT(gradient, 0, channel)) / pixels);
}

// Copies channels to a run of channels of a wider tensor that starts anywhere: out_offset need not
// be a multiple of LANES. Where it is, whole vectors are written; what they spill past the last
// channel reaches no further than the next multiple of LANES, so it can only hit a run that is
// copied after this one.
__kernel void copy_channels(READ_SLICE(in), SLICE(out), int channels, int pixels)
{
	bool aligned = out_offset % LANES == 0;

	FOR_PIXELS(pixel, pixels)
		FOR_CHANNELS(channel, channels) {
			const __global float *from = AT(in, pixel, channel);
			__global float *to = AT(out, pixel, channel);
			if (aligned)
				store(to, load(from));
			else
				for (int lane = 0; lane < min(LANES, channels - channel); lane++)
					to[lane] = from[lane];
		}
}

// The gradient of copy_channels, and of a sum: gradient_offset need not be a multiple of LANES.
__kernel void copy_backward(READ_SLICE(gradient), int channels, int pixels, DESTINATION_ARGUMENTS)
{
	struct destination to = DESTINATION;
	bool aligned = gradient_offset % LANES == 0;

	FOR_PIXELS(pixel, pixels)
		FOR_CHANNELS(channel, channels) {
			const __global float *from = AT(gradient, pixel, channel);
			float lanes[LANES] = {0};
			if (aligned) {
				store_gradient(&to, pixel, channel, load(from));
				continue;
			}
			for (int lane = 0; lane < min(LANES, channels - channel); lane++)
				lanes[lane] = from[lane];
			store_gradient(&to, pixel, channel, JOIN(vload, LANES)(0, lanes));
		}
}

// Top and left may be negative, which crops.
__kernel void pad_forward(READ_SLICE(in), int in_height, int in_width, SLICE(out), int out_height,
			  int out_width, int top, int left, float outside, int channels)
{
	FOR_PIXELS(pixel, out_height * out_width) {
		int y = pixel / out_width - top, x = pixel % out_width - left;
		bool inside = y >= 0 && y < in_height && x >= 0 && x < in_width;
		FOR_CHANNELS(channel, channels)
			store(AT(out, pixel, channel),
			      inside ? load(AT(in, y * in_width + x, channel)) : (real)outside);
	}
}

__kernel void pad_backward(READ_SLICE(gradient), int out_height, int out_width, int in_height,
			   int in_width, int top, int left, int channels, DESTINATION_ARGUMENTS)
{
	struct destination to = DESTINATION;

	FOR_PIXELS(pixel, in_height * in_width) {
		int y = pixel / in_width + top, x = pixel % in_width + left;
		bool inside = y >= 0 && y < out_height && x >= 0 && x < out_width;
		FOR_CHANNELS(channel, channels)
			store_gradient(&to, pixel, channel,
				       inside ? load(AT(gradient, y * out_width + x, channel))
					      : (real)0);
	}
}
