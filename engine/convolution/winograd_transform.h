/* The matrices of Winograd's minimal filtering algorithms F(outputs, taps) in one dimension
 * (S. Winograd, "Arithmetic Complexity of Computations", 1980; A. Lavin and S. Gray, "Fast
 * Algorithms for Convolutional Neural Networks", 2015; by the Toom-Cook construction):
 *
 *   y[i] = sum over k of d[i + k] g[k],  0 <= i < outputs,  0 <= k < taps
 *   y = output ((filter g) * (input d)),  * element by element over outputs + taps - 1 points
 *
 * A two-dimensional convolution applies them to rows and columns. */
#ifndef ENGINE_CONVOLUTION_WINOGRAD_TRANSFORM_H
#define ENGINE_CONVOLUTION_WINOGRAD_TRANSFORM_H

#include <stdbool.h>

enum { WINOGRAD_POINTS_MAX = 10 };

struct winograd_transform {
	int outputs, taps, points; /* points = outputs + taps - 1 */
	/* The points are 0, then pairs p and -p, then infinity: point numbers 0; 1, 2; 3, 4; ...;
	 * points - 1. Of a pair, input[p][i] = input[-p][i] for even i and the negative of it for
	 * odd i; of output, the same in the other index. */
	double input[WINOGRAD_POINTS_MAX][WINOGRAD_POINTS_MAX];  /* [point][d] */
	double filter[WINOGRAD_POINTS_MAX][WINOGRAD_POINTS_MAX]; /* [point][g] */
	double output[WINOGRAD_POINTS_MAX][WINOGRAD_POINTS_MAX]; /* [y][point] */
};

/* False unless points is even (so that all but two points are pairs) and at most
 * WINOGRAD_POINTS_MAX. */
bool winograd_transform(struct winograd_transform *transform, int outputs, int taps);

#endif
