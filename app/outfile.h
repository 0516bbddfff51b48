/* A small output file that appears under its name only when it is whole: it is written under a
 * temporary name in the same folder and renamed at the end. */
#ifndef OUTFILE_H
#define OUTFILE_H

#include <stdio.h>

#include "app/paths.h"
#include "engine/reverie.h"

struct outfile {
	FILE *stream; /* for the owner to write to; NULL where nothing is open */
	char path[PATH_LENGTH];
	char temporary[PATH_LENGTH];
};

/* Whether path can be written: RV_INVALID where it is too long, or exists without force;
 * RV_NOT_FOUND where its folder does not exist; RV_IO where it is a folder, or its own folder
 * cannot be written. Creates nothing. A device such as /dev/null may always be written. */
rv_status outfile_check(const char *path, bool force, rv_error *error);

/* Checks path and opens a temporary file beside it. On an error there is nothing to release. */
rv_status outfile_open(struct outfile *file, const char *path, bool force, rv_error *error);

/* Closes the file and gives it its name. On an error (a full device is found out here at the
 * latest) nothing is left behind. RV_IO. */
rv_status outfile_commit(struct outfile *file, rv_error *error);

/* Removes a file that was not committed. Does nothing after outfile_commit(). */
void outfile_discard(struct outfile *file);

#endif
