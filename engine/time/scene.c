#include "engine/time/scene.h"

#include <math.h>

/* Variance of brightness that compression and noise make in a flat place. Added to all variances
 * and covariances, it makes two flat places alike. */
static const double noise_variance = 1e-4;

/* A block whose correlation with the past one is above this shows the same. */
static const double same_correlation = 0.8;

/* Below this likeness a frame shows another scene. Flow finds something alike for a few blocks of
 * any two pictures; a scene that jumps by a third of its size still keeps more. */
static const double cut_likeness = 0.12;

/* A frame whose contrast within blocks is below this shows nothing to judge by: white or black. */
static const double flash_contrast = 0.02;

/* Frames that show nothing for longer than this end their scene. */
static const double flash_seconds_most = 0.5;

/* How much more contrast a frame may have than the past one by a change of light alone. */
static const double gain_least = 0.25, gain_most = 4;

/* What blocks sum up to. */
struct sums {
	double contrast, followed;  /* of blocks; of those that show the same as the past */
	double together, now, past; /* variances and covariance within blocks */
	double mean_now, mean_past, trusted, pixels, change;
};

/* The covariance within a block, times its pixels, from the sums of a * b, a and b. Rounding must
 * not make a variance negative. */
static double covariance(double product, double a, double b, double pixels)
{
	return fmax(product - a * b / pixels, 0);
}

static void add_block(struct sums *sums, const struct block_view *block)
{
	double noise = noise_variance * block->pixels;
	double now = covariance(block->now_now, block->now, block->now, block->pixels);
	double past = covariance(block->past_past, block->past, block->past, block->pixels);
	double together = covariance(block->now_past, block->now, block->past, block->pixels);
	double correlation = (together + noise) / sqrt((now + noise) * (past + noise));
	double contrast = sqrt((now + noise) * block->pixels);

	sums->contrast += contrast;
	sums->followed += correlation > same_correlation ? contrast : 0;
	sums->together += together;
	sums->now += now;
	sums->past += past;
	sums->mean_now += block->now;
	sums->mean_past += block->past;
	sums->trusted += block->trusted;
	sums->pixels += block->pixels;
	sums->change += block->change;
}

struct scene_view scene_look(const struct scene_block *blocks, int count)
{
	struct sums sums = {0};
	double gain;

	for (int i = 0; i < count; i++)
		add_block(&sums, &blocks[i].view);
	gain = fmin(fmax((sums.together + 1e-6) / (sums.past + 1e-6), gain_least), gain_most);
	return (struct scene_view){
		.likeness = sums.followed / sums.contrast,
		.uncovered = 1 - sums.trusted / sums.pixels,
		.gain = gain,
		.offset = (sums.mean_now - gain * sums.mean_past) / sums.pixels,
		.contrast_now = sqrt(sums.now / sums.pixels),
		.still = sums.change == 0,
	};
}

static enum scene_verdict judge(struct scene *scene, const struct scene_view *view, double seconds)
{
	if (view->likeness >= cut_likeness) {
		scene->flash_seconds = 0;
		return SCENE_GOES_ON;
	}
	if (view->contrast_now < flash_contrast && scene->flash_seconds < flash_seconds_most) {
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

struct dream_view scene_dream(const struct scene_block *blocks, int count)
{
	struct dream_view view = {0};
	double pixels = 0, squares = 0, lumas = 0, chromas = 0, mean, tint = 0;

	for (int i = 0; i < count; i++) {
		const struct block_dream *block = &blocks[i].dream;
		pixels += block->pixels;
		squares += block->detail_detail;
		lumas += block->luma_luma;
		chromas += block->chroma_chroma;
		view.need += block->need;
		view.colour[0] += block->red;
		view.colour[1] += block->green;
		view.colour[2] += block->blue;
	}
	for (int c = 0; c < 3; c++)
		view.colour[c] /= pixels;
	view.need /= pixels;
	mean = 0.299 * view.colour[0] + 0.587 * view.colour[1] + 0.114 * view.colour[2];
	for (int c = 0; c < 3; c++)
		tint += (view.colour[c] - mean) * (view.colour[c] - mean);
	view.strength = sqrt(squares / (3 * pixels));
	view.contrast = sqrt(fmax(lumas / pixels - mean * mean, 0));
	view.colourfulness = sqrt(fmax(chromas / pixels - tint, 0) / 3);
	return view;
}
