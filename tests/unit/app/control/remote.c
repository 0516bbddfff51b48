/* Remote control: what messages mean. */
#include "app/control/remote.h"

#include <stdlib.h>
#include <string.h>

#include "app/control/action.h"
#include "tests/support/test.h"

/* ---- messages ---- */

enum { WORDS_MAX = 4 };

/* Numbers are numbers where they have no letters, as from a controller; others are texts. */
static int take_words(const char *text, struct remote_argument *arguments)
{
	char copy[256], *rest = NULL;
	int count = 0;
	snprintf(copy, sizeof(copy), "%s", text);
	for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		char *end;
		double number = strtod(word, &end);
		arguments[count++] = *end ? remote_text(word) : remote_number(number);
	}
	return count;
}

/* command NULL: the message is refused. */
static const struct {
	const char *name, *arguments, *command;
	enum remote_kind kind;
} cases[] = {
	{"strength", "0.7", "set strength 0.7", REMOTE_ACT},
	{"strength", "2", "set strength 2", REMOTE_ACT},
	{"strength", "", "strength", REMOTE_ASK},
	{"octaves", "3.2", "set octaves 3", REMOTE_ACT},
	{"warm-steps", "0", "set warm-steps auto", REMOTE_ACT},
	{"warm-steps", "auto", "set warm-steps auto", REMOTE_ACT},
	{"view", "1", "set view split", REMOTE_ACT},
	{"view", "source", "set view source", REMOTE_ACT},
	{"freeze", "1", "set freeze on", REMOTE_ACT},
	{"freeze", "0", "set freeze off", REMOTE_ACT},
	{"layer", "mixed5", "set layer mixed5", REMOTE_ACT},
	{"layer", "mixed5:0.5 mixed6", "set layer mixed5:0.5,mixed6", REMOTE_ACT},
	{"channels", "3 5.0", "set channels 3,5", REMOTE_ACT},
	{"size", "320 240", "set size 320x240", REMOTE_ACT},
	{"model", "", "model", REMOTE_ASK},
	{"model", "x", NULL, REMOTE_NOTHING},
	{"output", "", NULL, REMOTE_NOTHING}, /* it may hold the key of a stream */
	{"osc-secret", "", NULL, REMOTE_NOTHING},
	{"strength", "1 2", NULL, REMOTE_NOTHING},
	{"layer-up", "", "layer-up", REMOTE_ACT},
	{"layer-up", "1", "layer-up", REMOTE_ACT},
	{"layer-up", "0", "layer-up", REMOTE_NOTHING},
	{"layer-up", "now", NULL, REMOTE_NOTHING},
	{"add", "strength 0.1", "add strength 0.1", REMOTE_ACT},
	{"add", "strength", NULL, REMOTE_NOTHING},
	{"toggle", "view source", "toggle view source", REMOTE_ACT},
	{"preset", "eyes", "preset eyes", REMOTE_ACT},
	{"preset", "", NULL, REMOTE_NOTHING},
	{"nothing", "", NULL, REMOTE_NOTHING},
	{"", "1", NULL, REMOTE_NOTHING},
	{"class", "tabby", "set class tabby", REMOTE_ACT},
	{"target", "layer mixed5 * 2", "set target layer mixed5 * 2", REMOTE_ACT},
	{"target", "default", "set target default", REMOTE_ACT},
	{"guide", "default", "set guide default", REMOTE_ACT},
	/* No file is read for who is elsewhere. */
	{"guide", "/etc/passwd", NULL, REMOTE_NOTHING},
	{"mask", "/etc/passwd", NULL, REMOTE_NOTHING},
	{"set", "guide x.jpg", NULL, REMOTE_NOTHING},
	{"toggle", "guide x.jpg", NULL, REMOTE_NOTHING},
	{"set", "target guide x.jpg", NULL, REMOTE_NOTHING},
	{"target", "layer a in x.png", NULL, REMOTE_NOTHING},
};

TEST(remote_messages_become_actions)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct remote_argument arguments[WORDS_MAX];
		struct remote_command command;
		rv_error error = {0};
		int count = take_words(cases[i].arguments, arguments);
		rv_status status =
			remote_translate(cases[i].name, arguments, count, &command, &error);
		CHECK_MESSAGE((status == RV_OK) == (cases[i].command != NULL), "%s %s: %s",
		              cases[i].name, cases[i].arguments, error.message);
		if (status == RV_OK && cases[i].command)
			CHECK_MESSAGE(command.kind == cases[i].kind &&
			                      !strcmp(command.text, cases[i].command),
			              "%s %s: %s", cases[i].name, cases[i].arguments, command.text);
		else
			CHECK(error.message[0]);
	}
}

TEST(remote_messages_are_not_endless)
{
	static struct remote_argument arguments[8];
	struct remote_command command;
	char name[1000];
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (int i = 0; i < 8; i++)
		arguments[i] = remote_text(name);
	CHECK(remote_translate("layer", arguments, 8, &command, NULL) == RV_INVALID);
	CHECK(remote_translate("add", arguments, 8, &command, NULL) == RV_INVALID);
	CHECK(remote_translate(name, arguments, 1, &command, NULL) == RV_INVALID);
}

TEST(remote_values_have_the_type_of_their_option)
{
	struct options options = options_default();
	struct remote_argument value =
		remote_value(&options, option_find("strength", COMMAND_LIVE));
	CHECK(value.is_number && !value.is_whole && value.number == 1);
	value = remote_value(&options, option_find("octaves", COMMAND_LIVE));
	CHECK(value.is_number && value.is_whole && value.number == options.dream.params.octaves);
	value = remote_value(&options, option_find("freeze", COMMAND_LIVE));
	CHECK(value.is_number && value.number == 0);
	value = remote_value(&options, option_find("view", COMMAND_LIVE));
	CHECK(!value.is_number && !strcmp(value.text, "dream"));
	value = remote_value(&options, option_find("channels", COMMAND_LIVE));
	CHECK(!value.is_number && !strcmp(value.text, "default"));
}
