/* What the fuzz targets share. Each target is one file that gives one parser the bytes of its
 * caller: clang's fuzzer, which makes them up, or replay.c, which reads the seeds. What is wrong
 * ends the process. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "engine/reverie.h"

/* The one function of a target, under the name that the fuzzer calls. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Ends the process where status and error disagree, or the message is not one clean line. */
void fuzz_check(rv_status status, const rv_error *error);

/* The bytes with a NUL behind them, released by free(). */
char *fuzz_text(const uint8_t *bytes, size_t size);

/* A path by which the bytes can be read as a file, until the next call. */
const char *fuzz_file(const uint8_t *bytes, size_t size);

#endif
