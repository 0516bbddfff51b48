/* How the values of a network lie in the device's buffers. */
#ifndef ENGINE_OPENCL_SLICE_H
#define ENGINE_OPENCL_SLICE_H

#include <CL/cl.h>

/* A tensor, or a run of channels of a wider one, in a buffer of float. Pixels are stored row by
 * row, the channels of a pixel together (NHWC): channel c of pixel (y, x) is element
 * offset + (y * width + x) * pixel_stride + c. offset and pixel_stride are multiples of
 * TENSOR_ALIGNMENT, but for the network's input, whose pixel_stride is INPUT_STRIDE. The channels
 * up to the next multiple of TENSOR_ALIGNMENT exist and hold finite values of no meaning: kernels
 * may overwrite them with finite values, and whoever sums over channels must leave them out. */
enum { TENSOR_ALIGNMENT = 16, INPUT_STRIDE = 4 };

struct slice {
	cl_mem buffer;
	int offset, pixel_stride; /* elements */
	int channels, height, width;
};

#endif
