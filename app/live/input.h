/* Which input a live session begins with, and how large its frames are. */
#ifndef APP_LIVE_INPUT_H
#define APP_LIVE_INPUT_H

#include "app/base/paths.h"
#include "app/media/source.h"
#include "app/options/options.h"

/* Writes the name of the input: that of the command line, of several the one that options->live
 * shows, else the first camera, else the sample clip, with a line on standard error saying so.
 * RV_NOT_FOUND: none of them; RV_INVALID: there are not so many. */
rv_status live_input_find(const struct options *options, char input[PATH_LENGTH], rv_error *error);

/* The size and shape (width by height) of all frames of a session that begins with source: square
 * pixels, whatever those of the input are. */
void live_input_size(const struct source *source, int *width, int *height, double *shape);

#endif
