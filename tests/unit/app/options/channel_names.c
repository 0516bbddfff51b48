#include "app/options/channel_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/options/options.h"
#include "app/options/target.h"
#include "tests/support/test.h"

static char folder[64];

/* Makes text the file of names. */
static bool keep(const char *text)
{
	char path[128];
	strcpy(folder, "/tmp/reverie-test-names-XXXXXX");
	if (!mkdtemp(folder) || setenv("XDG_CONFIG_HOME", folder, 1))
		return false;
	snprintf(path, sizeof(path), "mkdir %s/reverie", folder);
	if (system(path))
		return false;
	snprintf(path, sizeof(path), "%s/reverie/channels", folder);
	FILE *file = fopen(path, "w");
	if (!file)
		return false;
	fputs(text, file);
	return fclose(file) == 0;
}

static void clean(void)
{
	char command[96];
	snprintf(command, sizeof(command), "rm -r %s", folder);
	CHECK(system(command) == 0);
}

static const char names[] = "# what I saw\n\nbirds mixed4 11,40   # two of them\neyes mixed3 7\n"
			    "stripes mixed4 5\n";

static bool set(struct options *options, const char *text, rv_error *error)
{
	return option_set(options, option_find("channels", COMMAND_DREAM), text, "--", error) ==
	       RV_OK;
}

TEST(channel_names_stand_for_channels_and_their_layer)
{
	struct options options = options_default();
	char text[OPTION_VALUE_LENGTH];
	rv_error error = {0};
	REQUIRE(keep(names));
	CHECK_MESSAGE(set(&options, "birds,stripes", &error), "%s", error.message);
	struct option_targets targets = option_dream_targets(&options.dream, "mixed7");
	target_write(&targets, text);
	CHECK_MESSAGE(!strcmp(text, "channels 11,40,5 of mixed4"), "%s", text);
	/* What is written into a preset needs no file of names. */
	option_format(&options, option_find("channels", COMMAND_DREAM), text);
	CHECK_MESSAGE(!strcmp(text, "11,40,5 of mixed4"), "%s", text);
	clean();
	struct options again = options_default();
	CHECK(set(&again, text, &error));
	CHECK(options_equal(&options, &again));
	again.dream.channels.layer[0] = '\0';
	CHECK(!options_equal(&options, &again));
}

TEST(channel_names_are_known_to_targets)
{
	struct option_targets targets;
	char text[OPTION_VALUE_LENGTH], why[OPTION_REASON_LENGTH];
	REQUIRE(keep(names));
	CHECK_MESSAGE(target_read("channels birds * 0.5 + neuron eyes at 0.5,0.5", &targets, why),
	              "%s", why);
	target_write(&targets, text);
	CHECK_MESSAGE(
		!strcmp(text, "channels 11,40 of mixed4 * 0.5 + neuron 7 of mixed3 at 0.5,0.5"),
		"%s", text);
	CHECK(!target_read("channels birds of mixed3", &targets, why));
	CHECK_MESSAGE(strstr(why, "second layer") != NULL, "%s", why);
	clean();
}

static bool refuses(const char *text, const char *reason)
{
	struct options options = options_default();
	rv_error error = {0};
	bool refused = !set(&options, text, &error) && strstr(error.message, reason);
	if (!refused)
		printf("# %s: %s\n", text, error.message);
	return refused;
}

/* As in presets, a # within a word is part of it. */
TEST(channel_names_may_hold_a_hash)
{
	struct options options = options_default();
	char name[CHANNEL_NAME_LENGTH];
	rv_error error = {0};
	REQUIRE(keep("take#2 mixed4 11\nbirds mixed4 40 #of all\n"));
	CHECK_MESSAGE(set(&options, "take#2,birds", &error), "%s", error.message);
	CHECK(options.dream.channels.count == 2 && options.dream.channels.list[1] == 40);
	channel_names_of("mixed4", 11, name);
	CHECK(!strcmp(name, "take#2"));
	clean();
}

TEST(channel_names_that_do_not_fit_are_told)
{
	REQUIRE(keep(names));
	CHECK(refuses("bird", "did you mean birds?"));
	CHECK(refuses("birds,eyes", "eyes is of mixed3, the others are not"));
	CHECK(refuses("3,birds", "birds is of mixed4, the others are not"));
	CHECK(refuses("3 of ", "is not a list"));
	CHECK(refuses("birds,birds", "11 is named twice"));
	CHECK(refuses("stripes,40,birds", "40 is named twice"));
	clean();
	REQUIRE(keep("birds mixed4\n"));
	CHECK(refuses("birds", "channels:1: a line is NAME LAYER N,..."));
	clean();
	REQUIRE(keep("birds mixed4 4,x\n"));
	CHECK(refuses("birds", "a line is NAME LAYER N,..."));
	clean();
	setenv("XDG_CONFIG_HOME", "/nowhere", 1);
	CHECK(refuses("birds", "is no number of a channel and no name of one"));
}

/* As many as there may be, of several names. */
TEST(channel_names_that_are_too_many_are_told)
{
	struct options options = options_default();
	struct option_targets targets;
	char text[1024] = "few mixed4 0\nmany mixed4 1", why[OPTION_REASON_LENGTH];
	rv_error error = {0};
	for (int i = 2; i < RV_CHANNELS_MAX; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), ",%d", i);
	strcat(text, "\nmore mixed4 500\n");
	REQUIRE(keep(text));
	CHECK_MESSAGE(set(&options, "few,many", &error), "%s", error.message);
	CHECK(options.dream.channels.count == RV_CHANNELS_MAX);
	CHECK(refuses("few,many,more", "more than"));
	CHECK(target_read("channels few, many", &targets, why));
	CHECK(!target_read("channels few, many, more", &targets, why));
	CHECK_MESSAGE(strstr(why, "more than"), "%s", why);
	CHECK(target_read("channels more, more", &targets, why));
	CHECK(targets.list[0].target.channel_count == 1);
	clean();
}

TEST(channel_names_are_told_of_single_channels)
{
	char name[CHANNEL_NAME_LENGTH];
	REQUIRE(keep(names));
	channel_names_of("mixed3", 7, name);
	CHECK(!strcmp(name, "eyes"));
	channel_names_of("mixed4", 7, name);
	CHECK(!name[0]);
	channel_names_of("mixed4", 11, name); /* birds are two */
	CHECK(!name[0]);
	clean();
}
