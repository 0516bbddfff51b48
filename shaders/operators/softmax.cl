// Softmax over the channels of each pixel. Every work-item does whole pixels: launched with 1 in
// dimension 0.

__kernel void softmax_forward(READ_SLICE(in), SLICE(out), int channels, int pixels)
{
	FOR_PIXELS(pixel, pixels) {
		float largest = -INFINITY, sum = 0;
		real total = 0;
		for (int channel = 0; channel < channels; channel++)
			largest = fmax(largest, *AT(in, pixel, channel));
		for (int channel = 0; channel < channels; channel += LANES) {
			real value = exp(load(AT(in, pixel, channel)) - largest);
			value = only_channels(value, channel, channels);
			total += value;
			store(AT(out, pixel, channel), value);
		}
		sum = sum_of_lanes(total);
		for (int channel = 0; channel < channels; channel += LANES)
			store(AT(out, pixel, channel), load(AT(out, pixel, channel)) / sum);
	}
}

__kernel void softmax_backward(READ_SLICE(gradient), READ_SLICE(out), int channels, int pixels,
			       DESTINATION_ARGUMENTS)
{
	struct destination to = DESTINATION;

	FOR_PIXELS(pixel, pixels) {
		real total = 0;
		for (int channel = 0; channel < channels; channel += LANES)
			total += only_channels(load(AT(gradient, pixel, channel)) *
						       load(AT(out, pixel, channel)),
					       channel, channels);
		float mean = sum_of_lanes(total);
		for (int channel = 0; channel < channels; channel += LANES)
			store_gradient(&to, pixel, channel,
				       load(AT(out, pixel, channel)) *
					       (load(AT(gradient, pixel, channel)) - mean));
	}
}
