// From a gradient to a step. A raster is taken row by row by work-groups: group g does rows g,
// g + groups, ...; the GROUP work-items of a group share a row (1 on a CPU). Each group leaves one
// partial sum, always over the same pixels in the same order, so that results repeat exactly.
#ifndef GROUP
#define GROUP 1
#endif
#define GROUP_OF_ITEMS __attribute__((reqd_work_group_size(GROUP, 1, 1)))

#define FOR_ROWS(y, height) for (int y = get_group_id(0); y < (height); y += get_num_groups(0))
#define FOR_COLUMNS(x, width) for (int x = get_local_id(0); x < (width); x += GROUP)

// Sums of |g|, g and g^2 over pixels and colours.
#define ABSOLUTE x
#define PLAIN y
#define SQUARE z

float sum_of_colours(float8 value)
{
	const float4 sum = value.lo + value.hi;

	return sum.x + sum.y + sum.z;
}

// Rows are taken two pixels at a time. Of a pair only the first may lie in the picture.
#define PAIRS(width) (((width) + 1) / 2)

float8 load_pair(const __global float4 *row, int pair, int width)
{
	const int x = 2 * pair;

	return x + 1 < width ? vload8(0, (const __global float *)(row + x)) : (float8)(row[x], (float4)0);
}

void store_pair(__global float4 *row, int pair, int width, float8 value)
{
	row[2 * pair] = value.lo;
	if (2 * pair + 1 < width)
		row[2 * pair + 1] = value.hi;
}

// Of a row, apart, as a long sum of floats swallows small terms.
struct row_sums {
	float8 absolute, plain, square;
};

void add_statistics(struct row_sums *sums, float8 value)
{
	sums->absolute += fabs(value);
	sums->plain += value;
	sums->square += value * value;
}

float4 statistics(const struct row_sums *sums)
{
	return (float4)(sum_of_colours(sums->absolute), sum_of_colours(sums->plain),
			sum_of_colours(sums->square), 0);
}

// The group's sum of what its work-items have, which all of them get.
float4 sum_of_group(__local float4 *shared, float4 sum)
{
	int item = get_local_id(0);

	barrier(CLK_LOCAL_MEM_FENCE); // the last sum was read
	shared[item] = sum;
	for (int half_group = GROUP / 2; half_group > 0; half_group /= 2) {
		barrier(CLK_LOCAL_MEM_FENCE);
		if (item < half_group)
			shared[item] += shared[item + half_group];
	}
	barrier(CLK_LOCAL_MEM_FENCE);
	return shared[0];
}

void store_partial(__local float4 *shared, float4 sum, __global float4 *partial)
{
	sum = sum_of_group(shared, sum);
	if (get_local_id(0) == 0)
		*partial = sum;
}

// What all groups have left, summed by one of them.
float4 sum_of_partials(__local float4 *shared, const __global float4 *partials, int groups)
{
	float4 sum = 0;

	for (int i = get_local_id(0); i < groups; i += GROUP)
		sum += partials[i];
	return sum_of_group(shared, sum);
}

GROUP_OF_ITEMS __kernel void measure(const __global float4 *gradient, int width, int height,
				     __global float4 *partials)
{
	__local float4 shared[GROUP];
	float4 sum = 0;

	FOR_ROWS(y, height) {
		struct row_sums row = {0, 0, 0};
		FOR_COLUMNS(pair, PAIRS(width))
			add_statistics(&row, load_pair(gradient + (size_t)y * width, pair, width));
		sum += statistics(&row);
	}
	store_partial(shared, sum, partials + get_group_id(0));
}

#define BY_MEAN_ABS 0
#define BY_DEVIATION 1
#define BY_RMS 2
#define BY_NOTHING 3
// Below this a band counts as rounding, next to the strongest; and below that as nothing at all.
#define WEAKEST 1e-4f
#define NOTHING 1e-15f
#define BANDS_MAX 8 // twin of GRADIENT_BANDS_MAX in engine/picture/gradient.h

float measure_of(float4 sum, float count, int how)
{
	float mean = sum.PLAIN / count, square = sum.SQUARE / count;

	if (how == BY_MEAN_ABS)
		return sum.ABSOLUTE / count;
	if (how == BY_NOTHING)
		return 1;
	if (how == BY_DEVIATION)
		return sqrt(fmax(square - mean * mean, 0.0f));
	return sqrt(square);
}

