#include "app/options/channel_names.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/base/paths.h"
#include "app/base/text_lines.h"
#include "app/options/type.h"

/* One line of the file. */
struct line {
	char name[CHANNEL_NAME_LENGTH], layer[RV_LAYER_NAME_LENGTH];
	struct option_channels channels;
};

/* What is looked for, and what of it was found. */
struct search {
	const char *name;  /* NULL: the name of one channel is looked for */
	const char *layer; /* of that channel */
	int channel;
	struct line found;
	bool has_found;
	char nearest[CHANNEL_NAME_LENGTH];
};

static bool read_numbers(const char *text, struct option_channels *channels)
{
	channels->count = 0;
	for (;; text++) {
		int number, end = 0;
		if (sscanf(text, "%d%n", &number, &end) != 1 || number < rv_channel_range.minimum ||
		    number > rv_channel_range.maximum || channels->count == RV_CHANNELS_MAX)
			return false;
		channels->list[channels->count++] = number;
		text += end;
		if (*text != ',')
			return !*text;
	}
}

static rv_status read_line(char *text, const char *place, struct line *line, rv_error *error)
{
	char numbers[OPTION_REASON_LENGTH], rest;
	int words = sscanf(text, "%47s %127s %255s %c", line->name, line->layer, numbers, &rest);
	if (words != 3 || !read_numbers(numbers, &line->channels))
		return rv_fail(error, RV_INVALID,
		               "%.128s: a line is NAME LAYER N,... such as `birds mixed4 11,40`",
		               place);
	return RV_OK;
}

static rv_status take_line(void *context, char *text, const char *place, rv_error *error)
{
	struct search *search = context;
	struct line line;
	text_cut_comment(text);
	text = text_trim(text);
	if (!text[0])
		return RV_OK;
	rv_status status = read_line(text, place, &line, error);
	if (status != RV_OK)
		return status;
	bool is_it = search->name
	                     ? !strcmp(line.name, search->name)
	                     : !strcmp(line.layer, search->layer) && line.channels.count == 1 &&
	                               line.channels.list[0] == search->channel;
	if (search->name &&
	    (!search->nearest[0] || rv_edit_distance(line.name, search->name) <
	                                    rv_edit_distance(search->nearest, search->name)))
		strcpy(search->nearest, line.name);
	if (is_it)
		search->found = line;
	search->has_found |= is_it;
	return RV_OK;
}

static rv_status read_file(struct search *search, rv_error *error)
{
	char path[PATH_LENGTH];
	if (!paths_config_file("channels", path) || access(path, F_OK))
		return RV_OK;
	return text_read_lines(path, "list of channels' names", take_line, search, error);
}

/* Writes the channels that have this name, with their layer, which are to stand beside those of
 * `to`. */
static bool find_named(const char *name, const struct option_channels *to,
                       struct option_channels *found, char why[OPTION_REASON_LENGTH])
{
	struct search search = {.name = name};
	rv_error error;
	if (read_file(&search, &error) != RV_OK) {
		snprintf(why, OPTION_REASON_LENGTH, "%.250s", error.message);
		return false;
	}
	if (!search.has_found) {
		snprintf(why, OPTION_REASON_LENGTH,
		         "\"%.64s\" is no number of a channel and no name of one%s%s%s", name,
		         search.nearest[0] ? "; did you mean " : "",
		         search.nearest[0] ? search.nearest
		                           : "; `reverie atlas` shows their numbers",
		         search.nearest[0] ? "?" : "");
		return false;
	}
	if (to->layer[0] ? strcmp(to->layer, search.found.layer) != 0 : to->count > 0) {
		snprintf(why, OPTION_REASON_LENGTH, "%.48s is of %.128s, the others are not", name,
		         search.found.layer);
		return false;
	}
	*found = search.found.channels;
	strcpy(found->layer, search.found.layer);
	return true;
}

bool channel_names_add(const char *name, channel_adder *add, struct option_channels *to,
                       char why[OPTION_REASON_LENGTH])
{
	struct option_channels found;
	if (!find_named(name, to, &found, why))
		return false;
	strcpy(to->layer, found.layer);
	for (int i = 0; i < found.count; i++)
		if (!add(found.list[i], to, why))
			return false;
	return true;
}

void channel_names_of(const char *layer, int channel, char name[CHANNEL_NAME_LENGTH])
{
	struct search search = {.layer = layer, .channel = channel};
	strcpy(name, read_file(&search, NULL) == RV_OK ? search.found.name : "");
}
