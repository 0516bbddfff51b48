#include "app/live/governor.h"

#include <math.h>
#include <string.h>

enum {
	SIDE_MIN = 96,     /* a network sees little in less */
	SIDE_MULTIPLE = 8, /* sizes are rounded to it */
	SIZES = 4,         /* at which depth is asked for */
	REMEMBERED = 3,    /* dreams that those of other rungs count as */
	RECOVERING = 8     /* dreams of a new size, which take more than later ones */
};

static const double size_ratio = 0.92;     /* from rung to rung: about 0.85 of the pixels */
static const double smoothing = 0.05;      /* the least weight of the newest measurement */
static const double headroom = 0.92;       /* of the target, that a climb must fit into */
static const double patience_first = 600;  /* milliseconds: the start is a guess */
static const double patience_eager = 150;  /* milliseconds, where twice the cost fits */
static const double patience_least = 3000; /* milliseconds */
static const double patience_most = 3.6e6; /* milliseconds */
static const double proof = 60000;         /* milliseconds that a climb must hold at least */
static const double miss_tolerated = 400;  /* milliseconds: a hiccup is no reason to go down */

/* ---- giving up a little ---- */

static bool same(const struct governor_quality *a, const struct governor_quality *b)
{
	return a->width == b->width && a->height == b->height && a->warm_steps == b->warm_steps &&
	       a->warm_share == b->warm_share && a->warm_octaves == b->warm_octaves &&
	       a->octave_scale == b->octave_scale && a->iterations == b->iterations &&
	       a->flow == b->flow;
}

static int rounded(double side)
{
	return (int)lround(side / SIDE_MULTIPLE) * SIDE_MULTIPLE;
}

/* Makes a dream one rung smaller; false where it would be too small. */
static bool shrink(struct governor_quality *quality)
{
	int width = rounded(quality->width * size_ratio);
	/* From the width, so that the shape does not drift with the rounding of each rung. */
	int height = rounded((double)width * quality->height / quality->width);
	if (width < SIDE_MIN || height < SIDE_MIN || width >= quality->width)
		return false;
	quality->width = width;
	quality->height = height;
	return true;
}

static bool take_fewer_steps(struct governor_quality *quality)
{
	static const float share_ratio = 0.7f, share_least = 0.25f;
	int *steps = &quality->warm_steps;
	if (*steps == 0) {
		quality->warm_share *= share_ratio;
		return quality->warm_share >= share_least;
	}
	if (*steps == 1)
		return false;
	*steps = *steps > 4 ? *steps / 2 : *steps - 1;
	return true;
}

static bool take_fewer_octaves(struct governor_quality *quality)
{
	if (quality->warm_octaves == 1)
		return false;
	quality->warm_octaves--;
	return true;
}

static bool take_coarser_flow(struct governor_quality *quality)
{
	if (quality->flow == RV_FLOW_FAST)
		return false;
	quality->flow--;
	return true;
}

/* ---- what a quality costs, and what it gives ---- */

/* Gradient steps of a warm frame in an octave, 0 the largest. */
static double steps_of(const struct governor_quality *quality, int octave)
{
	const rv_time time = {.warm_steps = quality->warm_steps,
	                      .warm_share = quality->warm_share,
	                      .warm_octaves = quality->warm_octaves};
	return rv_warm_steps(&time, quality->iterations, octave);
}

/* Those that the exponents of depth() were measured with: automatic ones of ten iterations. */
static double usual_steps(int octave)
{
	const rv_time time = {.warm_share = 1, .warm_octaves = RV_OCTAVES_MAX};
	return rv_warm_steps(&time, 10, octave);
}

/* What a dream of a quality costs that took some steps, in units of one gradient step on a million
 * pixels: a model that only has to be right in proportion, its unit is measured. The launches of a
 * step take as long as some thousand pixels, and so do those of everything else. */
static double cost_of_steps(const struct governor_quality *quality, double steps, double megapixels)
{
	static const double flow_cost[] = {0.04, 0.1, 0.25}, rest = 0.35;
	static const double launches = 0.017, launches_of_rest = 0.02;
	double pixels = (double)quality->width * quality->height / 1e6;
	return megapixels + launches * steps + pixels * (flow_cost[quality->flow] + rest) +
	       launches_of_rest;
}

/* The same for those that it usually takes. */
static double cost(const struct governor_quality *quality)
{
	double shrinking = 1 / ((double)quality->octave_scale * (double)quality->octave_scale);
	double pixels = (double)quality->width * quality->height / 1e6, steps = 0, megapixels = 0;
	for (int i = 0; i < quality->warm_octaves; i++, pixels *= shrinking) {
		steps += steps_of(quality, i);
		megapixels += pixels * steps_of(quality, i);
	}
	return cost_of_steps(quality, steps, megapixels);
}

