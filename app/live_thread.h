/* Threads of a live session that work in an OpenCL driver, which cannot be interrupted while it
 * compiles, for as long as half a minute. */
#ifndef LIVE_THREAD_H
#define LIVE_THREAD_H

#include <stdatomic.h>
#include <stdbool.h>

/* Waits a while for a thread that was told to end to set broke_off, which says that it is done but
 * for putting things away, and can be joined. False: it is where it cannot be interrupted. */
bool live_thread_breaks_off(atomic_bool *broke_off);

#endif
