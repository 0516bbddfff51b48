#include "engine/time/effort.h"

#include <math.h>

/* Of a cold frame's steps in an octave, how many a frame takes there on average, the largest octave
 * first; those beyond take turns as the last. The largest costs half of all and loses its lines in
 * every fetch; the coarse ones live long, and would outgrow the others where they were stepped as
 * often. */
static const double turn_shares[] = {0.14, 0.06, 0.055, 0.05};

/* The length of these steps, as a multiple of a cold frame's. The fine octaves must make up for
 * more. */
static const float turn_lengths[] = {1.4f, 1.2f, 1.1f, 1.1f};

/* How many it takes besides where all is fresh. Coarse ones cost little, and lack most there: a
 * large creature is begun anew wherever a part of it was lost. */
static const double fresh_shares[] = {0.1, 0.15, 0.4, 1.0};

/* And at most: a step serves all fresh places alike. Where most of a picture is fresh, as after a
 * fast pan, the coarse octaves would be dreamed several times over while it is. */
static const double fresh_most[] = {0.1, 0.07, 0.1, 0.2};

/* A step of a fresh place, as a multiple of that of one whose dream goes on. Long coarse ones bring
 * creatures where many short fine ones only bring lines. */
static const float fresh_lengths[] = {1.5f, 2.7f, 2.7f, 2.7f};

enum { TURNS = sizeof(turn_shares) / sizeof(turn_shares[0]) };

/* The place in these tables of an octave. */
static int turn_of(int octave)
{
	return octave < TURNS ? octave : TURNS - 1;
}

double effort_turn_steps(int octave, double share, int iterations)
{
	return share * turn_shares[turn_of(octave)] * iterations;
}

void effort_favour_fresh(struct effort *effort)
{
	for (int i = 0; i < RV_OCTAVES_MAX; i++) {
		float fresh_length = fresh_lengths[turn_of(i)];

		effort->length[i] *= fresh_length;
		effort->living[i] = fminf(effort->living[i] / fresh_length, 1);
	}
}

/* Whether frames must not take the time that they need. */
static bool is_hurried(const rv_time *time)
{
	return time->warm_share < 1 || time->onset > 1;
}

/* By how many times as many steps an octave is moved by `demand` times as much; the rest is their
 * length. As the largest costs half of all, it takes longer ones in a hurry, but no more. */
static double steps_by_demand(int octave, double demand, const rv_time *time)
{
	if (octave == 0 && (demand < 1 || is_hurried(time)))
		return fmin(demand, 1);
	return sqrt(demand);
}

/* Lets octaves take the steps that they have earned, the largest first. One that would exceed what
 * a frame earns by more than some of itself waits for another frame, unless too many wait already:
 * so frames take about as long as each other. Where a frame may take all steps, none waits. */
static void take_turns(struct turns *turns, struct effort *effort, const rv_params *params,
                       double earned)
{
	static const double within = 0.7; /* of a step */
	const double too_many = params->time.warm_share < 1 ? 3 : 1;
	const double scale = (double)params->octave_scale;
	double taken = 0; /* in steps of the largest octave, by pixels */

	for (int i = 0; i < params->time.warm_octaves; i++) {
		double pixels = pow(scale, -2.0 * i), *owed = &turns->owed[i];

		while (*owed >= 1 && effort->steps[i] < params->iterations &&
		       (taken == 0 || taken + within * pixels <= earned || *owed >= too_many)) {
			effort->steps[i]++;
			*owed -= 1;
			taken += pixels;
		}
	}
}

/* By how many times longer the steps of an octave are that is to be moved farther than what is
 * fresh, as it gets too few of them. Where a frame may take its time that would only flicker. */
static double lengthening(int turn, double living)
{
	double fresh_length = (double)fresh_lengths[turn];
	double most = STEP_LENGTH_MOST / ((double)turn_lengths[turn] * fresh_length);

	return fmax(fmin(living / fresh_length, most), 1);
}

