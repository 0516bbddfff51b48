// Normalisation by mean and variance of what is there: over the channels of each pixel, and over the
// pixels of each channel. Backward reads the input and finds mean and variance again.

// ---- over channels: every work-item does whole pixels, launched with 1 in dimension 0 ----

float mean_over_channels(const __global float *pixel, int channels)
{
	real total = 0;

	for (int channel = 0; channel < channels; channel += LANES)
		total += only_channels(load(pixel + channel), channel, channels);
	return sum_of_lanes(total) / channels;
}

// 1 / sqrt(variance + epsilon)
float steepness_over_channels(const __global float *pixel, int channels, float mean, float epsilon)
{
	real total = 0;

	for (int channel = 0; channel < channels; channel += LANES) {
		real off = only_channels(load(pixel + channel) - mean, channel, channels);
		total += off * off;
	}
	return rsqrt(sum_of_lanes(total) / channels + epsilon);
}

__kernel void layer_norm_forward(READ_SLICE(in), SLICE(out), const __global float *scale,
				 const __global float *shift, float epsilon, int channels,
				 int pixels)
{
	FOR_PIXELS(pixel, pixels) {
		const __global float *from = AT(in, pixel, 0);
		float mean = mean_over_channels(from, channels);
		float steepness = steepness_over_channels(from, channels, mean, epsilon);
		for (int channel = 0; channel < channels; channel += LANES)
			store(AT(out, pixel, channel),
			      fma((load(from + channel) - mean) * steepness, load(scale + channel),
				  load(shift + channel)));
	}
}

// With n = (x - mean) * steepness and g = dL/dy * scale, the gradient is
// steepness * (g - mean(g) - n * mean(g * n)).
__kernel void layer_norm_backward(READ_SLICE(gradient), READ_SLICE(in), const __global float *scale,
				  float epsilon, int channels, int pixels, DESTINATION_ARGUMENTS)
{
	struct destination to = DESTINATION;

	FOR_PIXELS(pixel, pixels) {
		const __global float *from = AT(in, pixel, 0);
		const __global float *given = AT(gradient, pixel, 0);
		float mean = mean_over_channels(from, channels);
		float steepness = steepness_over_channels(from, channels, mean, epsilon);
		real sum = 0, product = 0;
		for (int channel = 0; channel < channels; channel += LANES) {
			real g = only_channels(load(given + channel) * load(scale + channel),
					       channel, channels);
			sum += g;
			product += only_channels(g * (load(from + channel) - mean), channel,
						 channels);
		}
		float mean_g = sum_of_lanes(sum) / channels;
		float mean_product = sum_of_lanes(product) * steepness / channels;
		for (int channel = 0; channel < channels; channel += LANES) {
			real normal = (load(from + channel) - mean) * steepness;
			real g = load(given + channel) * load(scale + channel);
			store_gradient(&to, pixel, channel,
				       steepness * (g - mean_g - normal * mean_product));
		}
	}
}

// ---- over pixels: launched by operator_record_over_channels in engine/operators/operator.c ----

#ifndef SHARE
#define SHARE 1
#define VECTORS 1
#endif

// The sum of what the items have that share a vector; all items of a group call it and get it.
real total_of_items(__local real *shared, real sum)
{
	const int column = get_local_id(0), item = get_local_id(1);
	real total;

	shared[item * VECTORS + column] = sum;
	for (int half_share = SHARE / 2; half_share > 0; half_share /= 2) {
		barrier(CLK_LOCAL_MEM_FENCE);
		if (item < half_share)
			shared[item * VECTORS + column] +=
				shared[(item + half_share) * VECTORS + column];
	}
	barrier(CLK_LOCAL_MEM_FENCE);
	total = shared[column];
	barrier(CLK_LOCAL_MEM_FENCE);
	return total;
}

#define FOR_OWN_PIXELS(pixel)                                                                      \
	for (int pixel = get_local_id(1); pixel < pixels; pixel += SHARE)

real mean_over_pixels(__local real *shared, READ_SLICE(in), int channel, int pixels)
{
	real sum = 0;

	FOR_OWN_PIXELS(pixel)
		sum += load(AT(in, pixel, channel));
	return total_of_items(shared, sum) / pixels;
}

real steepness_over_pixels(__local real *shared, READ_SLICE(in), int channel, int pixels, real mean,
			   float epsilon)
{
	real sum = 0;

	FOR_OWN_PIXELS(pixel) {
		real off = load(AT(in, pixel, channel)) - mean;
		sum = fma(off, off, sum);
	}
	return 1 / sqrt(total_of_items(shared, sum) / pixels + epsilon);
}

__kernel void instance_norm_forward(READ_SLICE(in), SLICE(out), const __global float *scale,
				    const __global float *shift, float epsilon, int pixels)
{
	__local real shared[SHARE * VECTORS];
	const int channel = get_global_id(0) * LANES;
	real mean = mean_over_pixels(shared, in, in_offset, in_stride, channel, pixels);
	real steepness = steepness_over_pixels(shared, in, in_offset, in_stride, channel, pixels,
					       mean, epsilon);

	FOR_OWN_PIXELS(pixel)
		store(AT(out, pixel, channel),
		      fma((load(AT(in, pixel, channel)) - mean) * steepness, load(scale + channel),
			  load(shift + channel)));
}

__kernel void instance_norm_backward(READ_SLICE(gradient), READ_SLICE(in),
				     const __global float *scale, float epsilon, int pixels,
				     DESTINATION_ARGUMENTS)
{
	__local real shared[SHARE * VECTORS];
	struct destination to = DESTINATION;
	const int channel = get_global_id(0) * LANES;
	real mean = mean_over_pixels(shared, in, in_offset, in_stride, channel, pixels);
	real steepness = steepness_over_pixels(shared, in, in_offset, in_stride, channel, pixels,
					       mean, epsilon);
	real sum = 0, product = 0;

	FOR_OWN_PIXELS(pixel) {
		real g = load(AT(gradient, pixel, channel));
		sum += g;
		product = fma(g, load(AT(in, pixel, channel)) - mean, product);
	}
	real mean_g = total_of_items(shared, sum) / pixels;
	real mean_product = total_of_items(shared, product) * steepness / pixels;
	FOR_OWN_PIXELS(pixel) {
		real normal = (load(AT(in, pixel, channel)) - mean) * steepness;
		real g = load(AT(gradient, pixel, channel));
		store_gradient(&to, pixel, channel,
			       load(scale + channel) * steepness *
				       (g - mean_g - normal * mean_product));
	}
}