// What each band is to be multiplied with. partials is [bands][groups], counts are the elements of
// each band, shares what it is to measure afterwards. A single group.
GROUP_OF_ITEMS __kernel void find_factors(const __global float4 *partials, int groups, int bands,
			   const __global float *counts, const __global float *shares, int how,
			   __global float *factors)
{
	__local float4 shared[GROUP];
	float strongest = 0, measures[BANDS_MAX];

	for (int band = 0; band < bands; band++) {
		measures[band] = measure_of(sum_of_partials(shared, partials + band * groups, groups), counts[band], how);
		strongest = fmax(strongest, measures[band]);
	}
	for (int band = get_local_id(0); band < bands; band += GROUP)
		factors[band] = strongest < NOTHING
					? 0
					: shares[band] / fmax(measures[band], strongest * WEAKEST);
}

#define ONE_FOUR_SIX(a, b, c, d, e) (((a) + (e) + 4 * ((b) + (d)) + 6 * (c)) * (1.0f / 16))

float4 weighed_column(const __global float4 *const *rows, int width, int x)
{
	x = clamp(x, 0, width - 1);
	return ONE_FOUR_SIX(rows[0][x], rows[1][x], rows[2][x], rows[3][x], rows[4][x]);
}

// Columns x and x + 1 of five rows.
#define TWO(row) vload8(0, (const __global float *)(rows[row] + x))
float8 weighed_columns(const __global float4 *const *rows, int width, int x)
{
	return x >= 0 && x + 1 < width
		       ? ONE_FOUR_SIX(TWO(0), TWO(1), TWO(2), TWO(3), TWO(4))
		       : (float8)(weighed_column(rows, width, x), weighed_column(rows, width, x + 1));
}

// Half as large, rounded up: output (y, x) lies on input (2y, 2x). The border is repeated. A raster
// may be several pictures, one below the other, of in_rows and part_rows each.
GROUP_OF_ITEMS __kernel void halve(const __global float4 *in, int in_width, int in_rows,
				   __global float4 *out, int width, int height, int part_rows)
{
	FOR_ROWS(y, height) {
		int part = y / part_rows, middle = 2 * (y - part * part_rows);
		const __global float4 *rows[5];
		float8 before, here, after;
		UNROLLED(i, 5)
		rows[i] = in + (size_t)(part * in_rows + clamp(middle + i - 2, 0, in_rows - 1)) * in_width;
		FOR_COLUMNS(x, width) {
			// An item that does all columns in turn has most of them already.
			if (GROUP > 1 || x == 0) {
				before = weighed_columns(rows, in_width, 2 * x - 3);
				here = weighed_columns(rows, in_width, 2 * x - 1);
			} else {
				before = here;
				here = after;
			}
			after = weighed_columns(rows, in_width, 2 * x + 1);
			out[(size_t)y * width + x] =
				ONE_FOUR_SIX(before.hi, here.lo, here.hi, after.lo, after.hi);
		}
	}
}

// Between two samples, or on the middle one of three, when there are to be twice as many.
float4 between(float4 before, float4 here, float4 after, int odd)
{
	return odd ? 0.5f * (here + after) : 0.125f * (before + 6 * here + after);
}

// A row of a raster enlarged to twice its size.
struct enlarged_row {
	const __global float4 *rows[3];
	int width, odd;
	float4 before, here, after; // columns of the coarse raster
};

float4 coarse_column(const struct enlarged_row *row, int x)
{
	x = clamp(x, 0, row->width - 1);
	return between(row->rows[0][x], row->rows[1][x], row->rows[2][x], row->odd);
}

// Row y of a raster of so many rows before it is enlarged; of width 0: zeros.
struct enlarged_row enlarged_row(const __global float4 *coarse, int width, int height, int y)
{
	struct enlarged_row row = {.width = width, .odd = y & 1};

	UNROLLED(i, 3)
	row.rows[i] = coarse + (size_t)clamp(y / 2 + i - 1, 0, height - 1) * width;
	return row;
}

// Its next pair, which an item that does all of them in turn has most of already.
float8 next_pair(struct enlarged_row *row, int pair)
{
	if (row->width == 0)
		return 0;
	if (GROUP > 1 || pair == 0) {
		row->before = coarse_column(row, pair - 1);
		row->here = coarse_column(row, pair);
	} else {
		row->before = row->here;
		row->here = row->after;
	}
	row->after = coarse_column(row, pair + 1);
	return (float8)(between(row->before, row->here, row->after, 0),
			between(row->before, row->here, row->after, 1));
}

