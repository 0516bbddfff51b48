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
 * comes to rest; but not up to a rung that held before, as where a machine was busy for a while.
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
	int before;          /* dreams that earlier ones count as */
	double spent, costs; /* milliseconds of a dream and units of cost, smoothed */
	double effort;       /* of the cost that is usual at a rung, the part that scenes ask for */
	double headroom_for; /* milliseconds for which the next rung up would have fitted */
	double missed_for;   /* milliseconds for which the target was missed */
	double held_for;     /* milliseconds since the last change */
	double patience;     /* milliseconds that headroom_for must reach before a climb */
	int proven;          /* the best rung that held; GOVERNOR_RUNGS_MAX: none is known */
	int climbed_from;    /* the rung that a climb left which is still to be judged; 0: none */
};

/* Starts at the rung of the wish, or, if start_pixels is not 0, at the highest one whose dream has
 * at most so many. locks are bits of enum governor_lock: what they name stays as wished. */
void governor_init(struct governor *governor, const struct governor_quality *wish, unsigned locks,
                   int start_pixels);

/* Takes over a wish and locks that may have changed, and stays as near to the quality so far as the
 * new ladder allows. What is locked now stays as it is, until a wish for it changes. */
void governor_wish(struct governor *governor, const struct governor_quality *wish, unsigned locks);

/* What is measured of a warm dream. */
struct governor_dream {
	double milliseconds; /* above 0 */
	double steps;        /* of its gradient */
	double megapixels;   /* that those steps saw, one after the other */
	bool begins;         /* a scene, which asks for more of them than it does later */
};

/* Tells what a dream of the present quality took, where `target` milliseconds are allowed. */
void governor_measure(struct governor *governor, const struct governor_dream *dream, double target);

/* The quality to dream at. */
const struct governor_quality *governor_quality(const struct governor *governor);

#endif
