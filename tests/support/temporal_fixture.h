/* What the tests of dreams that live on from frame to frame share: moving textures, and an engine
 * with a small network made here. */
#ifndef TESTS_SUPPORT_TEMPORAL_FIXTURE_H
#define TESTS_SUPPORT_TEMPORAL_FIXTURE_H

#include "engine/reverie.h"

enum { WIDTH = 96, HEIGHT = 72, COUNT = 3 * WIDTH * HEIGHT };

/* Nanoseconds from frame to frame. */
static const int64_t frame_time = 33333333;

struct fixture {
	rv_model *model;
	rv_engine *engine;
	rv_params params;
	rv_error error;
	int64_t time;
	float frame[COUNT], dream[COUNT];
};

/* An engine with two octaves of five iterations; config may be NULL. stride is that of the
 * network's second convolution. Where it fails, so does the test; else end with tear_down. */
bool set_up_configured(struct fixture *fixture, int stride, const rv_config *config);
bool set_up_strided(struct fixture *fixture, int stride);
bool set_up(struct fixture *fixture);
void tear_down(struct fixture *fixture);

/* Makes frame a texture of waves, 0..1, seen from (x, y) on; scene chooses the waves. */
void paint(struct fixture *fixture, uint64_t scene, double x, double y);

/* A picture of WIDTH x HEIGHT in pixels[COUNT], which stays the caller's. */
rv_image image_of(float *pixels);

/* Dreams frame, with params, into dream, and goes on to the next frame's time. */
rv_frame_report dream(struct fixture *fixture);

/* RMS of the detail, dream minus frame, from a column on. */
double strength(const struct fixture *fixture, int from_column);

/* Writes the detail to detail[COUNT]. */
void keep_detail(const struct fixture *fixture, float *detail);

/* Cosine between the detail and a past one that lies dx pixels further right, away from the
 * borders. */
double likeness(const struct fixture *fixture, const float *past_detail, int dx);

#endif
