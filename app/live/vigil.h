/* Looks after the threads of a live session that work in drivers. One that hangs there can be
 * helped by nobody but a service manager, which begins the whole program anew. Belongs to the main
 * thread. */
#ifndef APP_LIVE_VIGIL_H
#define APP_LIVE_VIGIL_H

#include "app/base/heartbeat.h"
#include "app/live/note.h"

enum { VIGIL_DREAM, VIGIL_MOTION, VIGIL_COUNT };

/* Zeroed before use. */
struct vigil {
	struct vigil_thread {
		struct heartbeat_watch watch;
		bool told; /* that it stands still */
	} threads[VIGIL_COUNT];
};

/* Looks at all of them. False: one has stood still for so long that the watchdog
 * (app/base/watchdog.h) is to be fed no more, until it gets on. note says what happened just now;
 * empty: nothing. now is clock_now(); to be called several times a second. */
bool vigil_keep(struct vigil *vigil, const struct heartbeat *const hearts[VIGIL_COUNT], int64_t now,
                char note[LIVE_NOTE_LENGTH]);

#endif
