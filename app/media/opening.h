/* Opens a source on a thread of its own, because opening can hang where nothing can interrupt it:
 * in the look-up of a host's name, or in a driver. Whoever waits for it can then give up; the
 * detached thread ends by itself, whenever that call returns. */
#ifndef APP_MEDIA_OPENING_H
#define APP_MEDIA_OPENING_H

#include <stdatomic.h>

#include "app/media/source.h"

struct opening;

/* Starts to open an input (input_open, source_open). Of options, stop is not used: opening_abandon
 * says that it is to end. RV_MEMORY. */
rv_status opening_start(struct opening **opening, const char *input,
                        const struct input_options *options, rv_error *error);

/* Waits for it up to so many nanoseconds. False: not yet. */
bool opening_wait(struct opening *opening, int64_t timeout);

/* Takes what came of it, once opening_wait was true, and frees the rest. stop, which may be NULL,
 * is the source's stop flag from now on. The errors of input_open and source_open. */
rv_status opening_finish(struct opening **opening, struct source **source, const atomic_int *stop,
                         rv_error *error);

/* Gives up; returns within a third of a second. Accepts NULL. */
void opening_abandon(struct opening **opening);

#endif
