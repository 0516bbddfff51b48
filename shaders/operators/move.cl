// Operators that take values from elsewhere: from other channels and pixels, or as weighted sums of
// rows and columns. Each kernel does both directions: backward, it gathers what forward spread.

// What is gathered; engine/operators/move.c says which is whose inverse.
#define GATHER_RUN 0     // channel + number, 0 where there is none
#define GATHER_SHUFFLE 1 // number groups of channels, the first of each, then the second...
#define GATHER_SPREAD 2  // a pixel's channels become number x number pixels
#define GATHER_SPREAD_CRD 3
#define GATHER_COLLECT 4 // number x number pixels become a pixel's channels
#define GATHER_COLLECT_CRD 5
#define GATHER_WIDEN 6   // number channels become number pixels side by side
#define GATHER_NARROW 7

#ifndef GATHER
#define GATHER GATHER_RUN
#endif

// in: from_channels and from_width. to_channels and (y, x) are those of what is written.
float gather_one(READ_SLICE(in), int from_channels, int from_width, int to_channels, int number, int y,
		 int x, int channel)
{
	int from = channel, from_y = y, from_x = x, block = number * number;

	if (channel >= to_channels)
		return 0;
#if GATHER == GATHER_RUN
	from = channel + number;
	if (from < 0 || from >= from_channels)
		return 0;
#elif GATHER == GATHER_SHUFFLE
	from = channel % number * (to_channels / number) + channel / number;
#elif GATHER == GATHER_SPREAD || GATHER == GATHER_SPREAD_CRD
	int place = y % number * number + x % number;
	from = GATHER == GATHER_SPREAD ? place * to_channels + channel : channel * block + place;
	from_y = y / number;
	from_x = x / number;
#elif GATHER == GATHER_WIDEN
	from = channel * number + x % number;
	from_x = x / number;
#elif GATHER == GATHER_NARROW
	from = channel / number;
	from_x = x * number + channel % number;
#else
	int place = GATHER == GATHER_COLLECT ? channel / from_channels : channel % block;
	from = GATHER == GATHER_COLLECT ? channel % from_channels : channel / block;
	from_y = y * number + place / number;
	from_x = x * number + place % number;
#endif
	return *AT(in, from_y * from_width + from_x, from);
}

real gather(READ_SLICE(in), int from_channels, int from_width, int to_channels, int number, int y,
	    int x, int channel)
{
	float lanes[LANES];

	for (int lane = 0; lane < LANES; lane++)
		lanes[lane] = gather_one(in, in_offset, in_stride, from_channels, from_width,
					 to_channels, number, y, x, channel + lane);
	return JOIN(vload, LANES)(0, lanes);
}

__kernel void rearrange_forward(READ_SLICE(in), int from_channels, int from_width, SLICE(out),
				int number, int width, int channels, int pixels)
{
	FOR_PIXELS(pixel, pixels)
		FOR_CHANNELS(channel, channels)
			store(AT(out, pixel, channel),
			      gather(in, in_offset, in_stride, from_channels, from_width, channels,
				     number, pixel / width, pixel % width, channel));
}

__kernel void rearrange_backward(READ_SLICE(in), int from_channels, int from_width, int number,
				 int width, int channels, int pixels, DESTINATION_ARGUMENTS)
{
	struct destination to = DESTINATION;

	FOR_PIXELS(pixel, pixels)
		FOR_CHANNELS(channel, channels)
			store_gradient(&to, pixel, channel,
				       gather(in, in_offset, in_stride, from_channels, from_width,
					      channels, number, pixel / width, pixel % width,
					      channel));
}

// ---- weighted sums of rows and columns ----

// Row y is the sum of rows place[i] times weight[i], where i goes from start[y] to start[y + 1];
// columns likewise.
#define SPARSE(name)                                                                               \
	const __global int *name##_start, const __global int *name##_place,                        \
		const __global float *name##_weight
#define GIVE_SPARSE(name) name##_start, name##_place, name##_weight

real weighted_sum(READ_SLICE(in), int from_width, SPARSE(rows), SPARSE(columns), int y, int x,
		  int channel)
{
	real sum = 0;

	for (int i = rows_start[y]; i < rows_start[y + 1]; i++)
		for (int k = columns_start[x]; k < columns_start[x + 1]; k++)
			sum += rows_weight[i] * columns_weight[k] *
			       load(AT(in, rows_place[i] * from_width + columns_place[k], channel));
	return sum;
}

__kernel void resample_forward(READ_SLICE(in), int from_width, SPARSE(rows), SPARSE(columns),
			       SLICE(out), int width, int channels, int pixels)
{
	FOR_PIXELS(pixel, pixels)
		FOR_CHANNELS(channel, channels)
			store(AT(out, pixel, channel),
			      weighted_sum(in, in_offset, in_stride, from_width, GIVE_SPARSE(rows),
					   GIVE_SPARSE(columns), pixel / width, pixel % width,
					   channel));
}

__kernel void resample_backward(READ_SLICE(in), int from_width, SPARSE(rows), SPARSE(columns),
				int width, int channels, int pixels, DESTINATION_ARGUMENTS)
{
	struct destination to = DESTINATION;

	FOR_PIXELS(pixel, pixels)
		FOR_CHANNELS(channel, channels)
			store_gradient(&to, pixel, channel,
				       weighted_sum(in, in_offset, in_stride, from_width,
						    GIVE_SPARSE(rows), GIVE_SPARSE(columns),
						    pixel / width, pixel % width, channel));
}
