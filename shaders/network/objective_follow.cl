// Gradients that draw the features of a layer, the vectors of all channels of its pixels, towards rows of
// features: [rows][stride], zeros past the last channel.

// Row p becomes the features of pixel p.
__kernel void keep_features(READ_SLICE(activation), __global float *rows, int stride, int channels,
			    int pixels)
{
	FOR_PIXELS(pixel, pixels)
		FOR_CHANNELS(channel, channels) {
			real value = load(AT(activation, pixel, channel));
			store(rows + (size_t)pixel * stride + channel,
			      only_channels(value, channel, channels));
		}
}

// Pixels that are held against a row at once, so that it is read once for all of them.
#define MATCHED 4

// Writes to best[pixels] the row with the largest product; of equal ones the first. The run of pixels is
// given as blocks of MATCHED, the last of which may lie past the end in part. Lanes past the last channel
// need no care: the rows are 0 there, and what the activation holds is finite.
__kernel void objective_match(READ_SLICE(activation), const __global float *rows, int stride, int count,
			      __global int *best, int channels, int pixels)
{
	FOR_PIXELS(block, (pixels + MATCHED - 1) / MATCHED) {
		const __global float *features[MATCHED];
		float most[MATCHED];
		int first = block * MATCHED, which[MATCHED];
		for (int i = 0; i < MATCHED; i++) {
			features[i] = AT(activation, min(first + i, pixels - 1), 0);
			most[i] = -INFINITY;
			which[i] = 0;
		}
		for (int row = 0; row < count; row++) {
			const __global float *with = rows + (size_t)row * stride;
			real sums[MATCHED] = {0};
			for (int c = 0; c < channels; c += LANES) {
				real value = load(with + c);
				UNROLLED(i, MATCHED)
					sums[i] = fma(load(features[i] + c), value, sums[i]);
			}
			UNROLLED(i, MATCHED) {
				float product = sum_of_lanes(sums[i]);
				which[i] = product > most[i] ? row : which[i];
				most[i] = fmax(product, most[i]);
			}
		}
		for (int i = 0; i < MATCHED && first + i < pixels; i++)
			best[first + i] = which[i];
	}
}

#define ITS_OWN 0
#define THE_ONLY 1
#define LEAST_COSINE 0.1f

// The gradient of sum(factor * place * <a, r> * max(cos(a, r), LEAST_COSINE)^power) with r the row that a
// pixel follows: its own, the only one, or the one that best names. Launched with 1 in dimension 0: a
// work-item needs all channels of its place.
__kernel void objective_follow(READ_SLICE(activation), const __global float *rows, int stride, int rule,
			       const __global int *best, const __global float *places, float factor,
			       float power, int channels, int pixels, DESTINATION_ARGUMENTS)
{
	struct destination to = DESTINATION;

	FOR_PIXELS(pixel, pixels) {
		const __global float *a = AT(activation, pixel, 0);
		int row = rule == ITS_OWN ? pixel : rule == THE_ONLY ? 0 : best[pixel];
		const __global float *r = rows + (size_t)row * stride;
		real products = 0, squares = 0, lengths = 0;
		for (int c = 0; c < channels; c += LANES) {
			real value = only_channels(load(a + c), c, channels), with = load(r + c);
			products = fma(value, with, products);
			squares = fma(value, value, squares);
			lengths = fma(with, with, lengths);
		}
		float product = sum_of_lanes(products), square = sum_of_lanes(squares);
		float length = sqrt(square * sum_of_lanes(lengths));
		float cosine = length > 0 ? product / length : 0;
		float power_of = pow(fmax(cosine, LEAST_COSINE), power);
		// d(<a, r> cos^power) = (1 + power) cos^power r - power <a, r> cos^power a / |a|^2
		float bends = cosine > LEAST_COSINE ? power : 0;
		float along = factor * places[pixel] * power_of * (1 + bends);
		float back = square > 0 ? -factor * places[pixel] * power_of * bends * product / square
					: 0;
		for (int c = 0; c < channels; c += LANES) {
			real value = along * load(r + c) + back * load(a + c);
			store_gradient(&to, pixel, c, only_channels(value, c, channels));
		}
	}
}
