#include "engine/opencl/room.h"

#include "engine/base/minmax.h"

rv_status room_create(struct room *room, struct device *device, size_t bytes, rv_error *error)
{
	*room = (struct room){.bytes = min_size(bytes, (size_t)device->info.max_buffer_bytes)};
	return room->bytes ? device_buffer(device, room->bytes, NULL, &room->buffer, error) : RV_OK;
}

void room_release(struct room *room)
{
	if (room->buffer)
		clReleaseMemObject(room->buffer);
	*room = (struct room){0};
}
