#include "app/options/options.h"

#include <string.h>
#include <unistd.h>

#include "app/networks/catalogue.h"

const struct option *option_find(const char *name, unsigned commands)
{
	for (const struct option *option = option_table; option->name; option++)
		if (!strcmp(option->name, name) && option->commands & commands)
			return option;
	return NULL;
}

static const struct option *find_letter(char letter)
{
	for (const struct option *option = option_table; option->name; option++)
		if (letter && option->letter == letter)
			return option;
	return NULL;
}

enum { NAME_LENGTH = 32 };

const char *option_nearest(const char *name, unsigned commands)
{
	const char *nearest = NULL;
	int limit = 1 + (int)strnlen(name, NAME_LENGTH) / 3; /* beyond it, a guess is no help */
	for (const struct option *option = option_table; option->name; option++) {
		int distance = rv_edit_distance(name, option->name);
		if (!(option->commands & commands) || distance > limit)
			continue;
		nearest = option->name;
		limit = distance - 1;
	}
	return nearest;
}

/* ---- defaults ---- */

/* What is no number is empty by default: a text, a list, a size. */
static void put_default(const struct option *option, void *value)
{
	if (option->type->put_number)
		option->type->put_number(value, option->range->standard);
}

struct option_dream option_dream_default(void)
{
	struct option_dream dream = {.params = rv_params_default()};
	for (const struct option *option = option_table; option->name; option++)
		if (option_in_dream(option))
			put_default(option, option_dream_place(&dream, option));
	return dream;
}

struct options options_default(void)
{
	struct options options = {.dream = option_dream_default()};
	for (const struct option *option = option_table; option->name; option++)
		if (!option_in_dream(option))
			put_default(option, option_place(&options, option));
	return options;
}

/* ---- what suits a network ---- */

/* What the catalogue sets the option to for a network, or NULL. */
static const char *own_value(const struct catalogue_network *network, const struct option *option)
{
	for (int i = 0; i < network->setting_count; i++)
		if (!strcmp(network->settings[i].option, option->name))
			return network->settings[i].value;
	return NULL;
}

void option_dream_settle(struct option_dream *dream, const char *network)
{
	const struct catalogue *catalogue = catalogue_own(NULL);
	const struct catalogue_network *known =
		catalogue ? catalogue_find(catalogue, network) : NULL;
	for (const struct option *option = option_table; known && option->name; option++) {
		const char *value = option_in_dream(option) ? own_value(known, option) : NULL;
		if (value && !dream->given[option - option_table])
			option_parse(option, value, option_dream_place(dream, option), "", NULL);
	}
}

static void append(char text[OPTION_VALUE_LENGTH], const char *before, const char *what)
{
	size_t used = strlen(text);
	snprintf(text + used, OPTION_VALUE_LENGTH - used, "%s%s", before, what);
}

/* Appends "; 5 with googlenet, inception-v1": a value once, then all networks that have it. */
static void append_own_values(const struct option *option, char text[OPTION_VALUE_LENGTH])
{
	const struct catalogue *catalogue = catalogue_own(NULL);
	bool told[CATALOGUE_NETWORKS_MAX] = {false};
	for (int i = 0; catalogue && i < catalogue->count; i++) {
		const char *value = own_value(&catalogue->networks[i], option);
		if (!value || told[i])
			continue;
		append(text, "; ", value);
		for (int j = i; j < catalogue->count; j++) {
			const char *other = own_value(&catalogue->networks[j], option);
			if (!other || strcmp(value, other))
				continue;
			append(text, j == i ? " with " : ", ", catalogue->networks[j].name);
			told[j] = true;
		}
	}
}

void option_format_default(const struct option *option, char text[OPTION_VALUE_LENGTH])
{
	struct options defaults = options_default();
	if (option->unset)
		snprintf(text, OPTION_VALUE_LENGTH, "%s", option->unset);
	else
		option_format(&defaults, option, text);
	append_own_values(option, text);
}

/* ---- the command line ---- */

/* The first command that is listed and takes the option, or NULL. */
static const struct command *command_of(const struct option *option, const struct command *commands)
{
	for (; commands && commands->name; commands++)
		if (commands->help && commands->bit & option->commands)
			return commands;
	return NULL;
}

static rv_status misplaced_option(const struct option *option, const struct option_call *call,
                                  rv_error *error)
{
	const struct command *its = command_of(option, call->commands);
	if (!its)
		return rv_fail(error, RV_INVALID, "--%s is not an option of this command",
		               option->name);
	return rv_fail(error, RV_INVALID, "--%s is not an option of this command, but of `%s %s`",
	               option->name, call->program, its->usage);
}

