/* What a part of a live session has to say: for the HUD, and as a log on standard error, one
 * line for each event. Lines that come in a flood are left out, and how many is said with the next
 * one: twenty may come at once, and then one every two seconds. Any thread. */
#ifndef APP_LIVE_NOTE_H
#define APP_LIVE_NOTE_H

#include <pthread.h>
#include <stdbool.h>

#include "app/base/allowance.h"

enum { LIVE_NOTE_LENGTH = 256 };

struct live_note {
	bool prints;
	pthread_mutex_t lock;                                  /* of what follows */
	char event[LIVE_NOTE_LENGTH], state[LIVE_NOTE_LENGTH]; /* empty: none */
	struct allowance lines;
	int left_out;
};

/* Closed by note_finish. prints: on standard error too. */
void note_init(struct live_note *note, bool prints);
void note_finish(struct live_note *note);

/* Something happened. */
void note_say(struct live_note *note, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The HUD shows this, which is not printed, until it is another; empty: nothing. */
void note_state(struct live_note *note, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Writes the last event, once. */
void note_take(struct live_note *note, char text[LIVE_NOTE_LENGTH]);

/* Writes the state. */
void note_tell_state(struct live_note *note, char text[LIVE_NOTE_LENGTH]);

#endif
