// From one frame to the next: engine/time/temporal.h says what happens here and why.
//
// Rasters hold float4 pixels. In the detail that is kept and inherited the fourth component is the
// maturity: 1 where the dream is as strong as cold frames have it, 0 where there is none yet.
// Kernels on pixels are launched as raster_grid in engine/picture/raster.c says; those that measure are
// launched with one work-group of GROUP work-items for each block of the picture.
#include "samples.clh"

#ifndef GROUP
#define GROUP 1
#endif
#define GROUP_OF_ITEMS __attribute__((reqd_work_group_size(GROUP, 1, 1)))

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
// And one that says that this is the same, whatever the flow back thinks of it, and that it may not be.
#define SAME 0.03f
#define NOT_SAME 0.08f
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

// trust = how far a place is to inherit from where it was. Two flows may disagree because it was
// uncovered, or because a flat place leaves open how it moves; there, what looks the same will do, as
// a dream that is begun anew on every wall flickers.
__kernel void settle(float gain, float offset, const __global float *frame_light,
		     const __global float *past_light, const __global float2 *was,
		     __global float *trust, int width, int height)
{
	FOR_RUN(x, y, width, height) {
		size_t pixel = (size_t)y * width + x;
		float difference = patch_difference(frame_light, past_light, width, height, x, y,
						    was[pixel], gain, offset);
		float agreed = trust[pixel] * (1 - ramp(LIKE, UNLIKE, difference));
		float same = 1 - ramp(SAME, NOT_SAME, difference);

		trust[pixel] = inside(was[pixel], width, height) * fmax(agreed, same);
	}
}

// What was seen of a detail, in 16 bits: colours of -2 to 2, which a difference of two pictures never
// leaves, in steps that a frame of 8 bits has 128 of between its own; and how far it counts, 0 to 1.
#define SEEN_SCALE ((float4)(16384, 16384, 16384, 65535))
#define SEEN_STEP ((float4)(1 / 16384.0f, 1 / 16384.0f, 1 / 16384.0f, 1 / 65535.0f))
#define SEEN_ZERO ((float4)(32768, 32768, 32768, 0))

ushort4 pack_seen(float4 seen)
{
	return convert_ushort4(clamp(fma(seen, SEEN_SCALE, SEEN_ZERO + 0.5f), 0.0f, 65535.5f));
}

float4 unpack_seen(ushort4 packed)
{
	return (convert_float4(packed) - SEEN_ZERO) * SEEN_STEP;
}

// inherited = the last dream, fetched from where each pixel was, times the confidence in that; seen =
// what was shown of it, fetched likewise, and how far it still counts: as far as it is passed on, and
// not at rest, where nothing differs from frame to frame.
// still, moving and resting say how much of it is passed on there, maturity_still and maturity_moving how much of
// its maturity; and the move is made besides.
__kernel void inherit(float still, float moving, float resting, float maturity_still,
		      float maturity_moving, MOVE, const __global float2 *was,
		      const __global float *trust, const __global float4 *dreamed,
		      const __global float4 *detail, __global float4 *inherited,
		      __global ushort4 *seen, int width, int height)
{
	FOR_RUN(x, y, width, height) {
		size_t pixel = (size_t)y * width + x;
		float2 at = MOVED(was[pixel]), moved = at - (float2)(x, y);
		float motion = ramp(SLOW, MOVING, sqrt(dot(moved, moved)));
		float confidence = trust[pixel] * inside(at, width, height);
		int left = floor_of(at.x), top = floor_of(at.y);
		float across[6], down[6];

		lanczos_weights(at.x - left, across);
		lanczos_weights(at.y - top, down);
		float4 value = lanczos_sample(dreamed, width, height, left, top, across, down);
		float4 shown = lanczos_sample(detail, width, height, left, top, across, down);
		float mature = fmin(clamp(value.w, 0.0f, 1.0f), mix(1.0f, ALIVE, motion));
		float passed = mix(mix(still, moving, motion), resting, rest_of(mature));

		inherited[pixel] =
			(float4)(value.xyz * (confidence * passed),
				 mature * confidence * mix(maturity_still, maturity_moving, motion));
		seen[pixel] = pack_seen(
			(float4)(shown.xyz, confidence * passed * (1 - rest_of(mature))));
	}
}

