// Gradients of objectives at a layer. factors[channels] hold everything that depends neither on
// the activation nor on the time, and 0 for channels that do not count and for lanes past the last
// channel; shares[channels] what else each channel is multiplied by, and places[pixels] each pixel.
// Activations count where they lie above limit[0].

// Sums of the activations of channels that count, and of their squares, over one pixel in as many as
// there are stripes.
ONE_ITEM __kernel void objective_sums(READ_SLICE(activation), const __global float *factors,
				      __global float *sums, int channels, int pixels)
{
	int stripe = get_global_id(0), stripes = get_global_size(0);
	float sum = 0, squares = 0;

	for (int pixel = stripe; pixel < pixels; pixel += stripes) {
		real here = 0, here_squares = 0; // apart, as a long sum of floats swallows small terms
		for (int channel = 0; channel < channels; channel += LANES) {
			real value = load(AT(activation, pixel, channel));
			value = select(value, (real)0, (integer)(load(factors + channel) == 0));
			here += value;
			here_squares += value * value;
		}
		sum += sum_of_lanes(here);
		squares += sum_of_lanes(here_squares);
	}
	sums[2 * stripe] = sum;
	sums[2 * stripe + 1] = squares;
}

ONE_ITEM __kernel void objective_limit(const __global float *sums, int stripes, float count,
				       float threshold, __global float *limit)
{
	float sum = 0, squares = 0;

	for (int i = 0; i < stripes; i++) {
		sum += sums[2 * i];
		squares += sums[2 * i + 1];
	}
	float mean = sum / count;
	limit[0] = mean + threshold * sqrt(fmax(squares / count - mean * mean, 0.0f));
}

// The gradient of sum(factor / 2 * a^2), or of sum(factor * a) if linear.
__kernel void objective_gradient(READ_SLICE(activation), const __global float *factors,
				 const __global float *shares, const __global float *places,
				 const __global float *limit, int linear, int channels, int pixels, DESTINATION_ARGUMENTS)
{
	struct destination to = DESTINATION;

	FOR_PIXELS(pixel, pixels) {
		float place = places[pixel];
		FOR_CHANNELS(channel, channels) {
			real factor = place * load(factors + channel) * load(shares + channel);
			real here = load(AT(activation, pixel, channel));
			real value = linear ? (real)1 : here;
			integer counts = factor != 0 && here > limit[0];
			store_gradient(&to, pixel, channel, select((real)0, factor * value, counts));
		}
	}
}

// How strong each channel is at each place: share * |a| / level, summed over the window. Channels that do
// not count get -1, below all others. scores is [height * width][scores_stride].
__kernel void objective_scores(READ_SLICE(activation), const __global float *inverse_levels,
			       const __global float *shares, __global float *scores, int scores_stride, int radius, int channels,
			       int height, int width)
{
	FOR_PIXELS(pixel, height * width) {
		int y = pixel / width, x = pixel % width;
		int top = max(y - radius, 0), bottom = min(y + radius, height - 1);
		int left = max(x - radius, 0), right = min(x + radius, width - 1);
		FOR_CHANNELS(channel, channels) {
			real inverse = load(inverse_levels + channel) * load(shares + channel);
			real sum = 0;
			for (int i = top; i <= bottom; i++)
				for (int k = left; k <= right; k++)
					sum += fabs(load(AT(activation, i * width + k, channel)));
			sum = select(sum * inverse, (real)-1, (integer)(inverse == 0));
			store(scores + (size_t)pixel * scores_stride + channel, sum);
		}
	}
}

// A channel and its score. Of two, the better has the higher score, or the same and a lower number.
struct entry {
	float score;
	int channel;
};

// The best entry of a place that is worse than last.
struct entry next_best(const __global float *scores, int channels, struct entry last)
{
	real best = -2;
	integer best_channel = channels;
	for (int channel = 0; channel < channels; channel += LANES) {
		real score = load(scores + channel);
		integer number = LANE_NUMBERS + channel;
		integer worse = score < last.score ||
				(score == last.score && number > last.channel);
		integer better = worse && score > best;
		best = select(best, score, better);
		best_channel = select(best_channel, number, better);
	}
	float lanes[LANES];
	int numbers[LANES];
	JOIN(vstore, LANES)(best, 0, lanes);
	JOIN(vstore, LANES)(best_channel, 0, numbers);
	struct entry entry = {lanes[0], numbers[0]};
	for (int i = 1; i < LANES; i++)
		if (lanes[i] > entry.score ||
		    (lanes[i] == entry.score && numbers[i] < entry.channel)) {
			entry.score = lanes[i];
			entry.channel = numbers[i];
		}
	return entry;
}

// The gradient of sum(factor / 2 * a^2) over the winners of each place. Launched with 1 in
// dimension 0: a work-item needs all channels of its place.
__kernel void objective_winners(READ_SLICE(activation), const __global float *factors,
				const __global float *shares, const __global float *places,
				const __global float *limit, const __global float *scores, int scores_stride, int winners, int channels, int pixels, DESTINATION_ARGUMENTS)
{
	struct destination to = DESTINATION;

	FOR_PIXELS(pixel, pixels) {
		float weight = places[pixel];
		const __global float *place = scores + (size_t)pixel * scores_stride;
		struct entry last = {INFINITY, -1};
		for (int i = 0; i < winners; i++)
			last = next_best(place, channels, last);
		for (int channel = 0; channel < channels; channel += LANES) {
			real score = load(place + channel);
			real factor = weight * load(factors + channel) * load(shares + channel);
			integer number = LANE_NUMBERS + channel;
			integer wins = score > last.score ||
				       (score == last.score && number <= last.channel);
			real value = load(AT(activation, pixel, channel));
			wins = wins && factor != 0 && value > limit[0];
			store_gradient(&to, pixel, channel, select((real)0, factor * value, wins));
		}
	}
}
