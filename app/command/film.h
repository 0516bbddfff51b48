/* What the commands of a film in chunks share. */
#ifndef APP_COMMAND_FILM_H
#define APP_COMMAND_FILM_H

#include "app/command/dreaming.h"
#include "app/offline/film_plan.h"
#include "app/options/dreamer.h"

/* Whether a film is dreamed in chunks of which what is done is kept. */
enum film_resuming {
	FILM_RESUME_AUTO, /* a long one, in a file, from a file */
	FILM_RESUME_ON,
	FILM_RESUME_OFF,
};

/* Fills in what the options say of the film; not what only a look at it tells. */
rv_status film_describe(struct film_plan *plan, const struct options *options, rv_error *error);

/* Makes the plan and writes it, with the settings, into the folder, which is made if need be. The
 * plan comes last: where it is, all is. pixels as in struct film_look. For errors see that. */
rv_status film_make_plan(struct film_plan *plan, const struct options *options, const char *folder,
                         double pixels, rv_error *error);

/* Reads the dream that the folder's chunks are made with, and where its score is. For errors see
 * preset_load. */
rv_status film_read_settings(struct options *options, const char *folder, rv_error *error);

/* Joins the chunks into the output that the options say. For errors see film_join. */
rv_status film_write(const struct film_plan *plan, const char *folder,
                     const struct options *options, rv_error *error);

/* Dreams the film that the dreaming's options name, where they ask for it or it is long, in the
 * folder OUTPUT.chunks, which is there from the first frame until the film is whole: begun anew
 * with the same options it goes on with the first chunk that is missing. *taken is false where it
 * is to be dreamed in one go, and nothing is done. RV_INVALID: the folder is another film's or has
 * other settings, or the output is none that can be gone on with; and the errors of job_run. */
rv_status film_resume(struct dreaming *it, bool *taken, rv_error *error);

#endif
