/* The command classify: what a network takes a picture for, which shows a person that the network
 * works. */
#include <math.h>
#include <string.h>

#include "app/base/signals.h"
#include "app/command/command.h"
#include "app/media/picture.h"
#include "app/media/picture_read.h"
#include "app/networks/labels.h"
#include "app/options/dreamer.h"
#include "engine/reverie_inspect.h"

/* The side of the pictures that classifiers of ImageNet were trained on, and how many classes are
 * printed. */
enum { SIDE = 224, BEST = 5 };

struct classification {
	struct dreamer dreamer;
	struct picture picture;
	rv_array scores;
};

static bool go_on(void *context, double part)
{
	(void)context;
	(void)part;
	return !signals_stop;
}

/* The classifier's end: the last layer of ImageNet's classes. */
static rv_status find_head(const rv_model *model, const rv_layer_info **head, rv_error *error)
{
	for (int i = rv_model_layer_count(model) - 1; i >= 0; i--) {
		*head = rv_model_layer(model, i);
		if ((*head)->channels == LABELS_IMAGENET && (*head)->supported)
			return RV_OK;
	}
	return rv_fail(error, RV_UNSUPPORTED,
	               "%.256s has no layer of ImageNet's %d classes, so it cannot tell what is in "
	               "a picture",
	               rv_model_path(model), LABELS_IMAGENET);
}

/* The square in the middle of the picture, at the classifier's size. */
static rv_status cut_square(struct picture *picture, rv_image *square, rv_error *error)
{
	int width = picture->image.width, height = picture->image.height;
	double scale = (double)SIDE / (width < height ? width : height);
	width = (int)fmax(SIDE, round(width * scale));
	height = (int)fmax(SIDE, round(height * scale));
	rv_status status = picture_scale(picture, width, height, error);
	if (status != RV_OK)
		return status;
	size_t sample = picture->image.format == RV_RGB16 ? 2 : 1;
	*square = picture->image;
	square->pixels = (char *)square->pixels + (size_t)((height - SIDE) / 2) * square->stride +
	                 (size_t)((width - SIDE) / 2) * 3 * sample;
	square->width = square->height = SIDE;
	return RV_OK;
}

/* Scores become parts of 1; those of a softmax stay what they are. */
static void normalise(rv_array *scores, bool is_softmax)
{
	float most = scores->data[0];
	double sum = 0;
	if (is_softmax)
		return;
	for (int i = 0; i < LABELS_IMAGENET; i++)
		most = fmaxf(most, scores->data[i]);
	for (int i = 0; i < LABELS_IMAGENET; i++)
		sum += scores->data[i] = expf(scores->data[i] - most);
	for (int i = 0; i < LABELS_IMAGENET; i++)
		scores->data[i] = (float)(scores->data[i] / sum);
}

static void print_best(const rv_array *scores)
{
	bool told[LABELS_IMAGENET] = {false};
	for (int rank = 0; rank < BEST; rank++) {
		char name[LABELS_LENGTH];
		int best = -1;
		for (int i = 0; i < LABELS_IMAGENET; i++)
			if (!told[i] && (best < 0 || scores->data[i] > scores->data[best]))
				best = i;
		told[best] = true;
		labels_imagenet(best, name);
		printf("%5.1f %%  %3d  %s\n", 100 * (double)scores->data[best], best, name);
	}
}

/* ---- where a class is ---- */

static const float least_told = 0.01f;

/* The part that any of the classes has at a place; 0 beyond the border. */
static float part_at(const rv_array *parts, const struct option_channels *classes, int x, int y)
{
	float sum = 0;
	if (x < 0 || y < 0 || x >= parts->width || y >= parts->height)
		return 0;
	for (int i = 0; i < classes->count; i++)
		sum += parts->data[((size_t)classes->list[i] * (size_t)parts->height + (size_t)y) *
		                           (size_t)parts->width +
		                   (size_t)x];
	return sum;
}

/* Of equal neighbours the first one in reading order is the highest. */
static bool is_peak(const rv_array *parts, const struct option_channels *classes, int x, int y)
{
	float here = part_at(parts, classes, x, y);
	for (int dy = -1; dy <= 1; dy++)
		for (int dx = -1; dx <= 1; dx++) {
			float other = part_at(parts, classes, x + dx, y + dy);
			bool before = dy < 0 || (dy == 0 && dx < 0);
			if (other > here || (before && other == here))
				return false;
		}
	return here >= least_told;
}

/* The places where the classes are seen best, as --target's `at` takes them. */
static void print_places(const rv_array *parts, const struct option_channels *classes)
{
	float last = INFINITY;
	int last_place = -1;
	for (int rank = 0; rank < BEST; rank++) {
		int best = -1;
		float most = 0;
		for (int p = 0; p < parts->width * parts->height; p++) {
			int x = p % parts->width, y = p / parts->width;
			float here = part_at(parts, classes, x, y);
			bool is_left = here < last || (here == last && p > last_place);
			if (is_left && here > most && is_peak(parts, classes, x, y)) {
				most = here;
				best = p;
			}
		}
		if (best < 0 && !rank)
			printf("nowhere\n");
		if (best < 0)
			return;
		printf("%5.1f %%  at %.2f,%.2f\n", 100 * (double)most,
		       (best % parts->width + 0.5) / parts->width,
		       (best / parts->width + 0.5) / parts->height);
		last = most;
		last_place = best;
	}
}

static rv_status find_places(struct classification *it, const struct options *options,
                             rv_error *error)
{
	const struct option_channels *classes = &options->dream.classes;
	rv_status status =
		rv_inspect_classes(it->dreamer.engine, &it->picture.image, &it->scores, error);
	for (int i = 0; i < classes->count && status == RV_OK; i++)
		if (classes->list[i] >= it->scores.channels)
			status = rv_fail(error, RV_INVALID, "--class: there are %d classes",
			                 it->scores.channels);
	if (status == RV_OK)
		print_places(&it->scores, classes);
	return status;
}

static rv_status classify(struct classification *it, const struct options *options, rv_error *error)
{
	const rv_layer_info *head = NULL;
	rv_image square;
	rv_status status;
	if (!options->call.operand[0])
		return rv_fail(error, RV_INVALID, "nothing to classify; reverie classify PICTURE");
	if ((status = picture_open(&it->picture, options->call.operand, error)) != RV_OK ||
	    (status = dreamer_open_exact(&it->dreamer, options, error)) != RV_OK)
		return status;
	if (options->dream.classes.count)
		return find_places(it, options, error);
	if ((status = find_head(it->dreamer.model, &head, error)) != RV_OK ||
	    (status = cut_square(&it->picture, &square, error)) != RV_OK)
		return status;
	rv_set_progress(it->dreamer.engine, go_on, NULL);
	status = rv_inspect(it->dreamer.engine, &square, head->name, &it->scores, NULL, error);
	if (status != RV_OK)
		return status;
	if (it->scores.height != 1 || it->scores.width != 1)
		return rv_fail(error, RV_UNSUPPORTED, "%.128s says its classes place by place",
		               head->name);
	normalise(&it->scores, !strcmp(head->operator_name, "Softmax"));
	print_best(&it->scores);
	return RV_OK;
}

rv_status command_classify(const struct options *options, rv_error *error)
{
	struct classification it = {0};
	rv_status status = classify(&it, options, error);
	rv_array_release(&it.scores);
	picture_release(&it.picture);
	dreamer_close(&it.dreamer);
	return status;
}
