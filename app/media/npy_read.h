/* Reads vectors from .npy files (NumPy's "NEP 1 - A Simple File Format for NumPy Arrays"). */
#ifndef APP_MEDIA_NPY_READ_H
#define APP_MEDIA_NPY_READ_H

#include "engine/reverie.h"

/* Reads all numbers of an array of float32 or float64, little-endian, in C order, whose dimensions
 * but one are 1. numbers is released with free(). RV_NOT_FOUND, RV_IO, RV_CORRUPT: no such array,
 * or it is cut short; RV_UNSUPPORTED: other numbers, more than one dimension, not finite;
 * RV_MEMORY. */
rv_status npy_read(const char *path, float **numbers, int *count, rv_error *error);

#endif
