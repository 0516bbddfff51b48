/* SIGINT, SIGTERM and SIGHUP ask the program to end in good order: they set a flag, which loops
 * look at. A second one ends it at once. Signals belong to the whole process, and so does the flag.
 */
#ifndef APP_BASE_SIGNALS_H
#define APP_BASE_SIGNALS_H

#include <stdatomic.h>

/* The signal that asked to stop, or 0. */
extern atomic_int signals_stop;

/* Installs the handlers, without SA_RESTART: a blocked read returns and sees the flag. A closed
 * pipe (SIGPIPE) becomes an error of the write. Call once, before other threads are started. */
void signals_install(void);

/* How many seconds after a signal the program is ended all the same, wherever it is; 0: never, as
 * it looks at the flag and has something to finish. Until it has, a driver that compiles could make
 * it wait for half a minute. */
void signals_limit(unsigned seconds);

/* A file that is then removed: path must live until it is not guarded any more. Any thread. */
void signals_guard(const char *path);
void signals_unguard(const char *path);

#endif
