#include "app/control/score_curve.h"

#include <math.h>
#include <stdlib.h>

/* ---- keys ---- */

static bool is_later(const struct score_key *a, const struct score_key *b)
{
	return a->time > b->time || (a->time >= b->time && a->line > b->line);
}

rv_status score_track_append(struct score_track *track, const struct score_key *key,
                             rv_error *error)
{
	if (track->count == track->room) {
		int room = track->room ? 2 * track->room : 8;
		struct score_key *keys = realloc(track->keys, (size_t)room * sizeof(*keys));
		if (!keys)
			return rv_fail(error, RV_MEMORY, "out of memory for a score");
		track->keys = keys;
		track->room = room;
	}
	track->keys[track->count++] = *key;
	return RV_OK;
}

rv_status score_track_add(struct score_track *track, const struct score_key *key, rv_error *error)
{
	int at = track->count;
	rv_status status = score_track_append(track, key, error);
	if (status != RV_OK)
		return status;
	for (; at > 0 && is_later(&track->keys[at - 1], key); at--)
		track->keys[at] = track->keys[at - 1];
	track->keys[at] = *key;
	return RV_OK;
}

static int by_time(const void *a, const void *b)
{
	return is_later(a, b) - is_later(b, a);
}

void score_track_sort(struct score_track *track)
{
	if (track->count)
		qsort(track->keys, (size_t)track->count, sizeof(*track->keys), by_time);
}

void score_track_release(struct score_track *track)
{
	for (int i = 0; i < track->count; i++)
		free(track->keys[i].text);
	free(track->keys);
	*track = (struct score_track){0};
}

int score_track_after(const struct score_track *track, double seconds)
{
	int low = 0, high = track->count;
	while (low < high) {
		int middle = low + (high - low) / 2;
		if (track->keys[middle].time <= seconds)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The index of the last key that has begun, or -1. */
static int last_begun(const struct score_track *track, double seconds)
{
	return score_track_after(track, seconds + SCORE_SLACK) - 1;
}

/* ---- waves ---- */

double score_ease(enum score_easing easing, double part)
{
	part = part < 0 ? 0 : part > 1 ? 1 : part;
	switch (easing) {
	case SCORE_LINEAR:
		return part;
	case SCORE_SMOOTH:
		return part * part * (3 - 2 * part);
	default:
		return part < 1 ? 0 : 1;
	}
}

/* A number from 0 to 1, mixed as splitmix64 does (Steele, Lea, Flood: "Fast splittable pseudorandom
 * number generators", 2014). */
static double random_number(uint64_t seed, double round)
{
	uint64_t z = (seed + 1) * 0x9e3779b97f4a7c15u + (uint64_t)(int64_t)round;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (double)((z ^ z >> 31) >> 11) / (double)(UINT64_C(1) << 53);
}

static double chance(const struct score_key *key, double seconds)
{
	double round = floor((seconds - key->time + SCORE_SLACK) / key->period);
	double part = (seconds - key->time) / key->period - round;
	double from = random_number(key->seed, round), to = random_number(key->seed, round + 1);
	return from + (to - from) * score_ease(key->easing, part);
}

/* 0..1 between low and high. */
static double wave(const struct score_key *key, double seconds)
{
	double turns = (seconds - key->time) / key->period, part = turns - floor(turns);
	if (key->kind == SCORE_RANDOM)
		return chance(key, seconds);
	return key->kind == SCORE_SINE ? (1 - cos(2 * acos(-1) * part)) / 2
	                               : 1 - fabs(1 - 2 * part);
}

/* ---- values ---- */

/* A key and when it comes, which in a loop may be in the round before or after. */
struct stop {
	const struct score_key *key; /* NULL: there is none */
	double shift;                /* to be added to the key's time */
};

static struct score_value in_loop(const struct score_part *loop, int option, double seconds);

static struct score_value value_of(const struct stop *stop, int option, double seconds)
{
	const struct score_key *key = stop->key;
	double local = seconds - stop->shift;
	if (key->kind == SCORE_LOOP)
		return in_loop(key->loop, option, local - key->time);
	if (key->kind != SCORE_VALUE)
		return (struct score_value){
			true, key->low + (key->high - key->low) * wave(key, local), NULL};
	return (struct score_value){!key->text, key->number, key->text};
}

static struct score_value between(const struct stop *last, const struct stop *next, int option,
                                  double seconds, double initial)
{
	struct score_value value = {false, initial, NULL};
	double begin = last->key ? last->key->time + last->shift : 0;
	if (last->key)
		value = value_of(last, option, seconds);
	if (!next->key || next->key->kind != SCORE_VALUE || next->key->easing == SCORE_HOLD)
		return value;
	double end = next->key->time + next->shift;
	if (end <= begin)
		return value;
	double part = score_ease(next->key->easing, (seconds - begin) / (end - begin));
	return (struct score_value){true, value.number + (next->key->number - value.number) * part,
	                            NULL};
}

/* A loop is a ring: before its first key is its last one. After its last round it stays as it ends.
 */
static struct score_value in_loop(const struct score_part *loop, int option, double seconds)
{
	const struct score_track *track = &loop->tracks[option];
	double round = floor((seconds + SCORE_SLACK) / loop->length);
	bool is_over = round >= loop->rounds;
	double local = is_over ? loop->length : seconds - round * loop->length;
	int index = last_begun(track, local);
	struct stop last = {&track->keys[index], 0}, next = {&track->keys[index + 1], 0};
	if (index < 0)
		last = (struct stop){&track->keys[track->count - 1], -loop->length};
	if (is_over)
		next.key = NULL;
	else if (index + 1 == track->count)
		next = (struct stop){&track->keys[0], loop->length};
	return between(&last, &next, option, local, 0);
}

struct score_value score_value_at(const struct score_part *part, int option, double seconds,
                                  double initial)
{
	const struct score_track *track = &part->tracks[option];
	if (!track->count)
		return (struct score_value){false, initial, NULL};
	if (part->length > 0)
		return in_loop(part, option, seconds);
	int index = last_begun(track, seconds);
	struct stop last = {index < 0 ? NULL : &track->keys[index], 0};
	struct stop next = {index + 1 < track->count ? &track->keys[index + 1] : NULL, 0};
	return between(&last, &next, option, seconds, initial);
}
