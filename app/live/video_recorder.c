#include "app/live/video_recorder.h"

#include <stdio.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/media/container.h"

/* ---- handing on ---- */

static void hand_on(struct video_recorder *recorder, struct frame *picture)
{
	for (int i = 0; i < RECORDER_OUTPUTS_MAX; i++)
		if (recorder->outputs[i])
			live_output_show(recorder->outputs[i], picture);
}

/* What shows no new frame, only more of its dream or another view of it, comes at no more than the
 * display's rate, and makes room where the frame that comes next turns out to belong there. */
static void hand_on_held(struct video_recorder *recorder, int64_t until)
{
	if (recorder->held && recorder->held->time <= until)
		hand_on(recorder, recorder->held);
	frame_release(recorder->held);
	recorder->held = NULL;
}

/* ---- starting and stopping ---- */

static const char *or_null(const char *text)
{
	return text[0] ? text : NULL;
}

static bool is_open(const struct video_recorder *recorder)
{
	for (int i = 0; i < RECORDER_OUTPUTS_MAX; i++)
		if (recorder->outputs[i])
			return true;
	return false;
}

static rv_status start(struct video_recorder *recorder, struct live_output_options *options,
                       const struct options *all, struct live_output **started, rv_error *error)
{
	struct live_output **place = recorder->outputs;
	options->quality = all->output.quality;
	options->fps = all->live.fps;
	options->quiet = all->call.quiet;
	options->has_sound = inputs_have_sound(recorder->inputs);
	while (place < recorder->outputs + RECORDER_OUTPUTS_MAX && *place)
		place++;
	if (place == recorder->outputs + RECORDER_OUTPUTS_MAX)
		return rv_fail(error, RV_INVALID,
		               "the last recordings are still being written; wait a little");
	rv_status status = live_output_start(place, options, error);
	*started = *place;
	inputs_want_sound(recorder->inputs, DECODE_RECORDER, is_open(recorder));
	return status;
}

rv_status video_recorder_open(struct video_recorder *recorder, const struct options *options,
                              struct live_inputs *inputs, const char *settings, int width,
                              int height, rv_error *error)
{
	struct live_output *started;
	struct live_output_options output = {
		.output = options->output.file,
		.format = or_null(options->output.format),
		.encoder = or_null(options->output.encoder),
		.settings = settings,
		.force = options->output.force,
		.width = width,
		.height = height,
		.at_once = true,
	};
	recorder->inputs = inputs;
	recorder->forgives = options->display.kiosk;
	if (!options->output.file[0])
		return RV_OK;
	if (!strcmp(options->output.file, "-") && options->live.bench > 0)
		return rv_fail(error, RV_INVALID,
		               "--bench prints to standard output; give -o another name");
	rv_status status = start(recorder, &output, options, &started, error);
	recorder->wanted = status == RV_OK ? started : NULL;
	return status;
}

const char *video_recorder_format(const struct options *options)
{
	return options->output.file[0] ? NULL : or_null(options->output.format);
}

rv_status video_recorder_start(struct video_recorder *recorder, const struct options *options,
                               const char *path, const char *settings, int width, int height,
                               rv_error *error)
{
	struct live_output_options output = {
		.output = path,
		.format = video_recorder_format(options),
		.encoder = options->output.file[0] ? NULL : or_null(options->output.encoder),
		.settings = settings,
		.width = width,
		.height = height,
	};
	return start(recorder, &output, options, &recorder->recording, error);
}

void video_recorder_stop(struct video_recorder *recorder)
{
	hand_on_held(recorder, INT64_MAX);
	if (recorder->recording)
		live_output_end(recorder->recording);
	recorder->recording = NULL;
}

/* ---- what is shown and heard ---- */

int64_t video_recorder_lead(int64_t gap, uint64_t left_out, int64_t interval)
{
	int64_t lead = gap > 0 ? gap / 2 - gap / 2 / (int64_t)(left_out + 1) : 0;
	return lead < interval ? lead : interval;
}

static void see(struct video_recorder *recorder, const struct frame *frame, int64_t now, float fps)
{
	uint64_t further = frame->number - recorder->frame_number;
	bool first = !recorder->frame_number;
	recorder->lead =
		first || !further
			? 0
			: video_recorder_lead(frame->time - recorder->frame_time, further - 1,
	                                      (int64_t)(CLOCK_SECOND / (double)fps));
	recorder->frame_number = frame->number;
	recorder->frame_time = frame->time;
	recorder->frame_seen = frame->decoded_at;
	recorder->shown_at = now;
}

/* Its frame's time, and from then on, while the frame stays (no other comes, the picture is
 * frozen), as the clock goes. *is_new: the frame was not shown before. */
static int64_t picture_time(struct video_recorder *recorder, const struct frame *frame, int64_t now,
                            float fps, bool *is_new)
{
	*is_new = frame->decoded_at != recorder->frame_seen;
	if (*is_new)
		see(recorder, frame, now, fps);
	return frame->time - recorder->lead + (now - recorder->shown_at);
}

