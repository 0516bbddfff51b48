/* The clock that drum machines, mixers and players send over MIDI: 24 pulses a beat, and where a
 * song starts, stops and goes on. Beats are counted by pulses, so that they never run away from
 * those of the sender; how long one lasts is smoothed, since cables and buses deliver pulses
 * unevenly. Many a mixer sends pulses alone: then any pulse is the first beat.
 *
 * No sequencer and no threads are known here. Times are nanoseconds on one clock, given from
 * outside. */
#ifndef APP_CONTROL_MIDI_CLOCK_H
#define APP_CONTROL_MIDI_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

enum {
	MIDI_CLOCK_BEAT = 24,     /* pulses */
	MIDI_CLOCK_SIXTEENTH = 6, /* what positions in songs are counted by */
};

/* Without a pulse for so long, the clock is gone. */
enum { MIDI_CLOCK_PATIENCE_MS = 1000 };

/* Zeroed, none was heard yet. */
struct midi_clock {
	bool is_there;      /* pulses come */
	bool is_stopped;    /* the song is, whether or not pulses come */
	unsigned beat;      /* the last one, from 0 on at the start of the song */
	unsigned count;     /* of all beats that came */
	int64_t beat_at;    /* when the last came */
	double beat_length; /* 0: not known yet */

	/* private */
	bool goes_on;              /* the song, since the last pulse */
	int64_t pulse_at;          /* the last one */
	unsigned next;             /* pulse of the song */
	double expected, length;   /* when the next should come, and how long one lasts */
	unsigned smoothed, astray; /* pulses that length is from, and those far from expected */
};

/* A pulse came. */
void midi_clock_pulse(struct midi_clock *clock, int64_t now);

/* The next pulse is the song's first one; it goes on where it was; no pulse is a beat from now on.
 */
void midi_clock_start(struct midi_clock *clock);
void midi_clock_continue(struct midi_clock *clock);
void midi_clock_stop(struct midi_clock *clock);

/* The next pulse is that of so many sixteenths from the beginning of the song. */
void midi_clock_locate(struct midi_clock *clock, unsigned sixteenths);

/* Whether it is there no more, but for having been told so. */
bool midi_clock_is_silent(const struct midi_clock *clock, int64_t now);

/* No more pulses come. One that comes back is taken for where the song would be by then. */
void midi_clock_lose(struct midi_clock *clock);

/* Whether its beats are those to go by. */
bool midi_clock_leads(const struct midi_clock *clock);

#endif
