/* Values of options, between text and struct options: one reader and one writer for each type. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/options/options.h"

/* Why a text was refused, after the name of the option: `"9x" is not a whole number`. */
typedef char reason[256];

static void *place_of(struct options *options, const struct option *option)
{
	return (char *)options + option->place;
}

static const void *value_of(const struct options *options, const struct option *option)
{
	return (const char *)options + option->place;
}

/* ---- numbers ---- */

/* strtod() and strtol() also take blanks, hexadecimal, "inf" and "nan"; options do not. */
static bool looks_like_number(const char *text, bool fraction)
{
	size_t length = strlen(text);
	return length > 0 && length < 64 &&
	       strspn(text, fraction ? "0123456789+-.eE" : "0123456789+-") == length;
}

static bool read_whole(const char *text, long long *value)
{
	char *end;
	if (!looks_like_number(text, false))
		return false;
	errno = 0;
	*value = strtoll(text, &end, 10); /* saturates, so that a range check still refuses it */
	return end != text && *end == '\0';
}

static bool read_number(const char *text, double *value)
{
	char *end;
	if (!looks_like_number(text, true))
		return false;
	*value = strtod(text, &end);
	return end != text && *end == '\0';
}

static bool refuse_range(const struct option *option, const char *text, reason why)
{
	char range[OPTION_VALUE_LENGTH];
	option_format_range(option, range);
	snprintf(why, sizeof(reason), "%.64s is out of range (%.100s)", text, range);
	return false;
}

static bool refuse_kind(const struct option *option, const char *text, const char *kind, reason why)
{
	char range[OPTION_VALUE_LENGTH];
	option_format_range(option, range);
	snprintf(why, sizeof(reason), "\"%.64s\" is not %s%s%.100s%s", text, kind,
	         range[0] ? " (" : "", range, range[0] ? ")" : "");
	return false;
}

static int count_names(const struct option *option)
{
	int count = 0;
	while (option->choices && option->choices[count])
		count++;
	return count;
}

/* The least numbers of an option that names them are not given as numbers. */
static double least_number(const struct option *option)
{
	return option->minimum + count_names(option);
}

static bool set_whole(const struct option *option, const char *text, int *place, reason why)
{
	long long value;
	for (int i = 0; i < count_names(option); i++) {
		if (strcmp(option->choices[i], text))
			continue;
		*place = (int)option->minimum + i;
		return true;
	}
	if (!read_whole(text, &value))
		return refuse_kind(option, text, "a whole number", why);
	if (value < least_number(option) || value > option->maximum)
		return refuse_range(option, text, why);
	if (option->odd && value % 2 == 0)
		return refuse_kind(option, text, "odd", why);
	*place = (int)value;
	return true;
}

static bool set_number(const struct option *option, const char *text, float *place, reason why)
{
	double value;
	if (!read_number(text, &value))
		return refuse_kind(option, text, "a number", why);
	if (!(value >= option->minimum && value <= option->maximum))
		return refuse_range(option, text, why);
	*place = (float)value;
	return true;
}

static bool set_seed(const struct option *option, const char *text, uint64_t *place, reason why)
{
	char *end;
	errno = 0;
	/* strtoull() would take "-1" and turn it around. */
	unsigned long long value = isdigit((unsigned char)text[0]) ? strtoull(text, &end, 10) : 0;
	if (!isdigit((unsigned char)text[0]) || *end != '\0')
		return refuse_kind(option, text, "a whole number", why);
	if (errno == ERANGE)
		return refuse_range(option, text, why);
	*place = value;
	return true;
}

static const struct {
	const char *end;
	uint64_t bytes;
} byte_units[] = {{"GB", 1 << 30}, {"MB", 1 << 20}, {"KB", 1 << 10}, {"", 1}};

/* The unit that text ends with; the last one, of bytes, ends every text. */
static size_t byte_unit(const char *text, size_t length)
{
	size_t i = 0, end;
	while ((end = strlen(byte_units[i].end)) > length ||
	       strcasecmp(text + length - end, byte_units[i].end))
		i++;
	return i;
}

