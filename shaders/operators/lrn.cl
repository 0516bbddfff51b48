// Local response normalisation across channels (Krizhevsky, Sutskever, Hinton 2012; ONNX LRN):
//   y[c] = x[c] * s[c]^-beta,  s[c] = k + alpha / size * (sum of x^2 over channels near c)
//   dL/dx[c] = g[c] * s[c]^-beta - 2 alpha beta / size * x[c] * (sum of g y / s near c)
// where the second sum's neighbourhood is the first's mirrored. `saved` has s, scales_stride elements a pixel.
//
// A work-group has whole pixels, so that a pixel's terms of such a sum need not go through global memory, which
// is what bounds this: ROW of them, with MARGIN zeros on either side so that a shifted vector is read without
// asking whether the channel exists.
//
// BETA_IS_THREE_QUARTERS, as published networks have it, is a build option: that power takes no logarithm.

#ifndef ROW // built on its own, to see whether it compiles
#define ROW 96
#define MARGIN 16
#endif

#ifdef MANY_ITEMS
#define TOGETHER() barrier(CLK_LOCAL_MEM_FENCE)
#else
#define TOGETHER()
#endif

void store_terms(__local float *terms, int channel, int channels, real value)
{
	*(__local real *)(terms + MARGIN + channel) = only_channels(value, channel, channels);
	if (channel == 0)
		for (int i = 0; i < MARGIN; i += LANES)
			*(__local real *)(terms + i) = 0;
	if (channel + LANES >= channels)
		for (int i = MARGIN + channel + LANES; i < ROW; i += LANES)
			*(__local real *)(terms + i) = 0;
}

real sum_of_terms(const __local float *terms, int channel, int before, int after)
{
	real sum = 0;
	for (int i = -before; i <= after; i++)
		sum += JOIN(vload, LANES)(0, terms + MARGIN + channel + i);
	return sum;
}

#define AS_INTEGER JOIN(as_int, LANES)
#define AS_REAL JOIN(as_float, LANES)

// The logarithm to base 2 of normal numbers above 0: that of a part near 1, as the series of artanh, and an
// exponent. Within 1e-7 and the rounding of the sum.
real logarithm(real value)
{
	integer bits = AS_INTEGER(value);
	// Counted from the root of a half, so that what is left lies between that and the root of 2.
	integer exponent = (bits - 0x3f3504f3) >> 23;
	real part = AS_REAL(bits - (exponent << 23));
	real s = (part - 1) / (part + 1), z = s * s;
	real series = 1 + z * (1 / 3.0f + z * (0.2f + z * (1 / 7.0f + z * (1 / 9.0f))));

	return JOIN(convert_float, LANES)(exponent) + 2 * M_LOG2E_F * s * series;
}

// 2 to a power: a whole one, which is an exponent, times one of -0.5 to 0.5, as the series of exp.
real power_of_2(real power)
{
	const float rounds = 12582912; // 1.5 * 2^23: what is added to it loses what is behind the point
	real limited = clamp(power, (real)-126, (real)126), whole = limited + rounds;
	real x = (limited - (whole - rounds)) * M_LN2_F;
	real series = 1 + x * (1 + x * (0.5f + x * (1 / 6.0f + x * (1 / 24.0f + x * (1 / 120.0f + x / 720)))));

	return AS_REAL(AS_INTEGER(series) + (AS_INTEGER(whole) << 23));
}

// powr and log2 are exact to the last bits, for which PoCL takes ten times as long. This loses about
// log2(base) * exponent of those bits' units; scales are near 1.
real power(real base, float exponent)
{
	return power_of_2(logarithm(base) * exponent);
}

// Of the numbers that power() takes: a guess within 3.2 % from halving the bits twice, and three of Newton's steps,
// each of which squares the error.
real inverse_fourth_root(real value)
{
	real root = AS_REAL(0x4f586000 - (AS_INTEGER(value) >> 2));

	UNROLLED(i, 3)
	{
		real square = root * root;
		root = fma(root * 0.25f, fma(-value * square, square, (real)1), root);
	}
	return root;
}

// scale^-beta, and 1 / scale.
real damping(real scale, float beta, real *inverse)
{
#ifdef BETA_IS_THREE_QUARTERS
	real root = inverse_fourth_root(scale), square = root * root;

	*inverse = square * square;
	return square * root;
#else
	*inverse = 1 / scale;
	return power(scale, -beta);
#endif
}

ANY_GROUP __kernel void lrn_forward(READ_SLICE(in), SLICE(out), __global float *saved, int scales_offset,
				    int scales_stride, int before, int after, float k,
				    float alpha_over_size, float beta, int channels, int pixels)
{
	__local float terms[ROW] __attribute__((aligned(64)));

	FOR_PIXELS(pixel, pixels) {
		__global float *scales = saved + scales_offset + (size_t)pixel * scales_stride;

		FOR_CHANNELS(channel, channels) {
			real value = load(AT(in, pixel, channel));
			store_terms(terms, channel, channels, value * value);
		}
		TOGETHER();
		FOR_CHANNELS(channel, channels) {
			real squares = sum_of_terms(terms, channel, before, after), inverse;
			// Not 0, should k be 0 where all neighbours are.
			real scale = fmax(fma(squares, (real)alpha_over_size, (real)k),
					  (real)1e-30f);
			store(scales + channel, scale);
			store(AT(out, pixel, channel),
			      load(AT(in, pixel, channel)) * damping(scale, beta, &inverse));
		}
		TOGETHER();
	}
}

ANY_GROUP __kernel void lrn_backward(READ_SLICE(gradient), READ_SLICE(in),
				     const __global float *saved, int scales_offset, int scales_stride,
				     int before, int after, float factor, float beta, int channels,
				     int pixels, DESTINATION_ARGUMENTS)
{
	__local float terms[ROW] __attribute__((aligned(64)));
	__local float dampings[ROW] __attribute__((aligned(64)));
	struct destination to = DESTINATION;

	FOR_PIXELS(pixel, pixels) {
		const __global float *scales = saved + scales_offset + (size_t)pixel * scales_stride;

		FOR_CHANNELS(channel, channels) {
			real inverse, damped = damping(load(scales + channel), beta, &inverse);

			*(__local real *)(dampings + channel) = damped;
			store_terms(terms, channel, channels,
				    load(AT(gradient, pixel, channel)) * load(AT(in, pixel, channel)) *
					    damped * inverse);
		}
		TOGETHER();
		FOR_CHANNELS(channel, channels) {
			real ratios = sum_of_terms(terms, channel, after, before);
			real direct = load(AT(gradient, pixel, channel)) *
				      *(const __local real *)(dampings + channel);
			store_gradient(&to, pixel, channel,
				       direct - factor * load(AT(in, pixel, channel)) * ratios);
		}
		TOGETHER();
	}
}
