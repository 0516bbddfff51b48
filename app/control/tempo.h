/* A tempo that is tapped: taps that follow each other set it, and beats go on by it. A tap that
 * comes alone ends it. Times are nanoseconds on one clock, given from outside. */
#ifndef APP_CONTROL_TEMPO_H
#define APP_CONTROL_TEMPO_H

#include <stdbool.h>
#include <stdint.h>

enum { TEMPO_TAPS = 8 }; /* that the tempo is the mean of */

/* Zeroed: there is none. */
struct tempo {
	int64_t taps[TEMPO_TAPS]; /* the newest last */
	int count;                /* of them */
	int64_t period;           /* from beat to beat; 0: there is no tempo */
	int64_t last_beat;
};

/* A beat is tapped now. */
void tempo_tap(struct tempo *tempo, int64_t now);

/* Whether a beat is due, each one once. One that is late by more than a period is left out. */
bool tempo_beats(struct tempo *tempo, int64_t now);

/* Beats a minute; 0: there is no tempo. */
double tempo_per_minute(const struct tempo *tempo);

#endif
