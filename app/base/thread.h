/* Threads by name, so that `top -H` and gdb tell them apart. Those that libraries start in turn, as
 * OpenCL's and encoders' do, inherit the name of the one they are started in. */
#ifndef APP_BASE_THREAD_H
#define APP_BASE_THREAD_H

#include <pthread.h>

#include "engine/reverie.h"

enum { THREAD_NAME_MAX = 15 }; /* bytes; Linux has room for no more */

/* Starts a thread that does what the name says ("decoding"): the caller joins or detaches it. */
rv_status thread_start(pthread_t *thread, const char *name, void *(*run)(void *), void *context,
                       rv_error *error);

#endif