static bool set_bytes(const struct option *option, const char *text, uint64_t *place, reason why)
{
	char number[32];
	double value;
	size_t length = strlen(text), unit = byte_unit(text, length);
	length -= strlen(byte_units[unit].end);
	if (length >= sizeof(number) || !isdigit((unsigned char)text[0]))
		return refuse_kind(option, text, "a size of memory such as 1500MB or 2GB", why);
	memcpy(number, text, length);
	number[length] = '\0';
	if (!read_number(number, &value))
		return refuse_kind(option, text, "a size of memory such as 1500MB or 2GB", why);
	value *= (double)byte_units[unit].bytes;
	if (value < option->minimum || value > option->maximum)
		return refuse_range(option, text, why);
	*place = (uint64_t)value;
	return true;
}

/* ---- flags, choices, texts ---- */

static bool set_flag(const struct option *option, const char *text, bool *place, reason why)
{
	if (strcmp(text, "yes") && strcmp(text, "no"))
		return refuse_kind(option, text, "yes or no", why);
	*place = !strcmp(text, "yes");
	return true;
}

static bool set_choice(const struct option *option, const char *text, int *place, reason why)
{
	char range[OPTION_VALUE_LENGTH];
	for (int i = 0; option->choices[i]; i++) {
		if (strcmp(option->choices[i], text))
			continue;
		*place = i;
		return true;
	}
	option_format_range(option, range);
	snprintf(why, sizeof(reason), "\"%.64s\" is none of %.128s", text, range);
	return false;
}

static bool set_text(const struct option *option, const char *text, char *place, reason why)
{
	size_t length = strlen(text);
	if (!length) {
		snprintf(why, sizeof(reason), "an empty %s", option->metavar);
		return false;
	}
	if (length >= OPTION_TEXT_LENGTH) {
		snprintf(why, sizeof(reason), "longer than %d bytes", OPTION_TEXT_LENGTH - 1);
		return false;
	}
	memcpy(place, text, length + 1);
	return true;
}

/* ---- sizes and lists ---- */

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
	return read_whole(copy, side);
}

static bool side_in_range(const struct option *option, long long side, bool given)
{
	return !given || (side >= option->minimum && side <= option->maximum);
}

static bool set_size(const struct option *option, const char *text, struct option_size *place,
                     reason why)
{
	const char *cross = strchr(text, 'x');
	long long width, height;
	if (!cross || !strcmp(text, "x") || !read_side(text, (size_t)(cross - text), &width) ||
	    !read_side(cross + 1, strlen(cross + 1), &height)) {
		snprintf(why, sizeof(reason),
		         "\"%.64s\" is not a size such as 640x480, 640x or x480", text);
		return false;
	}
	if (!side_in_range(option, width, cross > text) || !side_in_range(option, height, cross[1]))
		return refuse_range(option, text, why);
	*place = (struct option_size){(int)width, (int)height};
	return true;
}

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

static bool refuse_count(const char *what, int most, reason why)
{
	snprintf(why, sizeof(reason), "more than %d %s", most, what);
	return false;
}

static bool set_channels(const struct option *option, const char *text,
                         struct option_channels *place, reason why)
{
	struct option_channels channels = {0};
	char entry[32];
	for (const char *rest = text; *rest;) {
		if (channels.count == RV_CHANNELS_MAX)
			return refuse_count("channels", RV_CHANNELS_MAX, why);
		if (!next_entry(&rest, entry, sizeof(entry)) || !strcmp(rest, ","))
			return refuse_kind(option, text, "a list such as 11,40", why);
		if (!set_whole(option, entry, &channels.list[channels.count], why))
			return false;
		for (int i = 0; i < channels.count; i++) {
			if (channels.list[i] != channels.list[channels.count])
				continue;
			snprintf(why, sizeof(reason), "%s is named twice", entry);
			return false;
		}
		channels.count++;
	}
	if (!channels.count)
		return refuse_kind(option, text, "a list such as 11,40", why);
	*place = channels;
	return true;
}

/* Splits "mixed3:0.5". A layer's own name may hold colons, as TensorFlow's "concat:0" does: what
 * follows the last one is a weight only if it is a number other than 0. */
