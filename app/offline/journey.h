/* A journey: a video without a source. It begins with a picture, or with noise, and every frame is
 * the last one moved (zoom, rotation, pan) and dreamed on. */
#ifndef APP_OFFLINE_JOURNEY_H
#define APP_OFFLINE_JOURNEY_H

#include "app/options/options.h"

/* Zeroed, there is none. Closed by journey_close. */
struct journey {
	bool on;
	rv_image start; /* what it begins with, RV_RGB8 */
	/* The input of the job: a lavfi graph of black frames of the journey's size, rate and
	 * duration.
	 */
	char input[OPTION_TEXT_LENGTH];
	int64_t frames; /* that it has */
};

/* Whether the options ask for a journey. */
bool journey_wanted(const struct options *options);

/* Reads the picture that the options name, or makes noise of their size and seed. RV_INVALID where
 * they contradict each other; what picture_open and picture_scale return. */
rv_status journey_open(struct journey *journey, const struct options *options, rv_error *error);
void journey_close(struct journey *journey);

/* Dreams the frame at time, as a job_dream (app/offline/job.h) does but without a frame of the
 * source. */
rv_status journey_dream(const struct journey *journey, rv_engine *engine, int64_t time,
                        const rv_image *out, rv_error *error);

#endif
