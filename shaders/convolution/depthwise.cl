// Convolutions that filter every channel by itself, both directions: output channels are input
// channels, so a vector of them needs one vector of weights for each tap. TILE_PIXELS pixels share
// a loaded weight.

#ifndef TILE_PIXELS // built on its own, to see whether it compiles
#define TILE_PIXELS 4
#endif

// Work-item (vector of channels, run of `tiles` tiles of pixels, phase).
ANY_GROUP __kernel void convolve_depthwise(
	const __global float *restrict input, int input_height, int input_width,
	const __global float *restrict zeros, const __global float *restrict weights,
	__global float *restrict output, int output_width, const __global float *restrict mask,
	const __global struct tap *restrict taps, const __global struct phase *restrict phases,
	const __global struct epilogue *restrict epilogues, const __global float *restrict bias,
	int input_stride_y, int input_stride_x, int output_stride_y, int output_stride_x, int tiles)
{
	const int channel = get_global_id(0) * LANES;
	const __global struct phase *phase = phases + get_global_id(2);
	const int grid_width = phase->width, pixels = phase->height * grid_width;
	const int begin = get_global_id(1) * tiles * TILE_PIXELS;
	const int end = min(begin + tiles * TILE_PIXELS, pixels);

	for (int pixel = begin; pixel < end; pixel += TILE_PIXELS) {
		int y[TILE_PIXELS], x[TILE_PIXELS];
		real sum[TILE_PIXELS];

		UNROLLED(i, TILE_PIXELS)
		{
			const int place = min(pixel + i, pixels - 1);
			const int row = place / grid_width;
			y[i] = row * input_stride_y;
			x[i] = (place - row * grid_width) * input_stride_x;
			sum[i] = 0;
		}
		for (int t = 0; t < phase->tap_count; t++) {
			const struct tap tap = taps[phase->first_tap + t];
			const real weight = load(weights + tap.row + channel);
			UNROLLED(i, TILE_PIXELS)
			{
				const __global float *source = tap_source(
					input, input_height, input_width, zeros, tap, y[i], x[i]);
				sum[i] = fma(weight, load(source + channel), sum[i]);
			}
		}
		UNROLLED(i, TILE_PIXELS)
		if (pixel + i < end)
			store_vector(epilogues[get_global_id(0)], output, mask, bias + channel,
				     phase_pixel(phase, pixel + i, output_width, output_stride_y,
						 output_stride_x),
				     sum[i]);
	}
}
