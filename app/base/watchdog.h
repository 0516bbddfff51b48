/* A sign of life for the service manager (systemd's notification protocol, sd_notify(3)), which
 * ends and starts again a program that gives none for a minute: a thread that hangs in a driver can
 * be helped in no other way (app/live/vigil.h says when one does). Where there is no such manager
 * nothing is done. One thread. */
#ifndef APP_BASE_WATCHDOG_H
#define APP_BASE_WATCHDOG_H

#include <stdint.h>

/* Zeroed before use. */
struct watchdog {
	int64_t fed_at; /* nanoseconds; 0: not yet */
};

/* Gives the sign where it is time to; now is clock_now(). With the first one the manager begins to
 * watch, so that what takes long before that, such as waiting for a camera, may. Never waits. */
void watchdog_feed(struct watchdog *watchdog, int64_t now);

/* Gives the last sign, where one was given before: what is left to be done, such as the end of a
 * long recording, may take ten minutes. Never waits. */
void watchdog_leave(const struct watchdog *watchdog);

#endif
