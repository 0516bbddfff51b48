#include "app/control/tempo.h"

#include <string.h>

#include "app/base/clock.h"

static const int64_t longest = 2 * CLOCK_SECOND;  /* from tap to tap: 30 a minute */
static const int64_t shortest = CLOCK_SECOND / 5; /* 300 a minute; nearer ones are one tap */

void tempo_tap(struct tempo *tempo, int64_t now)
{
	int64_t since = tempo->count ? now - tempo->taps[TEMPO_TAPS - 1] : 0;
	if (tempo->count && since < shortest)
		return;
	if (since > longest)
		*tempo = (struct tempo){.count = 0};
	memmove(tempo->taps, tempo->taps + 1, (TEMPO_TAPS - 1) * sizeof(tempo->taps[0]));
	tempo->taps[TEMPO_TAPS - 1] = now;
	if (tempo->count < TEMPO_TAPS)
		tempo->count++;
	if (tempo->count > 1)
		tempo->period = (now - tempo->taps[TEMPO_TAPS - tempo->count]) / (tempo->count - 1);
	/* The tap is a beat itself, unless that came a little early; those to come follow it. */
	bool has_come = tempo->count > 2 && now - tempo->last_beat < tempo->period / 2;
	tempo->last_beat = has_come ? now : now - tempo->period;
}

bool tempo_beats(struct tempo *tempo, int64_t now)
{
	int64_t since = now - tempo->last_beat;
	if (!tempo->period || since < tempo->period)
		return false;
	tempo->last_beat += since / tempo->period * tempo->period;
	return true;
}

double tempo_per_minute(const struct tempo *tempo)
{
	return tempo->period ? 60e9 / (double)tempo->period : 0;
}
