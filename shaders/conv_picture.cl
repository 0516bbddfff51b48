// The gradient of the network's input: CHANNELS (1..4) output channels only, so the lanes are
// gradient channels of the layer above, summed at the end. Writes all four floats of a pixel; those
// beyond CHANNELS are 0.

#ifndef TILE_PIXELS // built on its own, to see whether it compiles
#define TILE_PIXELS 4
#define CHANNELS 3
#endif

// Sums of every fourth lane.
float4 fold(real value)
{
#if LANES == 16
	const float8 half_sum = value.lo + value.hi;
	return half_sum.lo + half_sum.hi;
#elif LANES == 8
	return value.lo + value.hi;
#else
	return value;
#endif
}

// The sums of the lanes of each channel's vector.
float4 sum_channels(const real *sum)
{
	float4 part[4];

	UNROLLED(c, 4) part[c] = c < CHANNELS ? fold(sum[min(c, CHANNELS - 1)]) : (float4)0;
	return ((float4)(part[0].x, part[1].x, part[2].x, part[3].x) +
		(float4)(part[0].y, part[1].y, part[2].y, part[3].y)) +
	       ((float4)(part[0].z, part[1].z, part[2].z, part[3].z) +
		(float4)(part[0].w, part[1].w, part[2].w, part[3].w));
}

// Work-item (run of `tiles` tiles of pixels, phase).
ANY_GROUP __kernel void convolve_to_picture(
	const __global float *restrict input, int input_height, int input_width,
	const __global float *restrict zeros, const __global float *restrict weights,
	__global float *restrict output, int output_width, const __global float *restrict mask,
	const __global struct tap *restrict taps, const __global struct phase *restrict phases,
	const __global struct target *restrict targets, const __global float *restrict bias,
	int input_step_y, int input_step_x, int output_step_y, int output_step_x, int tiles)
{
	const __global struct phase *phase = phases + get_global_id(1);
	const int grid_width = phase->width, pixels = phase->height * grid_width;
	const int begin = get_global_id(0) * tiles * TILE_PIXELS;
	const int end = min(begin + tiles * TILE_PIXELS, pixels);

	for (int pixel = begin; pixel < end; pixel += TILE_PIXELS) {
		int y[TILE_PIXELS], x[TILE_PIXELS];
		real sum[TILE_PIXELS][CHANNELS];

		UNROLLED(i, TILE_PIXELS)
		{
			const int place = min(pixel + i, pixels - 1);
			const int row = place / grid_width;
			y[i] = row * input_step_y;
			x[i] = (place - row * grid_width) * input_step_x;
			UNROLLED(c, CHANNELS) sum[i][c] = 0;
		}
		for (int t = 0; t < phase->tap_count; t++) {
			const struct tap tap = taps[phase->first_tap + t];
			const __global float *source[TILE_PIXELS];

			UNROLLED(i, TILE_PIXELS)
			source[i] = tap_source(input, input_height, input_width, zeros, tap, y[i],
					       x[i]);
			for (int k = 0; k < tap.channels; k += LANES) {
				const __global float *row =
					weights + (size_t)(tap.row + k) * CHANNELS;
				real weight[CHANNELS];

				UNROLLED(c, CHANNELS) weight[c] = load(row + c * LANES);
				UNROLLED(i, TILE_PIXELS)
				{
					const real value = load(source[i] + k);
					UNROLLED(c, CHANNELS)
					sum[i][c] = fma(weight[c], value, sum[i][c]);
				}
			}
		}
		UNROLLED(i, TILE_PIXELS)
		if (pixel + i < end) {
			const struct target target = targets[0];
			const size_t place =
				phase_pixel(phase, pixel + i, output_width, output_step_y,
					    output_step_x);
			__global float4 *gradient =
				(__global float4 *)(output + target.offset +
						    place * target.pixel_stride);
			float4 value = sum_channels(sum[i]);

			if (target.flags & TARGET_ACCUMULATED)
				value += *gradient;
			if (target.flags & TARGET_MASKED) {
				const float4 activation =
					*(const __global float4 *)(mask + target.mask_offset +
								   place * target.mask_stride);
				value = select((float4)0, value,
					       (int4)(activation > target.low &&
						      activation < target.high));
			}
			*gradient = select((float4)0, value,
					   (int4)((int4)(0, 1, 2, 3) < CHANNELS));
		}
	}
}
