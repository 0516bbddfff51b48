/* The frameworks that networks are held against: each runs a script of tests/reference/ in a
 * process of its own. What they said once stands in tests/reference/inception_v3.values. */
#ifndef TESTS_SUPPORT_JUDGE_H
#define TESTS_SUPPORT_JUDGE_H

#include <stdbool.h>

#include "engine/reverie_inspect.h"

enum judge {
	JUDGE_ONNX_RUNTIME, /* of activations */
	JUDGE_PYTORCH,      /* of gradients */
};

/* Whether the framework is installed. */
bool judge_is_there(enum judge judge);

/* The path of a scratch file, valid until four more are asked for; all are removed at the end. */
const char *judge_scratch(const char *name);

/* Hands the judges what the network sees: [3][height][width] in its own units. False, with the test
 * failed: it could not be written. */
bool judge_take_input(const float *input, int height, int width);

/* Fails the test unless found is what the judge finds in that layer of the network at path for the
 * input that it was handed; skips it where the judge is not there. */
void judge_check(enum judge judge, const char *path, const char *layer, const rv_array *found);

/* Fails the test unless samples of found are as the line of that title says; with
 * $REVERIE_RECORD_REFERENCE has the judge find them anew, and adds the line to the file of that
 * name. */
void judge_check_recorded(enum judge judge, const char *path, const char *layer, const char *title,
                          const rv_array *found);

#endif
