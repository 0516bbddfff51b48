#include "engine/time/depth.h"

#include <math.h>
#include <string.h>

/* As deep as this is deep enough: what a frame dreamed alone has, with some to spare, as one sees
 * more in it than another. */
static const double enough = 1.1;

/* What an octave asks for follows what it lacks now, and what it lacked before, over so many
 * frames: about as many as a dream that is not dreamed on takes to fade. */
static const double frames_of_memory = 30;

/* How far what is asked for may rise and fall. */
static const double demand_most = 4, demand_least = 0.1;

void depth_begin(struct depth *depth)
{
	depth->wanted = depth->alone = (struct depth_sight){0};
	depth->left = 0;
	memset(depth->begun, 0, sizeof(depth->begun));
}

void depth_learn_alone(struct depth *depth, const struct depth_sight *sight)
{
	double change = 1;

	for (int i = sight->count - 1; i >= 0; i--) {
		double worth = sight->octaves[i].worth, last = depth->alone.octaves[i].worth;

		if (worth > 0 && last > 0 &&
		    depth->alone.octaves[i].width == sight->octaves[i].width)
			change = worth / last;
		else
			change = sqrt(change);
		if (worth > 0)
			depth->alone.octaves[i] = sight->octaves[i];
		depth->wanted.octaves[i].worth *= change;
	}
}

/* What is wanted at a width that lies between others. */
static double wanted_at(const struct depth_sight *wanted, int width)
{
	double last = 0, last_width = 0;

	for (int i = 0; i < wanted->count; i++) {
		double worth = wanted->octaves[i].worth, at = wanted->octaves[i].width;

		if (!(worth > 0))
			continue;
		if (at <= width && last > 0)
			return last +
			       (worth - last) * log(last_width / width) / log(last_width / at);
		if (at <= width)
			return worth;
		last = worth;
		last_width = at;
	}
	return last;
}

static double limited(double value)
{
	return fmin(fmax(value, log(demand_least)), log(demand_most));
}

static void ask(struct depth *depth, int octave, double worth, double wanted)
{
	double lack;

	if (!(worth > 0) || !(wanted > 0))
		return;
	lack = log(enough * wanted / worth);
	depth->lasting[octave] = limited(depth->lasting[octave] + lack / frames_of_memory);
	depth->demand[octave] = exp(limited(depth->lasting[octave] + lack));
}

/* Which part of the dream that the scene began with is left when it is first inherited. In the
 * largest octave both are seen alike; in the others the last steps of a frame dreamed alone did not
 * see what the larger ones added. */
static double part_left(struct depth *depth, const struct depth_sight *sight)
{
	double whole = depth->alone.octaves[0].worth, now = sight->octaves[0].worth;

	if (!(depth->left > 0) && whole > 0 && now > 0)
		depth->left = fmin(now / whole, 1);
	return depth->left > 0 ? depth->left : 1;
}

void depth_learn_begun(struct depth *depth, const struct depth_sight *sight)
{
	for (int i = 0; i < sight->count; i++)
		depth->begun[i] = fmax(depth->begun[i], sight->octaves[i].worth);
}

void depth_learn(struct depth *depth, const struct depth_sight *sight)
{
	struct depth_sight *wanted = &depth->wanted;
	double left = part_left(depth, sight);

	for (int i = 0; i < sight->count; i++) {
		double worth = sight->octaves[i].worth;
		double reached = depth->reached[i] > 0 ? depth->reached[i] : 1;
		if (i >= wanted->count) {
			wanted->octaves[i].width = sight->octaves[i].width;
			wanted->count = i + 1;
		}
		if (worth > 0 && !(wanted->octaves[i].worth > 0))
			wanted->octaves[i].worth = fmax(worth, depth->begun[i]) / (left * reached);
		ask(depth, i, worth, wanted_at(wanted, sight->octaves[i].width));
	}
}

double depth_demand(const struct depth *depth, int octave)
{
	return depth->demand[octave] > 0 ? depth->demand[octave] : 1;
}
