/* Runs a job, whatever its input is. This is all that the command line needs. */
#ifndef APP_OFFLINE_JOB_RUN_H
#define APP_OFFLINE_JOB_RUN_H

#include "app/offline/job.h"

/* Runs the job: still_run or transcode_run (app/offline/still.h, app/offline/transcode.h), by what
 * the input holds and what the output's name says. Everything that can be known to be wrong
 * beforehand (names, formats, an encoder, sound that the container cannot hold) fails before dream
 * is called for the first time.
 *
 * Where the stop flag is set a video is ended in good order and RV_CANCELLED returned: the output
 * then is there with report->frames frames (none: it is not, and report->written is false), and
 * error->message says so. Where reading breaks off amid a video (RV_IO) the frames so far are kept
 * as well. Any other failure leaves no output and no temporary file.
 * RV_INVALID, RV_NOT_FOUND, RV_UNSUPPORTED, RV_CORRUPT, RV_IO, RV_MEMORY, RV_CANCELLED, and what
 * dream returns. */
rv_status job_run(const struct job *job, struct job_report *report, rv_error *error);

/* Finds out what can be known to be wrong with the job, without a dream or an output. Of a video
 * the report then says how many frames are expected, how many seconds they last (0: unknown), the
 * output's size, and the encoder. For errors see job_run. */
rv_status job_look(const struct job *job, struct job_report *report, rv_error *error);

#endif
