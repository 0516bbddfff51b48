// Local response normalisation across channels (Krizhevsky, Sutskever, Hinton 2012; ONNX LRN):
//   y[c] = x[c] * s[c]^-beta,  s[c] = k + alpha / size * (sum of x^2 over channels near c)
//   dL/dx[c] = g[c] * s[c]^-beta - 2 alpha beta / size * x[c] * (sum of g y / s near c)
// where the second sum's neighbourhood is the first's mirrored.
//
// A work-group has whole pixels, so that a pixel's terms of such a sum need not go through global memory, which
// is what bounds this: ROW of them, with MARGIN zeros on either side so that a shifted vector is read without
// asking whether the channel exists. For the same reason s is not kept, but calculated again backward.
//
// BETA_IS_THREE_QUARTERS, as published networks have it, is a build option: that power takes no logarithm.

#ifndef ROW // built on its own, to see whether it compiles
#define ROW 96
#define MARGIN 16
#endif

// Pixels whose terms are written before any is read. Processors wait long for a vector of which two parts were
// written a moment ago.
#ifdef MANY_ITEMS
#define TOGETHER() barrier(CLK_LOCAL_MEM_FENCE)
#define BATCH 1
#else
#define TOGETHER()
#define BATCH (384 / ROW + 1)
#endif

#define ROWS(name) __local float name[BATCH * ROW] __attribute__((aligned(64)))

// The pixels from `first` on that are done together, with their rows of terms.
#define FOR_BATCHES(first, end, pixels)                                                                     \
	for (int first##_run = ((pixels) + (int)get_global_size(1) - 1) / (int)get_global_size(1),           \
		 first = first##_run * (int)get_global_id(1), end = min(first + first##_run, (pixels));      \
	     first < end; first += BATCH)
#define FOR_BATCH(pixel, row, first, end)                                                                    \
	for (int pixel = first, row = MARGIN; pixel < min(first + BATCH, end); pixel++, row += ROW)

// What store_terms does not write stays 0.
void clear_rows(__local float *terms)
{
	for (int i = get_local_id(0) * LANES; i < BATCH * ROW; i += get_local_size(0) * LANES)
		*(__local real *)(terms + i) = 0;
}

void store_terms(__local float *terms, int channel, int channels, real value)
{
	*(__local real *)(terms + channel) = only_channels(value, channel, channels);
}

void store_squares(__local float *squares, READ_SLICE(in), int channels, int first, int end)
{
	FOR_BATCH(pixel, row, first, end)
	FOR_CHANNELS(channel, channels) {
		real value = load(AT(in, pixel, channel));
		store_terms(squares + row, channel, channels, value * value);
	}
}

real sum_of_terms(const __local float *terms, int channel, int before, int after)
{
	real sum = 0;
	for (int i = -before; i <= after; i++)
		sum += JOIN(vload, LANES)(0, terms + channel + i);
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

// Of the numbers that power() takes: a guess within 3.2 % from halving the bits twice, and two steps that end the
// series of (1 - error)^-1/4 after its second term, each of which cubes the error.
real inverse_fourth_root(real value)
{
	real root = AS_REAL(0x4f586000 - (AS_INTEGER(value) >> 2));

	UNROLLED(i, 2)
	{
		real square = root * root, error = fma(-value * square, square, (real)1);
		root = fma(root * error, fma(error, (real)(5 / 32.0f), (real)0.25f), root);
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

#define SCALE_ARGUMENTS int before, int after, float k, float alpha_over_size, float beta

// Of channels whose squares are the terms. Not 0, should k be 0 where all neighbours are.
real scale_of(const __local float *squares, int channel, int before, int after, float k, float alpha_over_size)
{
	real sum = sum_of_terms(squares, channel, before, after);

	return fmax(fma(sum, (real)alpha_over_size, (real)k), (real)1e-30f);
}

ANY_GROUP __kernel void lrn_forward(READ_SLICE(in), SLICE(out), SCALE_ARGUMENTS, int channels, int pixels)
{
	ROWS(squares);

	clear_rows(squares);
	TOGETHER();
	FOR_BATCHES(first, end, pixels) {
		store_squares(squares, in, in_offset, in_stride, channels, first, end);
		TOGETHER();
		FOR_BATCH(pixel, row, first, end)
		FOR_CHANNELS(channel, channels) {
			real scale = scale_of(squares + row, channel, before, after, k, alpha_over_size), inverse;
			store(AT(out, pixel, channel),
			      load(AT(in, pixel, channel)) * damping(scale, beta, &inverse));
		}
		TOGETHER();
	}
}

ANY_GROUP __kernel void lrn_backward(READ_SLICE(gradient), READ_SLICE(in), SCALE_ARGUMENTS, float factor,
				     int channels, int pixels, DESTINATION_ARGUMENTS)
{
	ROWS(squares);
	ROWS(terms);
	ROWS(direct);
	struct destination to = DESTINATION;

	clear_rows(squares);
	clear_rows(terms);
	TOGETHER();
	FOR_BATCHES(first, end, pixels) {
		store_squares(squares, in, in_offset, in_stride, channels, first, end);
		TOGETHER();
		FOR_BATCH(pixel, row, first, end)
		FOR_CHANNELS(channel, channels) {
			real scale = scale_of(squares + row, channel, before, after, k, alpha_over_size), inverse;
			real damped = load(AT(gradient, pixel, channel)) * damping(scale, beta, &inverse);

			*(__local real *)(direct + row + channel) = damped;
			store_terms(terms + row, channel, channels,
				    damped * inverse * load(AT(in, pixel, channel)));
		}
		TOGETHER();
		FOR_BATCH(pixel, row, first, end)
		FOR_CHANNELS(channel, channels) {
			real ratios = sum_of_terms(terms + row, channel, after, before);

			store_gradient(&to, pixel, channel,
				       *(const __local real *)(direct + row + channel) -
					       factor * load(AT(in, pixel, channel)) * ratios);
		}
		TOGETHER();
	}
}
