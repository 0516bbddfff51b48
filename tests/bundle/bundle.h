/* What the bundle's reverie-bench does besides measuring: it knows the engine alone, so that it
 * runs where there is no libav, and holds what one device computes against what another did. */
#ifndef TESTS_BUNDLE_BUNDLE_H
#define TESTS_BUNDLE_BUNDLE_H

#include "app/options/options.h"

/* A line for each device of OpenCL, and one that says how many there are. */
rv_status bundle_devices(const struct options *options, rv_error *error);

/* keep FOLDER: writes what rv_inspect sees of a made-up picture, as LAYER-SIZE.activation.npy and
 * .gradient.npy. RV_IO. */
rv_status bundle_keep(const struct options *options, rv_error *error);
/* check FOLDER: a line that holds the same, as it is computed now, against the files kept there.
 * RV_NOT_FOUND where there are none of this layer and size. */
rv_status bundle_check(const struct options *options, rv_error *error);

#endif
