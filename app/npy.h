/* Arrays of floats as .npy files (NumPy's "NEP 1 - A Simple File Format for NumPy Arrays"). */
#ifndef NPY_H
#define NPY_H

#include "engine/reverie.h"

/* Writes array to path as float32 of shape (channels, height, width), C order, little-endian,
 * format version 1.0. The file appears when it is whole. Without force an existing file is
 * RV_INVALID. RV_IO. */
rv_status npy_write(const char *path, const rv_array *array, bool force, rv_error *error);

#endif
