/* Threads of a live session that work in an OpenCL driver, which cannot be interrupted while it
 * compiles, for as long as half a minute. */
#ifndef APP_LIVE_THREAD_H
#define APP_LIVE_THREAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Until when those that were told to end now are waited for, on live_now()'s clock. */
int64_t live_thread_patience(void);

/* Waits until then for a thread to set broke_off, which says that it is done but for putting things
 * away, and can be joined. False: it is where it cannot be interrupted. */
bool live_thread_breaks_off(atomic_bool *broke_off, int64_t until);

#endif
