/* Arrays of floats as .npy files (NumPy's "NEP 1 - A Simple File Format for NumPy Arrays"). */
#ifndef APP_MEDIA_NPY_H
#define APP_MEDIA_NPY_H

#include "app/base/output_file.h"
#include "engine/reverie_inspect.h"

/* Writes array to file as float32 of shape (channels, height, width), C order, little-endian,
 * format version 1.0. The caller commits the file, which is when errors of writing are told. */
void npy_write(struct output_file *file, const rv_array *array);

#endif
