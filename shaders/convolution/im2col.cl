// What surrounds a matrix product that does a convolution: gathering what each output pixel reads
// into a row of a matrix, and storing the product's rows as pixels. Work-items are single floats
// and vectors here, not whole tiles: this is the way of GPUs, where many items share the work.

// Work-item (channel, tap, pixel). Row number `pixel` of columns holds, one tap after the other,
// the channels that pixel number first_pixel + pixel of the phase reads; tap.row is where a tap's
// begin.
__kernel void gather_columns(const __global float *restrict input, int input_height,
			     int input_width, const __global float *restrict zeros,
			     const __global struct tap *restrict taps,
			     const __global struct phase *restrict phase, int input_stride_y,
			     int input_stride_x, int first_pixel, __global float *restrict columns,
			     int row_length)
{
	const int channel = get_global_id(0), pixel = get_global_id(2);
	const struct tap tap = taps[get_global_id(1)];
	const int row = (first_pixel + pixel) / phase->width;
	const int column = first_pixel + pixel - row * phase->width;

	if (channel < tap.channels)
		columns[(size_t)pixel * row_length + tap.row + channel] =
			tap_source(input, input_height, input_width, zeros, tap, row * input_stride_y,
				   column * input_stride_x)[channel];
}

// Work-item (vector of output channels, pixel).
__kernel void store_products(const __global float *restrict products, int row_length,
			     __global float *restrict output, int output_width,
			     const __global float *restrict mask,
			     const __global struct phase *restrict phase,
			     const __global struct epilogue *restrict epilogues,
			     const __global float *restrict bias, int output_stride_y,
			     int output_stride_x, int first_pixel)
{
	const int vector = get_global_id(0), pixel = get_global_id(1);

	store_vector(epilogues[vector], output, mask, bias + vector * LANES,
		     phase_pixel(phase, first_pixel + pixel, output_width, output_stride_y,
				 output_stride_x),
		     load(products + (size_t)pixel * row_length + vector * LANES));
}