/* Which part of its depth an octave has by the steps that it takes, in terms of the usual ones:
 * beyond those there is little more, and one without steps has what slides into it from others. */
static double depth_by_steps(double steps)
{
	return fmax(pow(steps, steps < 1 ? 0.8 : 0.3), 0.1);
}

/* How deep the dream is that is seen at the size `top` and at the octaves below it, as the sum of
 * logarithms, so that the shallowest counts most. Exponents are those of GoogLeNet's inception_4c
 * on a walk, 480 wide: dreamed 304 wide and enlarged, its largest octave has a tenth of the depth
 * of one dreamed in full, the next one half; with 0.35 of the steps 0.4 and 0.45. */
static double depth(const struct governor_quality *quality, const struct governor_quality *top)
{
	static const double flow_depth[] = {-0.2, 0, 0.05}, by_size = 5, coarse = 0.1;
	double scale = (double)quality->octave_scale, sum = flow_depth[quality->flow];
	int seen = 0;
	for (int i = 0; i < SIZES && i < top->warm_octaves; i++) {
		double times = quality->width * pow(scale, i) / top->width;
		double lies_at = fmax(log(times) / log(scale), 0); /* octave of the dream */
		int octave = (int)ceil(lies_at - 0.1);
		seen = octave > seen ? octave : seen;
		double steps = steps_of(quality, octave) / usual_steps(octave);
		sum += by_size * log(fmin(times, 1)) + log(depth_by_steps(steps));
	}
	/* Octaves below those make large creatures, and cost little where launches do. */
	return sum + coarse * fmax(quality->warm_octaves - 1 - seen, 0);
}

/* ---- the ladder ---- */

typedef bool give_up(struct governor_quality *quality);

/* Gives up whatever loses the least depth for the cost that it saves; false at the bottom of the
 * ladder. */
static bool descend(struct governor_quality *quality, const struct governor_quality *top,
                    unsigned locks)
{
	static const struct {
		enum governor_lock lock;
		give_up *give_up;
	} ways[] = {{GOVERNOR_STEPS, take_fewer_steps},
	            {GOVERNOR_FLOW, take_coarser_flow},
	            {GOVERNOR_SIZE, shrink},
	            {GOVERNOR_OCTAVES, take_fewer_octaves}};
	struct governor_quality best = *quality;
	double least = INFINITY;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct governor_quality less = *quality;
		if (locks & ways[i].lock || !ways[i].give_up(&less))
			continue;
		double missed = depth(quality, top) - depth(&less, top);
		double saved = log(cost(quality) / cost(&less));
		if (saved > 0 && missed / saved < least) {
			least = missed / saved;
			best = less;
		}
	}
	*quality = best;
	return least < INFINITY;
}

static void build_ladder(struct governor *governor, const struct governor_quality *top)
{
	struct governor_quality quality = *top;
	governor->rungs = 0;
	do {
		governor->ladder[governor->rungs++] = quality;
	} while (governor->rungs < GOVERNOR_RUNGS_MAX && descend(&quality, top, governor->locks));
}

static void go_to(struct governor *governor, int rung)
{
	if (governor->measured > 0)
		governor->before = REMEMBERED;
	governor->rung = rung;
	governor->measured = 0;
	governor->headroom_for = 0;
	governor->missed_for = 0;
	governor->held_for = 0;
}

void governor_init(struct governor *governor, const struct governor_quality *wish, unsigned locks,
                   int start_pixels)
{
	memset(governor, 0, sizeof(*governor));
	governor->wish = *wish;
	governor->locks = locks;
	build_ladder(governor, wish);
	governor->patience = patience_first;
	governor->effort = 1;
	governor->proven = GOVERNOR_RUNGS_MAX;
	for (int i = 0; i < governor->rungs - 1; i++) {
		const struct governor_quality *quality = &governor->ladder[i];
		if (!start_pixels || quality->width * quality->height <= start_pixels)
			break;
		governor->rung = i + 1;
	}
}

/* The best there may be: the wish, but for what is locked as it is. */
static struct governor_quality top_of(const struct governor *governor,
                                      const struct governor_quality *wish, unsigned locks)
{
	const struct governor_quality *now = governor_quality(governor), *old = &governor->wish;
	struct governor_quality top = *wish;
	if (locks & GOVERNOR_STEPS && wish->warm_steps == old->warm_steps) {
		top.warm_steps = now->warm_steps;
		top.warm_share = now->warm_share;
	}
	if (locks & GOVERNOR_OCTAVES && wish->warm_octaves == old->warm_octaves)
		top.warm_octaves = now->warm_octaves;
	if (locks & GOVERNOR_SIZE && wish->width == old->width && wish->height == old->height) {
		top.width = now->width;
		top.height = now->height;
	}
	if (locks & GOVERNOR_FLOW && wish->flow == old->flow)
		top.flow = now->flow;
	return top;
}

