/* How the options of a score go along in time. Everything here is arithmetic: what an option is at
 * a time follows from that time alone, so that frames may be dreamed in any order and by anybody.
 */
#ifndef APP_CONTROL_SCORE_CURVE_H
#define APP_CONTROL_SCORE_CURVE_H

#include "app/options/options.h"

/* Containers round the times of frames, Matroska to milliseconds: a key counts from so many seconds
 * before its time on. */
#define SCORE_SLACK 0.001

/* How a value is come to from the one before. */
enum score_easing { SCORE_HOLD, SCORE_LINEAR, SCORE_SMOOTH };

enum score_kind {
	SCORE_VALUE,
	SCORE_SINE,     /* from low to high and back in a period */
	SCORE_TRIANGLE, /* the same, evenly */
	SCORE_RANDOM,   /* between low and high, another number each period */
	SCORE_LOOP,
};

struct score_part;

/* From its time on, until that of the next, an option is what a key says. Times are seconds from
 * the beginning of the part. */
struct score_key {
	double time;
	int line; /* of two at one time the one further down counts */
	enum score_kind kind;
	enum score_easing easing; /* of a value: the way to it; of chance: from number to number */
	char *text;               /* of a value that is no number, owned; else NULL */
	double number;            /* of one that is */
	double low, high, period;
	uint64_t seed;
	const struct score_part *loop;
};

/* The keys of one option, in the order of time. Zeroed, it is empty. */
struct score_track {
	int count, room;
	struct score_key *keys; /* owned */
};

/* The score itself, or what is repeated in it. */
struct score_part {
	double length;                          /* of one round; 0: it is not repeated */
	double rounds;                          /* INFINITY: without end */
	struct score_track tracks[OPTIONS_MAX]; /* by the place of the option in the table */
};

/* What an option is. Nothing is said of it where text is NULL and is_number false. */
struct score_value {
	bool is_number;
	double number;
	const char *text; /* the key's */
};

/* Adds a key, whose text goes over to the track, behind those of its time. RV_MEMORY. */
rv_status score_track_add(struct score_track *track, const struct score_key *key, rv_error *error);
/* The same for many, in whatever order they come: behind all others, until they are sorted. */
rv_status score_track_append(struct score_track *track, const struct score_key *key,
                             rv_error *error);
void score_track_sort(struct score_track *track);
/* The index of the first key after a time; count where there is none. */
int score_track_after(const struct score_track *track, double seconds);
void score_track_release(struct score_track *track);

/* How much of the way to a value is made after `part` of the time, 0..1. */
double score_ease(enum score_easing easing, double part);

/* What the option at that place of the table is after so many seconds of part. initial: the number
 * that it has before its first key, if it is one. */
struct score_value score_value_at(const struct score_part *part, int option, double seconds,
                                  double initial);

#endif
