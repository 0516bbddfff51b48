// sums[pixels] = the sum over the channels of activation * gradient, or that is added. Launched with 1 in
// dimension 0: a work-item needs all channels of its place.
__kernel void sum_worth(int added, READ_SLICE(activation), READ_SLICE(gradient), int channels, int pixels,
			__global float *sums)
{
	FOR_PIXELS(pixel, pixels) {
		real sum = 0;

		for (int c = 0; c < channels; c += LANES)
			sum += only_channels(load(AT(activation, pixel, c)) *
						     load(AT(gradient, pixel, c)),
					     c, channels);
		sums[pixel] = sum_of_lanes(sum) + (added ? sums[pixel] : 0);
	}
}
