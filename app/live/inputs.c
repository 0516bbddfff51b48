#include "app/live/inputs.h"

#include <string.h>

#include "app/media/input_origin.h"

static const char *name_of(const struct live_inputs *inputs, int number)
{
	return inputs->count > 1 ? inputs->names[number - 1] : inputs->only;
}

/* ---- opening ---- */

/* What a camera is asked for is for the cameras among them, if there are any. */
static struct decode_options options_of(const struct live_inputs *inputs, int number)
{
	struct decode_options options = inputs->options;
	bool has_camera = false;
	options.input = name_of(inputs, number);
	for (int i = 1; i <= inputs->count; i++)
		has_camera |= input_is_camera(name_of(inputs, i));
	if (has_camera && !input_is_camera(options.input))
		options.camera_wish = (struct camera_wish){0};
	return options;
}

static rv_status check_names(const struct live_inputs *inputs, rv_error *error)
{
	if (inputs->count > OPTION_INPUTS_MAX)
		return rv_fail(error, RV_INVALID, "%d inputs are too many; there may be %d",
		               inputs->count, OPTION_INPUTS_MAX);
	for (int i = 0; i < inputs->count && inputs->count > 1; i++)
		if (!strcmp(inputs->names[i], "-"))
			return rv_fail(error, RV_INVALID,
			               "-: standard input can be read but once, so it is not for "
			               "several inputs");
	return RV_OK;
}

static struct decode_options decode_options_of(const struct options *options, struct feed *feed)
{
	const struct option_live *live = &options->live;
	return (struct decode_options){
		.loop = live->loop,
		.waits = live->wait || options->display.kiosk,
		.quiet = options->call.quiet,
		.camera_wish = {live->camera_size.width, live->camera_size.height,
	                        live->camera_rate},
		.feed = feed,
	};
}

rv_status inputs_open(struct live_inputs *inputs, const struct options *options, const char *only,
                      struct queue *frames, struct queue *work, struct queue *sound,
                      rv_error *error)
{
	struct live_input *first = &inputs->open[0];
	inputs->count = options->call.input_count > 1 ? options->call.input_count : 1;
	inputs->names = options->call.inputs;
	inputs->only = only;
	rv_status status = check_names(inputs, error);
	if (status == RV_OK)
		status = feed_create(&inputs->feed, frames, work, sound, error);
	if (status != RV_OK)
		return status;
	inputs->options = decode_options_of(options, inputs->feed);
	first->number = inputs->tried = options->live.input;
	const struct decode_options its = options_of(inputs, first->number);
	status = decode_open(&first->decode, &its, error);
	if (status != RV_OK)
		return status;
	inputs->shown = first;
	decode_size(first->decode, &inputs->options.width, &inputs->options.height);
	feed_turn_to(decode_lane(first->decode), 0);
	return RV_OK;
}

rv_status inputs_start(struct live_inputs *inputs, rv_error *error)
{
	return decode_start(inputs->shown->decode, error);
}

void inputs_close(struct live_inputs *inputs)
{
	for (int i = 0; i < INPUTS_OPEN_MAX; i++)
		if (inputs->open[i].decode)
			decode_break_off(inputs->open[i].decode);
	for (int i = 0; i < INPUTS_OPEN_MAX; i++)
		decode_close(&inputs->open[i].decode);
	feed_destroy(&inputs->feed);
}

/* ---- the one that is shown ---- */

const char *inputs_name(const struct live_inputs *inputs)
{
	return name_of(inputs, inputs->shown->number);
}

static void count_frames(struct live_inputs *inputs, uint64_t frames)
{
	inputs->counted += frames - inputs->seen;
	inputs->seen = frames;
}

double inputs_rate(struct live_inputs *inputs, int64_t now, uint64_t *frames)
{
	double rate = decode_rate(inputs->shown->decode, now, frames);
	count_frames(inputs, *frames);
	*frames = inputs->counted;
	return rate;
}

bool inputs_have_sound(struct live_inputs *inputs)
{
	return decode_has_sound(inputs->shown->decode);
}

static void hand_sound(const struct live_input *input, unsigned hearers)
{
	static const enum decode_hearer all[] = {DECODE_RECORDER, DECODE_LISTENER};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		decode_want_sound(input->decode, all[i], hearers & all[i]);
}

void inputs_want_sound(struct live_inputs *inputs, enum decode_hearer hearer, bool wanted)
{
	inputs->hearers &= ~(unsigned)hearer;
	inputs->hearers |= wanted ? (unsigned)hearer : 0;
	for (int i = 0; i < INPUTS_OPEN_MAX; i++)
		if (inputs->open[i].decode)
			hand_sound(&inputs->open[i], inputs->hearers);
}

/* ---- going to another one ---- */

static void leave(struct live_input *input)
{
	decode_break_off(input->decode);
	input->leaves = true;
}

