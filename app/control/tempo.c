#include "app/control/tempo.h"

#include <string.h>

#include "app/base/clock.h"

static const int64_t longest = 2 * CLOCK_SECOND;                /* from tap to tap: 30 a minute */
static const int64_t shortest = 60 * CLOCK_SECOND / TEMPO_MOST; /* nearer ones are one tap */

/* ---- beats that are given one by one ---- */

/* False: it is the one before. */
static bool note_tap(struct tempo *tempo, int64_t now)
{
	int64_t since = tempo->count ? now - tempo->taps[TEMPO_TAPS - 1] : 0;
	if (tempo->count && since < shortest)
		return false;
	if (since > longest)
		tempo->count = 0;
	memmove(tempo->taps, tempo->taps + 1, (TEMPO_TAPS - 1) * sizeof(tempo->taps[0]));
	tempo->taps[TEMPO_TAPS - 1] = now;
	if (tempo->count < TEMPO_TAPS)
		tempo->count++;
	return true;
}

/* The tap is a beat itself, unless that came a little early; those to come follow it. */
static void place_beat(struct tempo *tempo, int64_t now, bool has_begun)
{
	bool has_come = has_begun && now - tempo->last_beat < tempo->period / 2;
	tempo->last_beat = has_come ? now : now - tempo->period;
}

static void set_mean(struct tempo *tempo, int64_t now)
{
	tempo->period = tempo->count > 1 ? (now - tempo->taps[TEMPO_TAPS - tempo->count]) /
	                                           (tempo->count - 1)
	                                 : 0;
}

/* Another source has the say from now on. */
static void take_over(struct tempo *tempo, enum tempo_source source)
{
	if (tempo->source != source)
		tempo->count = 0;
	tempo->source = source;
}

/* False: it is the one before. */
static bool go_by_taps(struct tempo *tempo, enum tempo_source source, int64_t now)
{
	take_over(tempo, source);
	if (!note_tap(tempo, now))
		return false;
	set_mean(tempo, now);
	place_beat(tempo, now, tempo->count > 2);
	return true;
}

void tempo_tap(struct tempo *tempo, int64_t now)
{
	if (tempo->source != TEMPO_CLOCKED)
		go_by_taps(tempo, TEMPO_TAPPED, now);
}

void tempo_beat(struct tempo *tempo, int64_t now)
{
	if (tempo->source == TEMPO_CLOCKED)
		return;
	if (tempo->source == TEMPO_TOLD)
		place_beat(tempo, now, true);
	else if (go_by_taps(tempo, TEMPO_BEATEN, now))
		tempo->begins = tempo->count == 1;
}

void tempo_set(struct tempo *tempo, double per_minute, int64_t now)
{
	int64_t period = per_minute > 0 ? (int64_t)(60 * (double)CLOCK_SECOND / per_minute) : 0;
	if (tempo->source == TEMPO_CLOCKED)
		return;
	take_over(tempo, period ? TEMPO_TOLD : TEMPO_TAPPED);
	tempo->begins = period && !tempo->period;
	if (tempo->period)
		tempo->last_beat = now - (int64_t)((double)(now - tempo->last_beat) *
		                                   (double)period / (double)tempo->period);
	tempo->period = period;
}

/* ---- a MIDI clock ---- */

void tempo_follow(struct tempo *tempo, const struct midi_clock *clock)
{
	unsigned come = clock->count - tempo->clock_count;
	tempo->clock_count = clock->count;
	if (midi_clock_leads(clock)) {
		take_over(tempo, TEMPO_CLOCKED);
		tempo->begins = false;
		tempo->period = (int64_t)clock->beat_length;
		tempo->come += come;
		if (come) {
			tempo->last_beat = clock->beat_at;
			tempo->beat = clock->beat;
		}
	} else if (tempo->source == TEMPO_CLOCKED) {
		take_over(tempo, TEMPO_LEFT);
		tempo->come = 0;
		/* It was stopped by somebody, or else it was lost, and the music goes on. */
		if (clock->is_stopped)
			tempo->period = 0;
	}
}

/* ---- beats ---- */

static bool leads(const struct tempo *tempo, int64_t now)
{
	return tempo->source == TEMPO_TOLD || tempo->source == TEMPO_CLOCKED ||
	       (tempo->source == TEMPO_BEATEN && now - tempo->taps[TEMPO_TAPS - 1] <= longest);
}

/* Whether the tempo has one. */
static bool is_due(struct tempo *tempo, int64_t now)
{
	int64_t since = now - tempo->last_beat;
	if (tempo->source == TEMPO_CLOCKED)
		return tempo->come > 0;
	if (tempo->begins) {
		tempo->last_beat = now;
		return true;
	}
	if (!tempo->period || since < tempo->period)
		return false;
	tempo->last_beat += since / tempo->period * tempo->period;
	return true;
}

static void count_beat(struct tempo *tempo)
{
	tempo->steps = tempo->source == TEMPO_CLOCKED ? tempo->come : 1;
	if (tempo->begins)
		tempo->beat = 0;
	else if (tempo->source != TEMPO_CLOCKED)
		tempo->beat++;
	tempo->begins = false;
	tempo->come = 0;
}

bool tempo_beats(struct tempo *tempo, int64_t now, bool is_quiet, bool heard)
{
	bool has_one = is_due(tempo, now);
	if (leads(tempo, now) || is_quiet ? !has_one : !heard)
		return false;
	count_beat(tempo);
	return true;
}

double tempo_per_minute(const struct tempo *tempo)
{
	return tempo->period ? 60e9 / (double)tempo->period : 0;
}
