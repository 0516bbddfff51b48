/* A GPU's matrix units by themselves: of which kind they are, whether they compute what they
 * should, and how fast. */
#ifndef ENGINE_OPENCL_UNITS_H
#define ENGINE_OPENCL_UNITS_H

#include "engine/opencl/record.h"

/* What a kernel that uses units of a kind is to know of it. Twin of what shaders/base/units.clh
 * defines. */
struct unit_shape {
	int warp;   /* items that share a product */
	int pixels; /* of a product */
	int inputs; /* input channels of a product */
	bool pairs; /* factors are pairs of bfloat16; else floats, of which 11 bits count */
	int words;  /* an item's parts of both factors */
	int time;   /* of a multiplication, in that of two values of bfloat16 */
};

struct unit_shape units_shape(enum unit_kind kind);
/* The device's units for factors of bfloat16, or others. Only NVIDIA's have both; others have the
 * same for either. */
enum unit_kind units_of(const struct device *device, bool bfloat16);

/* What tells of a device which units it has. */
struct unit_signs {
	const char *platform, *name, *extensions;
	cl_uint capability;     /* of NVIDIA's devices; 0 elsewhere */
	size_t least_sub_group; /* of Intel's */
	cl_uint wavefront;      /* of AMD's */
};

/* Whether these are a device with matrix units that are known, and of which kind. */
bool units_known(const struct unit_signs *signs, enum unit_kind *kind);
/* Sets device->matrix_units and device->units. */
void units_find(struct device *device);

/* Whether the driver's compiler knows the instruction of that kind and it gives the right products.
 * On a device without matrix units a stand-in for it is tried. */
bool units_multiply(struct device *device, enum unit_kind kind);
/* Whether the device has matrix units, and those of that kind, one that units_of gives, multiply
 * right: tried once. */
bool units_work(struct device *device, enum unit_kind kind);

/* The options of a kernel that includes shaders/base/units.clh. */
enum { UNIT_OPTIONS_LENGTH = 64 };
void units_write_options(char options[UNIT_OPTIONS_LENGTH], const struct device *device,
                         enum unit_kind kind);

/* Records so many rounds of products that do not wait for each other, in enough warps to keep the
 * device busy. */
void units_record_rounds(struct launch_recorder *recorder, enum unit_kind kind, int rounds);

#endif
