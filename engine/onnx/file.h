/* Whole files, as the readers of networks take them. */
#ifndef ENGINE_ONNX_FILE_H
#define ENGINE_ONNX_FILE_H

#include "engine/reverie.h"

/* Reads the regular file at path into bytes[size], which the caller frees. RV_NOT_FOUND, RV_IO,
 * RV_INVALID, RV_CORRUPT where it is empty, RV_UNSUPPORTED above 2 GiB (the most that Protocol
 * Buffers allow), RV_MEMORY; messages do not name the path, and *bytes is NULL then. */
rv_status file_read(const char *path, unsigned char **bytes, size_t *size, rv_error *error);

#endif
