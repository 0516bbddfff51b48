/* Weights in the order kernels read them, packed once, shared by all picture sizes and kept on disk
 * for the next time. */
#ifndef ENGINE_CONVOLUTION_WEIGHTS_H
#define ENGINE_CONVOLUTION_WEIGHTS_H

#include "engine/convolution/problem.h"

/* The weights of a problem as one dense array weight(tap, row, column): rows are the channels of
 * the problem's inputs, columns those of its outputs, both with the padding of their runs, where
 * weights are 0. */
struct weights_bank {
	const struct graph_node *node;
	bool backward;
	int taps, rows, columns;
	int inner;            /* input channels of the forward convolution */
	int own;              /* of them, those one filter sees */
	const float **filter; /* by padded output channel: [own][taps]; NULL for padding */
	int *first;           /* by padded output channel: the first input channel it sees */
};

bool weights_bank_create(struct weights_bank *bank, const struct convolution_problem *problem);
void weights_bank_release(struct weights_bank *bank);
float weights_bank_weight(const struct weights_bank *bank, int tap, int row, int column);

/* Where a kernel multiplies pairs (shaders/convolution/factors.clh), an element has two rows. */
int weights_element_rows(bool bfloat16);
/* Writes the weight of a row into its element: a float, or its half of a pair of bfloat16. */
void weights_put(float *element, int row, float weight, bool bfloat16);

/* How a method lays out the weights. */
struct weight_layout {
	const char *method; /* a literal: layouts of different methods never mix */
	int parameters[6];  /* of the method, such as the width of a panel; told apart in the cache
	                     */
	size_t count;       /* floats */
	/* Writes count floats; they are zero before. What is written depends on the filter bank,
	 * method and parameters alone, or files of earlier runs would be wrong. */
	bool (*pack)(const struct weight_layout *layout, const struct weights_bank *bank,
	             float *packed);
	const void *context; /* for pack */
};

struct weights_cache;

/* directory, which must outlive the cache: where packed weights are kept between runs; "" for
 * nowhere. */
rv_status weights_cache_create(struct weights_cache **cache, const char *directory,
                               rv_error *error);
void weights_cache_destroy(struct weights_cache **cache);
/* Device memory that the entries take. */
size_t weights_cache_bytes(const struct weights_cache *cache);

/* The packed weights of problem; owned by the cache. Entries are found by what the weights are, not
 * by where they lie, so graphs may come and go. NULL after a failure, which the recorder keeps. */
cl_mem weights_cache_find(struct weights_cache *cache, struct launch_recorder *recorder,
                          const struct convolution_problem *problem,
                          const struct weight_layout *layout);

#endif
