// Optical flow, one level: the second picture warped by the flow so far, the linear system of what is
// to be added to it, and its relaxation. engine/flow/flow.h says where the method comes from.

#include "planes.clh"
#include "system.clh"

// ---- warping ----

// The weights of Catmull and Rom's cubic for the four samples around a place `part` of the way from
// the second to the third.
struct cubic {
	real weights[4];
};

struct cubic cubic_weights(real part)
{
	struct cubic cubic;
	cubic.weights[0] = ((-0.5f * part + 1) * part - 0.5f) * part;
	cubic.weights[1] = (1.5f * part - 2.5f) * part * part + 1;
	cubic.weights[2] = ((-1.5f * part + 2) * part + 0.5f) * part;
	cubic.weights[3] = (0.5f * part - 0.5f) * part * part;
	return cubic;
}

// LANES neighbours that moved together: every sample is a run of pixels.
real sample_run(READ_PLANE(picture), int height, int column, int line, struct cubic across,
		struct cubic down)
{
	real sum = 0;

	UNROLLED(j, 4) {
		const __global float *row =
			ROW(picture, clamp(line - 1 + j, 0, height - 1)) + column - 1;
		real value = 0;
		UNROLLED(i, 4)
			value = fma(load_anywhere(row + i), across.weights[i], value);
		sum = fma(value, down.weights[j], sum);
	}
	return sum;
}

// The same one by one, where they did not.
real sample_each(READ_PLANE(picture), int height, integer columns, integer lines,
		 struct cubic across, struct cubic down)
{
	int column[LANES], line[LANES];
	float weight[8][LANES], values[LANES];

	JOIN(vstore, LANES)(columns, 0, column);
	JOIN(vstore, LANES)(lines, 0, line);
	UNROLLED(i, 4) {
		JOIN(vstore, LANES)(across.weights[i], 0, weight[i]);
		JOIN(vstore, LANES)(down.weights[i], 0, weight[4 + i]);
	}
	for (int lane = 0; lane < LANES; lane++) {
		float4 sum = 0;
		UNROLLED(j, 4)
			sum = fma(vload4(0, ROW(picture, clamp(line[lane] - 1 + j, 0, height - 1)) +
						    column[lane] - 1),
				  (float4)weight[4 + j][lane], sum);
		values[lane] = dot(sum, (float4)(weight[0][lane], weight[1][lane], weight[2][lane],
						 weight[3][lane]));
	}
	return JOIN(vload, LANES)(0, values);
}

// picture at (x + lane + u, y + v). Places outside repeat the border; they are only clamped well
// within the margin, so that at the border, too, neighbours stay together.
real sample(READ_PLANE(picture), int width, int height, int x, int y, real u, real v)
{
	real column = clamp(to_real(LANE_NUMBERS + x) + u, (real)(-LANES), (real)(width + 12));
	real line = clamp(v + y, (real)-2, (real)(height + 1));
	real left = floor(column), top = floor(line);
	struct cubic across = cubic_weights(column - left), down = cubic_weights(line - top);
	integer columns = to_integer(left), lines = to_integer(top);
	integer apart = (columns - LANE_NUMBERS - columns.s0) | (lines - lines.s0);

	if (any(apart != 0))
		return sample_each(picture, picture_stride, height, columns, lines, across, down);
	return sample_run(picture, picture_stride, height, columns.s0, lines.s0, across, down);
}

// How freely the flow may differ between neighbours: the derivative of the penalty
// sqrt(|grad u|^2 + |grad v|^2 + epsilon^2).
real diffusivity(READ_PLANE(u), READ_PLANE(v), int height, int x, int y, float epsilon)
{
	const int above = max(y - 1, 0), below = min(y + 1, height - 1);
	real ux = load_anywhere(ROW(u, y) + x + 1) - load_anywhere(ROW(u, y) + x - 1);
	real vx = load_anywhere(ROW(v, y) + x + 1) - load_anywhere(ROW(v, y) + x - 1);
	real uy = load(ROW(u, below) + x) - load(ROW(u, above) + x);
	real vy = load(ROW(v, below) + x) - load(ROW(v, above) + x);
	real square = ux * ux + uy * uy + vx * vx + vy * vy;

	return rsqrt(fma(square, (real)0.25f, (real)(epsilon * epsilon)));
}

