/* What controllers are told, without a sequencer. */
#include "app/control/midi_feedback.h"

#include <stdlib.h>
#include <string.h>

#include "app/control/action.h"
#include "tests/support/test.h"

static const int64_t ms = 1000000;

/* A controller, the session it plays, and what it was told. */
struct fixture {
	struct midi_map map;
	struct midi_feedback feedback;
	struct action_state *state;
	int64_t now;
	char told[256]; /* lines such as "CC 1 74 43;", since the last look */
};

static struct fixture *make(const char *bindings)
{
	struct fixture *it = calloc(1, sizeof(*it));
	if (!it || !(it->state = calloc(1, sizeof(*it->state))))
		abort();
	it->now = 1000 * ms;
	it->state->options = options_default();
	rv_error error = {0};
	CHECK_MESSAGE(keys_parse(&it->map.keys, "test", bindings, &error) == RV_OK, "%s",
	              error.message);
	return it;
}

static void release(struct fixture *it)
{
	free(it->state);
	free(it);
}

/* All that is sent with options as they are, after so long. */
static const char *tell(struct fixture *it, int64_t after)
{
	struct midi_event event;
	it->told[0] = '\0';
	it->now += after;
	midi_feedback_begin(&it->feedback);
	while (midi_feedback_next(&it->feedback, &it->map.keys, &it->state->options, it->now,
	                          &event)) {
		size_t used = strlen(it->told);
		snprintf(it->told + used, sizeof(it->told) - used, "%s %d %d %d;",
		         event.kind == MIDI_NOTE ? "Note" : "CC", event.channel, event.number,
		         event.value);
	}
	return it->told;
}

/* The controller says so; false: it is not listened to. */
static bool play(struct fixture *it, enum midi_kind kind, int number, int value)
{
	const struct midi_event event = {kind, 1, number, value};
	char action[KEY_ACTION_LENGTH];
	if (!midi_feedback_hear(&it->feedback, &event, it->now))
		return false;
	if (midi_map_take(&it->map, &event, action))
		CHECK(action_run(it->state, action, NULL) == RV_OK);
	return true;
}

static void change(struct fixture *it, const char *action)
{
	rv_error error = {0};
	CHECK_MESSAGE(action_run(it->state, action, &error) == RV_OK, "%s", error.message);
}

#define CHECK_TOLD(it, after, wanted)                                                              \
	CHECK_MESSAGE(!strcmp(tell(it, after), wanted), "\"%s\", not \"%s\"", (it)->told, wanted)

TEST(feedback_tells_where_knobs_should_stand)
{
	struct fixture *it = make("CC 1 7 = dial strength $\nCC 1 8 = dial zoom $\n"
	                          "cc 1 9 = dial rotate $ 30 -30\nCC 16 127 = dial view $\n"
	                          "CC 1 10 = layer-up\nProgram 1 3 = preset eyes\n"
	                          "Note 1 5 = dial decay $\nCC 17 1 = dial decay $");
	CHECK_TOLD(it, 0, "CC 1 7 32;CC 1 8 64;CC 1 9 64;CC 16 127 0;Note 1 5 127;");
	CHECK_TOLD(it, 1, "");
	change(it, "set strength 4");
	change(it, "set rotate 30");
	change(it, "set view source");
	CHECK_TOLD(it, 1, "CC 1 7 127;CC 1 9 0;CC 16 127 127;");
	change(it, "set rotate 90"); /* beyond the knob's end, where it is already */
	CHECK_TOLD(it, 1, "");
	change(it, "set rotate -90");
	CHECK_TOLD(it, 1, "CC 1 9 127;");
	release(it);
}

TEST(feedback_lights_keys)
{
	struct fixture *it = make("Note 1 1 = cycle freeze\nNote 1 2 = toggle master 0\n"
	                          "Note 1 3 = set view split\nNote 1 4 = cycle view\n"
	                          "CC 1 5 = set strength default\nNote 1 6 = set view nowhere");
	CHECK_TOLD(it, 0, "Note 1 1 0;Note 1 2 0;Note 1 3 0;Note 1 4 0;CC 1 5 127;");
	change(it, "set freeze on");
	change(it, "set master 0");
	change(it, "set view split");
	change(it, "set strength 2");
	CHECK_TOLD(it, 0, "Note 1 1 127;Note 1 2 127;Note 1 3 127;Note 1 4 64;CC 1 5 0;");
	release(it);
}