// How fresh a place is, and how far its dream goes on: both 0..1. At rest it is neither.
float fresh_of(float maturity)
{
	return clamp(1 - maturity * (1 / ALIVE), 0.0f, 1.0f);
}

float living_of(float maturity)
{
	return (1 - rest_of(maturity)) * (1 - fresh_of(maturity));
}

// How much a place wants to be dreamed on: all where it is fresh, `living` where its dream goes on.
float need(float maturity, float living)
{
	return fresh_of(maturity) + living * living_of(maturity);
}

// gradient times need: what wants nothing must not count when the gradient is normalised, either. length: of the
// step, its RMS over the picture where it is 1 over what is fresh.
__kernel void mask_gradient(float living, __global float4 *gradient, const __global float4 *inherited,
			    const __global float8 *wants, __global float *length, int width, int height)
{
	if (get_global_id(0) == 0 && get_global_id(1) == 0)
		*length = sqrt(wants->s0 + living * (wants->s1 + living * wants->s2));
	FOR_RUN(x, y, width, height) {
		size_t pixel = (size_t)y * width + x;
		gradient[pixel] *= need(inherited[pixel].w, living);
	}
}

// The first three give the mean square of need for any `living`.
GROUP_OF_ITEMS __kernel void measure_need(const __global float4 *inherited, int width, int height,
					  int side, int columns, __global float8 *needs)
{
	__local float8 shared[GROUP];
	float8 sum = 0;

	FOR_BLOCK(x, y, width, height, side, columns) {
		float maturity = inherited[(size_t)y * width + x].w;
		float fresh = fresh_of(maturity), living = living_of(maturity);
		sum += (float8)(fresh * fresh, 2 * fresh * living, living * living, fresh, 1, 0, 0, 0);
	}
	store_sum(shared, sum, needs + get_group_id(0));
}

// wants = the means over all blocks. A single group.
GROUP_OF_ITEMS __kernel void sum_needs(const __global float8 *needs, int blocks, __global float8 *wants)
{
	__local float8 shared[GROUP];
	float8 sum = 0;

	for (int i = get_local_id(0); i < blocks; i += GROUP)
		sum += needs[i];
	store_sum(shared, sum, wants);
	if (get_local_id(0) == 0)
		*wants /= wants->s4;
}

// ---- what is kept ----

// How much a place matures in a second where it is fresh, and where it is alive.
#define FRESH_RATE 1.0f
#define ALIVE_RATE 0.5f

// How much of what is shown was shown before, carried along. Steps differ from frame to frame more than
// the dream does that they add up to: an average along the motion shows it, and not the steps.
#define STEADY 0.75f

// kept = what was dreamed, where it was wanted, and what was inherited, elsewhere. seconds says for
// how long it matures. 0: nothing was dreamed. Below 0: all was dreamed as if cold, and this is its
// maturity with the sign turned. detail is what is shown of it.
__kernel void keep(float seconds, const __global float4 *dreamed, const __global float4 *inherited,
		   const __global ushort4 *seen, __global float4 *kept, __global float4 *detail,
		   int width, int height)
{
	FOR_RUN(x, y, width, height) {
		size_t pixel = (size_t)y * width + x;
		float4 past = inherited[pixel];
		float wanted = need(past.w, 1);
		// Bands of the gradient reach a little beyond what wanted it.
		float4 value = mix(past, dreamed[pixel], fmin(4 * wanted, 1.0f));

		value.w = fmin(past.w + seconds * (past.w < ALIVE ? FRESH_RATE : ALIVE_RATE), 1.0f);
		if (seconds == 0) // what a bright frame clips is not lost
			value = past;
		if (seconds < 0)
			value = (float4)(dreamed[pixel].xyz, -seconds);
		kept[pixel] = value;
		float4 before = unpack_seen(seen[pixel]);
		detail[pixel] = seconds < 0 ? value : mix(value, before, STEADY * before.w);
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
				dot(chroma, chroma), need(detail[pixel].w, 1), 1);
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
