/* The still picture job: read, dream, write. See app/job.h. */
#ifndef APP_PHOTOGRAPH_H
#define APP_PHOTOGRAPH_H

#include "app/input.h"
#include "app/job.h"

/* Runs the job on an input opened by input_open, which it takes over and closes. The stop flag
 * leaves no output: RV_CANCELLED. For errors see job_run. */
rv_status photograph_run(const struct job *job, struct input **input, struct job_report *report,
                         rv_error *error);

#endif
