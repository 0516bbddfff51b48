/* Whether what a job dreams is flat or a whole sphere. */
#ifndef APP_OFFLINE_SHAPE_H
#define APP_OFFLINE_SHAPE_H

#include "app/offline/job.h"

/* Tells the job, and the person in a line where the file says it, what is dreamed. Returns whether
 * that is a sphere. */
bool shape_tell(const struct job *job, const struct panorama *panorama);

#endif
