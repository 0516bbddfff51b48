// The gradient of the network's input: CHANNELS (1..4) output channels only, so the lanes are
// gradient channels of the layer above, summed at the end. Writes all four floats of a pixel; those
// beyond CHANNELS are 0.

// Work-item (tile of pixels, phase).
ONE_ITEM __kernel void convolve_to_picture(
	const __global float *restrict input, int input_height, int input_width,
	const __global float *restrict zeros, const __global float *restrict weights,
	__global float *restrict output, int output_width, const __global float *restrict mask,
	const __global struct tap *restrict taps, const __global struct phase *restrict phases,
	const __global struct target *restrict targets, const __global float *restrict bias,
	int input_step_y, int input_step_x, int output_step_y, int output_step_x)
{
	const int first = get_global_id(0) * TILE_PIXELS;
	const __global struct phase *phase = phases + get_global_id(1);
	const int pixels = phase->height * phase->width;
	int y[TILE_PIXELS], x[TILE_PIXELS];
	real sum[TILE_PIXELS][CHANNELS];

	UNROLLED(i, TILE_PIXELS)
	{
		const int place = min(first + i, pixels - 1);
		const int row = place / phase->width;
		y[i] = row * input_step_y;
		x[i] = (place - row * phase->width) * input_step_x;
		UNROLLED(c, CHANNELS) sum[i][c] = 0;
	}
	for (int t = 0; t < phase->tap_count; t++) {
		const struct tap tap = taps[phase->first_tap + t];
		const __global float *source[TILE_PIXELS];

		UNROLLED(i, TILE_PIXELS)
		source[i] = tap_source(input, input_height, input_width, zeros, tap, y[i], x[i]);
		for (int k = 0; k < tap.channels; k += LANES) {
			const __global float *row = weights + (size_t)(tap.row + k) * CHANNELS;
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
	if (first + i < pixels) {
		const __global struct target *target = targets;
		const int place = phase_pixel(phase, first + i, output_width, output_step_y,
					      output_step_x);
		const __global float *activation =
			mask + target->mask_offset + (size_t)place * target->mask_stride;
		__global float *gradient =
			output + target->offset + (size_t)place * target->pixel_stride;

		UNROLLED(c, 4)
		{
			float value = c < CHANNELS ? sum_of_lanes(sum[i][min(c, CHANNELS - 1)]) : 0;
			if (target->flags & TARGET_ACCUMULATED)
				value += gradient[c];
			if (target->flags & TARGET_MASKED)
				value = activation[c] > target->low && activation[c] < target->high
						? value
						: 0;
			gradient[c] = c < CHANNELS ? value : 0;
		}
	}
}
