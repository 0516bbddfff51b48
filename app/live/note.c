#include "app/live/note.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "app/base/clock.h"

static const struct allowance_rate lines = {.most = 20, .a_second = 0.5};

void note_init(struct live_note *note, bool prints)
{
	*note = (struct live_note){.prints = prints};
	pthread_mutex_init(&note->lock, NULL);
}

void note_finish(struct live_note *note)
{
	pthread_mutex_destroy(&note->lock);
}

/* With the lock held. */
static void print(struct live_note *note)
{
	if (!note->prints)
		return;
	if (allowance_left(&note->lines, &lines, clock_now()) < 1) {
		note->left_out++;
		return;
	}
	note->lines.left--;
	if (note->left_out)
		fprintf(stderr, "live: %s (%d lines were left out before)\n", note->event,
		        note->left_out);
	else
		fprintf(stderr, "live: %s\n", note->event);
	note->left_out = 0;
}

void note_say(struct live_note *note, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	pthread_mutex_lock(&note->lock);
	vsnprintf(note->event, sizeof(note->event), format, arguments);
	print(note);
	pthread_mutex_unlock(&note->lock);
	va_end(arguments);
}

void note_state(struct live_note *note, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	pthread_mutex_lock(&note->lock);
	vsnprintf(note->state, sizeof(note->state), format, arguments);
	pthread_mutex_unlock(&note->lock);
	va_end(arguments);
}

void note_take(struct live_note *note, char text[LIVE_NOTE_LENGTH])
{
	pthread_mutex_lock(&note->lock);
	memcpy(text, note->event, LIVE_NOTE_LENGTH);
	note->event[0] = '\0';
	pthread_mutex_unlock(&note->lock);
}

void note_tell_state(struct live_note *note, char text[LIVE_NOTE_LENGTH])
{
	pthread_mutex_lock(&note->lock);
	memcpy(text, note->state, LIVE_NOTE_LENGTH);
	pthread_mutex_unlock(&note->lock);
}
