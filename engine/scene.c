#include "engine/scene.h"

#include <math.h>

/* Variance of brightness that compression and noise make in a flat place. Added to all variances
 * and covariances, it makes two flat places alike. */
static const double noise_variance = 1e-4;

/* Below this likeness a frame shows another scene. */
static const double cut_likeness = 0.35;

/* A frame whose contrast is less than this part of the past one's shows too little to judge. */
static const double flash_contrast = 0.25;

/* Frames that show nothing for longer than this end their scene. */
static const double flash_seconds_most = 0.5;

static double within(double product, double a, double b, double pixels)
{
	return product - a * b / pixels;
}

struct scene_view scene_look(const struct scene_block *blocks, int count)
{
	double together = 0, apart = 0, now = 0, past = 0, trusted = 0, pixels = 0, change = 0;
	double mean_now = 0, mean_past = 0;
	struct scene_view view = {0};

	for (int i = 0; i < count; i++) {
		const struct block_view *block = &blocks[i].view;
		double noise = noise_variance * block->pixels;
		double now_now = within(block->now_now, block->now, block->now, block->pixels);
		double past_past =
			within(block->past_past, block->past, block->past, block->pixels);
		together += within(block->now_past, block->now, block->past, block->pixels) + noise;
		apart += sqrt(fmax(now_now, 0) + noise) * sqrt(fmax(past_past, 0) + noise);
		now += fmax(now_now, 0);
		past += fmax(past_past, 0);
		mean_now += block->now;
		mean_past += block->past;
		trusted += block->trusted;
		pixels += block->pixels;
		change += block->change;
	}
	view.likeness = together / apart;
	view.uncovered = 1 - trusted / pixels;
	view.contrast_now = sqrt(now / pixels);
	view.contrast_past = sqrt(past / pixels);
	view.gain = fmin(fmax((together + 1e-6) / (past + 1e-6), 0.25), 4);
	view.offset = (mean_now - view.gain * mean_past) / pixels;
	view.level_change = (mean_now - mean_past) / pixels;
	view.still = change == 0;
	return view;
}

static bool shows_little(const struct scene_view *view)
{
	return view->contrast_now < flash_contrast * view->contrast_past ||
	       view->contrast_now * view->contrast_now < noise_variance;
}

static enum scene_verdict judge(struct scene *scene, const struct scene_view *view, double seconds)
{
	if (view->likeness >= cut_likeness) {
		scene->flash_seconds = 0;
		return SCENE_GOES_ON;
	}
	if (shows_little(view) && scene->flash_seconds < flash_seconds_most) {
		scene->flash_seconds += seconds;
		return SCENE_FLASHES;
	}
	return SCENE_CUT;
}

enum scene_verdict scene_judge(struct scene *scene, const struct scene_view *view, int cut,
                               double seconds)
{
	enum scene_verdict verdict = SCENE_GOES_ON;

	scene->frames++;
	if (cut == RV_CUT_AUTO)
		verdict = judge(scene, view, seconds);
	else if (cut > 0 && scene->frames >= cut)
		verdict = SCENE_CUT;
	if (verdict == SCENE_CUT)
		*scene = (struct scene){0};
	return verdict;
}

double strength_control_next(struct strength_control *control, double strength, bool cold)
{
	/* Length adapts slowly to what the scene needs on average, and at once, by the power, to a
	 * loss. */
	static const double habit = 0.15, power = 3, least = 0.1, most = 12;
	double ratio;

	if (cold || control->wanted <= 0) {
		*control = (struct strength_control){.wanted = strength, .length = 1};
		return control->length;
	}
	ratio = strength > 0 ? control->wanted / strength : 2;
	ratio = fmin(fmax(ratio, 0.5), 2);
	control->length = fmin(fmax(control->length * pow(ratio, habit), least), most);
	return fmin(fmax(control->length * pow(ratio, power), least), most);
}

struct dream_view scene_dream(const struct scene_block *blocks, int count)
{
	struct dream_view view = {0};
	double pixels = 0, squares = 0, lumas = 0, mean;

	for (int i = 0; i < count; i++) {
		const struct block_dream *block = &blocks[i].dream;
		pixels += blocks[i].view.pixels;
		squares += block->detail_detail;
		lumas += block->luma_luma;
		view.need += block->need;
		view.colour[0] += block->red;
		view.colour[1] += block->green;
		view.colour[2] += block->blue;
	}
	for (int c = 0; c < 3; c++)
		view.colour[c] /= pixels;
	mean = 0.299 * view.colour[0] + 0.587 * view.colour[1] + 0.114 * view.colour[2];
	view.strength = sqrt(squares / (3 * pixels));
	view.deviation = sqrt(fmax(lumas / pixels - mean * mean, 0));
	return view;
}
