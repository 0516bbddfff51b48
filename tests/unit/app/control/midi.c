/* What the knobs and keys of MIDI controllers do, without a sequencer. */
#include "app/control/midi.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/control/action.h"
#include "app/control/midi_map.h"
#include "tests/support/media.h"
#include "tests/support/test.h"

static struct midi_map *make(const char *bindings)
{
	struct midi_map *map = calloc(1, sizeof(*map));
	rv_error error = {0};
	if (!map)
		abort();
	CHECK_MESSAGE(keys_parse(&map->keys, "test", bindings, &error) == RV_OK, "%s",
	              error.message);
	return map;
}

/* The action of an event; empty: none. Valid until the next call. */
static const char *take(struct midi_map *map, enum midi_kind kind, int number, int value)
{
	static char action[KEY_ACTION_LENGTH];
	const struct midi_event event = {kind, 2, number, value};
	if (!midi_map_take(map, &event, action))
		action[0] = '\0';
	return action;
}

TEST(midi_knobs_turn_options)
{
	struct midi_map *map = make("CC 2 74 = dial strength $");
	CHECK(!strcmp(take(map, MIDI_CONTROL, 74, 0), "dial strength 0.0000"));
	CHECK(!strcmp(take(map, MIDI_CONTROL, 74, 127), "dial strength 1.0000"));
	CHECK(!strcmp(take(map, MIDI_CONTROL, 74, 64), "dial strength 0.5000"));
	CHECK(!strcmp(take(map, MIDI_CONTROL, 74, 32), "dial strength 0.2500"));
	CHECK(!take(map, MIDI_CONTROL, 75, 10)[0]);
	CHECK(!take(map, MIDI_NOTE, 74, 10)[0]);
	CHECK(!take(map, MIDI_CONTROL, 74, 128)[0] && !take(map, MIDI_CONTROL, 128, 1)[0]);
	CHECK(!take(map, MIDI_CONTROL, 74, -1)[0] && !take(map, MIDI_CONTROL, -1, 1)[0]);
	free(map);
}

TEST(midi_keys_and_pedals_press)
{
	struct midi_map *map = make("Note 2 60 = layer-up\nCC 2 64 = reset\n"
	                            "Program 2 5 = preset eyes\nNote 2 61 = dial strength $");
	CHECK(!strcmp(take(map, MIDI_NOTE, 60, 1), "layer-up"));
	CHECK(!take(map, MIDI_NOTE, 60, 0)[0]);
	CHECK(!strcmp(take(map, MIDI_NOTE, 61, 64), "dial strength 0.5000"));
	CHECK(!take(map, MIDI_NOTE, 61, 0)[0]);
	CHECK(!strcmp(take(map, MIDI_PROGRAM, 5, 0), "preset eyes"));
	CHECK(!take(map, MIDI_CONTROL, 64, 20)[0]);
	CHECK(!strcmp(take(map, MIDI_CONTROL, 64, 90), "reset"));
	CHECK(!take(map, MIDI_CONTROL, 64, 127)[0]); /* still down */
	CHECK(!take(map, MIDI_CONTROL, 64, 0)[0]);
	CHECK(!strcmp(take(map, MIDI_CONTROL, 64, 127), "reset"));
	free(map);
}

TEST(midi_learns_knobs_and_keys)
{
	struct midi_map *map = make("CC 2 7 = dial decay $");
	char line[MIDI_MAP_LINE_LENGTH];
	rv_error error;
	const struct midi_event knob = {MIDI_CONTROL, 2, 7, 3}, key = {MIDI_NOTE, 10, 36, 99},
				up = {MIDI_NOTE, 10, 36, 0};
	CHECK(midi_map_learn(map, &knob, "dial strength $", "layer-up", line, &error));
	CHECK_MESSAGE(!strcmp(line, "CC 2 7 = dial strength $"), "%s", line);
	CHECK(!strcmp(take(map, MIDI_CONTROL, 7, 64), "dial strength 0.5000"));
	CHECK(!midi_map_learn(map, &up, "dial strength $", "layer-up", line, &error) &&
	      error.status == RV_OK);
	CHECK(midi_map_learn(map, &key, "dial strength $", "layer-up", line, &error));
	CHECK_MESSAGE(!strcmp(line, "Note 10 36 = layer-up"), "%s", line);
	CHECK(!midi_map_learn(map, &key, "dial strength $", "fly", line, &error) &&
	      error.status == RV_INVALID);
	free(map);
}

TEST(midi_learns_from_the_last_change)
{
	struct action_state *state = calloc(1, sizeof(*state));
	REQUIRE(state != NULL);
	state->options = options_default();
	action_run(state, "add strength 0.1", NULL);
	CHECK(action_run(state, "learn", NULL) == RV_OK && state->requests == ACTION_LEARN);
	CHECK(!strcmp(state->last, "add strength 0.1"));
	CHECK(state->last_option && !strcmp(state->last_option->name, "strength"));
	free(state);
}

/* ---- what is kept ---- */

TEST(midi_bindings_are_kept)
{
	char home[] = "/tmp/reverie-test-midi-XXXXXX", path[128];
	struct keys keys;
	rv_error error = {0};
	REQUIRE(mkdtemp(home) != NULL);
	setenv("XDG_CONFIG_HOME", home, 1);
	CHECK(keys_keep("midi.conf", "CC 1 74 = dial strength $", &error) == RV_OK);
	CHECK(keys_keep("midi.conf", "CC 1 75 = dial decay $", &error) == RV_OK);
	CHECK(keys_keep("midi.conf", "CC 1 74 = dial zoom $", &error) == RV_OK);
	CHECK_MESSAGE(keys_load_all(&keys, "", &error) == RV_OK, "%s", error.message);
	CHECK(!strcmp(keys_find(&keys, "CC 1 74"), "dial zoom $"));
	CHECK(!strcmp(keys_find(&keys, "CC 1 75"), "dial decay $"));
	/* A show of months learns more often than a file has room for: it does not grow. */
	for (int i = 0; i < 10; i++)
		CHECK(keys_keep("midi.conf",
		                i % 2 ? "CC 1 74 = dial zoom $" : "CC 1 74=dial inherit $",
		                &error) == RV_OK);
	snprintf(path, sizeof(path), "%s/reverie/midi.conf", home);
	size_t size;
	char *text = (char *)media_read(path, &size);
	CHECK_MESSAGE(text && size < 60, "%zu bytes", size);
	CHECK(text && strstr(text, "CC 1 75 = dial decay $\n"));
	free(text);
	unlink(path);
	mkdir(path, 0700); /* a folder where the file should be */
	CHECK(keys_keep("midi.conf", "CC 1 74 = dial zoom $", &error) == RV_INVALID);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/reverie", home);
	rmdir(path);
	rmdir(home);
	unsetenv("XDG_CONFIG_HOME");
}

TEST(midi_opens_or_says_why_not)
{
	static struct keys keys;
	struct queue *commands = NULL;
	struct midi *midi = NULL;
	rv_error error = {0};
	REQUIRE(queue_create(&commands, 8, QUEUE_DROP_OLDEST, free, NULL) == RV_OK);
	rv_status status = midi_open(&midi, "", &keys, commands, &error);
	if (access("/dev/snd/seq", F_OK))
		CHECK((status == RV_NOT_FOUND || status == RV_UNSUPPORTED) && error.message[0]);
	else
		CHECK_MESSAGE(status == RV_OK, "%s", error.message);
	midi_close(&midi);
	queue_destroy(&commands);
}
