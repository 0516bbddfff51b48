// The gradient of sum(factor * place * log(p / (1 - p))), p being the part of the softmax over all channels
// that the wanted ones have: of each channel its part among the wanted, or less its part among the
// others. Launched with 1 in dimension 0: a work-item needs all channels of its place.

// Below all scores; far from the largest float, so that differences stay finite.
#define LOWEST -1e30f

float largest_of(real value)
{
	float lanes[LANES], largest = LOWEST;

	JOIN(vstore, LANES)(value, 0, lanes);
	for (int i = 0; i < LANES; i++)
		largest = fmax(largest, lanes[i]);
	return largest;
}

// The scores of the wanted channels, or of the others; LOWEST in all other lanes.
real scores_of(const __global float *scores, const __global float *wanted, int are_wanted, int channel,
	       int channels)
{
	integer counts = (load(wanted + channel) != 0) == (integer)(are_wanted ? -1 : 0);

	counts = counts && LANE_NUMBERS + channel < channels;
	return select((real)LOWEST, load(scores + channel), counts);
}

// The largest of them, and the sum of exp(score - largest).
float2 measure_scores(const __global float *scores, const __global float *wanted, int are_wanted,
		      int channels)
{
	real largest = LOWEST, sum = 0;

	for (int c = 0; c < channels; c += LANES)
		largest = fmax(largest, scores_of(scores, wanted, are_wanted, c, channels));
	float most = largest_of(largest);
	for (int c = 0; c < channels; c += LANES) {
		real score = scores_of(scores, wanted, are_wanted, c, channels);
		sum += select((real)0, exp(score - most), (integer)(score > LOWEST));
	}
	return (float2)(most, sum_of_lanes(sum));
}

__kernel void objective_class(READ_SLICE(activation), const __global float *wanted,
			      const __global float *places, float factor, int channels, int pixels,
			      DESTINATION_ARGUMENTS)
{
	struct destination to = DESTINATION;

	FOR_PIXELS(pixel, pixels) {
		const __global float *scores = AT(activation, pixel, 0);
		float2 inside = measure_scores(scores, wanted, 1, channels);
		float2 outside = measure_scores(scores, wanted, 0, channels);
		float strength = factor * places[pixel];
		float up = inside.y > 0 ? strength / inside.y : 0;
		float down = outside.y > 0 ? -strength / outside.y : 0;
		for (int c = 0; c < channels; c += LANES) {
			integer is_wanted = load(wanted + c) != 0;
			real most = select((real)outside.x, (real)inside.x, is_wanted);
			real part = exp(load(scores + c) - most) *
				    select((real)down, (real)up, is_wanted);
			store_gradient(&to, pixel, c, only_channels(part, c, channels));
		}
	}
}
