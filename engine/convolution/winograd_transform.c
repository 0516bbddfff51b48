#include "engine/convolution/winograd_transform.h"

#include <math.h>
#include <string.h>

/* By the number of pairs, less one. The choice decides over the rounding error: of all small
 * fractions in 1/4..4 these lose least, or hardly more, among those whose matrices single precision
 * holds exactly. The customary 1, 2 and 1/2, 3/4, 1, 2 lose half as much again. */
static const double pairs[][WINOGRAD_POINTS_MAX / 2 - 1] = {
	{1}, {0.75, 1.5}, {0.5, 1, 2}, {0.375, 0.75, 1.25, 2.5}};

/* Point number i of `points`, which is not the last: that one is infinity. */
static double point(int i, int points)
{
	double pair;

	if (i == 0)
		return 0;
	pair = pairs[points / 2 - 2][(i - 1) / 2];
	return i % 2 ? pair : -pair;
}

/* Multiplies the polynomial, lowest coefficient first, by (x - root). */
static void multiply(double *polynomial, int degree, double root)
{
	polynomial[degree + 1] = polynomial[degree];
	for (int i = degree; i > 0; i--)
		polynomial[i] = polynomial[i - 1] - root * polynomial[i];
	polynomial[0] *= -root;
}

/* Row `row` of the input matrix: the product of (x - point) over all other finite points. All
 * numbers are small fractions of a power of two, and exact. */
static void input_row(struct winograd_transform *transform, int row)
{
	double *polynomial = transform->input[row];
	int degree = 0;

	polynomial[0] = 1;
	for (int i = 0; i < transform->points - 1; i++)
		if (i != row)
			multiply(polynomial, degree++, point(i, transform->points));
}

static void filter_row(struct winograd_transform *transform, int row)
{
	const int points = transform->points, last = points - 1;
	double divisor = 1;

	if (row == last) {
		transform->filter[row][transform->taps - 1] = 1;
		return;
	}
	for (int i = 0; i < last; i++)
		if (i != row)
			divisor *= point(row, points) - point(i, points);
	for (int k = 0; k < transform->taps; k++)
		transform->filter[row][k] = pow(point(row, points), k) / divisor;
}

/* Moves a power of two between input and filter, so that the largest entry of the input's row lies
 * in 4..8: the products are of one size then, and single precision is used best. */
static void balance_row(struct winograd_transform *transform, int row)
{
	double largest = 0, factor = 1;

	for (int i = 0; i < transform->points; i++)
		largest = fmax(largest, fabs(transform->input[row][i]));
	while (largest * factor > 8)
		factor /= 2;
	while (largest * factor <= 4)
		factor *= 2;
	for (int i = 0; i < transform->points; i++)
		transform->input[row][i] *= factor;
	for (int k = 0; k < transform->taps; k++)
		transform->filter[row][k] /= factor;
}

bool winograd_transform(struct winograd_transform *transform, int outputs, int taps)
{
	const int points = outputs + taps - 1;

	if (outputs < 1 || taps < 1 || points < 2 || points % 2 || points > WINOGRAD_POINTS_MAX)
		return false;
	memset(transform, 0, sizeof(*transform));
	transform->outputs = outputs;
	transform->taps = taps;
	transform->points = points;
	for (int row = 0; row < points; row++) {
		input_row(transform, row);
		filter_row(transform, row);
		balance_row(transform, row);
	}
	for (int i = 0; i < outputs; i++) {
		for (int k = 0; k < points - 1; k++)
			transform->output[i][k] = pow(point(k, points), i);
		transform->output[i][points - 1] = i == outputs - 1;
	}
	return true;
}