static rv_status unknown_option(const char *word, const char *name, unsigned command,
                                const struct option_call *call, rv_error *error)
{
	const char *nearest = option_nearest(name, command);
	const struct option *elsewhere = option_find(name, COMMAND_ANY);
	if (elsewhere)
		return misplaced_option(elsewhere, call, error);
	if (nearest)
		return rv_fail(error, RV_INVALID, "%.64s: no such option; did you mean --%s?", word,
		               nearest);
	return rv_fail(error, RV_INVALID, "%.64s: no such option; --help lists them", word);
}

/* Finds the option that word names. *value is what the word itself gives it ("--name=value" or
 * "-nvalue"), or NULL. */
static rv_status find_option(const char *word, unsigned command, const struct option_call *call,
                             const struct option **found, const char **value, rv_error *error)
{
	char name[NAME_LENGTH + 1] = "";
	*value = NULL;
	if (word[1] == '-') {
		size_t length = strcspn(word + 2, "=");
		if (length < sizeof(name))
			memcpy(name, word + 2, length);
		*found = option_find(name, command);
		if (word[2 + length] == '=')
			*value = word + 2 + length + 1;
	} else {
		name[0] = word[1];
		*found = find_letter(word[1]);
		if (word[2])
			*value = word + 2;
	}
	if (!*found || !((*found)->commands & command))
		return unknown_option(word, *found ? (*found)->name : name, command, call, error);
	return RV_OK;
}

/* Whether word is but letters and no file: then it can only be meant as a value. */
static bool is_mere_word(const char *word)
{
	return word[0] && !word[strspn(word, "abcdefghijklmnopqrstuvwxyz")] && access(word, F_OK);
}

/* Whether word can be the value of option: a negative number can, another option cannot. One that
 * may stand alone takes only what is surely meant for it, or for nothing else. */
static bool is_value(const struct option *option, const char *word)
{
	bool is_number = option->type == &option_type_whole || option->type == &option_type_number;
	if (!word)
		return false;
	if (option->type->alone)
		return option->metavar &&
		       (option_choice_index(option, word) >= 0 || is_mere_word(word));
	return strncmp(word, "--", 2) || is_number;
}

static rv_status parse_option(struct options *options, char *const *words, int *index,
                              unsigned command, rv_error *error)
{
	const struct option *option;
	const char *value;
	rv_status status =
		find_option(words[*index], command, &options->call, &option, &value, error);
	if (status != RV_OK)
		return status;
	if (!value && is_value(option, words[*index + 1]))
		value = words[++*index];
	if (!value)
		value = option->type->alone;
	if (!value)
		return rv_fail(error, RV_INVALID, "--%s needs a value: --%s %s", option->name,
		               option->name, option->metavar);
	return option_set(options, option, value, "--", error);
}

/* Where the next word that is no option goes; NULL where the command takes no more. */
static char *place_for_operand(struct options *options, unsigned command)
{
	if (!options->call.operand[0])
		return options->call.operand;
	if ((command &
	     (COMMAND_BENCH | COMMAND_FLOW | COMMAND_MODELS | COMMAND_CHUNK | COMMAND_PROBE)) &&
	    !options->call.second[0])
		return options->call.second;
	return NULL;
}

static rv_status parse_operand(struct options *options, const char *word, unsigned command,
                               rv_error *error)
{
	char *place = place_for_operand(options, command);
	if (!word[0])
		return rv_fail(error, RV_INVALID, "an empty word in the command line");
	if (!place && !options->call.inputs)
		return rv_fail(error, RV_INVALID,
		               "%.128s: one input at a time, and there is %.128s", word,
		               options->call.operand);
	if (strlen(word) >= sizeof(options->call.operand))
		return rv_fail(error, RV_INVALID, "%.64s...: longer than %d bytes", word,
		               OPTION_TEXT_LENGTH - 1);
	if (place)
		strcpy(place, word);
	if (options->call.inputs)
		options->call.inputs[options->call.input_count++] = word;
	return RV_OK;
}

rv_status options_parse(struct options *options, int count, char *const *words, unsigned command,
                        rv_error *error)
{
	bool only_operands = false;
	options->call.operand[0] = '\0';
	options->call.second[0] = '\0';
	options->call.input_count = 0;
	for (int i = 0; i < count; i++) {
		rv_status status;
		if (!only_operands && !strcmp(words[i], "--")) {
			only_operands = true;
			continue;
		}
		/* "-" alone is stdin. */
		if (only_operands || words[i][0] != '-' || !words[i][1])
			status = parse_operand(options, words[i], command, error);
		else
			status = parse_option(options, words, &i, command, error);
		if (status != RV_OK)
			return status;
	}
	return RV_OK;
}

rv_config option_device_config(const struct option_device *device)
{
	rv_config config = device->config;
	config.cache_directory = NULL;
	if (device->cache[0])
		config.cache_directory = device->cache;
	if (device->no_cache)
		config.cache_directory = "";
	return config;
}
