#include "app/control/midi_clock.h"

#include <math.h>

#include "app/base/clock.h"

static const int64_t patience = CLOCK_SECOND / 1000 * MIDI_CLOCK_PATIENCE_MS;

enum {
	SETTLED = 48,     /* pulses that the length of one is smoothed over: two beats */
	TELLING = 6,      /* from so many on it is worth telling */
	ASTRAY_MOST = 12, /* in a row: it is another tempo */
};

/* 300 beats a minute: what comes faster was held up on its way, and tells no length. */
static const double shortest = (double)CLOCK_SECOND / 5 / MIDI_CLOCK_BEAT;

/* For so long a clock that was lost is thought to have gone on evenly: a minute, in pulses of two
 * beats a second. */
static const double gap_most = 60 * 2 * MIDI_CLOCK_BEAT;

/* ---- how long a pulse lasts ---- */

static void smooth_anew(struct midi_clock *clock, int64_t now)
{
	clock->expected = (double)now;
	clock->smoothed = 1;
	clock->astray = 0;
}

/* A straight line through the pulses so far, later through the last ones: the first of two that
 * follow each other tells the length, each one more corrects it by less, down to a share that
 * follows a hand at the pitch within two beats. One that comes far from where it should, as after
 * the bus was held up, counts as half a pulse off. */
static void smooth(struct midi_clock *clock, int64_t now)
{
	double n = clock->smoothed < SETTLED ? ++clock->smoothed : SETTLED;
	double place = 2 * (2 * n - 1) / (n * (n + 1)), rate = 6 / (n * (n + 1));
	if (clock->smoothed == 2) {
		clock->length = (double)(now - clock->pulse_at);
		clock->expected = (double)now + clock->length;
		return;
	}
	double error = (double)now - clock->expected, most = clock->length / 2;
	clock->astray = fabs(error) > most ? clock->astray + 1 : 0;
	error = fmax(-most, fmin(most, error));
	clock->length += rate * error;
	clock->expected += place * error + clock->length;
	if (clock->astray > ASTRAY_MOST)
		smooth_anew(clock, now);
}

/* ---- where it is ---- */

/* How many pulses did not arrive while the song went on. */
static unsigned missed(const struct midi_clock *clock, int64_t now)
{
	double pulses =
		clock->length > shortest ? (double)(now - clock->pulse_at) / clock->length : 0;
	return clock->goes_on && pulses > 1 && pulses < gap_most ? (unsigned)lround(pulses) - 1 : 0;
}

static void note_beat(struct midi_clock *clock, int64_t now)
{
	clock->beat = clock->next / MIDI_CLOCK_BEAT;
	clock->beat_at = now;
	clock->count++;
}

void midi_clock_pulse(struct midi_clock *clock, int64_t now)
{
	if (clock->is_there) {
		smooth(clock, now);
	} else {
		clock->next += missed(clock, now);
		smooth_anew(clock, now);
	}
	if (clock->smoothed >= TELLING)
		clock->beat_length = clock->length > shortest ? clock->length * MIDI_CLOCK_BEAT : 0;
	clock->is_there = true;
	clock->pulse_at = now;
	clock->goes_on = !clock->is_stopped;
	if (clock->is_stopped)
		return;
	if (clock->next % MIDI_CLOCK_BEAT == 0)
		note_beat(clock, now);
	clock->next++;
}

void midi_clock_locate(struct midi_clock *clock, unsigned sixteenths)
{
	clock->next = sixteenths * MIDI_CLOCK_SIXTEENTH;
	clock->goes_on = false;
}

void midi_clock_continue(struct midi_clock *clock)
{
	clock->is_stopped = clock->goes_on = false;
}

void midi_clock_start(struct midi_clock *clock)
{
	midi_clock_locate(clock, 0);
	midi_clock_continue(clock);
}

void midi_clock_stop(struct midi_clock *clock)
{
	clock->is_stopped = true;
}

bool midi_clock_is_silent(const struct midi_clock *clock, int64_t now)
{
	return clock->is_there && now - clock->pulse_at >= patience;
}

void midi_clock_lose(struct midi_clock *clock)
{
	clock->is_there = clock->is_stopped = false;
}

bool midi_clock_leads(const struct midi_clock *clock)
{
	return clock->is_there && !clock->is_stopped;
}
