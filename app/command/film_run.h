/* The lines that dream the chunks of a plan, by engines that hand out work. */
#ifndef APP_COMMAND_FILM_RUN_H
#define APP_COMMAND_FILM_RUN_H

#include "app/offline/film_plan.h"

/* What starts the chunks; the order of its names in the table of options. */
enum film_engine { FILM_ENGINE_NONE, FILM_ENGINE_PARALLEL, FILM_ENGINE_SLURM };

/* Twice the longest path, quoted twice, and some words. */
enum { FILM_LINE_LENGTH = 34 * PATH_LENGTH };

/* Writes the line for a shell that has the chunks 0 to count - 1 dreamed by `program`. */
void film_run_line(char line[FILM_LINE_LENGTH], enum film_engine engine, const char *program,
                   const char *folder, int count);

/* Runs that line with this very program: until all chunks are dreamed, by GNU parallel; until they
 * are queued, by Slurm. RV_NOT_FOUND: there is no such engine here; RV_IO: it failed. */
rv_status film_run(enum film_engine engine, const char *folder, int count, rv_error *error);

#endif
