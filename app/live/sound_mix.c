#include "app/live/sound_mix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"

enum { STRETCH = SOUND_MIX_ROOM / 2 }; /* samples that are laid at a time */

static const int64_t tolerance = 10000000; /* by which blocks that follow each other may be off */

static int64_t samples_in(int64_t time)
{
	return llround((double)time * SOUND_RATE / CLOCK_SECOND);
}

static int64_t time_of(int64_t samples)
{
	return llround((double)samples * CLOCK_SECOND / SOUND_RATE);
}

/* ---- voices ---- */

void sound_mix_add_voice(struct sound_mix *mix, struct sound_voice *voice)
{
	voice->next = mix->voices;
	mix->voices = voice;
}

void sound_mix_remove_voice(struct sound_mix *mix, struct sound_voice *voice)
{
	struct sound_voice **place = &mix->voices;
	while (*place && *place != voice)
		place = &(*place)->next;
	if (*place)
		*place = voice->next;
}

static double level_at(const struct sound_voice *voice, int64_t time)
{
	double passed = time > voice->since ? (double)(time - voice->since) : 0;
	return fmin(fmax(voice->level + voice->slope * passed, 0), 1);
}

bool sound_voice_is_silent(const struct sound_voice *voice, int64_t time)
{
	return voice->slope <= 0 && level_at(voice, time) <= 0;
}

void sound_mix_turn_to(struct sound_mix *mix, const struct sound_voice *voice, int64_t time,
                       double seconds)
{
	for (struct sound_voice *each = mix->voices; each; each = each->next) {
		double target = each == voice ? 1 : 0;
		if (each == voice && level_at(each, time) <= 0)
			each->end = time; /* so that it is waited for */
		each->level = seconds > 0 ? level_at(each, time) : target;
		each->slope = seconds > 0 ? (2 * target - 1) / (seconds * CLOCK_SECOND) : 0;
		each->since = time;
	}
}

/* ---- what is held ---- */

static void hand_on(struct sound_mix *mix, int64_t count, struct queue *queue)
{
	struct sound *sound;
	int rest = mix->filled - (int)count;
	if (count <= 0)
		return;
	if (sound_create(&sound, mix->start, (int)count, NULL) == RV_OK) {
		memcpy(sound->samples, mix->held,
		       (size_t)count * SOUND_CHANNELS * sizeof(mix->held[0]));
		queue_push(queue, sound, 0);
	}
	memmove(mix->held, mix->held + count * SOUND_CHANNELS,
	        (size_t)rest * SOUND_CHANNELS * sizeof(mix->held[0]));
	memset(mix->held + (ptrdiff_t)rest * SOUND_CHANNELS, 0,
	       (size_t)count * SOUND_CHANNELS * sizeof(mix->held[0]));
	mix->start += time_of(count);
	mix->filled = rest;
}

/* How many of the samples that are held no voice adds to any more. One that was not heard for
 * longer than there is room is not waited for. */
static int64_t count_complete(const struct sound_mix *mix)
{
	int64_t complete = mix->filled;
	for (const struct sound_voice *voice = mix->voices; voice; voice = voice->next) {
		int64_t end = samples_in(voice->end - mix->start);
		if (sound_voice_is_silent(voice, mix->start) || end <= -SOUND_MIX_ROOM)
			continue;
		complete = end < complete ? end : complete;
	}
	return complete;
}

static void add_samples(struct sound_mix *mix, const struct sound_voice *voice,
                        const float *samples, int64_t at, int count)
{
	float *held = mix->held + at * SOUND_CHANNELS;
	for (int i = 0; i < count; i++) {
		double level = level_at(voice, mix->start + time_of(at + i));
		float gain = (float)sin(level * M_PI / 2);
		for (int c = 0; c < SOUND_CHANNELS; c++)
			held[i * SOUND_CHANNELS + c] += gain * samples[i * SOUND_CHANNELS + c];
	}
}

/* Lays count samples that follow voice->end; those whose time has gone are left out. */
static void lay(struct sound_mix *mix, struct sound_voice *voice, const float *samples, int count,
                struct queue *queue)
{
	int64_t at = samples_in(voice->end - mix->start);
	if (at > SOUND_MIX_ROOM) /* all that is held is late */
		hand_on(mix, mix->filled, queue);
	if (!mix->filled && at > 0)
		mix->start = voice->end;
	at = samples_in(voice->end - mix->start);
	if (at > mix->filled)
		mix->filled = (int)at; /* with silence */
	hand_on(mix, at + count - SOUND_MIX_ROOM, queue);
	at = samples_in(voice->end - mix->start);
	int64_t gone = at < 0 ? (-at < count ? -at : count) : 0;
	add_samples(mix, voice, samples + gone * SOUND_CHANNELS, at + gone, count - (int)gone);
	if (at + count > mix->filled)
		mix->filled = (int)(at + count);
	voice->end += time_of(count);
	hand_on(mix, count_complete(mix), queue);
}

/* ---- blocks ---- */

/* Whether the voice alone is heard from a time on, as loud as it is, and has added to all that is
 * held. */
static bool is_alone(const struct sound_mix *mix, const struct sound_voice *voice, int64_t time)
{
	if (samples_in(voice->end - mix->start) < mix->filled)
		return false;
	for (const struct sound_voice *each = mix->voices; each; each = each->next)
		if (each != voice && !sound_voice_is_silent(each, time))
			return false;
	return level_at(voice, time) >= 1;
}

static void pass_on(struct sound_mix *mix, struct sound_voice *voice, struct sound *sound,
                    struct queue *queue)
{
	hand_on(mix, mix->filled, queue);
	voice->end = mix->start = sound->time + time_of(sound->count);
	queue_push(queue, sound, 0);
}

void sound_mix_take(struct sound_mix *mix, struct sound_voice *voice, struct sound *sound,
                    struct queue *queue)
{
	if (sound_voice_is_silent(voice, sound->time)) {
		sound_release(sound);
		return;
	}
	if (is_alone(mix, voice, sound->time)) {
		pass_on(mix, voice, sound, queue);
		return;
	}
	int done = 0;
	if (sound->time > voice->end + tolerance)
		voice->end = sound->time;
	else if (sound->time < voice->end - tolerance)
		done = (int)fmin((double)samples_in(voice->end - sound->time), sound->count);
	for (; done < sound->count; done += STRETCH) {
		int left = sound->count - done;
		lay(mix, voice, sound->samples + (ptrdiff_t)done * SOUND_CHANNELS,
		    left < STRETCH ? left : STRETCH, queue);
	}
	sound_release(sound);
}
