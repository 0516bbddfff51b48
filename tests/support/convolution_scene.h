/* All that one convolution needs on the device: tensors filled at random, weights, an operation.
 * The tensors are runs of channels in the middle of two larger buffers, one of activations and one
 * of gradients, of which the host keeps copies from before and after the run. */
#ifndef TESTS_SUPPORT_CONVOLUTION_SCENE_H
#define TESTS_SUPPORT_CONVOLUTION_SCENE_H

#include "tests/support/convolution_fixture.h"

/* One of the two buffers all tensors lie in. */
struct scene_buffer {
	float *before, *after; /* host copies around a run */
	bool *writable;
	int count;
	cl_mem buffer;
};

/* All that one case needs. */
struct convolution_scene {
	struct convolution_case shape;
	struct graph_node node;
	struct convolution_part parts[CASE_PARTS_MAX];
	struct operand input, outputs[CASE_PARTS_MAX];
	struct operation operation;
	struct scene_buffer activations, gradients;
	float *weights[CASE_PARTS_MAX], *biases[CASE_PARTS_MAX];
	uint64_t random;
};

/* false, with the running test failed or memory exhausted: release it all the same. */
bool convolution_scene_create(struct convolution_scene *scene, struct convolution_fixture *fixture,
                              const struct convolution_case *shape);
void convolution_scene_release(struct convolution_scene *scene);

/* Runs it forward and backward and reads the buffers back; false where the test failed. */
bool convolution_scene_run(struct convolution_scene *scene, struct convolution_fixture *fixture);

/* Where in its buffer a value lies. */
size_t convolution_scene_element(const struct slice *slice, int y, int x, int channel);

/* Fails the running test where the run wrote what it must not. */
void convolution_scene_check_untouched(const struct scene_buffer *buffer, const char *what);

#endif
