/* The life of a device. */
#ifndef ENGINE_OPENCL_DEVICE_OPEN_H
#define ENGINE_OPENCL_DEVICE_OPEN_H

#include "engine/opencl/device.h"

/* Opens the device that config asks for, with its programs; config NULL: the usual one. On failure
 * *device is NULL. */
rv_status device_open(struct device **device, const rv_config *config, rv_error *error);

/* Writes to disk the programs worth keeping, and frees the device. Whatever uses it must have been
 * freed before. Accepts NULL; clears the pointer. */
void device_close(struct device **device);

#endif
