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

// ---- which row fits best ----

// Rows are held against pixels in panels: the rows side by side in the lanes of PANEL vectors, so that products
// are summed without adding up lanes. A panel is [channels][PANEL * LANES], then what the product of each row is
// to be multiplied by. Past the last row stands the last one again.
#define PANEL 2
#define PANEL_ROWS (PANEL * LANES)

// Of <a, r> cos(a, r)^power the row with the largest is that with the largest <a, r> / |r|^(power / (1 + power)).
// Launched with 1 in dimension 0.
__kernel void pack_features(const __global float *rows, int stride, __global float *panels, float power,
			    int channels, int count, int packed)
{
	FOR_PIXELS(row, packed) {
		const __global float *from = rows + (size_t)min(row, count - 1) * stride;
		__global float *to =
			panels + (size_t)(row / PANEL_ROWS) * (channels + 1) * PANEL_ROWS + row % PANEL_ROWS;
		float square = 0;
		for (int c = 0; c < channels; c++) {
			to[(size_t)c * PANEL_ROWS] = from[c];
			square = fma(from[c], from[c], square);
		}
		to[(size_t)channels * PANEL_ROWS] = square > 0 ? pow(square, -0.5f * power / (1 + power)) : 0;
	}
}

// Pixels that a work-item holds against a panel at once.
#define MATCHED 6

// The number of the largest of most, of equal ones the least.
int best_of_lanes(real most, integer which)
{
	const float *values = (const float *)&most;
	const int *numbers = (const int *)&which;
	float best = -INFINITY;
	int found = 0;

	for (int lane = 0; lane < LANES; lane++)
		if (values[lane] > best || (values[lane] == best && numbers[lane] < found)) {
			best = values[lane];
			found = numbers[lane];
		}
	return found;
}

// Writes to best[pixels] the row that fits best; of equal ones the first. The run of pixels is given as blocks of
// MATCHED, the last of which may lie past the end in part.
__kernel void objective_match(READ_SLICE(activation), const __global float *panels, int count,
			      __global int *best, int channels, int pixels)
{
	FOR_PIXELS(block, (pixels + MATCHED - 1) / MATCHED) {
		const __global float *features[MATCHED], *panel = panels;
		real most[MATCHED];
		integer which[MATCHED];
		int first = block * MATCHED;
		for (int i = 0; i < MATCHED; i++) {
			features[i] = AT(activation, min(first + i, pixels - 1), 0);
			most[i] = -INFINITY;
			which[i] = 0;
		}
		for (int row = 0; row < count; row += PANEL_ROWS) {
			real sums[MATCHED][PANEL] = {{0}};
			for (int c = 0; c < channels; c++, panel += PANEL_ROWS)
				UNROLLED(v, PANEL) {
					real with = load(panel + v * LANES);
					UNROLLED(i, MATCHED)
						sums[i][v] = fma((real)features[i][c], with, sums[i][v]);
				}
			UNROLLED(v, PANEL) {
				real factor = load(panel + v * LANES);
				integer number = LANE_NUMBERS + row + v * LANES;
				UNROLLED(i, MATCHED) {
					real fits = factor * sums[i][v];
					which[i] = select(which[i], number, (integer)(fits > most[i]));
					most[i] = fmax(fits, most[i]);
				}
			}
			panel += PANEL_ROWS;
		}
		for (int i = 0; i < MATCHED && first + i < pixels; i++)
			best[first + i] = min(best_of_lanes(most[i], which[i]), count - 1);
	}
}

// ---- the gradient ----

#define ITS_OWN 0
#define THE_ONLY 1
// Below it a cosine counts no less: what points elsewhere is still drawn near.
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
