/* The inputs of a session: which is shown, and what happens where one cannot be. */
#include "app/live/inputs.h"

#include <stdio.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/media/sound.h"
#include "tests/support/media.h"
#include "tests/support/test.h"

static const int64_t second = 1000000000;

struct played {
	struct options options;
	struct queue *frames, *work, *sound;
	struct live_inputs inputs;
	int brightness; /* of the last frame; below 0: none came */
	char note[DECODE_NOTE_LENGTH];
};

static bool open_played(struct played *played, const char **names, int count, bool loops)
{
	played->options = options_default();
	played->options.call.quiet = true;
	played->options.call.inputs = names;
	played->options.call.input_count = count;
	played->options.live.loop = loops;
	played->brightness = -1;
	return !queue_create(&played->frames, 4, QUEUE_DROP_OLDEST, frame_release, NULL) &&
	       !queue_create(&played->work, 1, QUEUE_DROP_OLDEST, frame_release, NULL) &&
	       !queue_create(&played->sound, 4, QUEUE_DROP_OLDEST, sound_release, NULL) &&
	       !inputs_open(&played->inputs, &played->options, names[0], played->frames,
	                    played->work, played->sound, NULL) &&
	       !inputs_start(&played->inputs, NULL);
}

static void close_played(struct played *played)
{
	inputs_close(&played->inputs);
	queue_destroy(&played->frames);
	queue_destroy(&played->work);
	queue_destroy(&played->sound);
}

/* One round of the session's loop. */
static void tend(struct played *played)
{
	char note[DECODE_NOTE_LENGTH];
	struct frame *frame = queue_pop(played->frames, second / 50);
	if (frame) {
		const uint8_t *pixels = frame->image.pixels;
		played->brightness =
			pixels[frame->image.stride * (size_t)(frame->image.height / 2) +
		               3 * (size_t)(frame->image.width / 2)];
	}
	frame_release(frame);
	inputs_note(&played->inputs, note);
	if (note[0])
		strcpy(played->note, note);
	inputs_tend(&played->inputs, &played->options.live);
}

/* Whether that number is shown within some seconds, in this brightness. */
static bool comes(struct played *played, int number, int brightness)
{
	int64_t until = clock_now() + 20 * second;
	while (clock_now() < until) {
		tend(played);
		if (played->inputs.shown->number == number && played->brightness == brightness)
			return true;
	}
	return false;
}

static int count_open(const struct played *played)
{
	int count = 0;
	for (int i = 0; i < INPUTS_OPEN_MAX; i++)
		count += played->inputs.open[i].decode != NULL;
	return count;
}

/* Whether no input is open but that which is shown, within some seconds. */
static bool clears(struct played *played)
{
	int64_t until = clock_now() + 20 * second;
	while (count_open(played) > 1 && clock_now() < until)
		tend(played);
	return count_open(played) == 1;
}

static const char *colours[] = {"lavfi:color=black:size=48x36", "lavfi:color=white:size=36x48",
                                "lavfi:nonsense", "lavfi:color=0x808080:size=48x36"};

TEST(another_input_is_shown_and_the_one_before_is_closed)
{
	struct played played = {.note = ""};
	REQUIRE(open_played(&played, colours, 4, true));
	CHECK(comes(&played, 1, 0));
	played.options.live.input = 2;
	CHECK(comes(&played, 2, 255));
	CHECK(clears(&played) && played.options.live.input == 2);
	CHECK(!strcmp(inputs_name(&played.inputs), colours[1]));
	played.options.live.input = 1;
	CHECK(comes(&played, 1, 0) && clears(&played));
	close_played(&played);
}

/* Frames of another shape are fitted into that of the first one. */
TEST(another_input_melts_into_what_is_shown)
{
	struct played played = {.note = ""};
	int between = 0;
	REQUIRE(open_played(&played, colours, 4, true));
	CHECK(comes(&played, 1, 0));
	played.options.live.input = 2;
	played.options.live.crossfade = 0.5F;
	for (int64_t until = clock_now() + 20 * second;
	     played.brightness < 255 && clock_now() < until;) {
		tend(&played);
		between += played.brightness > 0 && played.brightness < 255;
	}
	CHECK_MESSAGE(between > 3, "%d frames between", between);
	CHECK(clears(&played));
	close_played(&played);
}

TEST(an_input_that_cannot_be_opened_changes_nothing)
{
	struct played played = {.note = ""};
	REQUIRE(open_played(&played, colours, 4, true));
	CHECK(comes(&played, 1, 0));
	played.options.live.input = 3;
	tend(&played);
	CHECK(played.inputs.coming && played.options.live.input == 3);
	for (int64_t until = clock_now() + 20 * second;
	     played.options.live.input == 3 && clock_now() < until;)
		tend(&played);
	CHECK(played.options.live.input == 1 && clears(&played));
	CHECK_MESSAGE(strstr(played.note, "nonsense"), "%s", played.note);
	played.options.live.input = 5; /* there is no such number */
	tend(&played);
	CHECK(played.options.live.input == 1 && count_open(&played) == 1);
	close_played(&played);
}

/* However fast one goes through them, no more are open than there is room for, and the last one
 * that was asked for comes. */
TEST(the_last_input_that_was_asked_for_is_shown)
{
	struct played played = {.note = ""};
	REQUIRE(open_played(&played, colours, 4, true));
	CHECK(comes(&played, 1, 0));
	played.options.live.crossfade = 0.2F;
	for (int i = 0; i < 40; i++) {
		static const int order[] = {2, 4, 1};
		played.options.live.input = order[i % 3];
		for (int j = 0; j <= i % 4; j++)
			tend(&played);
	}
	played.options.live.input = 4;
	CHECK(comes(&played, 4, 128) && clears(&played));
	close_played(&played);
}

static bool make_colour(const char *path, const char *colour)
{
	return media_make(path, media_arguments("-f lavfi -i color=%s:size=48x36:rate=25 -frames:v "
	                                        "10 -c:v ffv1 -pix_fmt bgr0",
	                                        colour));
}

TEST(files_that_are_played_once_follow_one_another)
{
	const char *black = media_path("black.mkv"), *white = media_path("white.mkv");
	const char *names[] = {black, media_path("none.mkv"), white};
	struct played played = {.note = ""};
	if (!make_colour(black, "black") || !make_colour(white, "white"))
		SKIP("%s", media_lack());
	REQUIRE(open_played(&played, names, 3, false));
	CHECK(comes(&played, 1, 0));
	CHECK(!inputs_ended(&played.inputs));
	CHECK(comes(&played, 3, 255));
	for (int64_t until = clock_now() + 20 * second;
	     !inputs_ended(&played.inputs) && clock_now() < until;)
		tend(&played);
	CHECK(inputs_ended(&played.inputs) && played.options.live.input == 3);
	close_played(&played);
}

TEST(standard_input_is_none_of_several)
{
	const char *names[] = {colours[0], "-"};
	struct played played = {.note = ""};
	rv_error error = {0};
	played.options = options_default();
	played.options.call.inputs = names;
	played.options.call.input_count = 2;
	CHECK(inputs_open(&played.inputs, &played.options, names[0], NULL, NULL, NULL, &error) ==
	      RV_INVALID);
	CHECK(strstr(error.message, "standard input"));
	close_played(&played);
}
