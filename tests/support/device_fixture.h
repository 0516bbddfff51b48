/* A device for the tests of a program, and launches recorded and run on it. Whatever fails here
 * fails the running test. */
#ifndef TESTS_SUPPORT_DEVICE_FIXTURE_H
#define TESTS_SUPPORT_DEVICE_FIXTURE_H

#include "engine/picture/raster.h"

/* How tests open a device: without a cache on disk, and as $REVERIE_TEST_DEVICE (a number of
 * `reverie devices`) and $REVERIE_TEST_KERNELS (cpu or gpu) say, where they are set. */
rv_config test_config(void);

/* Opens the device once for all tests of a program, without a cache on disk; NULL after
 * failing the running test. */
struct device *fixture_device(void);

struct recording {
	struct launch_recorder recorder;
	struct launch_list list;
	rv_error error;
};

/* Records into recording->recorder from here on; false where there is no device. */
bool recording_start(struct recording *recording);
/* Runs what was recorded; may be called again. */
bool recording_run(struct recording *recording);
void recording_end(struct recording *recording);

/* A buffer with count floats that the recording owns, and its content after the runs so far. */
cl_mem recording_buffer(struct recording *recording, const float *values, size_t count);
bool recording_read(struct recording *recording, cl_mem buffer, void *content, size_t bytes);

/* A raster of width * height * 3 floats, and back. */
struct raster recording_raster(struct recording *recording, const float *rgb, int width,
                               int height);
bool recording_read_raster(struct recording *recording, const struct raster *raster, float *rgb);

/* count values from low to high, the same for the same seed. Released with free(). */
float *random_floats(size_t count, float low, float high, unsigned seed);

#endif
