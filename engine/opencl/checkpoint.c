#include "engine/opencl/checkpoint.h"

#include <stdlib.h>

#include "engine/base/cache.h"
#include "engine/base/minmax.h"

/* Bytes that go between the device and the caller at once. */
enum { STAGING = 1 << 20 };

static void fail(struct checkpoint *checkpoint, rv_status status, const char *message)
{
	checkpoint->status = rv_fail(checkpoint->error, status, "%s", message);
}

bool checkpoint_reads(const struct checkpoint *checkpoint)
{
	return checkpoint->read != NULL;
}

static void move_bytes(struct checkpoint *checkpoint, void *bytes, size_t count)
{
	if (checkpoint->read && !checkpoint->read(checkpoint->context, bytes, count))
		fail(checkpoint, RV_CORRUPT, "the checkpoint ends early");
	else if (checkpoint->write && !checkpoint->write(checkpoint->context, bytes, count))
		fail(checkpoint, RV_IO, "the checkpoint was not taken");
}

void checkpoint_bytes(struct checkpoint *checkpoint, void *bytes, size_t count)
{
	if (checkpoint->status == RV_OK)
		move_bytes(checkpoint, bytes, count);
	if (checkpoint->status == RV_OK)
		checkpoint->hash = cache_hash(checkpoint->hash, bytes, count);
}

/* A piece of a buffer, by way of the staging. */
static void move_piece(struct checkpoint *checkpoint, cl_mem buffer, size_t offset, size_t count)
{
	cl_command_queue queue = checkpoint->device->queue;
	cl_int code = CL_SUCCESS;

	if (!checkpoint->read)
		code = clEnqueueReadBuffer(queue, buffer, CL_TRUE, offset, count,
		                           checkpoint->staging, 0, NULL, NULL);
	if (!code)
		checkpoint_bytes(checkpoint, checkpoint->staging, count);
	if (!code && checkpoint->read && checkpoint->status == RV_OK)
		code = clEnqueueWriteBuffer(queue, buffer, CL_TRUE, offset, count,
		                            checkpoint->staging, 0, NULL, NULL);
	if (code)
		checkpoint->status =
			device_fail(checkpoint->error, code, "the buffers of a checkpoint");
}

void checkpoint_buffer(struct checkpoint *checkpoint, cl_mem buffer, size_t count)
{
	if (checkpoint->status == RV_OK && !checkpoint->staging)
		checkpoint->staging = malloc(STAGING);
	if (checkpoint->status == RV_OK && !checkpoint->staging)
		fail(checkpoint, RV_MEMORY, "out of memory for a checkpoint");
	for (size_t done = 0; done < count && checkpoint->status == RV_OK; done += STAGING)
		move_piece(checkpoint, buffer, done, min_size(STAGING, count - done));
}

void checkpoint_sum(struct checkpoint *checkpoint)
{
	const uint64_t hash = checkpoint->hash;
	uint64_t sum = hash;

	checkpoint_bytes(checkpoint, &sum, sizeof(sum));
	if (checkpoint->status == RV_OK && sum != hash)
		fail(checkpoint, RV_CORRUPT, "the checkpoint is damaged");
}

rv_status checkpoint_end(struct checkpoint *checkpoint)
{
	free(checkpoint->staging);
	checkpoint->staging = NULL;
	return checkpoint->status;
}
