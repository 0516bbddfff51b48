#include "app/options/preset.h"

#include <stdio.h>
#include <string.h>

#include "app/base/paths.h"
#include "app/base/text_lines.h"
#include "app/networks/catalogue.h"

enum { PREFIX_LENGTH = 264 };

static const char preset_end[] = ".preset";

static rv_status unknown_name(const char *prefix, const char *name, rv_error *error)
{
	const struct option *option = option_find(name, COMMAND_DREAM);
	if (option)
		return rv_fail(error, RV_INVALID, "%s%s is not an option that a preset holds",
		               prefix, name);
	const char *nearest = option_nearest(name, COMMAND_DREAM);
	if (nearest && option_in_dream(option_find(nearest, COMMAND_DREAM)))
		return rv_fail(error, RV_INVALID, "%s%.64s: no such option; did you mean %s?",
		               prefix, name, nearest);
	return rv_fail(error, RV_INVALID, "%s%.64s: no such option", prefix, name);
}

/* What follows the word `network`, with or without an equals sign; NULL where line begins with
 * another word. */
static const char *find_network(const char *line)
{
	static const char word[] = "network";
	size_t length = strcspn(line, " \t=");
	if (length != sizeof(word) - 1 || strncmp(line, word, length) != 0)
		return NULL;
	return line + length + strspn(line + length, " \t=");
}

static rv_status parse_network(struct option_network *network, const char *name, const char *prefix,
                               rv_error *error)
{
	const struct catalogue *catalogue = catalogue_own(error);
	if (!catalogue)
		return RV_INVALID;
	if (!catalogue_find(catalogue, name))
		return rv_fail(error, RV_INVALID,
		               "%snetwork: \"%.64s\" is none of those that `reverie models` lists",
		               prefix, name);
	snprintf(network->name, sizeof(network->name), "%s", name);
	return RV_OK;
}

static rv_status parse_line(void *context, char *line, const char *place, rv_error *error)
{
	struct option_dream *dream = context;
	char prefix[PREFIX_LENGTH];
	snprintf(prefix, sizeof(prefix), "%s: ", place);
	text_cut_comment(line);
	line = text_trim(line);
	if (!line[0])
		return RV_OK;
	const char *network = find_network(line);
	if (network)
		return parse_network(&dream->network, network, prefix, error);
	char *equals = strchr(line, '=');
	if (!equals)
		return rv_fail(error, RV_INVALID, "%s\"%.64s\" is not `name = value`", prefix,
		               line);
	*equals = '\0';
	const char *name = text_trim(line);
	const struct option *option = option_find(name, COMMAND_DREAM);
	if (!option || !option_in_dream(option))
		return unknown_name(prefix, name, error);
	return option_dream_set(dream, option, text_trim(equals + 1), prefix, error);
}

rv_status preset_parse(struct option_dream *dream, const char *name, const char *text,
                       size_t length, rv_error *error)
{
	return text_each_line(name, text, length, parse_line, dream, error);
}

/* ---- files ---- */

rv_status preset_check_network(const char *needed, const char *preset, const char *open,
                               rv_error *error)
{
	const struct catalogue *catalogue = catalogue_own(NULL);
	const struct catalogue_network *network =
		catalogue ? catalogue_find(catalogue, needed) : NULL;
	if (!needed[0] || !strcmp(needed, open))
		return RV_OK;
	const char *get = network && !network->place_count ? "make models" : "reverie models get ";
	return rv_fail(
		error, RV_NOT_FOUND,
		"%s%.64s is for the network %s: `--model %s` opens it; where it is not there, "
		"`%s%s` fetches it",
		preset ? "preset " : "this preset", preset ? preset : "", needed, needed, get,
		network && !network->place_count ? "" : needed);
}

bool preset_fits(const char *path, const char *open)
{
	struct option_dream dream = option_dream_default();
	if (text_read_lines(path, "preset", parse_line, &dream, NULL) != RV_OK)
		return true;
	return preset_check_network(dream.network.name, NULL, open, NULL) == RV_OK;
}

enum { NAME_LENGTH = 64, NEAR = 3 /* letters by which another preset is meant */ };

/* Names for a message, of presets for the network called open, or of all where it is empty; and
 * that of all presets that is most like the one wanted. */
struct name_list {
	const char *open, *wanted;
	int least; /* letters by which it differs */
	char nearest[NAME_LENGTH], text[416];
};

/* Adds the name of a preset, as far as there is room. */
static void list_name(void *context, const char *path, const char *file_name)
{
	struct name_list *names = context;
	size_t used = strlen(names->text);
	char name[NAME_LENGTH];
	snprintf(name, sizeof(name), "%.*s", (int)(strlen(file_name) - strlen(preset_end)),
	         file_name);
	int distance = rv_edit_distance(name, names->wanted);
	if (distance < names->least) {
		names->least = distance;
		strcpy(names->nearest, name);
	}
	if (names->open[0] && !preset_fits(path, names->open))
		return;
	snprintf(names->text + used, sizeof(names->text) - used, "%s%s", used ? ", " : "", name);
}

rv_status preset_load(struct option_dream *dream, const char *name, rv_error *error)
{
	struct paths folders = paths_preset_folders();
	char path[PATH_LENGTH], file_name[PATH_LENGTH];
	struct name_list names = {.open = dream->network.name, .wanted = name, .least = NEAR};
	/* A word that is a file's name means that file; "eyes" never is, its file has an end. */
	if (strchr(name, '/') || strstr(name, preset_end))
		return text_read_lines(name, "preset", parse_line, dream, error);
	snprintf(file_name, sizeof(file_name), "%.512s%s", name, preset_end);
	if (paths_find(&folders, file_name, path))
		return text_read_lines(path, "preset", parse_line, dream, error);
	paths_each(&folders, preset_end, list_name, &names);
	if (names.nearest[0])
		return rv_fail(error, RV_NOT_FOUND, "no preset called %.64s; did you mean %s?",
		               name, names.nearest);
	return rv_fail(error, RV_NOT_FOUND, "no preset called %.64s; there are: %s", name,
	               names.text[0] ? names.text : "none");
}