// What one linearisation needs: the mean of first and warped second (their derivatives are taken
// from it), the difference, and half the weight of smoothness.
__kernel void flow_warp(READ_PLANE(first), READ_PLANE(second), READ_PLANE(u), READ_PLANE(v),
			int width, int height, float alpha, float epsilon, PLANE(mean),
			PLANE(difference), PLANE(smoothness))
{
	FOR_ROWS(y, height)
		FOR_COLUMNS(x, width, LANES) {
			real here = load(ROW(first, y) + x);
			real there = sample(second, second_stride, width, height, x, y,
					    load(ROW(u, y) + x), load(ROW(v, y) + x));
			real freedom = diffusivity(u, u_stride, v, v_stride, height, x, y, epsilon);
			store_extended(ROW(mean, y), x, width, 0.5f * (here + there));
			store_extended(ROW(difference, y), x, width, there - here);
			store_extended(ROW(smoothness, y), x, width, 0.5f * alpha * freedom);
		}
}

// ---- the linear system ----

// Derivatives with the five-point stencil (1, -8, 0, 8, -1) / 12.
real derivative(real before2, real before, real after, real after2)
{
	return (after - before) * (2.0f / 3) + (before2 - after2) * (1.0f / 12);
}

real along(const __global float *row)
{
	return derivative(load_anywhere(row - 2), load_anywhere(row - 1), load_anywhere(row + 1),
			  load_anywhere(row + 2));
}

// The second derivative, with (-1, 16, -30, 16, -1) / 12.
real curvature(real before2, real before, real here, real after, real after2)
{
	return (before + after) * (4.0f / 3) - (before2 + after2) * (1.0f / 12) - here * 2.5f;
}

struct derivatives {
	real x, y, xx, xy, yy; // of the mean
	real t, xt, yt;	       // of the difference
};

struct derivatives derivatives_at(READ_PLANE(mean), READ_PLANE(difference), int height, int x, int y)
{
	struct derivatives d;
	const __global float *rows[5], *changes[5];

	UNROLLED(i, 5) {
		int row = clamp(y + i - 2, 0, height - 1);
		rows[i] = ROW(mean, row) + x;
		changes[i] = ROW(difference, row) + x;
	}
	d.x = along(rows[2]);
	d.y = derivative(load(rows[0]), load(rows[1]), load(rows[3]), load(rows[4]));
	d.xx = curvature(load_anywhere(rows[2] - 2), load_anywhere(rows[2] - 1), load(rows[2]),
			 load_anywhere(rows[2] + 1), load_anywhere(rows[2] + 2));
	d.yy = curvature(load(rows[0]), load(rows[1]), load(rows[2]), load(rows[3]), load(rows[4]));
	d.xy = derivative(along(rows[0]), along(rows[1]), along(rows[3]), along(rows[4]));
	d.t = load(changes[2]);
	d.xt = along(changes[2]);
	d.yt = derivative(load(changes[0]), load(changes[1]), load(changes[3]), load(changes[4]));
	return d;
}

// The settings of the data term.
struct penalty {
	float gamma;	     // weight of the constancy of gradients against that of brightness
	float epsilon_square; // of the robust penalty sqrt(r^2 + epsilon^2), pixels
	float noise_square;  // of the gradients, in grey levels a pixel
};

// The 2x2 matrix of the data term, and its right-hand side.
struct data_term {
	real uu, uv, vv, right_u, right_v;
};

void add_constraint(struct data_term *term, real weight, real x, real y, real t)
{
	term->uu = fma(weight * x, x, term->uu);
	term->uv = fma(weight * x, y, term->uv);
	term->vv = fma(weight * y, y, term->vv);
	term->right_u = fma(-weight * x, t, term->right_u);
	term->right_v = fma(-weight * y, t, term->right_v);
}

// The constancy of brightness and that of its two derivatives. Each is divided by the square of the
// gradient it comes from, so that it measures pixels (level...), and weighted by the derivative of the
// robust penalty. Of what lies outside the other picture (trust 0) nothing is asked.
struct data_term data_term_of(struct derivatives d, struct penalty penalty, real trust)
{
	struct data_term term = {0, 0, 0, 0, 0};
	real level = 1 / (d.x * d.x + d.y * d.y + penalty.noise_square);
	real level_x = 1 / (d.xx * d.xx + d.xy * d.xy + penalty.noise_square);
	real level_y = 1 / (d.xy * d.xy + d.yy * d.yy + penalty.noise_square);
	real brightness = trust * rsqrt(d.t * d.t * level + penalty.epsilon_square);
	real gradient = trust * penalty.gamma *
			rsqrt(d.xt * d.xt * level_x + d.yt * d.yt * level_y +
			      penalty.epsilon_square);

