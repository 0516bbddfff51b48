/* Runs a whole graph forward on the device, operator by operator as the engine does, with pictures
 * of any number of channels. */
#ifndef TESTS_SUPPORT_GRAPH_DEVICE_H
#define TESTS_SUPPORT_GRAPH_DEVICE_H

#include "tests/support/convolution_fixture.h"
#include "tests/support/graph_interpreter.h"

/* Writes the values of all tensors; picture as for graph_interpret. fixture comes from
 * fixture_open. false where the running test has failed; values is all zero then. */
bool graph_device_run(const struct graph *graph, struct convolution_fixture *fixture,
                      const double *picture, int height, int width, struct graph_values *values);

#endif