// Takes from a level of the pyramid what the next coarser one holds, and measures what is left.
// coarse_width 0: there is none. Both are pictures of `rows` and coarse_rows, one below the other.
GROUP_OF_ITEMS __kernel void split_band(__global float4 *level, int width, int height, int rows,
					const __global float4 *coarse, int coarse_width,
					int coarse_rows, int band, __global float4 *partials)
{
	__local float4 shared[GROUP];
	float4 sum = 0;

	FOR_ROWS(y, height) {
		int part = y / rows;
		__global float4 *row = level + (size_t)y * width;
		struct enlarged_row held = enlarged_row(coarse + (size_t)part * coarse_rows * coarse_width,
							coarse_width, coarse_rows, y - part * rows);
		struct row_sums sums = {0, 0, 0};
		FOR_COLUMNS(pair, PAIRS(width)) {
			float8 value = load_pair(row, pair, width) - next_pair(&held, pair);
			store_pair(row, pair, width, value);
			if (2 * pair + 1 == width)
				value.hi = 0;
			add_statistics(&sums, value);
		}
		sum += statistics(&sums);
	}
	store_partial(shared, sum, partials + band * get_num_groups(0) + get_group_id(0));
}

// The way back, every band times its factor.
GROUP_OF_ITEMS __kernel void merge_band(__global float4 *level, int width, int height, int rows,
					const __global float4 *coarse, int coarse_width,
					int coarse_rows, int band, const __global float *factors)
{
	float factor = factors[band];

	FOR_ROWS(y, height) {
		int part = y / rows;
		__global float4 *row = level + (size_t)y * width;
		struct enlarged_row added = enlarged_row(coarse + (size_t)part * coarse_rows * coarse_width,
							 coarse_width, coarse_rows, y - part * rows);
		FOR_COLUMNS(pair, PAIRS(width))
			store_pair(row, pair, width,
				   load_pair(row, pair, width) * factor + next_pair(&added, pair));
	}
}

GROUP_OF_ITEMS __kernel void move_picture(__global float4 *picture, const __global float4 *gradient,
					  float step, const __global float *factors, int width,
					  int height)
{
	float4 length = (float4)(step * factors[0]);

	FOR_ROWS(y, height)
		FOR_COLUMNS(x, width) {
			size_t pixel = (size_t)y * width + x;
			float4 moved = fma(gradient[pixel], length, picture[pixel]);
			picture[pixel] = fmin(fmax(moved, -1.0f), 1.0f);
		}
}

GROUP_OF_ITEMS __kernel void subtract_mean(__global float4 *gradient, int width, int height,
					   const __global float4 *partials, int groups)
{
	__local float4 shared[GROUP];
	float sum = sum_of_partials(shared, partials, groups).PLAIN;
	float mean = sum / (3 * (float)width * (float)height);

	FOR_ROWS(y, height)
		FOR_COLUMNS(x, width)
			gradient[(size_t)y * width + x].xyz -= mean;
}

// How far a Gaussian reaches, and what it weighs at each distance along both axes.
#define REACH 4
#define TAPS (REACH + 1)

void add_gaussian(float *taps, float sigma, float part)
{
	float weights[TAPS], sum = -1;

	for (int i = 0; i < TAPS; i++) {
		weights[i] = exp(-0.5f * (i / sigma) * (i / sigma));
		sum += 2 * weights[i];
	}
	for (int i = 0; i < TAPS * TAPS; i++)
		taps[i] += part * weights[i / TAPS] * weights[i % TAPS] / (sum * sum);
}

int mirrored_place(int place, int count)
{
	place = place < 0 ? -place : place >= count ? 2 * (count - 1) - place : place;
	return clamp(place, 0, count - 1);
}

// The mean of three Gaussians of a half, one and two times sigma.
GROUP_OF_ITEMS __kernel void soften(const __global float4 *in, float sigma, __global float4 *out,
				    int width, int height, int rows)
{
	float taps[TAPS * TAPS] = {0};

	sigma = fmax(sigma, 1e-3f);
	for (int i = 0; i < 3; i++)
		add_gaussian(taps, 0.5f * (1 << i) * sigma, 1.0f / 3);
	FOR_ROWS(y, height) {
		const __global float4 *top = in + (size_t)(y / rows) * rows * width;
		FOR_COLUMNS(x, width) {
			float4 sum = 0;
			for (int i = -REACH; i <= REACH; i++) {
				const __global float4 *row =
					top + (size_t)mirrored_place(y % rows + i, rows) * width;
				for (int k = -REACH; k <= REACH; k++)
					sum = fma(row[mirrored_place(x + k, width)],
						  (float4)(taps[abs(i) * TAPS + abs(k)]), sum);
			}
			out[(size_t)y * width + x] = sum;
		}
	}
}
