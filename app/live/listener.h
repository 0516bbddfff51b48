/* Hears sound for a live session, on a thread of its own, and tells how loud it is and where its
 * beats are (app/media/levels.h): a device, a stream or a file, which is played at its own pace and
 * again and again; or the sound of the session's input, as it is handed on.
 *
 * A source that goes away is waited for, as inputs are (app/live/waiting.h); meanwhile it is quiet.
 */
#ifndef APP_LIVE_LISTENER_H
#define APP_LIVE_LISTENER_H

#include <stdatomic.h>

#include "app/live/note.h"
#include "app/media/levels.h"
#include "app/media/sound.h"

struct listener;

/* The source that is the sound of the session's input. */
extern const char listener_input[];

struct listener_options {
	const char *source; /* as for input_open (app/media/input.h), or listener_input; copied */
	bool loop;          /* files start over when they end */
	bool quiet;         /* write no log to standard error */
	const atomic_int *stop; /* ends blocking reads once it is not 0; never NULL */
};

/* Starts the thread. What cannot appear later, such as a file, is waited for and opened before this
 * returns, so that what is wrong with it shows at once; or until a signal comes
 * (app/base/signals.h). The errors of sound_source_open; RV_MEMORY. *listener is to be closed on
 * errors, too. */
rv_status listener_open(struct listener **listener, const struct listener_options *options,
                        rv_error *error);

/* Whether it is the sound of the session's input that it hears. */
bool listener_is_of_input(const struct listener *listener);

/* Hears a block of the input's sound, which is held as long as needed; nothing where it listens to
 * another source. Never waits. */
void listener_hear(struct listener *listener, struct sound *sound);

/* How it is now: a time of clock_now()'s. Where nothing has come for half a second, it is quiet. */
struct levels_state listener_read(struct listener *listener, int64_t now);

/* Writes what happened, once, such as that the source is back; empty: nothing. */
void listener_note(struct listener *listener, char note[LIVE_NOTE_LENGTH]);

/* Ends the thread, once *stop is not 0, and frees everything. Waits until a time of clock_now()'s.
 * False: the thread is where it cannot be interrupted, in a driver or in the look-up of a host's
 * name, and goes on with all that it was given, until the process ends. Accepts a pointer to NULL.
 */
bool listener_close(struct listener **listener, int64_t until);

#endif
