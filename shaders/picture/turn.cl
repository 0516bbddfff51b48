// Pictures turned about their middle: engine/picture/turn.h. Launched as raster_grid in
// engine/picture/raster.c says.

// Where a pixel of the turned picture lies in the other; side is -1 where that is mirrored.
float2 place_of(float x, float y, float cosine, float sine, float side, int width, int height)
{
	float2 middle = (float2)(0.5f * (width - 1), 0.5f * (height - 1));
	float2 away = (float2)(x, y) - middle;

	return middle + (float2)(side * (cosine * away.x - sine * away.y),
				 sine * away.x + cosine * away.y);
}

int wrapped(int i, int size)
{
	int rest = i % size;
	return rest < 0 ? rest + size : rest;
}

__kernel void turn(const __global float4 *from, __global float4 *to, float cosine, float sine, float side,
		   int width, int height)
{
	FOR_RUN(x, y, width, height) {
		float2 place = place_of(x, y, cosine, sine, side, width, height), corner = floor(place);
		float2 part = place - corner;
		float4 sum = 0;
		for (int i = 0; i < 4; i++) {
			int column = wrapped((int)corner.x + (i & 1), width);
			int row = wrapped((int)corner.y + (i >> 1), height);
			float weight = (i & 1 ? part.x : 1 - part.x) * (i >> 1 ? part.y : 1 - part.y);
			sum = fma(from[(size_t)row * width + column], (float4)weight, sum);
		}
		to[(size_t)y * width + x] = sum;
	}
}

// What the pixels of the turned picture near (x, y) give to a pixel at target.
float4 gather(const __global float4 *from, float2 near, float2 target, float cosine, float sine, float side,
	      int width, int height)
{
	int left = (int)floor(near.x) - 2, top = (int)floor(near.y) - 2;
	float4 sum = 0;

	for (int row = max(top, 0); row <= min(top + 5, height - 1); row++)
		for (int column = max(left, 0); column <= min(left + 5, width - 1); column++) {
			float2 place = place_of(column, row, cosine, sine, side, width, height);
			float2 weight = fmax(1 - fabs(place - target), (float2)0);
			sum = fma(from[(size_t)row * width + column], (float4)(weight.x * weight.y),
				  sum);
		}
	return sum;
}

// A pixel has its copies in the pictures beside, from which it goes on.
__kernel void turn_back(const __global float4 *from, __global float4 *to, float cosine, float sine,
			float side, int width, int height)
{
	float square = cosine * cosine + sine * sine;

	FOR_RUN(x, y, width, height) {
		float4 sum = 0;
		for (int copy = 0; copy < 9; copy++) {
			float2 target = (float2)(x + (copy % 3 - 1) * width, y + (copy / 3 - 1) * height);
			float2 from_side = (float2)(side < 0 ? width - 1 - target.x : target.x, target.y);
			float2 near = place_of(from_side.x, from_side.y, cosine / square, -sine / square,
					       1, width, height);
			if (near.x > -3 && near.y > -3 && near.x < width + 2 && near.y < height + 2)
				sum += gather(from, near, target, cosine, sine, side, width, height);
		}
		to[(size_t)y * width + x] = sum;
	}
}
