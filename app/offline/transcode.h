/* The video job: decode, dream, encode; copy every other stream. See app/offline/job.h. */
#ifndef APP_OFFLINE_TRANSCODE_H
#define APP_OFFLINE_TRANSCODE_H

#include "app/media/input.h"
#include "app/media/video.h"
#include "app/offline/job.h"

/* Runs the job on an input opened by input_open, which it takes over and closes. For errors and the
 * stop flag see job_run. */
rv_status transcode_run(const struct job *job, struct input **input, struct job_report *report,
                        rv_error *error);

/* Opens all that the job needs, and closes it again: see job_look. */
rv_status transcode_look(const struct job *job, struct input **input, struct job_report *report,
                         rv_error *error);

/* Fills in the sides of the output that are left open (0), from the video's; even makes those even.
 */
void transcode_size(int *width, int *height, const struct video_description *video, bool even);

#endif
