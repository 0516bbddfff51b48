/* Where time goes: launches timed one by one and summed by what they do. */
#ifndef ENGINE_OPENCL_PROFILE_H
#define ENGINE_OPENCL_PROFILE_H

#include "engine/opencl/record.h"
#include "engine/reverie_inspect.h"

struct profile;

/* A profile has a queue of its own, which is never used together with the device's. */
rv_status profile_create(struct profile **profile, struct device *device, rv_error *error);
void profile_destroy(struct profile **profile);

/* Runs every launch of a list `runs` times, each waited for, and adds the median times `times` to
 * what was measured. Launches keep their order, so that values are as good as in a usual run. */
rv_status profile_list(struct profile *profile, const struct launch_list *list, bool backward,
                       int runs, int times, rv_error *error);

/* Writes up to capacity entries, the longest first, and their whole number to count. */
void profile_read(const struct profile *profile, rv_profile_entry *entries, int capacity,
                  int *count);

/* The median of count values, at least one, which are put in order. */
double profile_median(double *values, int count);

/* Fused multiply-adds that the device does in a second, in GFLOPS (two operations each): the best
 * of several runs of a kernel that does nothing else. */
rv_status profile_peak(struct device *device, double *gflops, rv_error *error);
/* The same of matrix units, or of what stands in for them (engine/opencl/units.h). */
rv_status profile_units_peak(struct device *device, double *gflops, rv_error *error);

#endif
