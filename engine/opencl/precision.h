/* How exactly a device is to multiply. */
#ifndef ENGINE_OPENCL_PRECISION_H
#define ENGINE_OPENCL_PRECISION_H

#include "engine/opencl/device.h"

/* What is wanted, where the device can do that; else RV_PRECISION_FLOAT in both passes. The device
 * is to have its programs. */
struct pass_precision precision_of(struct device *device, rv_precision wanted);

#endif
