// From one frame to the next: engine/time/temporal.h says what happens here and why.
//
// Rasters hold float4 pixels. In the detail that is kept and inherited the fourth component is the
// maturity: 1 where the dream is as strong as cold frames have it, 0 where there is none yet.
// Kernels on pixels are launched as raster_grid in engine/picture/raster.c says; those that measure are
// launched with one work-group of GROUP work-items for each block of the picture.
#ifndef RUN
#define RUN 1
#endif
#ifndef GROUP
#define GROUP 1
#endif
#define GROUP_OF_ITEMS __attribute__((reqd_work_group_size(GROUP, 1, 1)))

#define FOR_RUN(x, y, width, height)                                                               \
	int y = get_global_id(1), x##_start = get_global_id(0) * RUN;                              \
	if (y < (height))                                                                          \
		for (int x = x##_start; x < min(x##_start + RUN, (width)); x++)

#define FOR_BLOCK(x, y, width, height, side, columns)                                              \
	for (int y = (int)get_group_id(0) / (columns) * (side),                                    \
		 y##_end = min(y + (side), (height));                                              \
	     y < y##_end; y++)                                                                     \
		for (int x = (int)get_group_id(0) % (columns) * (side) + (int)get_local_id(0),     \
			 x##_end = min(((int)get_group_id(0) % (columns) + 1) * (side), (width));  \
		     x < x##_end; x += GROUP)

// The group's sum of what its work-items have, always in the same order.
void store_sum(__local float8 *shared, float8 sum, __global float8 *place)
{
	int item = get_local_id(0);

	shared[item] = sum;
	for (int half_group = GROUP / 2; half_group > 0; half_group /= 2) {
		barrier(CLK_LOCAL_MEM_FENCE);
		if (item < half_group)
			shared[item] += shared[item + half_group];
	}
	if (item == 0)
		*place = shared[0];
}

// ---- samples between pixels; the border is repeated ----

// The pixel left of and above a place, of coordinates that fit int. floor() would do as well, but is
// a function of many steps on processors, which moreover keeps loops from becoming vectors.
int floor_of(float at)
{
	int whole = (int)at;

	return whole - (at < whole);
}

int2 corner_of(float2 at)
{
	return (int2)(floor_of(at.x), floor_of(at.y));
}

float luma(float4 colour)
{
	return dot(colour, (float4)(0.299f, 0.587f, 0.114f, 0));
}

float4 pixel_at(const __global float4 *picture, int width, int height, int x, int y)
{
	return picture[(size_t)clamp(y, 0, height - 1) * width + clamp(x, 0, width - 1)];
}

// Catmull and Rom's weights: exactly 0, 1, 0, 0 on a pixel, so that what stands still stays as it
// is.
float4 cubic_weights(float t)
{
	return (float4)(((-0.5f * t + 1) * t - 0.5f) * t, (1.5f * t - 2.5f) * t * t + 1,
			((-1.5f * t + 2) * t + 0.5f) * t, (0.5f * t - 0.5f) * t * t);
}

float4 cubic_row(const __global float4 *picture, int width, int height, int x, int y, float4 weights)
{
	return pixel_at(picture, width, height, x - 1, y) * weights.x +
	       pixel_at(picture, width, height, x, y) * weights.y +
	       pixel_at(picture, width, height, x + 1, y) * weights.z +
	       pixel_at(picture, width, height, x + 2, y) * weights.w;
}

// A call would spill what inherit has at hand: a tenth of its time.
__attribute__((always_inline)) float4
cubic_sample(const __global float4 *picture, int width, int height, float2 at)
{
	int x = floor_of(at.x), y = floor_of(at.y);
	float4 across = cubic_weights(at.x - x), down = cubic_weights(at.y - y);

	return cubic_row(picture, width, height, x, y - 1, across) * down.x +
	       cubic_row(picture, width, height, x, y, across) * down.y +
	       cubic_row(picture, width, height, x, y + 1, across) * down.z +
	       cubic_row(picture, width, height, x, y + 2, across) * down.w;
}

// Lanczos' weights of six pixels, from the one two before on; on a pixel, or as good as, exactly one
// of them is 1.
// The detail is fetched anew in every frame: what a filter takes from its fine lines once, it takes
// thirty times a second.
void lanczos_weights(float t, float weights[6])
{
	const float third = M_PI_F / 3;
	float sum = 0;

	UNROLLED(i, 6)
	{
		float at = t + (2 - i);
		float angle = M_PI_F * at;
		weights[i] = t < 1e-3f ? i == 2 : t > 0.999f ? i == 3 : sin(angle) * sin(third * at) / (angle * third * at);
		sum += weights[i];
	}
	UNROLLED(i, 6) weights[i] /= sum;
}

__attribute__((always_inline)) float4
lanczos_sample(const __global float4 *picture, int width, int height, float2 at)
{
	int x = floor_of(at.x), y = floor_of(at.y);
	float across[6], down[6];
	float4 sum = 0;

	lanczos_weights(at.x - x, across);
	lanczos_weights(at.y - y, down);
	UNROLLED(j, 6)
	{
		float4 row = 0;
		UNROLLED(i, 6) row += pixel_at(picture, width, height, x + i - 2, y + j - 2) * across[i];
		sum += row * down[j];
	}
	return sum;
}

// ---- brightness ----

// Planes of brightness, one float for each pixel, have a border of BORDER pixels all around, in which
// those at the edge are repeated: as far as patches that reach out of the picture look.
#define BORDER 4
#define LIGHT(plane, width, x, y)                                                                  \
	((plane) + (size_t)((y) + BORDER) * ((width) + 2 * BORDER) + (x) + BORDER)

// width and height are those of the plane, with its borders.
__kernel void lighten(const __global float4 *picture, __global float *light, int width, int height)
{
	FOR_RUN(x, y, width, height) {
		light[(size_t)y * width + x] =
			luma(pixel_at(picture, width - 2 * BORDER, height - 2 * BORDER, x - BORDER,
				      y - BORDER));
	}
}

// Of a patch of 4 x 4 pixels: corner moved to where all of it can be read. Beyond the border it would
// only find the same values.
int within_border(int corner, int size)
{
	return clamp(corner, -BORDER, size + BORDER - 4);
}

// ---- what became of the last frame ----

// As smoothstep, whose division is one by a constant here.
float ramp(float from, float to, float at)
{
	float part = clamp((at - from) * (1 / (to - from)), 0.0f, 1.0f);

	return part * part * (3 - 2 * part);
}

// How far a flow and the flow back may disagree, in pixels squared, and still mean the same point:
// Sundaram, Brox and Keutzer, "Dense point trajectories by GPU-accelerated large displacement
// optical flow", ECCV 2010. Soft, as a sharp edge of trust would be seen.
float agreement(float there_x, float there_y, float back_x, float back_y)
{
	float gap_x = there_x + back_x, gap_y = there_y + back_y;
	float lengths = there_x * there_x + there_y * there_y + back_x * back_x + back_y * back_y;
	float allowed = 0.01f * lengths + 0.5f;

	return 1 - ramp(0.5f, 1.5f, (gap_x * gap_x + gap_y * gap_y) / allowed);
}

float inside(float2 at, int width, int height)
{
	return at.x > -0.75f && at.y > -0.75f && at.x < width - 0.25f && at.y < height - 0.25f;
}

// Below a tenth of a pixel a flow is as likely noise; a dream that follows it would shimmer.
#define FLOW_NOISE 0.02f
#define FLOW_SURE 0.1f

// Finds where each pixel was, and how far the flow there and the flow back agree about it. Numbers
// instead of vectors, so that compilers can work on many pixels at once.
__kernel void trace(const __global float *restrict to_past, const __global float *restrict to_newest,
		    __global float *restrict was, __global float *restrict trust, int width, int height)
{
	FOR_RUN(x, y, width, height) {
		int pixel = y * width + x;
		float u = to_past[2 * pixel], v = to_past[2 * pixel + 1];
		float steady = ramp(FLOW_NOISE, FLOW_SURE, sqrt(u * u + v * v));
		float at_x = x + u * steady, at_y = y + v * steady;
		int corner_x = floor_of(at_x), corner_y = floor_of(at_y);
		float part_x = at_x - corner_x, part_y = at_y - corner_y;
		int left = clamp(corner_x, 0, width - 1), right = min(left + 1, width - 1);
		int top = clamp(corner_y, 0, height - 1) * width;
		int bottom = min(top + width, (height - 1) * width);
		float back[2];

		UNROLLED(c, 2)
		{
			const __global float *flow = to_newest + c;
			float upper = mix(flow[2 * (top + left)], flow[2 * (top + right)], part_x);
			float lower = mix(flow[2 * (bottom + left)], flow[2 * (bottom + right)],
					  part_x);
			back[c] = mix(upper, lower, part_y);
		}
		was[2 * pixel] = at_x;
		was[2 * pixel + 1] = at_y;
		trust[pixel] = agreement(u * steady, v * steady, back[0], back[1]);
	}
}

// The brightness of the past frame between its pixels.
float past_light_at(const __global float *past, int width, int height, float2 at)
{
	int2 corner = corner_of(at);
	float2 part = at - convert_float2(corner);
	const __global float *row = LIGHT(past, width, within_border(corner.x, width),
					  within_border(corner.y, height));
	float2 upper = vload2(0, row), lower = vload2(0, row + width + 2 * BORDER);
	float2 value = mix(upper, lower, part.y);

	return mix(value.x, value.y, part.x);
}

// Measures, block by block, how the frame is like the past one carried along the flow. The eight
// sums are those of struct block_view in engine/time/scene.h.
GROUP_OF_ITEMS __kernel void compare(const __global float4 *frame, const __global float4 *past,
				     const __global float *frame_light,
				     const __global float *past_light, const __global float2 *was,
				     const __global float *trust, int width, int height, int side,
				     int columns, __global float8 *table)
{
	__local float8 shared[GROUP];
	float8 sum = 0;

	FOR_BLOCK(x, y, width, height, side, columns) {
		size_t pixel = (size_t)y * width + x;
		float2 at = was[pixel];
		float now = *LIGHT(frame_light, width, x, y);
		float then = past_light_at(past_light, width, height, at);
		float4 change = fabs(frame[pixel] - past[pixel]);
		sum += (float8)(now, then, now * now, then * then, now * then,
				inside(at, width, height) * trust[pixel], 1,
				change.x + change.y + change.z);
	}
	store_sum(shared, sum, table + 2 * get_group_id(0));
}

// ---- what is inherited ----

// How far a patch is from the past one in brightness, that of the past one set right by gain and
// offset. Its nine pixels lie alike between those of the past, of which 4 x 4 do for all.
float patch_difference(const __global float *frame, const __global float *past, int width,
		       int height, int x, int y, float2 was, float gain, float offset)
{
	const int stride = width + 2 * BORDER;
	float2 at = was - 1;
	int2 corner = corner_of(at);
	float2 part = at - convert_float2(corner);
	const __global float *then = LIGHT(past, width, within_border(corner.x, width),
					   within_border(corner.y, height));
	const __global float *now = LIGHT(frame, width, x - 1, y - 1);
	float4 row = vload4(0, then), sum = 0;
	float4 upper = mix(row, row.yzww, part.x);

	UNROLLED(i, 3)
	{
		then += stride;
		row = vload4(0, then);
		float4 lower = mix(row, row.yzww, part.x);
		sum += fabs(vload4(0, now) - (gain * mix(upper, lower, part.y) + offset));
		upper = lower;
		now += stride;
	}
	return (sum.x + sum.y + sum.z) * (1 / 9.0f);
}

// A difference in brightness, of the range -1 to 1, that changing light and blur may make, and one
// that says that this is something else.
#define LIKE 0.15f
#define UNLIKE 0.4f
// Motion in pixels a frame that counts as none, and as full.
#define SLOW 0.1f
#define MOVING 0.6f

// Pixel (x, y) comes from (x0 x + x1 y + x2, y0 x + y1 y + y2).
#define MOVE float x0, float x1, float x2, float y0, float y1, float y2
#define MOVED(at) ((float2)(x0 * (at).x + x1 * (at).y + x2, y0 * (at).x + y1 * (at).y + y2))

// Maturity: 0 where nothing was inherited, ALIVE where the dream is whole and goes on, 1 where it is at
// rest. What moves matures to ALIVE at most.
#define ALIVE 0.5f

// How far a place is at rest, 0..1: a straight line that ends, so that a still scene comes to rest
// altogether.
#define AT_REST 0.99f
float rest_of(float maturity)
{
	return clamp((maturity - ALIVE) * (1 / (AT_REST - ALIVE)), 0.0f, 1.0f);
}

// inherited = the last detail, fetched from where each pixel was, times the confidence in that.
// still, moving and resting say how much of it is passed on there, maturity_still and maturity_moving how much of
// its maturity; and the move is made besides.
__kernel void inherit(float gain, float offset, float still, float moving, float resting,
		      float maturity_still, float maturity_moving, MOVE, const __global float *frame_light,
		      const __global float *past_light, const __global float2 *was,
		      const __global float *trust, const __global float4 *detail,
		      __global float4 *inherited, int width, int height)
{
	FOR_RUN(x, y, width, height) {
		size_t pixel = (size_t)y * width + x;
		float difference = patch_difference(frame_light, past_light, width, height, x, y,
						    was[pixel], gain, offset);
		float2 at = MOVED(was[pixel]), moved = at - (float2)(x, y);
		float motion = ramp(SLOW, MOVING, sqrt(dot(moved, moved)));
		float confidence = trust[pixel] * inside(at, width, height) *
			     (1 - ramp(LIKE, UNLIKE, difference));
		float4 value = lanczos_sample(detail, width, height, at);
		float mature = fmin(clamp(value.w, 0.0f, 1.0f), mix(1.0f, ALIVE, motion));
		float passed = mix(mix(still, moving, motion), resting, rest_of(mature));

		inherited[pixel] =
			(float4)(value.xyz * (confidence * passed),
				 mature * confidence * mix(maturity_still, maturity_moving, motion));
	}
}

// How much a place wants to be dreamed on: 1 where it is alive, up to twice that the fresher it is,
// not at all at rest.
float need(float maturity)
{
	return 1 - rest_of(maturity) + clamp(1 - maturity * (1 / ALIVE), 0.0f, 1.0f);
}

// gradient times need: what wants nothing must not count when the gradient is normalised, either.
__kernel void mask_gradient(__global float4 *gradient, const __global float4 *inherited, int width,
			    int height)
{
	FOR_RUN(x, y, width, height) {
		size_t pixel = (size_t)y * width + x;
		gradient[pixel] *= need(inherited[pixel].w);
	}
}

GROUP_OF_ITEMS __kernel void measure_need(const __global float4 *inherited, int width, int height,
					  int side, int columns, __global float8 *needs)
{
	__local float8 shared[GROUP];
	float8 sum = 0;

	FOR_BLOCK(x, y, width, height, side, columns) {
		float wanted = need(inherited[(size_t)y * width + x].w);
		sum += (float8)(wanted * wanted, 1, 0, 0, 0, 0, 0, 0);
	}
	store_sum(shared, sum, needs + get_group_id(0));
}

// The length of a step: its RMS over the picture where it is 1 over what wants it. A single
// work-item.
__kernel void find_length(const __global float8 *needs, int blocks, __global float *length)
{
	float2 sum = 0;

	for (int i = 0; i < blocks; i++)
		sum += needs[i].s01;
	*length = sqrt(sum.x / sum.y);
}

// ---- what is kept ----

// How much a place matures in a second where it is fresh, and where it is alive.
#define FRESH_RATE 1.0f
#define ALIVE_RATE 0.5f

// detail = what was dreamed, where it was wanted, and what was inherited, elsewhere. seconds says for
// how long it matures. 0: nothing was dreamed. Below 0: all was dreamed as if cold, and this is its
// maturity with the sign turned.
__kernel void keep(float seconds, const __global float4 *dreamed, const __global float4 *inherited,
		   __global float4 *detail, int width, int height)
{
	FOR_RUN(x, y, width, height) {
		size_t pixel = (size_t)y * width + x;
		float4 past = inherited[pixel];
		float wanted = need(past.w);
		// Bands of the gradient reach a little beyond what wanted it.
		float4 value = mix(past, dreamed[pixel], fmin(4 * wanted, 1.0f));

		value.w = fmin(past.w + seconds * (past.w < ALIVE ? FRESH_RATE : ALIVE_RATE), 1.0f);
		if (seconds == 0) // what a bright frame clips is not lost
			value = past;
		if (seconds < 0)
			value = (float4)(dreamed[pixel].xyz, -seconds);
		detail[pixel] = value;
	}
}

// The eight sums are those of struct block_dream in engine/time/scene.h.
GROUP_OF_ITEMS __kernel void measure_dream(const __global float4 *frame,
					   const __global float4 *detail, int width, int height,
					   int side, int columns, __global float8 *table)
{
	__local float8 shared[GROUP];
	float8 sum = 0;

	FOR_BLOCK(x, y, width, height, side, columns) {
		size_t pixel = (size_t)y * width + x;
		float4 added = (float4)(detail[pixel].xyz, 0);
		float4 dream = clamp(frame[pixel] + added, -1.0f, 1.0f);
		float light = luma(dream);
		float4 chroma = (float4)(dream.xyz - light, 0);
		sum += (float8)(dot(added, added), dream.x, dream.y, dream.z, light * light,
				dot(chroma, chroma), need(detail[pixel].w), 1);
	}
	store_sum(shared, sum, table + 2 * get_group_id(0) + 1);
}

// ---- journeys ----

float mirrored(float at, int size)
{
	float period = 2 * size;
	float place = fmod(fmod(at + 0.5f, period) + period, period);

	return (place < size ? place : period - place) - 0.5f;
}

// moved = the last dream itself, moved: its brightness times contrast, what colours differ from that
// times colourfulness, and an offset of each colour.
__kernel void move_dream(float contrast, float colourfulness, float red, float green, float blue, MOVE,
		     const __global float4 *frame, const __global float4 *detail,
		     __global float4 *moved, int width, int height)
{
	FOR_RUN(x, y, width, height) {
		float2 at = MOVED((float2)(x, y));
		float4 value, light;

		at = (float2)(mirrored(at.x, width), mirrored(at.y, height));
		value = cubic_sample(frame, width, height, at) +
			cubic_sample(detail, width, height, at);
		light = (float4)luma(value);
		value = light * contrast + (value - light) * colourfulness +
			(float4)(red, green, blue, 0);
		value = clamp(value, -1.0f, 1.0f);
		moved[(size_t)y * width + x] = (float4)(value.xyz, 0);
	}
}
