/* The still picture job: read, dream, write. See app/offline/job.h. */
#ifndef APP_OFFLINE_STILL_H
#define APP_OFFLINE_STILL_H

#include "app/media/input.h"
#include "app/offline/job.h"

/* Runs the job on an input opened by input_open, which it takes over and closes. The stop flag
 * leaves no output: RV_CANCELLED. For errors see job_run. */
rv_status still_run(const struct job *job, struct input **input, struct job_report *report,
                    rv_error *error);

#endif
