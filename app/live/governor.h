/* The governor: how good a dream may be, so that it keeps up.
 *
 * Quality is a ladder. At its top stands what the person wishes; each rung below gives up a little
 * of what is missed least for what it saves: of warm steps, the quality of the flow, the dream's
 * size or warm octaves. What is missed is depth, how much of a dream the network sees in what is
 * shown, at its size and the three octaves below, which an octave serves that lies near. The
 * governor predicts what a dream of each rung takes from what the last ones took, goes
 * down soon after the target is missed, and climbs only when there has been headroom for a while,
 * then as far as there is headroom, since every change of size is seen: the dream goes on, but
 * resized. That while is four times as long after every climb that had to be taken back, so that it
 * comes to rest.
 *
 * A pure function of what is measured: no clock, no threads, no allocation; of the engine only
 * rv_warm_steps. */
#ifndef APP_LIVE_GOVERNOR_H
#define APP_LIVE_GOVERNOR_H

#include "engine/reverie.h"

/* What a person wants, and what the governor makes of it. */
struct governor_quality {
	int width, height;  /* of the dream, pixels */
	int warm_steps;     /* 0: as many as keep the depth */
	float warm_share;   /* of those that 0 stands for, the part that is taken */
	int warm_octaves;   /* at least 1 */
	float octave_scale; /* never traded */
	int iterations; /* of a cold dream, of which warm ones take their shares; never traded */
	rv_flow_quality flow; /* of the optical flow */
};

/* What a person keeps the governor from changing, as bits. */
enum governor_lock {
	GOVERNOR_STEPS = 1 << 0,
	GOVERNOR_OCTAVES = 1 << 1,
	GOVERNOR_SIZE = 1 << 2,
	GOVERNOR_FLOW = 1 << 3,
};

enum { GOVERNOR_RUNGS_MAX = 48 };

struct governor {
	struct governor_quality wish;
	unsigned locks;
	struct governor_quality ladder[GOVERNOR_RUNGS_MAX]; /* [0]: the best there may be */
	int rungs, rung;
	int measured;        /* dreams at this rung */
	double unit;         /* milliseconds for each unit of cost, smoothed over them */
	double headroom_for; /* milliseconds for which the next rung up would have fitted */
	double missed_for;   /* milliseconds for which the target was missed */
	double patience;     /* milliseconds that headroom_for must reach before a climb */
	bool climbed;        /* the last change was a climb */
};

/* Starts at the rung of the wish, or, if start_pixels is not 0, at the highest one whose dream has
 * at most so many. locks are bits of enum governor_lock: what they name stays as wished. */
void governor_init(struct governor *governor, const struct governor_quality *wish, unsigned locks,
                   int start_pixels);

/* Takes over a wish and locks that may have changed, and stays as near to the quality so far as the
 * new ladder allows. What is locked now stays as it is, until a wish for it changes. */
void governor_wish(struct governor *governor, const struct governor_quality *wish, unsigned locks);

/* Tells that a warm dream of the present quality took `milliseconds`, where `target` are allowed,
 * both above 0. */
void governor_measure(struct governor *governor, double milliseconds, double target);

/* The quality to dream at. */
const struct governor_quality *governor_quality(const struct governor *governor);

#endif