	add_constraint(&term, brightness * level, d.x, d.y, d.t);
	add_constraint(&term, gradient * level_x, d.xx, d.xy, d.xt);
	add_constraint(&term, gradient * level_y, d.xy, d.yy, d.yt);
	return term;
}

// 1 where the place a pixel moved to is in the picture, else 0.
real inside(int width, int height, int x, int y, real u, real v)
{
	real column = to_real(LANE_NUMBERS + x) + u, line = v + y;
	integer in = column >= 0 && column <= width - 1 && line >= 0 && line <= height - 1;

	return select((real)0, (real)1, in);
}

// Writes the rows of planes for the vector at x. The unknown is the whole flow, not its change.
void equations_at(real *planes, struct data_term term, real u, real v, READ_PLANE(smoothness),
		  int width, int height, int x, int y)
{
	const __global float *row = ROW(smoothness, y) + x;
	real here = load(row);
	real below = load(ROW(smoothness, min(y + 1, height - 1)) + x);
	real above = load(ROW(smoothness, max(y - 1, 0)) + x);
	real east = select((real)0, here + load_anywhere(row + 1),
			   (integer)(LANE_NUMBERS + x < width - 1));
	real west = select((real)0, here + load_anywhere(row - 1),
			   (integer)(LANE_NUMBERS + x > 0));
	real south = y < height - 1 ? here + below : 0;
	real sum = east + west + south + (y > 0 ? here + above : 0) + 1e-6f;
	real uu = term.uu + sum, vv = term.vv + sum;
	real scale = 1 / (uu * vv - term.uv * term.uv);

	planes[FROZEN_U] = planes[CURRENT_U] = u;
	planes[FROZEN_V] = planes[CURRENT_V] = v;
	planes[RIGHT_U] = term.right_u + term.uu * u + term.uv * v;
	planes[RIGHT_V] = term.right_v + term.uv * u + term.vv * v;
	planes[INVERSE_UU] = vv * scale;
	planes[INVERSE_UV] = -term.uv * scale;
	planes[INVERSE_VV] = uu * scale;
	planes[EAST] = east;
	planes[SOUTH] = south;
}

__kernel void flow_linearise(READ_PLANE(mean), READ_PLANE(difference), READ_PLANE(smoothness),
			     READ_PLANE(u), READ_PLANE(v), int width, int height, float gamma,
			     float epsilon, float noise, __global float *system, int half_row)
{
	const struct penalty penalty = {gamma, epsilon * epsilon, noise * noise};

	FOR_ROWS(y, height) {
		__global float *row = SYSTEM_ROW(system, half_row, y);
		FOR_COLUMNS(x, width, 2 * LANES) {
			real planes[2][SYSTEM_PLANES];
			for (int i = 0; i < 2; i++) {
				const int column = x + i * LANES;
				real along_x = load(ROW(u, y) + column);
				real along_y = load(ROW(v, y) + column);
				struct derivatives d =
					derivatives_at(mean, mean_stride, difference,
						       difference_stride, height, column, y);
				struct data_term term = data_term_of(
					d, penalty,
					inside(width, height, column, y, along_x, along_y));
				equations_at(planes[i], term, along_x, along_y, smoothness,
					     smoothness_stride, width, height, column, y);
			}
			for (int plane = 0; plane < SYSTEM_PLANES; plane++) {
				real a = planes[0][plane], b = planes[1][plane];
				store(HALF(row, plane, half_row, 0) + x / 2, (real)(a.even, b.even));
				store(HALF(row, plane, half_row, 1) + x / 2, (real)(a.odd, b.odd));
			}
			// The first pixel has no neighbour to its left.
			if (x == 0)
				HALF(row, EAST, half_row, 1)[-1] = 0;
		}
	}
}

// A row above or below, with the first of the two planes of its flow that are used (FROZEN_U or
// CURRENT_U).
struct neighbour {
	const __global float *row;
	int flow;
};

