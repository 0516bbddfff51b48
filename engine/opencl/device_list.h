/* The devices that there are, numbered from 1 in the order of the platforms that offer them. */
#ifndef ENGINE_OPENCL_DEVICE_LIST_H
#define ENGINE_OPENCL_DEVICE_LIST_H

#include "engine/opencl/device.h"

/* Fills in platform, id and info of the device of that number; of number 0, those of the first
 * usable GPU, or else of the first usable device. RV_NOT_FOUND where there is none, RV_INVALID for
 * a number that none has, RV_UNSUPPORTED for a device that cannot compile kernels. */
rv_status device_list_choose(struct device *device, int number, rv_error *error);

#endif
