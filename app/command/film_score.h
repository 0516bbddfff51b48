/* The score of a film in chunks, which lies in its folder. */
#ifndef APP_COMMAND_FILM_SCORE_H
#define APP_COMMAND_FILM_SCORE_H

#include "app/options/options.h"

/* Copies the score that the options name, if they do, into the folder. RV_IO, RV_NOT_FOUND. */
rv_status film_score_save(const struct options *options, const char *folder, rv_error *error);

/* Lets the options name the folder's, or none where it has none. RV_INVALID: the path is too long.
 */
rv_status film_score_find(struct options *options, const char *folder, rv_error *error);

/* Whether the options' score, or none, is what the folder has. */
bool film_score_same(const struct options *options, const char *folder);

#endif
