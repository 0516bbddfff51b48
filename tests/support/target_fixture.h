/* What the tests of targets share: an engine for a small classifier that is made here, and a
 * picture. */
#ifndef TESTS_SUPPORT_TARGET_FIXTURE_H
#define TESTS_SUPPORT_TARGET_FIXTURE_H

#include "engine/reverie_inspect.h"

enum { WIDTH = 48, HEIGHT = 36, COUNT = 3 * WIDTH * HEIGHT, CLASSES = 10, FEATURES = 24 };

struct target_fixture {
	rv_model *model;
	rv_engine *engine;
	rv_params params;
	rv_error error;
	int width, height;
	float picture[COUNT], dream[COUNT];
};

/* Short dreams without jitter at one octave. Whatever fails fails the running test. The network has
 * layers low and high, which is the usual one, and classes, unless it is not to classify. */
bool target_set_up(struct target_fixture *fixture, bool classifies);
void target_tear_down(struct target_fixture *fixture);

/* Pixels of the fixture's size. */
rv_image target_image(const struct target_fixture *fixture, float *pixels);

/* Dreams the fixture's picture with its params. */
bool target_dream(struct target_fixture *fixture);

/* A layer's activation on pixels. */
rv_array target_look(struct target_fixture *fixture, float *pixels, const char *layer);

/* Makes the target of that number one of a kind at a layer. */
void target_make(struct target_fixture *fixture, int index, const char *layer, rv_target_kind kind);

#endif
