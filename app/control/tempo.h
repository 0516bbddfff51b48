/* The beats that a session goes by: those of a MIDI clock while one runs; else those that another
 * program tells, by a tempo or one by one; else those that are heard in sound; else those of the
 * last tempo, which is tapped by hand or was left by a clock that went away. They have one count,
 * by which every fourth is told from the others. Times are nanoseconds on one clock, given from
 * outside. */
#ifndef APP_CONTROL_TEMPO_H
#define APP_CONTROL_TEMPO_H

#include <stdbool.h>
#include <stdint.h>

#include "app/control/midi_clock.h"

enum { TEMPO_TAPS = 8, TEMPO_MOST = 300 }; /* that the tempo is the mean of; beats a minute */

/* Where the tempo is from. */
enum tempo_source {
	TEMPO_TAPPED, /* by hand */
	TEMPO_TOLD,   /* as a number */
	TEMPO_BEATEN, /* one by one */
	TEMPO_CLOCKED,
	TEMPO_LEFT, /* by a clock that was lost */
};

/* Zeroed: there is none. */
struct tempo {
	enum tempo_source source;
	unsigned beat, steps; /* the last beat's number, and how many it stands for */

	/* private */
	int64_t taps[TEMPO_TAPS]; /* the newest last */
	int count;                /* of them */
	int64_t period;           /* from beat to beat; 0: there is no tempo */
	int64_t last_beat;
	bool begins;          /* the next beat is the first of the count, and due now */
	unsigned clock_count; /* as it was last */
	unsigned come;        /* beats of the clock that were not asked for yet */
};

/* A beat is tapped by hand. Taps that follow each other set the tempo; one that comes alone ends
 * it. While a MIDI clock runs they do nothing, and nor do the two below. */
void tempo_tap(struct tempo *tempo, int64_t now);

/* Another program tells a beat: the first one is the first of the count; those that follow within
 * two seconds tell the tempo, unless that was told as a number. They lead until two seconds after
 * the last. */
void tempo_beat(struct tempo *tempo, int64_t now);

/* It tells the tempo, beats a minute, which leads from then on; 0 ends it. Where there was none it
 * begins with its first beat. */
void tempo_set(struct tempo *tempo, double per_minute, int64_t now);

/* Takes over what a MIDI clock says, whether it runs or not, whenever beats are looked for. */
void tempo_follow(struct tempo *tempo, const struct midi_clock *clock);

/* Whether a beat is due, each one once, which is counted then. Several that are due are one, which
 * stands for all of a clock's and otherwise for itself. heard: one came in sound; is_quiet: none
 * can. */
bool tempo_beats(struct tempo *tempo, int64_t now, bool is_quiet, bool heard);

/* Beats a minute; 0: there is no tempo. */
double tempo_per_minute(const struct tempo *tempo);

#endif