// One step of successive over-relaxation for the pixels of one column parity, LANES of them from
// number i on. north is 0 where there is no row above.
void relax(__global float *row, int half_row, int parity, int i, struct neighbour above,
	   struct neighbour below, float north, float omega)
{
	const int left = i - 1 + parity, right = i + parity, other = 1 - parity;
	real east = load(HALF(row, EAST, half_row, parity) + i);
	real west = load_anywhere(HALF(row, EAST, half_row, other) + left);
	real south = load(HALF(row, SOUTH, half_row, parity) + i);
	real northern = north * load(HALF(above.row, SOUTH, half_row, parity) + i);
	real sums[2];

	UNROLLED(k, 2) {
		const __global float *beside = HALF(row, CURRENT_U + k, half_row, other);
		real sum = load(HALF(row, RIGHT_U + k, half_row, parity) + i);
		sum = fma(east, load_anywhere(beside + right), sum);
		sum = fma(west, load_anywhere(beside + left), sum);
		sum = fma(south, load(HALF(below.row, below.flow + k, half_row, parity) + i), sum);
		sums[k] = fma(northern, load(HALF(above.row, above.flow + k, half_row, parity) + i),
			      sum);
	}
	UNROLLED(k, 2) {
		__global float *place = HALF(row, CURRENT_U + k, half_row, parity) + i;
		real solved = load(HALF(row, INVERSE_UU + k, half_row, parity) + i) * sums[0] +
			      load(HALF(row, INVERSE_UV + k, half_row, parity) + i) * sums[1];
		real old = load(place);
		store(place, fma((real)omega, solved - old, old));
	}
}

// The relaxed flow, back in planes. A change of more than `limit` pixels is beyond what the
// linearisation holds for.
void merge(const __global float *row, int half_row, int i, __global float *out_u, __global float *out_v,
	   int width, float limit)
{
	UNROLLED(k, 2) {
		__global float *out = k ? out_v : out_u;
		real parts[2];
		UNROLLED(parity, 2) {
			real start = load(HALF(row, FROZEN_U + k, half_row, parity) + i);
			real change = load(HALF(row, CURRENT_U + k, half_row, parity) + i) - start;
			parts[parity] = start + clamp(change, (real)-limit, (real)limit);
		}
		store_extended(out, 2 * i, width, interleave_low(parts[0], parts[1]));
		if (2 * i + LANES < width)
			store_extended(out, 2 * i + LANES, width,
				       interleave_high(parts[0], parts[1]));
	}
}

// The pixels of one colour in row y. Of rows before `first` and from `end` on, which other work-items
// relax, the flow is used as it was.
void relax_row(__global float *system, int half_row, int width, int height, int y, int first, int end,
	       int colour, float omega)
{
	const int north = max(y - 1, 0), south = min(y + 1, height - 1);
	const struct neighbour above = {SYSTEM_ROW(system, half_row, north),
					north < first ? FROZEN_U : CURRENT_U};
	const struct neighbour below = {SYSTEM_ROW(system, half_row, south),
					south >= end ? FROZEN_U : CURRENT_U};

	for (int i = 0; 2 * i < width; i += LANES)
		relax(SYSTEM_ROW(system, half_row, y), half_row, (y + colour) & 1, i, above, below, y > 0,
		      omega);
}

// For CPUs: all iterations at once. A work-item relaxes a band of rows, and takes the rows beyond
// as they were, so that no band waits for another and the result does not depend on their order.
// The half-sweeps follow one another at a distance of one row, which gives exactly what whole
// sweeps would, while the rows in use stay in the cache. The bands' borders lie elsewhere in every
// launch (shift), or they would show.
__kernel void flow_relax_bands(__global float *system, int half_row, int width, int height,
			       int half_sweeps, float omega, int shift, float limit, PLANE(u),
			       PLANE(v))
{
	const int bands = get_global_size(0), band = get_global_id(0);
	const int first = band ? band * height / bands + shift : 0;
	const int end = band + 1 < bands ? (band + 1) * height / bands + shift : height;

	for (int step = first; step < end + half_sweeps - 1; step++) {
		for (int sweep = 0; sweep < half_sweeps; sweep++)
			if (step - sweep >= first && step - sweep < end)
				relax_row(system, half_row, width, height, step - sweep, first, end,
					  sweep & 1, omega);
		const int done = step - half_sweeps + 1;
		if (done >= first)
			for (int i = 0; 2 * i < width; i += LANES)
				merge(SYSTEM_ROW(system, half_row, done), half_row, i, ROW(u, done),
				      ROW(v, done), width, limit);
	}
}
