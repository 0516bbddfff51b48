/* Damages the bytes of networks and sees that reading them and building every layer ends with a
 * graph or with one clean line. Seeds are fixed. */
#ifndef TESTS_SUPPORT_DAMAGE_H
#define TESTS_SUPPORT_DAMAGE_H

#include "engine/onnx/onnx.h"

struct damage_file {
	unsigned char *bytes;
	size_t size;
};

/* onnx_parse or caffe_parse. */
typedef rv_status damage_parse(struct onnx_model **model, const void *bytes, size_t size,
                               rv_error *error);

/* A number in 0..below - 1; advances *state. */
uint64_t damage_number(uint64_t *state, uint64_t below);

/* The running test fails where bytes are neither read nor refused with a clean message. Of the
 * layers every layer_step-th is built. */
void damage_try_bytes(const unsigned char *bytes, size_t size, damage_parse *parse, int layer_step);

/* The same, that many times, each time with a few of the first `most` bytes changed. */
void damage_try(const struct damage_file *file, damage_parse *parse, size_t most, int times,
                int layer_step, uint64_t seed);

#endif
