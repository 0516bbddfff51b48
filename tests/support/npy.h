/* Arrays of floats in NumPy's files (.npy, version 1), which go to the judges of networks and back.
 */
#ifndef TESTS_SUPPORT_NPY_H
#define TESTS_SUPPORT_NPY_H

#include <stdbool.h>
#include <stddef.h>

/* Writes [channels][height][width]. False: it could not be written. */
bool npy_write_array(const char *path, const float *data, int channels, int height, int width);
/* The count floats of a file, to be freed by the caller; NULL where it does not hold just that
 * many. */
float *npy_read_array(const char *path, size_t count);

#endif
