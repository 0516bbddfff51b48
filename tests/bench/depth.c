/* reverie-bench depth CLIP: what the network sees in each frame of a clip, at four octaves, for
 * programs that compare dreamed frames with others (tests/bench/time_depth.py). */
#include <stdlib.h>

#include "app/base/signals.h"
#include "app/media/source.h"
#include "app/options/dreamer.h"
#include "tests/bench/bench.h"
#include "tests/bench/depth_meter.h"

struct depth_bench {
	struct dreamer dreamer;
	struct source *source;
	struct depth_meter meter;
	rv_image frame;
	int frames;
};

static rv_status open_clip(struct depth_bench *bench, const struct options *options,
                           rv_error *error)
{
	const struct input_options how = {.stop = &signals_stop};
	int width = options->output.size.width, height = options->output.size.height;
	struct input *input = NULL;
	rv_status status = input_open(&input, options->call.operand, &how, error);
	if (!status)
		status = source_open(&bench->source, &input, error);
	if (status)
		return status;
	convert_fit_size(&width, &height, bench->source->video.width, bench->source->video.height);
	status = convert_allocate_image(&bench->frame, bench->source->video.rgb, width, height,
	                                error);
	if (!status)
		status = dreamer_open_exact(&bench->dreamer, options, error);
	if (!status)
		status = depth_meter_open(&bench->meter, bench->dreamer.engine, width, height,
		                          (double)bench->dreamer.dream.params.octave_scale, error);
	return status;
}

static rv_status look_at_frame(struct depth_bench *bench, rv_error *error)
{
	double worth[DEPTH_SIZES];
	rv_status status = source_image(bench->source, &bench->frame, error);
	if (!status)
		status = depth_meter_look(&bench->meter, &bench->frame, worth, error);
	if (status)
		return status;
	printf("depth frame=%d", bench->frames++);
	for (int i = 0; i < bench->meter.count; i++)
		printf(" %dx%d=%.9g", bench->meter.pictures[i].width,
		       bench->meter.pictures[i].height, worth[i]);
	printf("\n");
	return RV_OK;
}

static rv_status look_at_frames(struct depth_bench *bench, const struct options *options,
                                rv_error *error)
{
	while (bench->frames < options->call.frames && !signals_stop) {
		enum source_event event;
		rv_status status = source_next(bench->source, &event, error);
		if (!status && event == SOURCE_END)
			return RV_OK;
		if (!status && event == SOURCE_FRAME)
			status = look_at_frame(bench, error);
		if (status)
			return status;
	}
	return RV_OK;
}

rv_status bench_depth(const struct options *options, rv_error *error)
{
	struct depth_bench bench = {0};
	rv_status status;
	if (!options->call.operand[0] || options->call.second[0])
		return rv_fail(error, RV_INVALID,
		               "one clip is looked at: reverie-bench depth CLIP");
	status = open_clip(&bench, options, error);
	if (!status)
		status = look_at_frames(&bench, options, error);
	depth_meter_release(&bench.meter);
	dreamer_close(&bench.dreamer);
	source_close(&bench.source);
	free(bench.frame.pixels);
	return status;
}
