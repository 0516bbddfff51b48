/* Settings that a known network has of its own hold where nobody gave others: by the command line,
 * by a preset, or while a session runs. */
#include <string.h>

#include "app/networks/catalogue.h"
#include "app/options/preset.h"
#include "tests/support/test.h"

static struct option_dream from_preset(const char *text)
{
	struct option_dream dream = option_dream_default();
	rv_error error = {0};
	rv_status status = preset_parse(&dream, "p", text, strlen(text), &error);
	CHECK_MESSAGE(status == RV_OK, "%s", error.message);
	return dream;
}

static struct option_dream from_words(struct option_dream dream, char *octaves)
{
	struct options options = options_default();
	char *words[] = {"--octaves", octaves, NULL};
	rv_error error = {0};
	options.dream = dream;
	CHECK_MESSAGE(!options_parse(&options, 2, words, COMMAND_DREAM, &error), "%s",
	              error.message);
	return options.dream;
}

TEST(what_the_catalogue_sets_are_numbers_and_names_of_the_dream)
{
	const struct catalogue *own = catalogue_own(NULL);
	int settings = 0;
	REQUIRE(own);
	for (int i = 0; i < own->count; i++)
		for (int j = 0; j < own->networks[i].setting_count; j++, settings++) {
			const struct catalogue_setting *setting = &own->networks[i].settings[j];
			const struct option *option = option_find(setting->option, COMMAND_DREAM);
			struct option_dream dream = option_dream_default();
			REQUIRE(option && option->group == OPTION_GROUP_DREAM);
			CHECK(option_in_dream(option));
			CHECK_MESSAGE(!option_dream_set(&dream, option, setting->value, "", NULL),
			              "%s %s", setting->option, setting->value);
		}
	CHECK(settings >= 2);
}

TEST(the_table_fits_into_what_is_known_as_given)
{
	int lines = 0;
	while (option_table[lines].name)
		lines++;
	CHECK(lines <= OPTIONS_MAX);
}

TEST(own_settings_hold_where_nobody_gave_others)
{
	struct option_dream dream = option_dream_default(), usual = dream;
	option_dream_settle(&dream, "googlenet");
	CHECK(dream.params.octaves == 5 && dream.params.iterations == 20);
	CHECK(dream.params.step == usual.params.step);
	dream = usual;
	option_dream_settle(&dream, "inception-v3");
	CHECK(option_dream_equal(&dream, &usual));
	option_dream_settle(&dream, "");
	option_dream_settle(&dream, "no-such-network");
	CHECK(option_dream_equal(&dream, &usual));
}

/* Also where what was given is what is usual: that somebody chose it counts. */
TEST(own_settings_give_way_to_what_was_given)
{
	struct option_dream dream = from_words(option_dream_default(), "4");
	option_dream_settle(&dream, "googlenet");
	CHECK(dream.params.octaves == 4 && dream.params.iterations == 20);
	dream = from_preset("octaves = 4\nstep = 0.03\n");
	option_dream_settle(&dream, "googlenet");
	CHECK(dream.params.octaves == 4 && dream.params.iterations == 20);
	dream = from_words(from_preset("iterations = 10\n"), "7");
	option_dream_settle(&dream, "googlenet");
	CHECK(dream.params.octaves == 7 && dream.params.iterations == 10);
}

TEST(own_settings_are_told_beside_the_default)
{
	char text[OPTION_VALUE_LENGTH];
	option_format_default(option_find("octaves", COMMAND_DREAM), text);
	CHECK_MESSAGE(!strncmp(text, "4; 5 with googlenet", 19), "%s", text);
	option_format_default(option_find("step", COMMAND_DREAM), text);
	CHECK_MESSAGE(!strcmp(text, "0.02"), "%s", text);
}