/* The one that comes has a frame: it is seen from now on. */
static void take_over(struct live_inputs *inputs)
{
	uint64_t frames;
	if (!inputs->coming || !feed_is_front(decode_lane(inputs->coming->decode)))
		return;
	decode_rate(inputs->shown->decode, 0, &frames);
	count_frames(inputs, frames);
	inputs->shown = inputs->coming;
	inputs->coming = NULL;
	inputs->tried = inputs->shown->number;
	decode_rate(inputs->shown->decode, 0, &inputs->seen);
}

/* Those that are seen no more end; those that have ended are closed. */
static void clear_away(struct live_inputs *inputs)
{
	for (int i = 0; i < INPUTS_OPEN_MAX; i++) {
		struct live_input *input = &inputs->open[i];
		if (!input->decode || input == inputs->shown || input == inputs->coming)
			continue;
		if (!input->leaves && !feed_is_used(decode_lane(input->decode)))
			leave(input);
		if (!decode_is_over(input->decode))
			continue;
		decode_close(&input->decode);
		*input = (struct live_input){.decode = NULL};
	}
}

/* What still fades out is gone back to; all else is opened anew. */
static struct live_input *find_open(struct live_inputs *inputs, int number)
{
	for (int i = 0; i < INPUTS_OPEN_MAX; i++) {
		struct live_input *input = &inputs->open[i];
		if (input->decode && !input->leaves && input->number == number &&
		    !decode_ended(input->decode))
			return input;
	}
	return NULL;
}

/* What only fades out goes at once. */
static void make_room(struct live_inputs *inputs)
{
	for (int i = 0; i < INPUTS_OPEN_MAX; i++) {
		struct live_input *input = &inputs->open[i];
		if (input != inputs->shown && input != inputs->coming && !input->leaves)
			leave(input);
	}
}

/* NULL: there is no room, or no memory, for now. */
static struct live_input *begin(struct live_inputs *inputs, int number)
{
	const struct decode_options options = options_of(inputs, number);
	for (int i = 0; i < INPUTS_OPEN_MAX; i++) {
		struct live_input *input = &inputs->open[i];
		if (input->decode)
			continue;
		if (decode_begin(&input->decode, &options, NULL) != RV_OK)
			return NULL;
		input->number = number;
		hand_sound(input, inputs->hearers);
		return input;
	}
	make_room(inputs);
	return NULL;
}

static void go_to(struct live_inputs *inputs, int number, double seconds)
{
	struct live_input *input = find_open(inputs, number);
	if (!input)
		input = begin(inputs, number);
	if (!input)
		return;
	feed_turn_to(decode_lane(input->decode), seconds);
	take_over(inputs); /* the one that was to come may have had its frame just before */
	if (inputs->coming && input != inputs->coming)
		leave(inputs->coming);
	inputs->coming = input == inputs->shown ? NULL : input;
}

static int aim(const struct live_inputs *inputs)
{
	return inputs->coming ? inputs->coming->number : inputs->shown->number;
}

/* What comes could not be opened, which it has told. */
static void give_up(struct live_inputs *inputs, struct option_live *live)
{
	if (!inputs->coming || !decode_ended(inputs->coming->decode))
		return;
	if (live->input == inputs->coming->number)
		live->input = inputs->shown->number;
	leave(inputs->coming);
	inputs->coming = NULL;
}

/* Of those that cannot be opened none is tried twice. */
static void go_on(struct live_inputs *inputs, struct option_live *live)
{
	bool is_asked = live->input != inputs->shown->number;
	if (inputs->coming || is_asked || inputs->tried >= inputs->count)
		return;
	if (decode_ended(inputs->shown->decode))
		live->input = ++inputs->tried;
}

void inputs_tend(struct live_inputs *inputs, struct option_live *live)
{
	take_over(inputs);
	give_up(inputs, live);
	go_on(inputs, live);
	if (live->input > inputs->count)
		live->input = aim(inputs);
	if (live->input != aim(inputs))
		go_to(inputs, live->input, (double)live->crossfade);
	clear_away(inputs);
}

bool inputs_ended(struct live_inputs *inputs)
{
	return !inputs->coming && inputs->tried >= inputs->count &&
	       decode_ended(inputs->shown->decode);
}

/* ---- what is said ---- */

void inputs_note(struct live_inputs *inputs, char note[DECODE_NOTE_LENGTH])
{
	note[0] = '\0';
	for (int i = 0; i < INPUTS_OPEN_MAX && !note[0]; i++)
		if (inputs->open[i].decode)
			decode_note(inputs->open[i].decode, note);
}

void inputs_state(struct live_inputs *inputs, char state[DECODE_NOTE_LENGTH])
{
	decode_state(inputs->shown->decode, state);
	if (!state[0] && inputs->coming)
		decode_state(inputs->coming->decode, state);
}
