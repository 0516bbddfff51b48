/* Runs one convolution forward and backward on the device and holds it against a plain computation
 * in double precision. Every tensor is a run of channels in the middle of a wider buffer; whatever
 * lies outside of it is junk on the way in and must be unchanged on the way out. */
#ifndef TESTS_SUPPORT_CONVOLUTION_FIXTURE_H
#define TESTS_SUPPORT_CONVOLUTION_FIXTURE_H

#include "engine/convolution/methods.h"

enum { CASE_PARTS_MAX = 3 };

struct convolution_case {
	int height, width, channels;
	int part_channels[CASE_PARTS_MAX]; /* 0 ends the list */
	struct window window;              /* 0 in stride or dilation stands for 1 */
	int groups;                        /* 0 stands for 1 */
	bool picture;                      /* the input is the network's */
	bool no_bias, accumulate, masked;
	bool rounded; /* inputs, gradients and weights are values of 8 bits */
};

/* A way to do a convolution that takes a register tile: convolution_direct and its like. */
typedef void convolve_with_tile(struct launch_recorder *recorder, struct weights_cache *weights,
                                const struct convolution_problem *problem,
                                struct register_tile tile);

struct convolution_fixture {
	struct device *device;
	struct convolution_library *library;
	struct weights_cache *weights;
	cl_mem zeros;
	/* Records one direction of operation; by default through convolution.h. */
	void (*record)(struct convolution_fixture *fixture, struct launch_recorder *recorder,
	               const struct operation *operation, bool backward);
	convolve_with_tile *convolve; /* for fixture_record_tile */
	struct register_tile tile;    /* for record functions that want one */
	int block_tiles;              /* the same */
	double tolerance;             /* relative error in L2 that is allowed */
	double worst;                 /* seen so far */
	double worst_forward;         /* the same of that pass alone */
};

/* Opens the default device, or fails the running test. */
bool fixture_open(struct convolution_fixture *fixture, rv_convolution method);
void fixture_close(struct convolution_fixture *fixture);

/* A record function: convolves with the tile. */
void fixture_record_tile(struct convolution_fixture *fixture, struct launch_recorder *recorder,
                         const struct operation *operation, bool backward);

/* Fails the running test where forward or backward are wrong, write where they must not, or are
 * not each other's adjoint. */
void fixture_check(struct convolution_fixture *fixture, const struct convolution_case *shape);

#endif
