/* Memory of the device that several take their parts of who never need it at the same time: each
 * begins where those end that it lives beside. */
#ifndef ENGINE_OPENCL_ROOM_H
#define ENGINE_OPENCL_ROOM_H

#include "engine/opencl/device.h"

/* Zeroed: one that is to be measured. record_part (engine/opencl/record.h) takes the parts. */
struct room {
	cl_mem buffer; /* zeros at first; NULL while it is only measured */
	size_t bytes;  /* while it is measured the most that was taken */
	size_t taken;  /* set back to let others in */
};

/* A room of zeros. Where the device has no buffer as large, it is as large as one may be.
 * RV_MEMORY, RV_DEVICE. */
rv_status room_create(struct room *room, struct device *device, size_t bytes, rv_error *error);
void room_release(struct room *room);

#endif
