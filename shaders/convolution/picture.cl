// The gradient of the network's input, whose pixels are four floats wide. The lanes of a vector are
// columns of the window times its CHANNELS (1..4): what one gradient channel of one source pixel
// gives to one row of the output is TILE_VECTORS vectors of weights times one value, and what all
// channels and all window rows that meet that output row give adds up in the same lanes. So nothing
// is summed across lanes, and only sums are moved to where they belong.
//
// A work-item owns a run of pixels of an output row and computes all that the source pixels that
// reach it give to it: its neighbours compute some of that too.
//
// Build options: TILE_PIXELS, TILE_VECTORS, CHANNELS, COLUMNS (of the window, that fit in a tile),
// STRIDE_X, STRIDE_Y, DILATION_X.

#ifndef TILE_PIXELS // built on its own, to see whether it compiles
#define TILE_PIXELS 14
#define TILE_VECTORS 1
#define CHANNELS 3
#define COLUMNS 3
#define STRIDE_Y 2
#define STRIDE_X 2
#define DILATION_X 1
#endif

// Where it is known, the addresses of a tile's pixels are one address and constants.
#ifndef PIXEL_STRIDE
#define PIXEL_STRIDE tap.pixel_stride
#endif

// Output pixels that a tile may give to.
#define REACH ((TILE_PIXELS - 1) * STRIDE_X + (COLUMNS - 1) * DILATION_X + 1)

// Adds to sum what `channels` channels, a multiple of LINE, of source pixels side by side give.
void add_channels(real sum[TILE_PIXELS][TILE_VECTORS], const __global float *restrict source,
		  int pixel_stride, const __global float *restrict weights, int channels)
{
	for (int begin = 0; begin < channels; begin += LINE) {
		UNROLLED(i, TILE_PIXELS)
		PREFETCH(source + (TILE_PIXELS + i) * pixel_stride + begin);
		_Pragma("unroll 4") for (int k = begin; k < begin + LINE; k++)
		{
			real weight[TILE_VECTORS];

			UNROLLED(v, TILE_VECTORS)
			weight[v] = load(weights + (k * TILE_VECTORS + v) * LANES);
			UNROLLED(i, TILE_PIXELS)
			{
				const real value = source[i * pixel_stride + k];
				UNROLLED(v, TILE_VECTORS)
				sum[i][v] = fma(weight[v], value, sum[i][v]);
			}
		}
	}
}

// The run of output pixels that a work-item owns: of a row, columns from begin to end - 1.
struct owned {
	__global float4 *row;
	int begin, end;
};

// Adds the sums of a tile to the output, of all but its first `done` pixels. Column 0 of the window
// of pixel 0 lies on output column `first`.
void add_tile(struct owned owned, int first, real sum[TILE_PIXELS][TILE_VECTORS], int done)
{
	float floats[TILE_PIXELS * TILE_VECTORS * LANES + 4];
	float4 total[REACH];

	UNROLLED(j, REACH) total[j] = 0;
	UNROLLED(i, TILE_PIXELS)
	UNROLLED(v, TILE_VECTORS)
	*(real *)(floats + (i * TILE_VECTORS + v) * LANES) = i < done ? (real)0 : sum[i][v];
	UNROLLED(i, TILE_PIXELS)
	UNROLLED(column, COLUMNS)
	total[i * STRIDE_X + column * DILATION_X] +=
		vload4(0, floats + i * TILE_VECTORS * LANES + column * CHANNELS);
	UNROLLED(j, REACH)
	if (first + j >= owned.begin && first + j < owned.end)
		owned.row[first + j] +=
			select((float4)0, total[j], (int4)((int4)(0, 1, 2, 3) < CHANNELS));
}

// Of each tap, dy is where row 0 of the source lies in the output, and row that of its weights in
// those of a pass. A pass is about COLUMNS columns of the window.
//
// Work-item (run of output pixels, row by row). The runs are where each run_pixels source pixels
// lie, which the halo source pixels before them reach too.
ANY_GROUP __kernel void convolve_to_picture(
	const __global float *restrict input, int input_height, int input_width,
	const __global float *restrict weights, int pass_rows, int passes,
	const __global struct tap *restrict taps, int tap_count, __global float *restrict output,
	int output_offset, int output_height, int output_width, int pad_left, int accumulate,
	int run_pixels, int halo, int runs)
{
	const int y = get_global_id(0) / runs, run = get_global_id(0) % runs;
	const int begin = max(run * run_pixels - halo, 0);
	const int end = min((run + 1) * run_pixels, input_width);
	const struct owned owned = {
		(__global float4 *)(output + output_offset) + (size_t)y * output_width,
		run > 0 ? max(run * run_pixels * STRIDE_X - pad_left, 0) : 0,
		run < runs - 1 ? min(end * STRIDE_X - pad_left, output_width) : output_width};

	if (y >= output_height)
		return;
	if (!accumulate)
		for (int x = owned.begin; x < owned.end; x++)
			owned.row[x] = 0;
	for (int x = begin; x < end; x += TILE_PIXELS) {
		// The last tile lies over the one before rather than over the end of the row.
		const int first = min(x, input_width - TILE_PIXELS);

		for (int pass = 0; pass < passes; pass++) {
			real sum[TILE_PIXELS][TILE_VECTORS];

			UNROLLED(i, TILE_PIXELS) UNROLLED(v, TILE_VECTORS) sum[i][v] = 0;
			for (int t = 0; t < tap_count; t++) {
				const struct tap tap = taps[t];
				const int distance = y - tap.dy, source_y = distance / STRIDE_Y;

				if (distance % STRIDE_Y || distance < 0 || source_y >= input_height)
					continue;
				add_channels(sum,
					     input + tap.offset +
						     (size_t)(source_y * input_width + first) *
							     PIXEL_STRIDE,
					     PIXEL_STRIDE,
					     weights + (size_t)(pass * pass_rows + tap.row) *
							       (TILE_VECTORS * LANES),
					     tap.channels);
			}
			add_tile(owned,
				 first * STRIDE_X + pass * COLUMNS * DILATION_X - pad_left, sum,
				 x - first);
		}
	}
}
