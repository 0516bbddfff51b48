/* Values of several parts: sizes, lists of channels and of layers. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "app/options/channel_names.h"
#include "app/options/type.h"

/* ---- sizes ---- */

/* One side of a size; nothing at all leaves it to the picture's shape. */
static bool read_side(const char *text, size_t length, long long *side)
{
	char copy[32];
	*side = 0;
	if (!length)
		return true;
	if (length >= sizeof(copy) || !isdigit((unsigned char)text[0]))
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	return option_read_whole(copy, side);
}

static bool side_in_range(const struct option *option, long long side, bool given)
{
	return !given || (side >= option->range->minimum && side <= option->range->maximum);
}

static bool parse_size(const struct option *option, const char *text, void *value,
                       char why[OPTION_REASON_LENGTH])
{
	const char *cross = strchr(text, 'x');
	long long width, height;
	if (!cross || !strcmp(text, "x") || !read_side(text, (size_t)(cross - text), &width) ||
	    !read_side(cross + 1, strlen(cross + 1), &height)) {
		snprintf(why, OPTION_REASON_LENGTH,
		         "\"%.64s\" is not a size such as 640x480, 640x or x480", text);
		return false;
	}
	if (!side_in_range(option, width, cross > text) || !side_in_range(option, height, cross[1]))
		return option_refuse_range(option, text, why);
	*(struct option_size *)value = (struct option_size){(int)width, (int)height};
	return true;
}

static void print_size(const struct option *option, const void *value,
                       char text[OPTION_VALUE_LENGTH])
{
	const struct option_size *size = value;
	char width[16] = "", height[16] = "";
	(void)option;
	if (size->width)
		snprintf(width, sizeof(width), "%d", size->width);
	if (size->height)
		snprintf(height, sizeof(height), "%d", size->height);
	if (size->width || size->height)
		snprintf(text, OPTION_VALUE_LENGTH, "%sx%s", width, height);
}

static bool same_size(const void *a, const void *b)
{
	const struct option_size *first = a, *second = b;
	return first->width == second->width && first->height == second->height;
}

const struct option_type option_type_size = {
	.size = sizeof(struct option_size),
	.parse = parse_size,
	.print = print_size,
	.equal = same_size,
	.print_range = option_print_numbers,
	.separator = "x",
};

/* ---- lists ---- */

/* Copies the entry of a comma-separated list that begins at *text, and moves *text behind it. */
static bool next_entry(const char **text, char *entry, size_t capacity)
{
	size_t length = strcspn(*text, ",");
	if (!length || length >= capacity)
		return false;
	memcpy(entry, *text, length);
	entry[length] = '\0';
	*text += length + ((*text)[length] == ',' && (*text)[length + 1]);
	return true;
}

static bool refuse_count(const char *what, int most, char why[OPTION_REASON_LENGTH])
{
	snprintf(why, OPTION_REASON_LENGTH, "more than %d %s", most, what);
	return false;
}

/* ---- channels ---- */

static const char channels_example[] = "a list such as 11,40", of_layer[] = " of ";

static bool add_channel(int channel, struct option_channels *channels,
                        char why[OPTION_REASON_LENGTH])
{
	for (int i = 0; i < channels->count; i++) {
		if (channels->list[i] != channel)
			continue;
		snprintf(why, OPTION_REASON_LENGTH, "%d is named twice", channel);
		return false;
	}
	if (channels->count == RV_CHANNELS_MAX)
		return refuse_count("channels", RV_CHANNELS_MAX, why);
	channels->list[channels->count++] = channel;
	return true;
}

/* Adds a channel, by its number, or those that have a name. */
static bool add_channels(const struct option *option, const char *entry,
                         struct option_channels *channels, char why[OPTION_REASON_LENGTH])
{
	int channel;
	if (isalpha((unsigned char)entry[0]))
		return channel_names_add(entry, add_channel, channels, why);
	return option_parse_whole(option, entry, &channel, why) &&
	       add_channel(channel, channels, why);
}

/* Takes "of LAYER" off the end of a list, where it stands there. */
static bool split_layer(char *list, struct option_channels *channels)
{
	char *of = strstr(list, of_layer);
	if (!of)
		return true;
	const char *layer = of + strlen(of_layer);
	*of = '\0';
	if (!layer[0] || strlen(layer) >= sizeof(channels->layer))
		return false;
	strcpy(channels->layer, layer);
	return true;
}

