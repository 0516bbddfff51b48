/* What a chunk's dream remembers at its end, within a shot, in a file beside it. */
#ifndef APP_COMMAND_FILM_CHECKPOINT_H
#define APP_COMMAND_FILM_CHECKPOINT_H

#include <stdio.h>

#include "app/command/dreaming.h"

/* Writes what a dreaming remembers that has dreamed the chunk of that number; it appears whole or
 * not at all. RV_IO, and what rv_checkpoint_save returns. */
rv_status film_checkpoint_save(const char *folder, int chunk, struct dreaming *it, rv_error *error);

/* Whether there is one, whole and made by the folder's plan, settings and score. Reads all of it.
 */
bool film_checkpoint_is_sound(const char *folder, int chunk);

/* A checkpoint that is read. Zeroed, it is closed. */
struct film_checkpoint {
	FILE *file;
};

/* Lets the first frame that a dreaming dreams go on from it; it is to stay open until then.
 * RV_CORRUPT: it is not there, or another's. */
rv_status film_checkpoint_open(struct film_checkpoint *checkpoint, const char *folder, int chunk,
                               struct dreaming *it, rv_error *error);
void film_checkpoint_close(struct film_checkpoint *checkpoint);

#endif
