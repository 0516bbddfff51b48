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

static rv_status classify(struct classification *it, const struct options *options, rv_error *error)
{
	const rv_layer_info *head = NULL;
	rv_image square;
	rv_status status;
	if (!options->call.operand[0])
		return rv_fail(error, RV_INVALID, "nothing to classify; reverie classify PICTURE");
	if ((status = picture_open(&it->picture, options->call.operand, error)) != RV_OK ||
	    (status = dreamer_open(&it->dreamer, options, error)) != RV_OK ||
	    (status = find_head(it->dreamer.model, &head, error)) != RV_OK ||
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