/* Each value of a knob makes a value of its option, of which the knob is told nothing: not even
 * where the option has fewer values, and another place of the knob would be their middle. */
TEST(feedback_says_nothing_of_what_a_knob_said_itself)
{
	static const char *const turned[] = {"strength $",   "zoom $",   "octaves $",
	                                     "view $",       "freeze $", "rotate $ 30 -30",
	                                     "octaves $ 2 6"};
	for (size_t i = 0; i < sizeof(turned) / sizeof(turned[0]); i++) {
		char binding[64];
		snprintf(binding, sizeof(binding), "CC 1 7 = dial %s", turned[i]);
		struct fixture *it = make(binding);
		tell(it, 0);
		for (int value = 0; value < MIDI_MAP_VALUES; value++) {
			it->now += 1000 * ms;
			CHECK(play(it, MIDI_CONTROL, 7, value));
			CHECK_TOLD(it, 1000 * ms, "");
		}
		release(it);
	}
}

/* While a hand turns it, another one does so too, and the options lag behind. */
TEST(feedback_waits_until_a_knob_is_let_go)
{
	struct fixture *it = make("CC 1 7 = dial strength $");
	tell(it, 0);
	for (int value = 40; value < 60; value++) {
		it->now += 20 * ms;
		CHECK(play(it, MIDI_CONTROL, 7, value));
		change(it, "set strength 4");
		CHECK_TOLD(it, 0, "");
	}
	CHECK_TOLD(it, 499 * ms, "");
	CHECK(it->feedback.due == it->now + ms);
	CHECK_TOLD(it, 1 * ms, "CC 1 7 127;");
	CHECK(!it->feedback.due);
	release(it);
}

/* A key that lights itself while it is down, and is dark when it is let go. */
TEST(feedback_lights_a_key_again_that_was_let_go)
{
	struct fixture *it = make("Note 1 1 = cycle freeze");
	CHECK_TOLD(it, 0, "Note 1 1 0;");
	it->now += 1000 * ms;
	CHECK(play(it, MIDI_NOTE, 1, 90));
	CHECK_TOLD(it, 0, "");
	CHECK_TOLD(it, 100 * ms, "Note 1 1 127;");
	it->now += 200 * ms;
	CHECK(play(it, MIDI_NOTE, 1, 0));
	CHECK_TOLD(it, 100 * ms, "Note 1 1 127;");
	CHECK(it->state->options.live.freeze);
	release(it);
}

/* A controller that sends on what it gets presses no keys by that, and turns nothing. */
TEST(feedback_that_comes_back_is_no_hand)
{
	struct fixture *it = make("Note 1 1 = cycle freeze\nCC 1 7 = dial strength $");
	tell(it, 0);
	change(it, "set freeze on");
	change(it, "set strength 1.337");
	CHECK_TOLD(it, 1000 * ms, "Note 1 1 127;CC 1 7 43;");
	it->now += 5 * ms;
	CHECK(!play(it, MIDI_NOTE, 1, 127) && !play(it, MIDI_CONTROL, 7, 43));
	CHECK(it->state->options.live.freeze && it->state->options.dream.params.strength > 1.336F);
	CHECK_TOLD(it, 1000 * ms, "");
	CHECK(play(it, MIDI_NOTE, 1, 127)); /* and this is a hand */
	CHECK(!it->state->options.live.freeze);
	release(it);
}

TEST(feedback_that_could_not_be_sent_is_sent_later)
{
	struct fixture *it = make("Note 1 1 = cycle freeze\nCC 1 7 = dial strength $");
	struct midi_event event;
	tell(it, 0);
	change(it, "set strength 0");
	midi_feedback_begin(&it->feedback);
	CHECK(midi_feedback_next(&it->feedback, &it->map.keys, &it->state->options, it->now,
	                         &event));
	midi_feedback_fail(&it->feedback, &event, it->now);
	CHECK(!midi_feedback_next(&it->feedback, &it->map.keys, &it->state->options, it->now,
	                          &event));
	CHECK(it->feedback.due > it->now);
	CHECK_TOLD(it, 20 * ms, "CC 1 7 0;");
	midi_feedback_forget(&it->feedback); /* another controller */
	CHECK_TOLD(it, 1, "Note 1 1 0;CC 1 7 0;");
	release(it);
}