static bool split_weight(char *entry, float *weight, reason why)
{
	char *colon = strrchr(entry, ':');
	double value;
	*weight = 1;
	if (!colon || !read_number(colon + 1, &value) || value == 0)
		return true;
	if (fabs(value) > 1000 || fabs(value) < 0.001) {
		snprintf(why, sizeof(reason), "weight %.64s is out of range (0.001 to 1000)",
		         colon + 1);
		return false;
	}
	*weight = (float)value;
	*colon = '\0';
	return true;
}

static bool set_layers(const struct option *option, const char *text, struct option_layers *place,
                       reason why)
{
	struct option_layers layers = {0};
	char entry[RV_LAYER_NAME_LENGTH];
	for (const char *rest = text; *rest;) {
		if (layers.count == RV_TARGETS_MAX)
			return refuse_count("layers", RV_TARGETS_MAX, why);
		if (!next_entry(&rest, entry, sizeof(entry)) || !strcmp(rest, ","))
			return refuse_kind(option, text, "a list such as mixed3:1,mixed5:0.5", why);
		if (!split_weight(entry, &layers.list[layers.count].weight, why))
			return false;
		if (!entry[0])
			return refuse_kind(option, text, "a list such as mixed3:1,mixed5:0.5", why);
		strcpy(layers.list[layers.count++].name, entry);
	}
	if (!layers.count)
		return refuse_kind(option, text, "a list such as mixed3:1,mixed5:0.5", why);
	*place = layers;
	return true;
}

/* ---- all types ---- */

static bool set_value(const struct option *option, const char *text, void *place, reason why)
{
	switch (option->type) {
	case OPTION_FLAG:
		return set_flag(option, text, place, why);
	case OPTION_WHOLE:
		return set_whole(option, text, place, why);
	case OPTION_SEED:
		return set_seed(option, text, place, why);
	case OPTION_NUMBER:
		return set_number(option, text, place, why);
	case OPTION_CHOICE:
		return set_choice(option, text, place, why);
	case OPTION_TEXT:
		return set_text(option, text, place, why);
	case OPTION_BYTES:
		return set_bytes(option, text, place, why);
	case OPTION_SIZE:
		return set_size(option, text, place, why);
	case OPTION_LAYERS:
		return set_layers(option, text, place, why);
	case OPTION_CHANNELS:
		return set_channels(option, text, place, why);
	}
	return false;
}

rv_status option_set(struct options *options, const struct option *option, const char *text,
                     const char *prefix, rv_error *error)
{
	reason why = "";
	if (set_value(option, text, place_of(options, option), why))
		return RV_OK;
	return rv_fail(error, RV_INVALID, "%s%s: %s", prefix, option->name, why);
}

static void format_whole(const struct option *option, int value, char *text)
{
	int name = value - (int)option->minimum;
	if (name >= 0 && name < count_names(option))
		strcpy(text, option->choices[name]);
	else
		snprintf(text, OPTION_VALUE_LENGTH, "%d", value);
}

/* The shortest text that is read back as the same float. */
static void format_number(double value, char *text, size_t capacity)
{
	for (int digits = 6; digits <= 9; digits++) {
		snprintf(text, capacity, "%.*g", digits, value);
		if (strtof(text, NULL) == (float)value)
			return;
	}
}

static void format_layers(const struct option_layers *layers, char *text)
{
	size_t used = 0;
	for (int i = 0; i < layers->count; i++) {
		used += (size_t)snprintf(text + used, OPTION_VALUE_LENGTH - used, "%s%s",
		                         i ? "," : "", layers->list[i].name);
		if (layers->list[i].weight == 1)
			continue;
		text[used++] = ':';
		format_number((double)layers->list[i].weight, text + used,
		              OPTION_VALUE_LENGTH - used);
		used += strlen(text + used);
	}
}

static void format_channels(const struct option_channels *channels, char *text)
{
	size_t used = 0;
	for (int i = 0; i < channels->count; i++)
		used += (size_t)snprintf(text + used, OPTION_VALUE_LENGTH - used, "%s%d",
		                         i ? "," : "", channels->list[i]);
}

/* In the largest unit that says it exactly. */
static void format_bytes(uint64_t bytes, char *text)
{
	size_t unit = 0;
	while (bytes % byte_units[unit].bytes)
		unit++;
	snprintf(text, OPTION_VALUE_LENGTH, "%llu%s",
	         (unsigned long long)(bytes / byte_units[unit].bytes), byte_units[unit].end);
}

