/* The command probe: which channels answer at a place of a picture, and what they dream of. */
#include <string.h>

#include "app/base/progress.h"
#include "app/command/command.h"
#include "app/command/sheet.h"
#include "app/media/picture.h"
#include "app/media/picture_read.h"
#include "app/media/picture_write.h"
#include "app/options/channel_names.h"
#include "app/options/dreamer.h"
#include "engine/reverie_inspect.h"

enum { BEST = 8, SIDE_MOST = 1024 };

struct probing {
	const struct options *options;
	struct dreamer dreamer;
	struct progress progress;
	struct picture picture;
	struct output_file *file;
	struct sheet sheet;
	rv_atlas *atlas;
	const char *layer;
	float x, y; /* parts of the picture's width and height */
	rv_answer answers[BEST];
	int count;
};

/* ---- the call ---- */

/* A place in parts of the picture, or, with a number above 1, in its pixels. */
static rv_status read_place(struct probing *it, rv_error *error)
{
	const char *text = it->options->call.second;
	const rv_image *image = &it->picture.image;
	int end = 0;
	if (sscanf(text, "%f,%f%n", &it->x, &it->y, &end) != 2 || text[end] || !(it->x >= 0) ||
	    !(it->y >= 0))
		return rv_fail(error, RV_INVALID,
		               "\"%.64s\" is not a place such as 0.5,0.3, or 320,120 in pixels",
		               text);
	if (it->x > 1 || it->y > 1) {
		it->x = (it->x + 0.5f) / (float)image->width;
		it->y = (it->y + 0.5f) / (float)image->height;
	}
	if (it->x > 1 || it->y > 1)
		return rv_fail(error, RV_INVALID, "%.64s is outside the picture, which is %dx%d",
		               text, image->width, image->height);
	return RV_OK;
}

static rv_status check_call(const struct options *options, rv_error *error)
{
	const char *name = options->output.file;
	if (!options->call.operand[0] || !options->call.second[0])
		return rv_fail(error, RV_INVALID, "where? reverie probe PICTURE X,Y");
	if (name[0] && !picture_name_known(name))
		return rv_fail(error, RV_INVALID, "%.256s: tiles are a picture; name it %s", name,
		               picture_extensions());
	return RV_OK;
}

/* A network sees no more in a larger one. */
static rv_status read_picture(struct probing *it, rv_error *error)
{
	rv_status status = picture_open(&it->picture, it->options->call.operand, error);
	if (status == RV_OK)
		status = read_place(it, error);
	if (status != RV_OK)
		return status;
	int width = it->picture.image.width, height = it->picture.image.height;
	int longer = width > height ? width : height;
	if (longer <= SIDE_MOST)
		return RV_OK;
	width = (int)((long)width * SIDE_MOST / longer);
	height = (int)((long)height * SIDE_MOST / longer);
	return picture_scale(&it->picture, width > 0 ? width : 1, height > 0 ? height : 1, error);
}

/* ---- what is told ---- */

static void print_answers(const struct probing *it)
{
	char name[CHANNEL_NAME_LENGTH];
	if (!it->count)
		printf("no channel of %s answers there\n", it->layer);
	for (int i = 0; i < it->count; i++) {
		const rv_answer *answer = &it->answers[i];
		channel_names_of(it->layer, answer->channel, name);
		printf("%4d  x%-6.1f %s\n", answer->channel, (double)answer->ratio, name);
	}
}

static rv_status draw_answer(struct probing *it, int index, rv_error *error)
{
	char lines[TILES_LINES_MAX][TILES_LABEL_LENGTH], name[CHANNEL_NAME_LENGTH];
	const rv_answer *answer = &it->answers[index];
	channel_names_of(it->layer, answer->channel, name);
	snprintf(lines[0], sizeof(lines[0]), "%d  x%.1f", answer->channel, (double)answer->ratio);
	snprintf(lines[1], sizeof(lines[1]), "%s", name);
	return sheet_draw(&it->sheet, index, it->atlas, answer->channel, lines, &it->progress,
	                  error);
}

static rv_status draw_answers(struct probing *it, rv_error *error)
{
	const char *name = it->options->output.file;
	rv_config config = option_device_config(&it->options->device);
	if (!it->count)
		return rv_fail(error, RV_NOT_FOUND, "no channel of %.128s answers there",
		               it->layer);
	rv_status status = rv_atlas_open(&it->atlas, it->dreamer.model, &config, it->layer, error);
	if (status == RV_OK)
		status = sheet_create(&it->sheet, it->layer, it->count, 2, error);
	progress_begin(&it->progress, it->count);
	for (int i = 0; i < it->count && status == RV_OK; i++)
		status = draw_answer(it, i, error);
	progress_end(&it->progress);
	if (status == RV_OK)
		status = sheet_write(&it->sheet, it->file, name, error);
	return status == RV_OK ? output_file_commit(&it->file, error) : status;
}

static rv_status probe(struct probing *it, rv_error *error)
{
	const struct options *options = it->options;
	rv_status status;
	if ((status = check_call(options, error)) != RV_OK ||
	    (status = read_picture(it, error)) != RV_OK)
		return status;
	if (options->output.file[0])
		status = output_file_create(&it->file, options->output.file, options->output.force,
		                            error);
	if (status != RV_OK ||
	    (status = dreamer_open_exact(&it->dreamer, options, error)) != RV_OK ||
	    (status = dreamer_layer(&it->dreamer, &options->dream, &it->layer, error)) != RV_OK ||
	    (status = rv_find_answers(it->dreamer.engine, &it->picture.image, it->layer, it->x,
	                              it->y, it->answers, BEST, &it->count, error)) != RV_OK)
		return status;
	print_answers(it);
	return it->file ? draw_answers(it, error) : RV_OK;
}

rv_status command_probe(const struct options *options, rv_error *error)
{
	struct probing it = {.options = options};
	progress_init(&it.progress, stderr, progress_style_for(stderr, options->call.quiet));
	progress_count(&it.progress, "tile");
	rv_status status = probe(&it, error);
	output_file_discard(&it.file);
	sheet_release(&it.sheet);
	rv_atlas_close(&it.atlas);
	picture_release(&it.picture);
	dreamer_close(&it.dreamer);
	return status;
}
