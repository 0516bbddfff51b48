/* Programs and kernels by name: shaders/NAME.cl, always preceded by shaders/base/common.cl, built
 * with options for the device, kept in memory and on disk. */
#ifndef ENGINE_OPENCL_PROGRAM_H
#define ENGINE_OPENCL_PROGRAM_H

#include "engine/opencl/device.h"

struct program_cache;

rv_status program_cache_create(struct program_cache **cache, struct device *device,
                               rv_error *error);
/* Writes to disk the programs built since, if they are to be kept. Failing to is no error. */
void program_cache_destroy(struct program_cache **cache);

/* A new kernel object `kernel` of shaders/`shader`.cl built with options (such as "-DLANES=16
 * -DTILE_PIXELS=8"). Every program is built with -DLANES=device->lanes unless options set it,
 * -cl-mad-enable and -cl-denorms-are-zero. The caller releases the kernel. A failed build is
 * RV_DEVICE with the first line of the build log. */
rv_status program_kernel(struct device *device, const char *shader, const char *options,
                         const char *kernel, cl_kernel *out, rv_error *error);

/* Builds every shader by itself, at 4, 8 and 16 lanes, without looking into any cache; each defines
 * what options it needs where nobody gives them. A warning in a build log is RV_DEVICE too.
 * compiled counts the programs that were built. */
rv_status program_compile_all(struct device *device, int *compiled, rv_error *error);

/* Whether program_cache_destroy is to write programs to disk. Binaries taken after the first
 * launches hold what drivers compile late, so this is for after a step has run. Writing waits for
 * the end, as some drivers (PoCL) first compile every kernel once more, which takes longer than the
 * step; and whoever cancelled is not to wait for it. */
void program_cache_keep(struct device *device, bool keep);

#endif
