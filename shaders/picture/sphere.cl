// A picture of the whole sphere, and views of it: engine/picture/sphere.h. Launched as raster_grid in
// engine/picture/raster.c says. Directions are right, down and front.

#define VIEWS 6
// How far a view reaches from its middle, where a face of the cube reaches 1; its twin stands in
// engine/picture/sphere.c. Where a face ends its neighbour sees the same as far from its own middle.
#define REACH 1.2f

#define ROTATION                                                                                   \
	float xx, float xy, float xz, float yx, float yy, float yz, float zx, float zy, float zz

// Between the four nearest pixels of a picture of `height` rows, the border being repeated.
float4 sample(const __global float4 *picture, int width, int height, float x, float y)
{
	float column = clamp(x, 0.0f, width - 1.0f), row = clamp(y, 0.0f, height - 1.0f);
	int left = min((int)column, width - 2), top = min((int)row, height - 2);
	const __global float4 *corner = picture + (size_t)top * width + left;

	return mix(mix(corner[0], corner[1], column - left),
		   mix(corner[width], corner[width + 1], column - left), row - top);
}

// atan2 to 1e-5 (Abramowitz and Stegun 1964, 4.4.49), in a tenth of its time on processors.
float angle_of(float y, float x)
{
	float longer = fmax(fabs(x), fabs(y)), shorter = fmin(fabs(x), fabs(y));
	float part = shorter / fmax(longer, 1e-30f), square = part * part;
	float angle = part * ((((0.0208351f * square - 0.0851330f) * square + 0.1801410f) * square -
			       0.3302995f) * square + 0.9998660f);

	angle = fabs(y) > fabs(x) ? M_PI_2_F - angle : angle;
	angle = x < 0 ? M_PI_F - angle : angle;
	return y < 0 ? -angle : angle;
}

// The direction of a place of a view: four round the horizon, one up, one down.
float3 direction_of(int view, float right, float down)
{
	switch (view) {
	case 0:
		return (float3)(right, down, 1);
	case 1:
		return (float3)(1, down, -right);
	case 2:
		return (float3)(-right, down, -1);
	case 3:
		return (float3)(-1, down, right);
	case 4:
		return (float3)(right, -1, down);
	default:
		return (float3)(right, 1, -down);
	}
}

// The way back: right and down in the view, and what they are to be divided by, which is not above 0
// where the direction lies behind it.
float3 place_in(int view, float3 direction)
{
	float x = direction.x, y = direction.y, z = direction.z;

	switch (view) {
	case 0:
		return (float3)(x, y, z);
	case 1:
		return (float3)(-z, y, x);
	case 2:
		return (float3)(-x, y, -z);
	case 3:
		return (float3)(z, y, -x);
	case 4:
		return (float3)(x, z, -y);
	default:
		return (float3)(x, -z, y);
	}
}

__kernel void see_views(const __global float4 *raster, __global float4 *views, ROTATION, float margin,
			float period, int raster_width, int raster_height, int side, int rows)
{
	FOR_RUN(x, y, side, rows) {
		float scale = 2 * REACH / side;
		int view = y / side;
		float3 at = direction_of(view, (x + 0.5f) * scale - REACH,
					 (y - view * side + 0.5f) * scale - REACH);
		float3 to = (float3)(dot((float3)(xx, xy, xz), at), dot((float3)(yx, yy, yz), at),
				     dot((float3)(zx, zy, zz), at));
		float east = angle_of(to.x, to.z) * (0.5f * M_1_PI_F) + 0.5f;
		float south = angle_of(to.y, sqrt(to.x * to.x + to.z * to.z)) * M_1_PI_F + 0.5f;

		views[(size_t)y * side + x] =
			sample(raster, raster_width, raster_height, margin + east * period - 0.5f,
			       south * raster_height - 0.5f);
	}
}

// What a view counts at this distance from its middle: all, until where its neighbour's border is.
float weight_of(float distance)
{
	return clamp((REACH - distance) / (REACH - 1 / REACH), 0.0f, 1.0f);
}

// What the views have in a direction.
float4 join_at(const __global float4 *views, int side, float3 at)
{
	float scale = side / (2 * REACH);
	float4 sum = 0;
	float weights = 0;

	for (int view = 0; view < VIEWS; view++) {
		float3 place = place_in(view, at);
		float beyond = REACH * place.z;
		if (beyond <= fabs(place.x) || beyond <= fabs(place.y))
			continue;
		float right = place.x / place.z, down = place.y / place.z;
		float weight = weight_of(fabs(right)) * weight_of(fabs(down));
		sum += weight * sample(views + (size_t)view * side * side, side, side,
				       (right + REACH) * scale - 0.5f, (down + REACH) * scale - 0.5f);
		weights += weight;
	}
	return sum / weights;
}

__kernel void join_views(const __global float4 *views, __global float4 *raster, ROTATION, float margin,
			 float period, int side, int rows, int width, int height)
{
	float step = 2 * M_PI_F / period, step_sine = sin(step), step_cosine = cos(step);
	float east = (get_global_id(0) * RUN + 0.5f - margin) * step - M_PI_F;
	float south = ((get_global_id(1) + 0.5f) / height - 0.5f) * M_PI_F;
	float level = cos(south), down = sin(south);
	float sine = sin(east), cosine = cos(east);

	FOR_RUN(x, y, width, height) {
		float3 to = (float3)(level * sine, down, level * cosine);
		float next = sine * step_cosine + cosine * step_sine;

		raster[(size_t)y * width + x] =
			join_at(views, side,
				to.x * (float3)(xx, xy, xz) + to.y * (float3)(yx, yy, yz) +
					to.z * (float3)(zx, zy, zz));
		cosine = cosine * step_cosine - sine * step_sine;
		sine = next;
	}
}
