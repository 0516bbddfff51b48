// Pictures on the device: float4 pixels, red, green, blue and 0, colour from -1 to 1. Launched as
// raster_grid in engine/picture/raster.c says: a work-item does RUN pixels of a row.

#define LOAD(name, sample, scale, offset)                                                          \
	__kernel void name(const __global uchar *pixels, int stride, __global float4 *raster,      \
			   int width, int height)                                                  \
	{                                                                                          \
		FOR_RUN(x, y, width, height) {                                                     \
			const __global sample *from =                                              \
				(const __global sample *)(pixels + (size_t)y * stride) + 3 * x;    \
			float4 value = (float4)(from[0], from[1], from[2], 0);                     \
			value = fma(value, (float4)(scale), (float4)(offset));                     \
			value = fmin(fmax(value, -1.0f), 1.0f);                                    \
			raster[(size_t)y * width + x] = (float4)(value.xyz, 0);                    \
		}                                                                                  \
	}

LOAD(load_8, uchar, 1 / 127.5f, -1)
LOAD(load_16, ushort, 1 / 32767.5f, -1)

// Not by LOAD: what is not a number must be black, and 2v - 1 of it is not.
__kernel void load_float(const __global uchar *pixels, int stride, __global float4 *raster,
			 int width, int height)
{
	FOR_RUN(x, y, width, height) {
		const __global float *from =
			(const __global float *)(pixels + (size_t)y * stride) + 3 * x;
		float4 value = (float4)(from[0], from[1], from[2], 0);
		value = fmin(fmax(value, 0.0f), 1.0f) * 2 - 1;
		raster[(size_t)y * width + x] = (float4)(value.xyz, 0);
	}
}

// The conversions cut off, so that half a step more rounds; saturating ones are far slower.
#define STORE(name, sample, convert, scale, rounding)                                              \
	__kernel void name(const __global float4 *frame, const __global float4 *detail,            \
			   float strength, int has_detail, const __global float *weights,          \
			   int has_weights, __global uchar *pixels, int stride, int width,         \
			   int height)                                                             \
	{                                                                                          \
		FOR_RUN(x, y, width, height) {                                                     \
			size_t pixel = (size_t)y * width + x;                                      \
			__global sample *to =                                                      \
				(__global sample *)(pixels + (size_t)y * stride) + 3 * x;          \
			float4 value = frame[pixel];                                               \
			float by = has_weights ? strength * weights[pixel] : strength;             \
			if (has_detail)                                                            \
				value = fma(detail[pixel], (float4)by, value);                     \
			value = fma(fmin(fmax(value, -1.0f), 1.0f), (float4)(scale),               \
				    (float4)((scale) + (rounding)));                               \
			to[0] = convert(value.x);                                                  \
			to[1] = convert(value.y);                                                  \
			to[2] = convert(value.z);                                                  \
		}                                                                                  \
	}

STORE(store_8, uchar, convert_uchar, 127.5f, 0.5f)
STORE(store_16, ushort, convert_ushort, 32767.5f, 0.5f)
STORE(store_float, float, convert_float, 0.5f, 0)

__kernel void weigh(__global float4 *raster, const __global float *weights, int width, int height)
{
	FOR_RUN(x, y, width, height) {
		size_t pixel = (size_t)y * width + x;
		raster[pixel] *= weights[pixel];
	}
}

__kernel void combine(const __global float4 *a, const __global float4 *b, const __global float4 *c,
		      float weight_a, float weight_b, float weight_c, float limit,
		      __global float4 *out, int width, int height)
{
	FOR_RUN(x, y, width, height) {
		size_t pixel = (size_t)y * width + x;
		float4 value = a[pixel] * weight_a;
		value = fma(b[pixel], (float4)weight_b, value);
		value = fma(c[pixel], (float4)weight_c, value);
		out[pixel] = fmin(fmax(value, -limit), limit);
	}
}

// Resampling along one axis: output i is the sum of weights[i][0..taps) times the inputs from
// first[i] on.
__kernel void resize_rows(const __global float4 *in, int in_width, __global float4 *out,
			  const __global int *first, const __global float *weights, int taps,
			  int width, int height)
{
	FOR_RUN(x, y, width, height) {
		const __global float4 *from = in + (size_t)y * in_width + first[x];
		float4 sum = 0;
		for (int i = 0; i < taps; i++)
			sum = fma(from[i], (float4)weights[(size_t)x * taps + i], sum);
		out[(size_t)y * width + x] = sum;
	}
}

__kernel void resize_columns(const __global float4 *in, __global float4 *out,
			     const __global int *first, const __global float *weights, int taps,
			     int width, int height)
{
	FOR_RUN(x, y, width, height) {
		const __global float4 *from = in + (size_t)first[y] * width + x;
		float4 sum = 0;
		for (int i = 0; i < taps; i++)
			sum = fma(from[(size_t)i * width], (float4)weights[(size_t)y * taps + i],
				  sum);
		out[(size_t)y * width + x] = sum;
	}
}

// Between a picture and the network's input, which is as large as the picture or a tile of it: pixel
// (0, 0) of the input lies on pixel (shift_y, shift_x) of the picture, which goes on from its other
// side. Channel c of the input is the dot product of the colour with transform[c], plus element c of
// transform[3].
__kernel void present(const __global float4 *picture, int shift_y, int shift_x, int picture_height,
		      int picture_width, SLICE(input), const __global float4 *transform, int width,
		      int height)
{
	FOR_RUN(x, y, width, height) {
		int from_y = (y + shift_y) % picture_height, from_x = (x + shift_x) % picture_width;
		float4 colour = picture[(size_t)from_y * picture_width + from_x];
		float4 value = transform[3];
		value.x += dot(colour, transform[0]);
		value.y += dot(colour, transform[1]);
		value.z += dot(colour, transform[2]);
		*(__global float4 *)AT(input, y * width + x, 0) = value;
	}
}

// From 0 at pixel `from` to 1 at pixel `to`: climb() in engine/dream/tiles.c.
float climb(int from, int to, int x)
{
	return clamp((x - from + 0.5f) / (to - from), 0.0f, 1.0f);
}

__kernel void present_backward(__global float4 *gradient, int shift_y, int shift_x,
			       int picture_height, int picture_width, READ_SLICE(input_gradient),
			       const __global float4 *transform, int accumulate, int rise_y_from,
			       int rise_y_to, int fall_y_from, int fall_y_to, int rise_x_from,
			       int rise_x_to, int fall_x_from, int fall_x_to, int width, int height)
{
	FOR_RUN(x, y, width, height) {
		int to_y = (y + shift_y) % picture_height, to_x = (x + shift_x) % picture_width;
		__global float4 *to = gradient + (size_t)to_y * picture_width + to_x;
		float weight = climb(rise_y_from, rise_y_to, y) *
			       (1 - climb(fall_y_from, fall_y_to, y)) *
			       climb(rise_x_from, rise_x_to, x) *
			       (1 - climb(fall_x_from, fall_x_to, x));
		float4 value = *(const __global float4 *)AT(input_gradient, y * width + x, 0);
		value = value.x * transform[0] + value.y * transform[1] + value.z * transform[2];
		*to = accumulate ? fma(value, (float4)weight, *to) : value * weight;
	}
}
