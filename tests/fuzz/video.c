/* Videos and animations (y4m, GIF and whatever libav opens): their first frames, timed, turned
 * upright, and made RGB at a size of our own. What picture.c says of libav holds here too. */
#include <stdlib.h>

#include "app/media/source.h"
#include "tests/fuzz/fuzz.h"

enum { EVENTS_MOST = 16, WIDTH = 40, HEIGHT = 30 };

static rv_status read_frames(struct source *source, const rv_image *image, rv_error *error)
{
	enum source_event event = SOURCE_PACKET;
	rv_status status = RV_OK;
	for (int i = 0; i < EVENTS_MOST && event != SOURCE_END && status == RV_OK; i++) {
		status = source_next(source, &event, error);
		if (status == RV_OK && event == SOURCE_FRAME)
			status = source_image(source, image, error);
	}
	return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	rv_error error = {RV_OK, ""};
	av_log_set_level(AV_LOG_QUIET);
	struct input *input = NULL;
	struct source *source = NULL;
	rv_image image = {.pixels = NULL};
	rv_status status = input_open(&input, fuzz_file(bytes, size), NULL, &error);
	if (status == RV_OK)
		status = source_open(&source, &input, &error);
	if (status == RV_OK)
		status = convert_allocate_image(&image, source->video.rgb, WIDTH, HEIGHT, &error);
	if (status == RV_OK)
		status = read_frames(source, &image, &error);
	fuzz_check(status, &error);
	source_close(&source);
	free(image.pixels);
	return 0;
}
