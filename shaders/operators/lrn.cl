// Local response normalisation across channels (Krizhevsky, Sutskever, Hinton 2012; ONNX LRN):
//   y[c] = x[c] * s[c]^-beta,  s[c] = k + alpha / size * (sum of x^2 over channels near c)
//   dL/dx[c] = g[c] * s[c]^-beta - 2 alpha beta / size * x[c] * (sum of g y / s near c)
// where the second sum's neighbourhood is the first's mirrored. `scratch` has for every pixel the
// terms of such a sum with `margin` zeros on either side, so that a shifted vector is read without
// asking whether the channel exists; `scales` has s. Both have scratch_stride elements a pixel.

void store_terms(__global float *terms, int channel, int channels, int margin, int stride,
		 real value)
{
	store(terms + margin + channel, only_channels(value, channel, channels));
	if (channel == 0)
		for (int i = 0; i < margin; i += LANES)
			store(terms + i, (real)0);
	if (channel + LANES >= channels)
		for (int i = margin + channel + LANES; i < stride; i += LANES)
			store(terms + i, (real)0);
}

real sum_of_terms(const __global float *terms, int margin, int channel, int before, int after)
{
	real sum = 0;
	for (int i = -before; i <= after; i++)
		sum += JOIN(vload, LANES)(0, terms + margin + channel + i);
	return sum;
}

// powr is exact to the last bits, but PoCL computes it lane by lane, and a normalisation took six
// times as long. This loses about log2(base) * exponent of those bits' units; scales are near 1.
real power(real base, float exponent)
{
	return exp2(log2(base) * exponent);
}

__kernel void lrn_squares(READ_SLICE(in), __global float *saved, int scratch_offset, int margin,
			  int scratch_stride, int channels, int pixels)
{
	__global float *scratch = saved + scratch_offset;

	FOR_PIXELS(pixel, pixels)
		FOR_CHANNELS(channel, channels) {
			real value = load(AT(in, pixel, channel));
			store_terms(scratch + (size_t)pixel * scratch_stride, channel, channels,
				    margin, scratch_stride, value * value);
		}
}

__kernel void lrn_forward(READ_SLICE(in), SLICE(out), __global float *saved, int scratch_offset,
			  int scales_offset, int margin, int scratch_stride, int before, int after,
			  float k, float alpha_over_size, float beta, int channels, int pixels)
{
	FOR_PIXELS(pixel, pixels)
		FOR_CHANNELS(channel, channels) {
			size_t row = (size_t)pixel * scratch_stride;
			real squares = sum_of_terms(saved + scratch_offset + row, margin, channel,
						    before, after);
			// Not 0, should k be 0 where all neighbours are.
			real scale = fmax(fma(squares, (real)alpha_over_size, (real)k),
					  (real)1e-30f);
			store(saved + scales_offset + row + channel, scale);
			store(AT(out, pixel, channel),
			      load(AT(in, pixel, channel)) * power(scale, -beta));
		}
}

__kernel void lrn_ratios(READ_SLICE(gradient), READ_SLICE(out), __global float *saved,
			 int scratch_offset, int scales_offset, int margin, int scratch_stride,
			 int channels, int pixels)
{
	FOR_PIXELS(pixel, pixels)
		FOR_CHANNELS(channel, channels) {
			size_t row = (size_t)pixel * scratch_stride;
			real ratio = load(AT(gradient, pixel, channel)) *
				     load(AT(out, pixel, channel)) /
				     load(saved + scales_offset + row + channel);
			store_terms(saved + scratch_offset + row, channel, channels, margin,
				    scratch_stride, ratio);
		}
}

__kernel void lrn_backward(READ_SLICE(gradient), READ_SLICE(in), const __global float *saved,
			   int scratch_offset, int scales_offset, int margin, int scratch_stride,
			   int before, int after, float factor, float beta, int channels,
			   int pixels, DESTINATION_ARGUMENTS)
{
	struct destination to = DESTINATION;

	FOR_PIXELS(pixel, pixels)
		FOR_CHANNELS(channel, channels) {
			size_t row = (size_t)pixel * scratch_stride;
			real scale = load(saved + scales_offset + row + channel);
			real ratios = sum_of_terms(saved + scratch_offset + row, margin, channel,
						   after, before);
			real direct = load(AT(gradient, pixel, channel)) * power(scale, -beta);
			store_gradient(&to, pixel, channel,
				       direct - factor * load(AT(in, pixel, channel)) * ratios);
		}
}
