/* The dreaming of one chunk of a film. */
#ifndef APP_COMMAND_FILM_DREAM_H
#define APP_COMMAND_FILM_DREAM_H

#include "app/command/dreaming.h"
#include "app/offline/film_plan.h"

/* Dreams a chunk that is not there yet; where it goes on within a shot and what it is to go on from
 * is not there or is damaged, those before it first, from where that can be. The dreaming's options
 * are those of film_read_settings. For errors see job_run. */
rv_status film_dream_chunk(const struct film_plan *plan, const char *folder, int number,
                           struct dreaming *dreaming, rv_error *error);

#endif
