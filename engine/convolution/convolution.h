/* Convolutions, forward and backward, in several ways behind one interface.
 *
 * Every convolution of the graph, in either direction, is brought to one form: a sum over taps
 * (dy, dx), each reading runs of channels of the input and writing runs of channels of the output.
 * Backward is the same form with flipped and transposed weights; a stride becomes phases. Methods:
 *   direct    register tile of pixels by output channels, any window
 *   winograd  windows of 3x3, 5x5 and lines of 3, 5 and 7 with stride 1, and of 7x7 and 8x8 with
 *             stride 2 over the network's input, by minimal filtering (Winograd 1980; Lavin and
 *             Gray 2015): winograd_plan.c says in tiles of which size
 *   gemm      im2col and CLBlast's SGEMM
 *   matrix    a GPU's matrix units, with several of their products for one of floats
 * The library picks one a shape: forced by rv_config, else what was measured on this device, else a
 * default for its kind. Packed and transformed weights are kept by the library and shared by all
 * picture sizes. */
#ifndef ENGINE_CONVOLUTION_CONVOLUTION_H
#define ENGINE_CONVOLUTION_CONVOLUTION_H

#include "engine/operators/operator.h"
#include "engine/reverie_inspect.h"

struct convolution_library;

rv_status convolution_library_create(struct convolution_library **library, struct device *device,
                                     rv_convolution method, rv_error *error);
void convolution_library_destroy(struct convolution_library **library);

/* Bytes of the packed weights that the library holds on the device. */
size_t convolution_library_bytes(const struct convolution_library *library);

/* Entries of the operator table. operation->node is an OPERATOR_CONVOLUTION with output_count
 * parts; inputs[0] is read, outputs[i] written with bias and clamp of parts[i]. Backward reads the
 * outputs' gradients (already masked by their clamps) and writes inputs[0].gradient, with its
 * accumulate and mask. The network's input has 1 or 3 channels and pixel_stride INPUT_STRIDE. */
void convolution_forward(struct launch_recorder *recorder, const struct operation *operation);
void convolution_backward(struct launch_recorder *recorder, const struct operation *operation);

/* Times every method that can do operation, in both directions, unless the cache knows already;
 * the winner is used by later recordings and saved under device->cache_directory. */
rv_status convolution_tune(struct convolution_library *library, const struct operation *operation,
                           cl_mem zeros, bool *measured, rv_error *error);

/* Times them whether or not the cache knows, and reports every one; shapes that the library has
 * compared before are left out. */
rv_status convolution_compare(struct convolution_library *library,
                              const struct operation *operation, cl_mem zeros,
                              rv_convolution_report *report, void *context, rv_error *error);

#endif
