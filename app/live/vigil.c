#include "app/live/vigil.h"

#include <stdio.h>

#include "app/base/clock.h"

/* Seconds. Nothing tells how far the building of a single kernel is, which may take a minute where
 * the machine is slow and busy, and that of motion's, a handful, is one piece. One that is taken
 * for hung all the same keeps what was built: the next start gets further. */
enum { TELL = 120, GIVE_UP = 300 };

static const char *const names[VIGIL_COUNT] = {"the dream", "the motion"};

static void tell(struct vigil_thread *thread, const char *name, bool is_still,
                 char note[LIVE_NOTE_LENGTH])
{
	if (is_still == thread->told || note[0]) /* the next look has the other line */
		return;
	thread->told = is_still;
	if (is_still)
		snprintf(
			note, LIVE_NOTE_LENGTH,
			"%s has stood still for %d s, as where a driver hangs; after %d s systemd, "
			"where it watches, begins the show anew",
			name, TELL, GIVE_UP);
	else
		snprintf(note, LIVE_NOTE_LENGTH, "%s goes on", name);
}

bool vigil_keep(struct vigil *vigil, const struct heartbeat *const hearts[VIGIL_COUNT], int64_t now,
                char note[LIVE_NOTE_LENGTH])
{
	bool is_alive = true;
	note[0] = '\0';
	for (int i = 0; i < VIGIL_COUNT; i++) {
		struct vigil_thread *thread = &vigil->threads[i];
		int64_t still = heartbeat_still(&thread->watch, hearts[i], now);
		tell(thread, names[i], still >= TELL * CLOCK_SECOND, note);
		is_alive = is_alive && still < GIVE_UP * CLOCK_SECOND;
	}
	return is_alive;
}
