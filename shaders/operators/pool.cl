// Max pool and average pool. The window is known when this is built (WINDOW_HEIGHT, WINDOW_WIDTH,
// STRIDE_Y, STRIDE_X, DILATION_Y, DILATION_X), so that loops unroll and divisions become shifts.
//
// Max pool keeps, for every output element, which tap of the window won, and backward gathers by
// that, without atomics. INDEX is the smallest unsigned type that can number the taps and NO_TAP.
//
// What an output of average pool divides by is a count of rows times a count of columns, which
// depend on pads and borders: rows[out_height] and columns[out_width] hold 1 / count.

#ifndef INDEX // built on its own, to see whether it compiles
#define INDEX uchar
#define WINDOW_HEIGHT 3
#define WINDOW_WIDTH 3
#define STRIDE_Y 2
#define STRIDE_X 2
#define DILATION_Y 1
#define DILATION_X 1
#endif

// The winner where no tap gets the gradient.
#define NO_TAP (WINDOW_HEIGHT * WINDOW_WIDTH)

// Of the outputs whose windows cover a position of the input, the most there are in each direction.
#define MOST_ROWS ((WINDOW_HEIGHT - 1) * DILATION_Y / STRIDE_Y + 1)
#define MOST_COLUMNS ((WINDOW_WIDTH - 1) * DILATION_X / STRIDE_X + 1)

// Compilers leave loops over taps as they are, unless told. Those of a window as large as the picture stay loops.
#if WINDOW_HEIGHT * WINDOW_WIDTH <= 25 && MOST_ROWS * MOST_COLUMNS <= 25
#define FOR_TAPS UNROLLED
#define FOR_OUTPUTS(index, most, count) UNROLLED(index, most) if (index < count)
#else
#define FOR_TAPS ROLLED
#define FOR_OUTPUTS(index, most, count) ROLLED(index, count)
#endif

typedef JOIN(INDEX, LANES) indices;
#define to_indices JOIN(JOIN(convert_, INDEX), LANES)

// The outputs whose windows may cover position p of the input, counted from the start of the
// padding, are first_output() to p / stride; with a dilation not all of them do.
int first_output(int p, int window, int stride, int dilation)
{
	int start = p - (window - 1) * dilation;
	return start > 0 ? (start + stride - 1) / stride : 0;
}

// The largest of a window and the tap that it is at. Most windows are inside the picture, and need not ask of
// every tap whether it is: `inside` is known where this is called, so that such loops unroll.
__attribute__((always_inline)) void max_of_window(const __global float *in, int stride, int height, int width,
						  int top, int left, int channel, bool inside, real *largest,
						  integer *winner)
{
	real best = -INFINITY;
	integer tap = 0;

	FOR_TAPS(i, WINDOW_HEIGHT)
	FOR_TAPS(k, WINDOW_WIDTH)
	{
		int y = top + i * DILATION_Y, x = left + k * DILATION_X;
		if (inside || (y >= 0 && y < height && x >= 0 && x < width)) {
			real value = load(in + (size_t)(y * width + x) * stride + channel);
			integer better = value > best;
			best = select(best, value, better);
			tap = select(tap, (integer)(i * WINDOW_WIDTH + k), better);
		}
	}
	*largest = best;
	*winner = tap;
}

// saved is [pixels][saved_stride]. A window that holds no pixel at all gives 0. Values that are not
// between low and high were clamped, and have no gradient.
__kernel void max_pool_forward(READ_SLICE(in), int in_height, int in_width, SLICE(out),
			       int out_width, int pixels, int pad_top, int pad_left, int channels,
			       __global uchar *saved, int saved_offset, int saved_stride, float low,
			       float high)
{
	__global INDEX *winners = (__global INDEX *)(saved + saved_offset);

	FOR_PIXELS(pixel, pixels) {
		int top = pixel / out_width * STRIDE_Y - pad_top;
		int left = pixel % out_width * STRIDE_X - pad_left;
		bool inside = top >= 0 && left >= 0 && top + (WINDOW_HEIGHT - 1) * DILATION_Y < in_height &&
			      left + (WINDOW_WIDTH - 1) * DILATION_X < in_width;
		FOR_CHANNELS(channel, channels) {
			real best;
			integer winner;
			if (inside)
				max_of_window(in + in_offset, in_stride, in_height, in_width, top, left,
					      channel, true, &best, &winner);
			else
				max_of_window(in + in_offset, in_stride, in_height, in_width, top, left,
					      channel, false, &best, &winner);
			winner = select((integer)NO_TAP, winner,
					(integer)(best > low && best < high));
			best = select(best, (real)0, (integer)(best == -INFINITY));
			store(AT(out, pixel, channel), best);
			*(__global indices *)(winners + (size_t)pixel * saved_stride + channel) =
				to_indices(winner);
		}
	}
}

// The gradient of an output, where a tap has won it; else 0.
real gradient_won(const __global float *gradient, const __global INDEX *winners, int tap)
{
	indices winner = *(const __global indices *)winners;

	return select((real)0, load(gradient), to_integer(winner == (indices)(INDEX)tap));
}

