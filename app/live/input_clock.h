/* The clock of a live input, held against ours, so that its frames are shown when their timestamps
 * say, round after round of a file, and whatever a stream's clock does. All times are nanoseconds:
 * `at` by the input's clock, all others by clock_now()'s. */
#ifndef APP_LIVE_INPUT_CLOCK_H
#define APP_LIVE_INPUT_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Zeroed, nothing has been opened yet. */
struct input_clock {
	bool is_stream;   /* frames come when they are taken, rather than when they are read */
	int64_t frames;   /* since the input was last opened */
	int64_t anchor;   /* when time 0 of the input is shown */
	int64_t begun_at; /* position (struct frame) at which this round began */
	int64_t time;     /* when the last frame that was taken is shown */
	int64_t taken_at; /* and when it was taken */
	int64_t ends_at;  /* when the last frame of a file that starts over ends; 0: none */
};

/* The input was opened, for the first time or again. */
void input_clock_begin(struct input_clock *clock, bool is_stream);

/* When a frame is to be shown, or, of a stream, when it was taken: as its timestamp says, not when
 * it happened to arrive, for sound and picture arrive in bursts and by different ways. */
int64_t input_clock_due(struct input_clock *clock, int64_t at, int64_t now);

/* Frames that no display can show, and those that come too late, are not worth converting: the
 * newest wins. */
bool input_clock_is_superfluous(const struct input_clock *clock, int64_t due, int64_t now);

/* A frame is handed out that is `position` into this round. Returns where that is in all of the
 * input. */
int64_t input_clock_take(struct input_clock *clock, int64_t due, int64_t position, int64_t now);

/* A frame was dealt with, be it that it was left out. */
void input_clock_count(struct input_clock *clock);

/* The input has ended: its last frame ends at that time, and that far into this round. A file that
 * starts over waits for that. */
void input_clock_end(struct input_clock *clock, int64_t at, int64_t position, bool starts_over);

#endif
