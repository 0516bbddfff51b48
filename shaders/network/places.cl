// Where an objective counts: a weight for each pixel of a layer.

#define ONE_PLACE 1
#define BY_MASK 2
#define SAMPLES 4 // along each side of a pixel of the layer

// The mask at (x, y), in parts of the picture, between its four nearest values.
float mask_at(const __global float *mask, int height, int width, float y, float x)
{
	float row = clamp(y * height - 0.5f, 0.0f, height - 1.0f);
	float column = clamp(x * width - 0.5f, 0.0f, width - 1.0f);
	int top = (int)row, left = (int)column;
	int bottom = min(top + 1, height - 1), right = min(left + 1, width - 1);
	float upper = mix(mask[top * width + left], mask[top * width + right], column - left);
	float lower = mix(mask[bottom * width + left], mask[bottom * width + right], column - left);

	return mix(upper, lower, row - top);
}

// The mean of the mask over the part of the picture that a pixel of the layer lies on.
float mean_of_mask(const __global float *mask, int mask_height, int mask_width, int picture_height,
		   int picture_width, int mirrored, float top, float left, float cell_height,
		   float cell_width)
{
	float sum = 0;

	for (int i = 0; i < SAMPLES; i++)
		for (int k = 0; k < SAMPLES; k++) {
			float y = fmod(top + (i + 0.5f) / SAMPLES * cell_height, (float)picture_height);
			float x = fmod(left + (k + 0.5f) / SAMPLES * cell_width, (float)picture_width);
			sum += mask_at(mask, mask_height, mask_width, y / picture_height,
				       (mirrored ? picture_width - x : x) / picture_width);
		}
	return sum / (SAMPLES * SAMPLES);
}

// The pixel of the layer that a part of the picture lies on, along one side; none is -1.
int pixel_on(float part, int picture, int start, int input, int layer)
{
	int position = min((int)(part * picture), picture - 1) - start;

	position += position < 0 ? picture : 0;
	return position < input ? (int)((long)position * layer / input) : -1;
}

ANY_GROUP __kernel void weigh_places(const __global float *factors, int factor, int has_factor,
				     int kind, const __global float *mask, int mask_height,
				     int mask_width, int picture_height, int picture_width, int input_y,
				     int input_x, int mirrored, int border, float place_y, float place_x, int input_height,
				     int input_width, __global float *weights, int height, int width)
{
	int y = get_global_id(1);
	float factor_of = has_factor ? factors[factor] : 1;
	float cell_height = (float)input_height / height, cell_width = (float)input_width / width;
	int edge_y = min(border, (height - 1) / 2), edge_x = min(border, (width - 1) / 2);
	float column = mirrored ? 1 - place_x : place_x;

	for (int x = get_global_id(0); x < width; x += get_global_size(0)) {
		float weight = factor_of;
		if (kind == ONE_PLACE) {
			int here = y == pixel_on(place_y, picture_height, input_y, input_height, height) &&
				   x == pixel_on(column, picture_width, input_x, input_width, width);
			weight = here ? weight : 0;
		} else if (kind == BY_MASK) {
			weight *= mean_of_mask(mask, mask_height, mask_width, picture_height,
					       picture_width, mirrored, input_y + y * cell_height,
					       input_x + x * cell_width, cell_height, cell_width);
		}
		int inside = min(y, height - 1 - y) >= edge_y && min(x, width - 1 - x) >= edge_x;
		weights[y * width + x] = inside ? weight : 0;
	}
}