// The sum over the outputs from (top, left) on whose windows cover (y, x). Most pixels have all there can be, and need
// not ask of every output whether it is: how many there are is known where this is called, so that such loops unroll.
__attribute__((always_inline)) real sum_won(const __global float *gradient, int stride,
					    const __global INDEX *winners, int saved_stride, int out_width, int y,
					    int x, int top, int left, int rows, int columns)
{
	real sum = 0;

	FOR_OUTPUTS(i, MOST_ROWS, rows)
	FOR_OUTPUTS(k, MOST_COLUMNS, columns)
	{
		int tap_y = y - (top + i) * STRIDE_Y, tap_x = x - (left + k) * STRIDE_X;
		size_t output = (top + i) * out_width + left + k;
		if (tap_y % DILATION_Y == 0 && tap_x % DILATION_X == 0)
			sum += gradient_won(gradient + output * stride, winners + output * saved_stride,
					    tap_y / DILATION_Y * WINDOW_WIDTH + tap_x / DILATION_X);
	}
	return sum;
}

__kernel void max_pool_backward(READ_SLICE(gradient), int out_height, int out_width, int in_width,
				int pixels, int pad_top, int pad_left, int channels,
				const __global uchar *saved, int saved_offset, int saved_stride,
				DESTINATION_ARGUMENTS)
{
	struct destination to = DESTINATION;
	const __global INDEX *winners = (const __global INDEX *)(saved + saved_offset);

	FOR_PIXELS(pixel, pixels) {
		int y = pixel / in_width + pad_top, x = pixel % in_width + pad_left;
		int top = first_output(y, WINDOW_HEIGHT, STRIDE_Y, DILATION_Y);
		int left = first_output(x, WINDOW_WIDTH, STRIDE_X, DILATION_X);
		int rows = min(y / STRIDE_Y, out_height - 1) - top + 1;
		int columns = min(x / STRIDE_X, out_width - 1) - left + 1;
		FOR_CHANNELS(channel, channels) {
			const __global float *from = AT(gradient, 0, channel);
			real sum;
			if (rows == MOST_ROWS && columns == MOST_COLUMNS)
				sum = sum_won(from, gradient_stride, winners + channel, saved_stride, out_width,
					      y, x, top, left, MOST_ROWS, MOST_COLUMNS);
			else
				sum = sum_won(from, gradient_stride, winners + channel, saved_stride, out_width,
					      y, x, top, left, rows, columns);
			store_gradient(&to, pixel, channel, sum);
		}
	}
}

__kernel void average_pool_forward(READ_SLICE(in), int in_height, int in_width, SLICE(out),
				   int out_width, int pixels, int pad_top, int pad_left,
				   int channels, const __global float *rows,
				   const __global float *columns, const __global float *bias,
				   float low, float high)
{
	FOR_PIXELS(pixel, pixels) {
		int out_y = pixel / out_width, out_x = pixel % out_width;
		int top = out_y * STRIDE_Y - pad_top, left = out_x * STRIDE_X - pad_left;
		float weight = rows[out_y] * columns[out_x];
		FOR_CHANNELS(channel, channels) {
			real sum = 0;
			for (int i = 0; i < WINDOW_HEIGHT; i++) {
				int y = top + i * DILATION_Y;
				if (y < 0 || y >= in_height)
					continue;
				for (int k = 0; k < WINDOW_WIDTH; k++) {
					int x = left + k * DILATION_X;
					if (x >= 0 && x < in_width)
						sum += load(AT(in, y * in_width + x, channel));
				}
			}
			sum = fma(sum, (real)weight, load(bias + channel));
			store(AT(out, pixel, channel), fmin(fmax(sum, (real)low), (real)high));
		}
	}
}

__kernel void average_pool_backward(READ_SLICE(gradient), int out_height, int out_width,
				    int in_width, int pixels, int pad_top, int pad_left,
				    int channels, const __global float *rows,
				    const __global float *columns, DESTINATION_ARGUMENTS)
{
	struct destination to = DESTINATION;

	FOR_PIXELS(pixel, pixels) {
		int y = pixel / in_width + pad_top, x = pixel % in_width + pad_left;
		int y_first = first_output(y, WINDOW_HEIGHT, STRIDE_Y, DILATION_Y);
		int x_first = first_output(x, WINDOW_WIDTH, STRIDE_X, DILATION_X);
		int y_last = min(y / STRIDE_Y, out_height - 1);
		int x_last = min(x / STRIDE_X, out_width - 1);
		FOR_CHANNELS(channel, channels) {
			real sum = 0;
			for (int i = y_first; i <= y_last; i++) {
				if ((y - i * STRIDE_Y) % DILATION_Y)
					continue;
				for (int k = x_first; k <= x_last; k++) {
					if ((x - k * STRIDE_X) % DILATION_X)
						continue;
					sum = fma(load(AT(gradient, i * out_width + k, channel)),
						  (real)(rows[i] * columns[k]), sum);
				}
			}
			store_gradient(&to, pixel, channel, sum);
		}
	}
}