static bool parse_channels(const struct option *option, const char *text, void *value,
                           char why[OPTION_REASON_LENGTH])
{
	struct option_channels channels = {0};
	char entry[CHANNEL_NAME_LENGTH], list[OPTION_VALUE_LENGTH];
	snprintf(list, sizeof(list), "%s", text);
	if (!split_layer(list, &channels))
		return option_refuse_kind(option, text, channels_example, why);
	for (const char *rest = list; *rest;) {
		if (!next_entry(&rest, entry, sizeof(entry)) || !strcmp(rest, ","))
			return option_refuse_kind(option, text, channels_example, why);
		if (!add_channels(option, entry, &channels, why))
			return false;
	}
	if (!channels.count)
		return option_refuse_kind(option, text, channels_example, why);
	*(struct option_channels *)value = channels;
	return true;
}

static void print_channels(const struct option *option, const void *value,
                           char text[OPTION_VALUE_LENGTH])
{
	const struct option_channels *channels = value;
	size_t used = 0;
	(void)option;
	for (int i = 0; i < channels->count; i++)
		used += (size_t)snprintf(text + used, OPTION_VALUE_LENGTH - used, "%s%d",
		                         i ? "," : "", channels->list[i]);
	if (channels->count && channels->layer[0])
		snprintf(text + used, OPTION_VALUE_LENGTH - used, "%s%s", of_layer,
		         channels->layer);
}

static bool same_channels(const void *a, const void *b)
{
	const struct option_channels *first = a, *second = b;
	bool same = first->count == second->count &&
	            (!first->count || !strcmp(first->layer, second->layer));
	for (int i = 0; i < first->count && same; i++)
		same = first->list[i] == second->list[i];
	return same;
}

const struct option_type option_type_channels = {
	.size = sizeof(struct option_channels),
	.parse = parse_channels,
	.print = print_channels,
	.equal = same_channels,
	.print_range = option_print_numbers,
	.separator = ",",
};

/* ---- layers ---- */

static const char layers_example[] = "a list such as mixed3:1,mixed5:0.5";

/* Splits "mixed3:0.5". A layer's own name may hold colons, as TensorFlow's "concat:0" does: what
 * follows the last one is a weight only if it is a number other than 0. */
static bool split_weight(const rv_range *range, char *entry, float *weight,
                         char why[OPTION_REASON_LENGTH])
{
	char *colon = strrchr(entry, ':');
	double value;
	*weight = 1;
	if (!colon || !option_read_number(colon + 1, &value) || value == 0)
		return true;
	if (fabs(value) > range->maximum || fabs(value) < range->minimum) {
		snprintf(why, OPTION_REASON_LENGTH, "weight %.64s is out of range (%g to %g)",
		         colon + 1, range->minimum, range->maximum);
		return false;
	}
	*weight = (float)value;
	*colon = '\0';
	return true;
}

static bool parse_layers(const struct option *option, const char *text, void *value,
                         char why[OPTION_REASON_LENGTH])
{
	struct option_layers layers = {0};
	char entry[RV_LAYER_NAME_LENGTH];
	for (const char *rest = text; *rest;) {
		if (layers.count == RV_TARGETS_MAX)
			return refuse_count("layers", RV_TARGETS_MAX, why);
		if (!next_entry(&rest, entry, sizeof(entry)) || !strcmp(rest, ","))
			return option_refuse_kind(option, text, layers_example, why);
		if (!split_weight(option->range, entry, &layers.list[layers.count].weight, why))
			return false;
		if (!entry[0])
			return option_refuse_kind(option, text, layers_example, why);
		strcpy(layers.list[layers.count++].name, entry);
	}
	if (!layers.count)
		return option_refuse_kind(option, text, layers_example, why);
	*(struct option_layers *)value = layers;
	return true;
}

static void print_layers(const struct option *option, const void *value,
                         char text[OPTION_VALUE_LENGTH])
{
	const struct option_layers *layers = value;
	size_t used = 0;
	(void)option;
	for (int i = 0; i < layers->count; i++) {
		used += (size_t)snprintf(text + used, OPTION_VALUE_LENGTH - used, "%s%s",
		                         i ? "," : "", layers->list[i].name);
		if (layers->list[i].weight == 1)
			continue;
		text[used++] = ':';
		option_write_number((double)layers->list[i].weight, text + used,
		                    OPTION_VALUE_LENGTH - used);
		used += strlen(text + used);
	}
}

static bool same_layers(const void *a, const void *b)
{
	const struct option_layers *first = a, *second = b;
	bool same = first->count == second->count;
	for (int i = 0; i < first->count && same; i++)
		same = first->list[i].weight == second->list[i].weight &&
		       !strcmp(first->list[i].name, second->list[i].name);
	return same;
}

void option_layers_set(struct option_layers *layers, const char *name)
{
	layers->count = 1;
	layers->list[0].weight = 1;
	snprintf(layers->list[0].name, sizeof(layers->list[0].name), "%s", name);
}

const struct option_type option_type_layers = {
	.size = sizeof(struct option_layers),
	.parse = parse_layers,
	.print = print_layers,
	.equal = same_layers,
	.separator = ",",
};
