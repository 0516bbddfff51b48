/* Shows how far a job has come: a bar with frames, frames per second and time left on a terminal, a
 * plain line now and then elsewhere, or nothing. Owned by one thread. Every function
 * accepts NULL for the progress and then does nothing. */
#ifndef APP_BASE_PROGRESS_H
#define APP_BASE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum progress_style {
	PROGRESS_NONE,
	PROGRESS_LINES, /* at most one line every PROGRESS_LINE_SECONDS, and one at the end */
	PROGRESS_BAR,   /* one line, written over again */
};

enum { PROGRESS_LINE_SECONDS = 5, PROGRESS_COLUMNS_MAX = 240 };

/* All that a line of progress is made of. */
struct progress_state {
	int64_t done;             /* frames */
	int64_t total;            /* frames; 0: unknown. done may come to exceed it */
	double part;              /* of the frame under way, 0..1 */
	double frames_per_second; /* 0: not known yet */
	double elapsed;           /* seconds */
	bool prepares;            /* kernels are built for the frame under way */
	double prepared;          /* which part of them is */
	const char *unit;         /* what is counted, such as "tile"; NULL: frames */
};

/* Fields are private to progress.c. */
struct progress {
	FILE *stream;
	enum progress_style style;
	struct progress_state state;
	double started;        /* seconds of the monotonic clock */
	double frame_begun;    /* when the last frame was done, or the first one begun */
	double heard;          /* when anything was last told */
	double built;          /* seconds of the frame under way that kernels were built in */
	int64_t measured;      /* frames that the rate is measured by */
	double took;           /* seconds, by these */
	double shown;          /* when something was last shown */
	double prepares_since; /* when building kernels began; 0: none are built */
	int running;           /* beginnings without an end */
	bool told_all;         /* the last line said that all is done */
	bool bar_open;         /* the cursor stands behind a bar */
	const char *unit;      /* see progress_count */
};

/* PROGRESS_NONE where quiet, PROGRESS_BAR where stream is a terminal, else PROGRESS_LINES. */
enum progress_style progress_style_for(FILE *stream, bool quiet);

/* stream is borrowed; standard error as a rule. */
void progress_init(struct progress *progress, FILE *stream, enum progress_style style);

/* Says what is counted instead of frames from the next beginning on, such as "tile"; borrowed. */
void progress_count(struct progress *progress, const char *unit);

/* Starts the clock. total 0: unknown. One that runs already goes on as it is, until it is ended as
 * often as it was begun: what is done may be a part of something larger. */
void progress_begin(struct progress *progress, int64_t total);
/* The frame under way is done up to part, 0..1. */
void progress_part(struct progress *progress, double part);
/* The kernels that the frame under way needs are built up to part, 0..1; said where it takes longer
 * than a second. */
void progress_prepare(struct progress *progress, double part);
/* One more frame is done. */
void progress_frame(struct progress *progress);
/* Shows the last state and ends the line. */
void progress_end(struct progress *progress);

/* A line that the person should see, between the others; a PROGRESS_NONE hides it. No newline. */
void progress_note(struct progress *progress, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Likewise, of what went wrong: a PROGRESS_NONE shows it too. */
void progress_error(struct progress *progress, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Writes the bar ("[####----] 12/96 frames  3.1 fps  0:27 left"), at most columns characters wide,
 * into line[size]; where columns is too small for all, the bar goes first. With all frames done it
 * ends "in 0:31", the time taken. A pure function. */
void progress_format_bar(char *line, size_t size, const struct progress_state *state, int columns);
/* Writes the plain form ("12 of 96 frames, 3.1 frames per second, 0:27 left"). */
void progress_format_line(char *line, size_t size, const struct progress_state *state);

#endif
