/* Dreams that are stored by number are there again in the next session. */
#include "app/live/stores.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/base/clock.h"
#include "app/control/action.h"
#include "tests/support/test.h"

static const struct action_layer layers[] = {{"low", 64, true}, {"high", 8, true}};
static const int64_t second = 1000000000;

static char home[32], folder[64];

static bool make_home(void)
{
	strcpy(home, "/tmp/reverie-stores-XXXXXX");
	if (!mkdtemp(home) || setenv("XDG_STATE_HOME", home, 1))
		return false;
	snprintf(folder, sizeof(folder), "%s/reverie/stores", home);
	return true;
}

/* The path of a file in the folder of stores; valid until the next call. */
static const char *file(const char *name)
{
	static char path[128];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void remove_home(void)
{
	char command[64];
	snprintf(command, sizeof(command), "rm -r %s", home);
	CHECK(!system(command));
	unsetenv("XDG_STATE_HOME");
}

static void write_text(const char *name, const char *text)
{
	FILE *written = fopen(file(name), "w");
	CHECK(written && fputs(text, written) >= 0);
	if (written)
		fclose(written);
}

/* A session, with what the ones before it stored. */
static struct action_state *begin(struct live_stores *stores, const char *network)
{
	struct action_state *state = calloc(1, sizeof(*state));
	if (!state)
		abort();
	state->options = options_default();
	strcpy(state->options.dream.network.name, network);
	state->layers = layers;
	state->layer_count = 2;
	*stores = (struct live_stores){0};
	live_stores_open(stores, state);
	return state;
}

static void run(struct action_state *state, const char *text)
{
	rv_error error = {0};
	CHECK_MESSAGE(action_run(state, text, &error) == RV_OK, "%s: %s", text, error.message);
}

/* Stores as number 3 and 7, and ends at once. */
static struct option_dream store_two(void)
{
	struct live_stores stores;
	struct action_state *state = begin(&stores, "inception-v3");
	run(state, "set target channels 3,5 of high");
	run(state, "set layer low");
	run(state, "set strength 1.2345");
	run(state, "set seed 12345678901234567890");
	run(state, "store 3");
	run(state, "set mask /nowhere/mask.png");
	run(state, "store 7");
	struct option_dream seventh = state->stores[6];
	live_stores_close(&stores);
	free(state);
	return seventh;
}

TEST(stores_outlast_the_session)
{
	struct live_stores stores;
	rv_error error;
	REQUIRE(make_home());
	struct option_dream stored = store_two();
	struct action_state *state = begin(&stores, "inception-v3");
	run(state, "recall 7");
	CHECK(option_dream_equal(&state->options.dream, &stored));
	run(state, "recall 3");
	CHECK(!state->options.dream.mask[0] &&
	      fabsf(state->options.dream.params.strength - 1.2345f) < 1e-6f);
	CHECK(action_run(state, "recall 1", &error) == RV_NOT_FOUND);
	CHECK(!access(file("3.preset"), R_OK) && access(file("1.preset"), F_OK));
	free(state);
	remove_home();
}

/* Whether the file has what was stored last under that number. */
static bool is_kept(const struct action_state *state, int number)
{
	return state->store_kept[number - 1] == state->store_count[number - 1];
}

/* Whether it has within a few seconds, in which the clock of the session stands. */
static bool wait_until_kept(struct live_stores *stores, struct live_disk *disk, int number,
                            int64_t now)
{
	for (int i = 0; i < 500 && !is_kept(stores->actions, number); i++) {
		live_stores_keep(stores, disk, now);
		clock_sleep(second / 100);
	}
	return is_kept(stores->actions, number);
}

/* The disk writes one file a second, and none of them twice. */
TEST(stores_are_written_while_the_session_runs)
{
	struct live_stores stores;
	struct live_disk *disk = NULL;
	rv_error error = {0};
	REQUIRE(make_home());
	REQUIRE(live_disk_start(&disk, 0, &error) == RV_OK);
	struct action_state *state = begin(&stores, "inception-v3");
	run(state, "store 2");
	run(state, "store 4");
	live_stores_keep(&stores, disk, 10 * second);
	CHECK(wait_until_kept(&stores, disk, 2, 11 * second - 1) && !is_kept(state, 4));
	CHECK(wait_until_kept(&stores, disk, 4, 11 * second));
	live_disk_stop(&disk);
	CHECK(!access(file("2.preset"), R_OK) && !access(file("4.preset"), R_OK));
	unlink(file("2.preset"));
	live_stores_close(&stores);
	CHECK(access(file("2.preset"), F_OK));
	free(state);
	remove_home();
}

/* Each of them by itself; what a later store writes does not take its place. */
TEST(stores_that_are_damaged_are_put_aside)
{
	static const char *const damages[] = {"network inception-v3\noctav", "", "\177ELF",
	                                      "octaves = 400\n"};
	struct live_stores stores;
	char aside[64];
	REQUIRE(make_home());
	store_two();
	for (int i = 0; i < 4; i++) {
		write_text("7.preset", damages[i]);
		struct action_state *state = begin(&stores, "inception-v3");
		CHECK(!state->is_stored[6] && state->is_stored[2]);
		snprintf(aside, sizeof(aside), i ? "7.preset.damaged-%d" : "7.preset.damaged",
		         i + 1);
		CHECK_MESSAGE(!access(file(aside), R_OK), "%s", aside);
		CHECK(access(file("7.preset"), F_OK));
		free(state);
	}
	remove_home();
}

TEST(stores_of_another_network_are_kept_and_not_recalled)
{
	struct live_stores stores;
	rv_error error;
	REQUIRE(make_home());
	store_two();
	struct action_state *state = begin(&stores, "googlenet");
	CHECK(action_run(state, "recall 3", &error) == RV_NOT_FOUND);
	CHECK_MESSAGE(strstr(error.message, "stored as 3 is for the network inception-v3"), "%s",
	              error.message);
	run(state, "store 7");
	live_stores_close(&stores);
	free(state);
	state = begin(&stores, "inception-v3");
	run(state, "recall 3");
	CHECK(action_run(state, "recall 7", &error) == RV_NOT_FOUND);
	free(state);
	remove_home();
}

TEST(stores_are_kept_for_the_session_where_they_cannot_be_written)
{
	struct live_stores stores;
	REQUIRE(!setenv("XDG_STATE_HOME", "/dev/null", 1));
	struct action_state *state = begin(&stores, "inception-v3");
	run(state, "store 1");
	run(state, "recall 1");
	live_stores_close(&stores);
	unsetenv("XDG_STATE_HOME");
	free(state);
}

static void store_strength(struct action_state *state, int number, const char *strength)
{
	char action[64];
	snprintf(action, sizeof(action), "set strength %s", strength);
	run(state, action);
	snprintf(action, sizeof(action), "store %d", number);
	run(state, action);
}

/* What strength a recalled number has. */
static double recalled(struct action_state *state, int number)
{
	char action[32];
	snprintf(action, sizeof(action), "recall %d", number);
	run(state, action);
	return (double)state->options.dream.params.strength;
}

TEST(stores_of_sessions_at_once_are_the_newest)
{
	struct live_stores one, other;
	REQUIRE(make_home());
	struct action_state *first = begin(&one, "inception-v3");
	struct action_state *second_state = begin(&other, "inception-v3");
	store_strength(first, 1, "2");
	store_strength(first, 2, "2.5");
	live_stores_close(&one);
	CHECK(recalled(second_state, 1) == 2);
	/* What is stored here goes before the file, until that has it. */
	store_strength(second_state, 1, "3");
	CHECK(recalled(second_state, 1) == 3 && recalled(second_state, 2) == 2.5);
	store_strength(first, 2, "0.5");
	live_stores_close(&one);
	live_stores_close(&other); /* writes 1 alone */
	CHECK(recalled(first, 1) == 3 && recalled(second_state, 2) == 0.5);
	/* One that was taken away elsewhere is still here. */
	unlink(file("2.preset"));
	CHECK(recalled(first, 2) == 0.5);
	free(first);
	free(second_state);
	remove_home();
}

TEST(stores_that_could_not_be_written_are_tried_again)
{
	struct live_stores stores;
	struct live_disk *disk = NULL;
	char note[DISK_NOTE_LENGTH] = "", path[64];
	rv_error error = {0};
	REQUIRE(make_home());
	REQUIRE(live_disk_start(&disk, 0, &error) == RV_OK);
	struct action_state *state = begin(&stores, "inception-v3");
	snprintf(path, sizeof(path), "%s/reverie", home);
	FILE *in_the_way = fopen(path, "w");
	REQUIRE(in_the_way);
	fclose(in_the_way);
	store_strength(state, 1, "2");
	for (int i = 0; i < 500 && !stores.stores[0].failed; i++) {
		live_stores_keep(&stores, disk, 10 * second);
		clock_sleep(second / 100);
	}
	live_disk_note(disk, note);
	CHECK_MESSAGE(strstr(note, "1.preset"), "%s", note);
	CHECK(!is_kept(state, 1) && recalled(state, 1) == 2);
	unlink(path);
	live_stores_keep(&stores, disk, 20 * second);
	CHECK(atomic_load(&stores.stores[0].outcome) == DISK_IDLE); /* not by itself */
	store_strength(state, 3, "3");
	CHECK(wait_until_kept(&stores, disk, 1, 30 * second));
	CHECK(wait_until_kept(&stores, disk, 3, 40 * second));
	live_disk_stop(&disk);
	CHECK(!access(file("1.preset"), R_OK) && !access(file("3.preset"), R_OK));
	free(state);
	remove_home();
}