void governor_wish(struct governor *governor, const struct governor_quality *wish, unsigned locks)
{
	struct governor_quality old = *governor_quality(governor);
	struct governor_quality top = top_of(governor, wish, locks);
	if (same(wish, &governor->wish) && locks == governor->locks)
		return;
	governor->wish = *wish;
	governor->locks = locks;
	build_ladder(governor, &top);
	governor->patience = patience_least;
	governor->climbed_from = 0;
	governor->proven = GOVERNOR_RUNGS_MAX;
	go_to(governor, 0);
	/* Begins at the size so far, since a change of size is seen, and at no higher cost. */
	while (governor->rung < governor->rungs - 1 &&
	       (governor->ladder[governor->rung].width > old.width ||
	        cost(&governor->ladder[governor->rung]) > cost(&old)))
		governor->rung++;
}

/* ---- up and down ---- */

/* Milliseconds of a dream, once one was measured. */
static double predict(const struct governor *governor, int rung)
{
	double unit = governor->spent / governor->costs;
	return unit * governor->effort * cost(&governor->ladder[rung]);
}

/* A climb that has to be taken back was led by headroom that did not last, so the next one beyond
 * waits for longer. Where the rung that it began from would not do any more either, the machine has
 * become slower, which says nothing of climbs. */
static void blame_climb(struct governor *governor, int rung)
{
	if (rung <= governor->climbed_from) {
		governor->patience = fmin(4 * governor->patience, patience_most);
		governor->proven = rung;
	}
	governor->climbed_from = 0;
}

/* A climb that holds for so long that more than chance holds it was a good one, whatever comes
 * later, and the next one has to wait for less. */
static void prove_climb(struct governor *governor, double passed)
{
	governor->held_for += passed;
	if (!governor->climbed_from || governor->held_for < proof + governor->patience)
		return;
	governor->climbed_from = 0;
	governor->proven = governor->rung;
	governor->patience = fmax(governor->patience / 4, patience_least);
}

/* The highest rung below the present one that is predicted to fit. */
static void go_down(struct governor *governor, double target)
{
	int rung = governor->rung;
	do
		rung++;
	while (rung < governor->rungs - 1 && predict(governor, rung) > target);
	blame_climb(governor, rung);
	go_to(governor, rung);
}

/* The highest rung above the present one that is predicted to leave some headroom; up to where one
 * held before, nobody has to wait for long. */
static void climb(struct governor *governor, double target)
{
	int rung = governor->rung - 1;
	int best = governor->rung > governor->proven ? governor->proven : 0;
	while (rung > best && predict(governor, rung - 1) < headroom * target)
		rung--;
	if (governor->patience < patience_least)
		governor->patience = patience_least;
	governor->climbed_from = governor->rung;
	go_to(governor, rung);
}

/* Moves a mean towards the newest of `count` values at this rung, which some of others precede. */
static void follow(double *mean, double value, int count, int before)
{
	*mean += fmax(1.0 / (count + before), smoothing) * (value - *mean);
}

/* Dreams take their steps by turns and as a scene asks for them, so that what a step takes is
 * learned apart from how many are taken. */
static void learn(struct governor *governor, const struct governor_dream *dream)
{
	const struct governor_quality *quality = governor_quality(governor);
	double costs = cost_of_steps(quality, dream->steps, dream->megapixels);
	int settled = ++governor->measured - RECOVERING;
	follow(&governor->spent, dream->milliseconds, governor->measured, governor->before);
	follow(&governor->costs, costs, governor->measured, governor->before);
	if (settled > 0 && !dream->begins)
		follow(&governor->effort, costs / cost(quality), settled, REMEMBERED);
}

void governor_measure(struct governor *governor, const struct governor_dream *dream, double target)
{
	double milliseconds = dream->milliseconds;
	if (!(milliseconds > 0) || !(target > 0) || !isfinite(milliseconds))
		return;
	learn(governor, dream);
	bool misses = predict(governor, governor->rung) > target;
	double above = governor->rung ? predict(governor, governor->rung - 1) : INFINITY;
	/* Where even twice the cost would fit, an earlier climb that failed is no warning. */
	double patience = above < headroom * target / 2       ? patience_eager
	                  : governor->rung > governor->proven ? patience_least
	                                                      : governor->patience;
	/* The next dream is not begun before the next picture is there. */
	double passed = fmax(milliseconds, target / 2);
	prove_climb(governor, passed);
	governor->missed_for = misses ? governor->missed_for + passed : 0;
	governor->headroom_for = above < headroom * target ? governor->headroom_for + passed : 0;
	if (governor->missed_for > miss_tolerated && governor->rung < governor->rungs - 1)
		go_down(governor, target);
	else if (governor->headroom_for > patience)
		climb(governor, target);
}

const struct governor_quality *governor_quality(const struct governor *governor)
{
	return &governor->ladder[governor->rung];
}