static void format_size(const struct option_size *size, char *text)
{
	char width[16] = "", height[16] = "";
	if (size->width)
		snprintf(width, sizeof(width), "%d", size->width);
	if (size->height)
		snprintf(height, sizeof(height), "%d", size->height);
	if (size->width || size->height)
		snprintf(text, OPTION_VALUE_LENGTH, "%sx%s", width, height);
}

void option_format(const struct options *options, const struct option *option,
                   char text[OPTION_VALUE_LENGTH])
{
	const void *value = value_of(options, option);
	text[0] = '\0';
	switch (option->type) {
	case OPTION_FLAG:
		strcpy(text, *(const bool *)value ? "yes" : "no");
		break;
	case OPTION_WHOLE:
		format_whole(option, *(const int *)value, text);
		break;
	case OPTION_SEED:
		snprintf(text, OPTION_VALUE_LENGTH, "%llu",
		         (unsigned long long)*(const uint64_t *)value);
		break;
	case OPTION_NUMBER:
		format_number((double)*(const float *)value, text, OPTION_VALUE_LENGTH);
		break;
	case OPTION_CHOICE:
		strcpy(text, option->choices[*(const int *)value]);
		break;
	case OPTION_TEXT:
		strcpy(text, value);
		break;
	case OPTION_BYTES:
		if (*(const uint64_t *)value)
			format_bytes(*(const uint64_t *)value, text);
		break;
	case OPTION_SIZE:
		format_size(value, text);
		break;
	case OPTION_LAYERS:
		format_layers(value, text);
		break;
	case OPTION_CHANNELS:
		format_channels(value, text);
		break;
	}
}

static size_t value_size(const struct option *option)
{
	static const size_t sizes[] = {
		[OPTION_FLAG] = sizeof(bool),
		[OPTION_WHOLE] = sizeof(int),
		[OPTION_SEED] = sizeof(uint64_t),
		[OPTION_NUMBER] = sizeof(float),
		[OPTION_CHOICE] = sizeof(int),
		[OPTION_TEXT] = OPTION_TEXT_LENGTH,
		[OPTION_BYTES] = sizeof(uint64_t),
		[OPTION_SIZE] = sizeof(struct option_size),
		[OPTION_LAYERS] = sizeof(struct option_layers),
		[OPTION_CHANNELS] = sizeof(struct option_channels),
	};
	return sizes[option->type];
}

void option_copy(struct options *options, const struct option *option, const struct options *from)
{
	memcpy(place_of(options, option), value_of(from, option), value_size(option));
}

static void format_choices(const char *const *choices, char *text)
{
	size_t used = 0;
	for (int i = 0; choices[i]; i++)
		used += (size_t)snprintf(text + used, OPTION_VALUE_LENGTH - used, "%s%s",
		                         i ? ", " : "", choices[i]);
}

static void format_byte_range(const struct option *option, char *text)
{
	char low[OPTION_VALUE_LENGTH], high[OPTION_VALUE_LENGTH];
	format_bytes((uint64_t)option->minimum, low);
	format_bytes((uint64_t)option->maximum, high);
	snprintf(text, OPTION_VALUE_LENGTH, "%.32s to %.32s", low, high);
}

static void format_numbers(const struct option *option, char *text)
{
	size_t used = 0;
	if (option->choices) {
		format_choices(option->choices, text);
		used = strlen(text);
	}
	snprintf(text + used, OPTION_VALUE_LENGTH - used, "%s%g to %g%s%s%s", used ? ", " : "",
	         least_number(option), option->maximum, option->unit ? " " : "",
	         option->unit ? option->unit : "", option->odd ? ", odd" : "");
}

void option_format_range(const struct option *option, char text[OPTION_VALUE_LENGTH])
{
	text[0] = '\0';
	if (option->type == OPTION_CHOICE)
		format_choices(option->choices, text);
	else if (option->type == OPTION_SEED)
		snprintf(text, OPTION_VALUE_LENGTH, "0 to %llu", (unsigned long long)UINT64_MAX);
	else if (option->type == OPTION_BYTES)
		format_byte_range(option, text);
	else if (option->minimum < option->maximum)
		format_numbers(option, text);
}
