// What holds a dream back: engine/picture/prior.h. Launched as raster_grid in engine/picture/raster.c says.

#define ROUNDING (0.1f * 0.1f)

// The detail at a pixel; past the border, that at it, so that differences are 0 there.
float4 detail_at(const __global float4 *picture, const __global float4 *base, int width, int height,
		 int y, int x)
{
	size_t pixel = (size_t)min(y, height - 1) * width + min(x, width - 1);

	return picture[pixel] - base[pixel];
}

__kernel void prior_gradient(const __global float4 *picture, const __global float4 *base,
			     __global float4 *out, float smoothness, float fidelity, float grey, int width,
			     int height)
{
	FOR_RUN(x, y, width, height) {
		float4 here = detail_at(picture, base, width, height, y, x);
		float4 sum = 0;
		// The terms of this pixel, of the one to the left, and of the one above.
		for (int term = 0; term < 3; term++) {
			int from_y = y - (term == 2), from_x = x - (term == 1);
			if (from_y < 0 || from_x < 0)
				continue;
			float4 from = detail_at(picture, base, width, height, from_y, from_x);
			float4 across =
				detail_at(picture, base, width, height, from_y, from_x + 1) - from;
			float4 down =
				detail_at(picture, base, width, height, from_y + 1, from_x) - from;
			float4 size = sqrt(across * across + down * down + (float4)ROUNDING);
			sum += (term == 0 ? -(across + down) : term == 1 ? across : down) / size;
		}
		size_t pixel = (size_t)y * width + x;
		float4 value = smoothness * sum + fidelity * here + grey * picture[pixel];
		out[pixel] = (float4)(value.xyz, 0);
	}
}

__kernel void blur_detail(const __global float4 *picture, const __global float4 *base,
			  __global float4 *out, float share, int width, int height)
{
	float weights[3] = {share / 4, 1 - share / 2, share / 4};

	FOR_RUN(x, y, width, height) {
		float4 sum = 0;
		for (int i = 0; i < 9; i++) {
			int row = max(y + i / 3 - 1, 0), column = max(x + i % 3 - 1, 0);
			float4 value = detail_at(picture, base, width, height, row, column);
			sum = fma(value, (float4)(weights[i / 3] * weights[i % 3]), sum);
		}
		size_t pixel = (size_t)y * width + x;
		out[pixel] = base[pixel] + sum;
	}
}
