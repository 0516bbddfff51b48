// How strong each of several gradients is.

ONE_ITEM __kernel void measure_gradient(const __global float4 *gradient, int width, int height,
					__global float *partials, int number)
{
	int group = get_global_id(0), groups = get_global_size(0);
	float sum = 0;

	for (int y = group; y < height; y += groups) {
		float row = 0; // apart, as a long sum of floats swallows small terms
		for (int x = 0; x < width; x++) {
			float4 value = gradient[(size_t)y * width + x];
			row += dot(value, value);
		}
		sum += row;
	}
	partials[number * groups + group] = sum;
}

// All gradients have the same size, so that sums stand for means.
ONE_ITEM __kernel void find_factors(const __global float *partials, int groups, int count,
				      const __global float *weights, __global float *factors)
{
	float largest = 0;

	for (int i = 0; i < count; i++) {
		float sum = 0;
		for (int g = 0; g < groups; g++)
			sum += partials[i * groups + g];
		factors[i] = sqrt(sum) / weights[i];
		largest = fmax(largest, factors[i]);
	}
	for (int i = 0; i < count; i++)
		factors[i] = factors[i] > 0 ? largest / factors[i] : 1;
}
