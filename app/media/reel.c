#include "app/media/reel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/media/picture_read.h"
#include "app/media/rendition.h"
#include "app/media/source.h"

struct reel {
	char *name;
	double side;
	rv_image image;        /* own pixels */
	struct source *source; /* NULL: a picture, or the video has ended */
	bool moves;
	int64_t first;   /* pts of the first frame */
	bool waits;      /* a frame was read that is not shown yet */
	double next;     /* seconds at which it is to be */
	double position; /* seconds of the image */
};

static void fit(double side, int *width, int *height)
{
	double scale = side / sqrt((double)*width * *height);
	if (scale >= 1)
		return;
	*width = (int)fmax(1, round(*width * scale));
	*height = (int)fmax(1, round(*height * scale));
}

static rv_status read_still(struct reel *reel, struct input *input, rv_error *error)
{
	struct picture picture = {0};
	rv_status status = picture_read(&picture, input, error);
	int width = picture.image.width, height = picture.image.height;
	if (status == RV_OK) {
		fit(reel->side, &width, &height);
		status = picture_scale(&picture, width, height, error);
	}
	if (status == RV_OK && rendition_take(&picture, NULL) == RV_MEMORY)
		status = rv_fail(error, RV_MEMORY, "out of memory for %.128s", reel->name);
	if (status == RV_OK) {
		reel->image = picture.image;
		picture.image.pixels = NULL;
	}
	picture_release(&picture);
	return status;
}

/* Reads on to the next frame, and sets reel->next to its time; at the end closes the source. */
static rv_status read_frame(struct reel *reel, rv_error *error)
{
	enum source_event event = SOURCE_PACKET;
	while (event == SOURCE_PACKET) {
		rv_status status = source_next(reel->source, &event, error);
		if (status != RV_OK)
			return status;
	}
	reel->waits = event == SOURCE_FRAME;
	if (event == SOURCE_END)
		source_close(&reel->source);
	else
		reel->next = (double)(reel->source->pts - reel->first) *
		             av_q2d(reel->source->video.time_base);
	return RV_OK;
}

/* Shows the frame that waits. */
static rv_status show(struct reel *reel, rv_error *error)
{
	reel->position = reel->next;
	reel->waits = false;
	return source_image(reel->source, &reel->image, error);
}

static rv_status begin_video(struct reel *reel, struct input **input, rv_error *error)
{
	rv_status status = source_open(&reel->source, input, error);
	if (status != RV_OK)
		return status;
	int width = reel->source->video.width, height = reel->source->video.height;
	reel->moves = true;
	fit(reel->side, &width, &height);
	if (!reel->image.pixels)
		status = convert_allocate_image(&reel->image, RV_RGB8, width, height, error);
	if (status == RV_OK)
		status = read_frame(reel, error);
	if (status != RV_OK || !reel->source)
		return status;
	reel->first = reel->source->pts;
	reel->next = 0;
	return show(reel, error);
}

static rv_status begin(struct reel *reel, rv_error *error)
{
	struct input *input = NULL;
	rv_status status = input_open(&input, reel->name, NULL, error);
	if (status == RV_OK)
		status = input->kind == INPUT_PICTURE ? read_still(reel, input, error)
		                                      : begin_video(reel, &input, error);
	input_close(&input);
	return status;
}

rv_status reel_open(struct reel **opened, const char *name, double side, rv_error *error)
{
	struct reel *reel = calloc(1, sizeof(*reel));
	*opened = NULL;
	if (reel)
		reel->name = strdup(name);
	if (!reel || !reel->name) {
		free(reel);
		return rv_fail(error, RV_MEMORY, "out of memory for %.128s", name);
	}
	reel->side = side;
	rv_status status = begin(reel, error);
	if (status != RV_OK)
		reel_close(&reel);
	*opened = reel;
	return status;
}

void reel_close(struct reel **reel)
{
	if (!*reel)
		return;
	source_close(&(*reel)->source);
	free((*reel)->image.pixels);
	free((*reel)->name);
	free(*reel);
	*reel = NULL;
}

const rv_image *reel_image(const struct reel *reel)
{
	return &reel->image;
}

bool reel_moves(const struct reel *reel)
{
	return reel->moves;
}

rv_status reel_go_to(struct reel *reel, double seconds, bool *changed, rv_error *error)
{
	/* Times of frames are rounded to their time base; what is due within a millisecond is due.
	 */
	const double due = seconds + 0.001;
	rv_status status = RV_OK;
	*changed = false;
	if (!reel->moves)
		return RV_OK;
	if (due < reel->position) {
		source_close(&reel->source);
		*changed = true;
		status = begin(reel, error);
	}
	while (status == RV_OK && reel->source) {
		if (!reel->waits)
			status = read_frame(reel, error);
		if (status != RV_OK || !reel->waits || reel->next > due)
			break;
		*changed = true;
		status = show(reel, error);
	}
	return status;
}
