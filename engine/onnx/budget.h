/* Limits on the memory that a file makes Reverie allocate, from the file's length. */
#ifndef ENGINE_ONNX_BUDGET_H
#define ENGINE_ONNX_BUDGET_H

#include <protobuf-c/protobuf-c.h>

#include "engine/reverie.h"

/* What is left to protobuf-c while it parses one file. Two bytes of a file can ask for a whole
 * message, and a field repeated a million times for as many merges. So the sum of all that it
 * allocates is limited, whether or not it frees some. */
struct budget {
	ProtobufCAllocator allocator; /* to be given to protobuf-c; points to this struct */
	size_t left;
	bool exhausted;
};

/* For a file of size bytes. budget must not move afterwards. */
void budget_init(struct budget *budget, size_t size);

/* Bytes that decoding what was parsed may take: float16 doubles, and nodes and names grow into
 * structs. */
size_t budget_of_model(size_t size);

/* RV_MEMORY, with the message for where the limits of memory are reached. */
rv_status budget_exceeded(rv_error *error);

#endif
