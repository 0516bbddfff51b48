#include "app/live/note.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "app/base/clock.h"

enum { LINES_MAX = 20 };

static const int64_t line_interval = 2000000000; /* nanoseconds */

void note_init(struct live_note *note, bool prints)
{
	*note = (struct live_note){.prints = prints, .left = LINES_MAX, .refilled_at = clock_now()};
	pthread_mutex_init(&note->lock, NULL);
}

void note_finish(struct live_note *note)
{
	pthread_mutex_destroy(&note->lock);
}

/* With the lock held: a bucket of lines, which fills with time. */
static bool may_print(struct live_note *note)
{
	int64_t lines = (clock_now() - note->refilled_at) / line_interval;
	note->refilled_at += lines * line_interval;
	note->left = lines < LINES_MAX - note->left ? note->left + (int)lines : LINES_MAX;
	if (!note->left) {
		note->left_out++;
		return false;
	}
	note->left--;
	return true;
}

static void print(struct live_note *note)
{
	if (!note->prints || !may_print(note))
		return;
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
