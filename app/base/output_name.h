/* The names of a file that is written beside its place: where the place is once links are followed,
 * and what it is called until it is put there. */
#ifndef APP_BASE_OUTPUT_NAME_H
#define APP_BASE_OUTPUT_NAME_H

#include "app/base/paths.h"
#include "engine/reverie.h"

/* Follows links from path to the place that is to be written, which need not be there: a link stays
 * a link, also one that leads nowhere yet. The text is from malloc. RV_IO: it leads round in a
 * circle, is too long, or cannot be looked at; RV_MEMORY. */
rv_status output_name_follow(const char *path, char **place, rv_error *error);

/* Makes a new file beside place, ".reverie-NAME-" and six letters, for which other programs are
 * shut out (flock) while it is open, and with the mode that any other new file gets. Returns its
 * descriptor and writes its name, from malloc; -1 and errno where it cannot be. */
int output_name_create(const char *place, char **temporary);

/* Finds what a program that was killed left of the file at path, or of one whose name goes on from
 * there, and writes its name. False: nothing. */
bool output_name_leftover(const char *path, char found[PATH_LENGTH]);
/* The same of the file at path alone. */
bool output_name_leftover_of(const char *path, char found[PATH_LENGTH]);

#endif
