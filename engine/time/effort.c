#include "engine/time/effort.h"

#include <math.h>

/* Where more than this part of a frame is new, no step is longer than a cold one. */
static const double much_uncovered = 0.1;

double strength_control_next(struct strength_control *control, double strength, bool fresh)
{
	/* Length adapts slowly to what the scene needs on average, and at once, by the power, to a
	 * loss. Longer steps than that would fill what was just uncovered with noise: where they do
	 * not suffice, more of the dream is to ripen again. */
	static const double habit = 0.25, power = 3, least = 0.1, most = 3;
	double ratio;

	if (fresh || control->wanted <= 0) {
		*control = (struct strength_control){.wanted = strength, .length = 1.5};
		return control->length;
	}
	ratio = strength > 0 ? control->wanted / strength : 2;
	ratio = fmin(fmax(ratio, 0.5), 2);
	control->length = fmin(fmax(control->length * pow(ratio, habit), least), most);
	return fmin(fmax(control->length * pow(ratio, power), least), most);
}

double strength_control_fade(const struct strength_control *control, double strength,
                             double seconds)
{
	static const double excess = 1.05, rate = 1;

	return control->wanted > 0 && strength > excess * control->wanted ? exp(-rate * seconds)
	                                                                  : 1;
}

double strength_control_unripen(const struct strength_control *control, double strength,
                                double seconds)
{
	static const double allowed = 0.02, rate = 20;
	double lost = control->wanted > 0 ? 1 - strength / control->wanted : 0;

	return exp(-rate * fmax(lost - allowed, 0) * seconds);
}

struct effort effort_for(double length, double uncovered, int iterations)
{
	struct effort effort = {.steps = (int)ceil(length / STEP_LENGTH_MOST)};

	effort.steps = effort.steps < 1 ? 1 : effort.steps;
	effort.steps = effort.steps > WARM_STEPS_MOST ? WARM_STEPS_MOST : effort.steps;
	effort.length = (float)(length / effort.steps);
	/* Where much is new there are more steps, and these as long as cold ones. */
	effort.steps += (int)(uncovered * uncovered * iterations);
	if (uncovered > much_uncovered && effort.length > 1)
		effort.length = 1;
	return effort;
}

int effort_earn(double *owed, double share, int iterations)
{
	double earned = fmin(*owed + share * iterations, iterations);
	int steps = (int)earned;

	*owed = earned - steps;
	return steps;
}

int effort_onset(int iterations, int frames)
{
	return frames > 1 ? (iterations - 1) / frames + 1 : iterations;
}