struct effort effort_next(struct turns *turns, const struct depth *depth, double fresh,
                          const rv_params *params)
{
	const double scale = (double)params->octave_scale;
	struct effort effort = {0};
	double earned = 0; /* in steps of the largest octave, by pixels */

	for (int i = 0; i < params->time.warm_octaves; i++) {
		int turn = turn_of(i);
		double demand = depth_demand(depth, i);
		double living = turn_shares[turn] * steps_by_demand(i, demand, &params->time);
		double young = fmin(fresh_shares[turn] * fresh, fresh_most[turn]);
		double part = fmin(living + young * sqrt(demand), 1);
		double steps = (double)params->time.warm_share * part * params->iterations;

		turns->owed[i] += steps;
		earned += steps * pow(scale, -2.0 * i);
		effort.length[i] = turn_lengths[turn];
		effort.living[i] = (float)(turn_shares[turn] * demand / part);
		if (is_hurried(&params->time))
			effort.length[i] *= (float)lengthening(turn, (double)effort.living[i]);
	}
	take_turns(turns, &effort, params, earned);
	effort_favour_fresh(&effort);
	return effort;
}

struct effort effort_even(int steps, int octaves)
{
	struct effort effort = {0};

	for (int i = 0; i < octaves; i++) {
		effort.steps[i] = steps;
		effort.length[i] = effort.living[i] = 1;
	}
	return effort;
}

void effort_limit(struct effort *effort, int most)
{
	for (int i = 0; i < RV_OCTAVES_MAX; i++) {
		if (effort->steps[i] <= most)
			continue;
		effort->length[i] = fminf(effort->length[i] * (float)effort->steps[i] / (float)most,
		                          STEP_LENGTH_MOST);
		effort->steps[i] = most;
	}
}

int effort_onset(int iterations, int frames)
{
	return frames > 1 ? (iterations - 1) / frames + 1 : iterations;
}

double effort_share(int iterations, int frames)
{
	return (double)effort_onset(iterations, frames) / iterations;
}

/* The part of an octave's steps that a beginning has taken when the part `at` of it is over. Most
 * are taken octave by octave, from the smallest on, as in a frame dreamed alone: fine lines that
 * are drawn before what they belong to are lost with what changes below them. Some are spread over
 * all of it: they show the dream sooner, and make up for what is lost of coarse ones from frame to
 * frame. At any time the beginning costs the same. */
static double part_begun(const struct effort_beginning *beginning, int octave, double at)
{
	static const double spread = 0.35;
	double all = 0, smaller = 0, own = pow(beginning->octave_scale, -2.0 * octave);

	for (int i = 0; i < beginning->octaves; i++) {
		double pixels = pow(beginning->octave_scale, -2.0 * i);

		all += pixels;
		smaller += i > octave ? pixels : 0;
	}
	return spread * at + (1 - spread) * fmin(fmax((at * all - smaller) / own, 0), 1);
}

/* The steps of an octave in the frame of this number, 0 the first. Octaves are rounded differently,
 * as a frame in which several took one more would take long. */
static int steps_begun(const struct effort_beginning *beginning, int octave, int frame)
{
	double share = effort_share(beginning->iterations, beginning->frames);
	double rounding = fmod(0.3 + 0.37 * octave, 1);
	double now = part_begun(beginning, octave, frame * share);
	double next = part_begun(beginning, octave, fmin((frame + 1) * share, 1));

	return (int)(beginning->iterations * next + rounding + 1e-6) -
	       (int)(beginning->iterations * now + rounding + 1e-6);
}

struct effort effort_begin(const struct effort_beginning *beginning, double begun)
{
	/* What is left of a step after a frame, the largest octave first. */
	static const double left[TURNS] = {0.8, 0.87, 0.93, 0.96};
	double share = effort_share(beginning->iterations, beginning->frames);
	int frames = (int)ceil(1 / share - 1e-6), now = (int)(begun / share + 1e-6);
	struct effort effort = effort_even(0, beginning->octaves);

	for (int i = 0; i < beginning->octaves; i++) {
		double kept = beginning->moves ? left[turn_of(i)] : 1, lasting = 0;

		for (int frame = 0; frame < frames; frame++)
			lasting += steps_begun(beginning, i, frame) * pow(kept, frames - 1 - frame);
		effort.steps[i] = steps_begun(beginning, i, now);
		effort.length[i] = (float)fmin(beginning->iterations / lasting, STEP_LENGTH_MOST);
	}
	return effort;
}

double effort_reached(int octave, double seconds)
{
	/* Of a second's; measured live, where frames lie 0.08 to 0.12 apart. */
	static const double reached[TURNS] = {0.014, 0.1, 0.35, 1};
	static const double least = 0.5;

	return fmax(pow(reached[turn_of(octave)], seconds), least);
}

double effort_fade(double strength, double wanted, double seconds)
{
	static const double allowed = 1.1, rate = 10;
	double excess = wanted > 0 ? strength / (allowed * wanted) : 0;

	return excess > 1 ? pow(excess, -rate * seconds) : 1;
}
