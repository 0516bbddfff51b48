/* What goes on from one frame to the next, as bytes. The same walk over it writes it out and reads
 * it back, so that both see the same things in the same order. */
#ifndef ENGINE_OPENCL_CHECKPOINT_H
#define ENGINE_OPENCL_CHECKPOINT_H

#include "engine/opencl/device.h"
#include "engine/reverie_checkpoint.h"

/* Begins with the first four members set, of which read or write is NULL, and the others zero. */
struct checkpoint {
	struct device *device;
	rv_checkpoint_write *write;
	rv_checkpoint_read *read;
	void *context;
	uint64_t hash;    /* of all that went by */
	rv_status status; /* the first failure, after which nothing is done */
	rv_error *error;
	unsigned char *staging; /* between the device and the caller */
};

bool checkpoint_reads(const struct checkpoint *checkpoint);

/* Bytes of the host, and of a buffer from its beginning. */
void checkpoint_bytes(struct checkpoint *checkpoint, void *bytes, size_t count);
void checkpoint_buffer(struct checkpoint *checkpoint, cl_mem buffer, size_t count);

/* The sum of all that went by, which is held against what was written. RV_CORRUPT. */
void checkpoint_sum(struct checkpoint *checkpoint);

/* Returns its status. */
rv_status checkpoint_end(struct checkpoint *checkpoint);

#endif
