// Direct convolution: a register tile of TILE_PIXELS pixels by TILE_VECTORS vectors of output
// channels. Every input value is broadcast over the lanes, so the input needs no particular
// alignment and any window, stride and dilation is a list of taps. Taps outside the picture read
// zeros instead, so that there are no borders to treat apart.
//
// Build options: TILE_PIXELS, TILE_VECTORS, CHANNEL_STEP (input channels of every run are a
// multiple of it).

#ifndef TILE_PIXELS // built on its own, to see whether it compiles
#define TILE_PIXELS 4
#define TILE_VECTORS 2
#define CHANNEL_STEP 16
#endif

// How many rows of weights ahead to fetch: about the time memory needs, at a row each few cycles.
#define ROWS_AHEAD 16

// Work-item (panel of output channels, run of `tiles` tiles of pixels, phase).
ONE_ITEM __kernel void convolve(const __global float *restrict input, int input_height,
				int input_width, const __global float *restrict zeros,
				const __global float *restrict weights, int panel_rows,
				__global float *restrict output, int output_width,
				const __global float *restrict mask,
				const __global struct tap *restrict taps,
				const __global struct phase *restrict phases,
				const __global struct target *restrict targets,
				const __global float *restrict bias, int input_step_y,
				int input_step_x, int output_step_y, int output_step_x, int tiles)
{
	const int first_vector = get_global_id(0) * TILE_VECTORS;
	const __global struct phase *phase = phases + get_global_id(2);
	const int grid_width = phase->width, pixels = phase->height * grid_width;
	const int begin = get_global_id(1) * tiles * TILE_PIXELS;
	const int end = min(begin + tiles * TILE_PIXELS, pixels);

	weights += (size_t)first_vector * LANES * panel_rows;
	taps += phase->first_tap;
	targets += first_vector;
	bias += first_vector * LANES;
	// Of the next pixel: to step is cheaper than to divide. Past the end, pixels that are computed
	// and not stored read other pixels, or zeros.
	int line = begin / grid_width, column = begin - line * grid_width;
	for (int pixel = begin; pixel < end; pixel += TILE_PIXELS) {
		int y[TILE_PIXELS], x[TILE_PIXELS], place[TILE_PIXELS];
		real sum[TILE_PIXELS][TILE_VECTORS];

		UNROLLED(i, TILE_PIXELS)
		{
			y[i] = line * input_step_y;
			x[i] = column * input_step_x;
			place[i] = (line * output_step_y + phase->y) * output_width +
				   column * output_step_x + phase->x;
			column++;
			if (column == grid_width) {
				column = 0;
				line++;
			}
			UNROLLED(v, TILE_VECTORS) sum[i][v] = 0;
		}
		for (int t = 0; t < phase->tap_count; t++) {
			const struct tap tap = taps[t];
			const __global float *source[TILE_PIXELS];
			const __global float *row =
				weights + (size_t)tap.row * (TILE_VECTORS * LANES);

			UNROLLED(i, TILE_PIXELS)
			source[i] = tap_source(input, input_height, input_width, zeros, tap, y[i],
					       x[i]);
			for (int begin_c = 0; begin_c < tap.channels; begin_c += CHANNEL_STEP) {
				// Of the picture a line has several pixels, and needs no fetching.
				if (CHANNEL_STEP >= LINE) {
					UNROLLED(i, TILE_PIXELS)
					PREFETCH(source[i] + begin_c + LINE);
				}
				_Pragma("unroll 4") for (int c = begin_c;
							 c < begin_c + CHANNEL_STEP; c++)
				{
					real weight[TILE_VECTORS];

					UNROLLED(v, TILE_VECTORS)
					{
						weight[v] = load(row + v * LANES);
						PREFETCH(row +
							 (ROWS_AHEAD * TILE_VECTORS + v) * LANES);
					}
					UNROLLED(i, TILE_PIXELS)
					{
						const real value = source[i][c];
						UNROLLED(v, TILE_VECTORS)
						sum[i][v] = fma(weight[v], value, sum[i][v]);
					}
					row += TILE_VECTORS * LANES;
				}
			}
		}
		UNROLLED(i, TILE_PIXELS)
		if (pixel + i < end) {
			UNROLLED(v, TILE_VECTORS)
			store_target(targets[v], output, mask, bias + v * LANES, place[i],
				     sum[i][v]);
		}
	}
}
