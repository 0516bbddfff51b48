/* Threads by name, so that `top -H` and gdb tell them apart. Those that libraries start in turn, as
 * OpenCL's and encoders' do, inherit the name of the one they are started in.
 *
 * A thread that works in an OpenCL driver cannot be interrupted while that compiles, for as long as
 * half a minute. Whoever ends the program waits for it a little and then leaves it behind. */
#ifndef APP_BASE_THREAD_H
#define APP_BASE_THREAD_H

#include <pthread.h>
#include <stdatomic.h>

#include "engine/reverie.h"

enum { THREAD_NAME_MAX = 15 }; /* bytes; Linux has room for no more */

/* Starts a thread that does what the name says ("decoding"): the caller joins or detaches it.
 * RV_MEMORY. */
rv_status thread_start(pthread_t *thread, const char *name, void *(*run)(void *), void *context,
                       rv_error *error);

/* The time, on clock_now()'s clock (app/base/clock.h), until which threads that were told to end
 * just now are waited for. */
int64_t thread_deadline(void);

/* Waits until the deadline for a thread to set *done, which says that it only frees what it holds
 * from there on and can be joined. False: it is where it cannot be interrupted. */
bool thread_wait_done(atomic_bool *done, int64_t deadline);

#endif