static rv_status copy_picture(struct frame **copied, const rv_image *picture)
{
	rv_status status = frame_create(copied, picture->width, picture->height, NULL);
	for (int y = 0; status == RV_OK && y < picture->height; y++)
		memcpy((char *)(*copied)->image.pixels + (size_t)y * (*copied)->image.stride,
		       (const char *)picture->pixels + (size_t)y * picture->stride,
		       3 * (size_t)picture->width);
	return status;
}

static void lay_over(const struct hud_picture *hud, const rv_image *picture)
{
	int width = hud->width < picture->width ? hud->width : picture->width;
	int height = hud->height < picture->height ? hud->height : picture->height;
	for (int y = 0; y < height; y++) {
		const uint8_t *from = hud->rgba + 4 * (size_t)y * (size_t)hud->width;
		uint8_t *to = (uint8_t *)picture->pixels + (size_t)y * picture->stride;
		for (int x = 0; x < width; x++, from += 4, to += 3)
			for (int c = 0; c < 3; c++)
				to[c] = (uint8_t)((from[c] * from[3] + to[c] * (255 - from[3])) /
				                  255);
	}
}

void video_recorder_show(struct video_recorder *recorder, const rv_image *picture,
                         const struct hud_picture *hud, const struct frame *frame, int64_t now,
                         float fps)
{
	bool is_new;
	struct frame *copy = NULL;
	int64_t time = picture_time(recorder, frame, now, fps, &is_new);
	int64_t spacing = (int64_t)(0.75 * CLOCK_SECOND / (double)fps);
	is_new &= !frame->again;
	if (!is_open(recorder) || (!is_new && time < recorder->last + spacing) ||
	    copy_picture(&copy, picture) != RV_OK)
		return;
	hand_on_held(recorder, time - spacing);
	if (hud)
		lay_over(hud, &copy->image);
	copy->time = recorder->last = time;
	if (is_new)
		hand_on(recorder, copy);
	else
		recorder->held = frame_hold(copy);
	frame_release(copy);
}

void video_recorder_hear(struct video_recorder *recorder, struct sound *sound)
{
	for (int i = 0; i < RECORDER_OUTPUTS_MAX; i++)
		if (recorder->outputs[i])
			live_output_hear(recorder->outputs[i], sound);
}

/* ---- what is said ---- */

/* What is under way. */
static const char *name_of(const struct video_recorder *recorder, const struct live_output *output)
{
	if (output == recorder->recording)
		return "recording";
	return output == recorder->wanted ? "output" : "finishing";
}

static void write_state(const struct live_output_state *state, const char *name,
                        char text[RECORDER_STATE_LENGTH])
{
	int seconds = (int)state->seconds;
	if (state->lost)
		snprintf(text, RECORDER_STATE_LENGTH, "%s waits", name);
	else if (state->dropped)
		snprintf(text, RECORDER_STATE_LENGTH, "%s %d:%02d, %llu left out", name,
		         seconds / 60, seconds % 60, (unsigned long long)state->dropped);
	else
		snprintf(text, RECORDER_STATE_LENGTH, "%s %d:%02d", name, seconds / 60,
		         seconds % 60);
}

/* Waits for its thread. */
static void close_output(struct video_recorder *recorder, struct live_output **output)
{
	rv_error error = {0};
	if (recorder->recording == *output)
		recorder->recording = NULL;
	bool is_wanted = *output == recorder->wanted;
	bool counts = is_wanted || !recorder->forgives;
	if (live_output_close(output, &error) != RV_OK && counts && recorder->error.status == RV_OK)
		recorder->error = error;
	if (is_wanted)
		recorder->wanted = NULL;
	inputs_want_sound(recorder->inputs, DECODE_RECORDER, is_open(recorder));
}

void video_recorder_tell(struct video_recorder *recorder, char note[LIVE_NOTE_LENGTH],
                         char state[RECORDER_STATE_LENGTH])
{
	note[0] = state[0] = '\0';
	for (int i = 0; i < RECORDER_OUTPUTS_MAX; i++) {
		struct live_output **output = &recorder->outputs[i];
		if (!*output)
			continue;
		struct live_output_state now = live_output_state(*output);
		if (!state[0] || *output == recorder->recording)
			write_state(&now, name_of(recorder, *output), state);
		if (note[0]) /* one after the other */
			continue;
		live_output_note(*output, note);
		if (now.ended)
			close_output(recorder, output);
	}
}

bool video_recorder_has_failed(const struct video_recorder *recorder)
{
	return recorder->error.status != RV_OK && !is_open(recorder);
}

rv_status video_recorder_close(struct video_recorder *recorder, rv_error *error)
{
	hand_on_held(recorder, INT64_MAX);
	for (int i = 0; i < RECORDER_OUTPUTS_MAX; i++)
		if (recorder->outputs[i])
			live_output_end(recorder->outputs[i]);
	for (int i = 0; i < RECORDER_OUTPUTS_MAX; i++)
		if (recorder->outputs[i])
			close_output(recorder, &recorder->outputs[i]);
	if (recorder->error.status != RV_OK && error)
		*error = recorder->error;
	return recorder->error.status;
}
