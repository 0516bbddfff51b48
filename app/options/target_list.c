#include "app/options/target_list.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "app/networks/labels.h"
#include "app/options/channel_names.h"
#include "app/options/type.h"

static bool refuse(char why[OPTION_REASON_LENGTH], const char *text, const char *problem)
{
	snprintf(why, OPTION_REASON_LENGTH, "\"%.64s\" %s", text, problem);
	return false;
}

/* Once, however often it is named. */
static bool put_number(int number, struct option_channels *to, char why[OPTION_REASON_LENGTH])
{
	for (int i = 0; i < to->count; i++)
		if (to->list[i] == number)
			return true;
	if (to->count == RV_CHANNELS_MAX) {
		snprintf(why, OPTION_REASON_LENGTH, "more than %d of them", RV_CHANNELS_MAX);
		return false;
	}
	to->list[to->count++] = number;
	return true;
}

/* A channel, or the number of a class. Returns -1 where text is none. */
static int read_number(const char *text)
{
	long long number;
	if (!option_read_whole(text, &number) || number < rv_channel_range.minimum ||
	    number > rv_channel_range.maximum)
		return -1;
	return (int)number;
}

/* Hands each part between commas, without blanks around it, to add. */
static bool read_list(const char *text, bool (*add)(const char *, struct option_channels *, char *),
                      struct option_channels *to, char why[OPTION_REASON_LENGTH])
{
	char entry[OPTION_FILE_LENGTH];
	for (const char *rest = text;; rest++) {
		rest += strspn(rest, " \t");
		size_t length = strcspn(rest, ",");
		snprintf(entry, sizeof(entry), "%.*s", (int)length, rest);
		rest += length;
		for (length = strlen(entry); length && strchr(" \t", entry[length - 1]); length--)
			entry[length - 1] = '\0';
		if (!add(entry, to, why))
			return false;
		if (!*rest)
			return true;
	}
}

static int read_class(const char *text, char *why)
{
	int number = read_number(text);
	if (number >= 0)
		return number;
	if (text[0])
		return labels_find(text, why, OPTION_REASON_LENGTH);
	refuse(why, text, "is not a class");
	return -1;
}

static bool add_class(const char *text, struct option_channels *to, char *why)
{
	int number = read_class(text, why);
	return number >= 0 && put_number(number, to, why);
}

static bool add_channel(const char *text, struct option_channels *to, char *why)
{
	int number = read_number(text);
	if (number >= 0)
		return put_number(number, to, why);
	if (isalpha((unsigned char)text[0]))
		return channel_names_add(text, put_number, to, why);
	return refuse(why, text, "is not a channel");
}

bool target_list_classes(const char *text, int *list, int *count, char why[OPTION_REASON_LENGTH])
{
	struct option_channels classes = {0};
	bool read = read_list(text, add_class, &classes, why);
	*count = classes.count;
	memcpy(list, classes.list, sizeof(classes.list));
	return read;
}

bool target_list_channels(const char *text, struct option_channels *channels,
                          char why[OPTION_REASON_LENGTH])
{
	*channels = (struct option_channels){0};
	return read_list(text, add_channel, channels, why);
}

/* The first name of a class that no other has, else its number. */
static void name_class(int number, char name[LABELS_LENGTH])
{
	char why[OPTION_REASON_LENGTH], names[LABELS_LENGTH];
	labels_imagenet(number, names);
	for (const char *rest = names; *rest;) {
		size_t length = strcspn(rest, ",");
		snprintf(name, LABELS_LENGTH, "%.*s", (int)length, rest);
		if (labels_find(name, why, sizeof(why)) == number)
			return;
		rest += length;
		rest += strspn(rest, ", ");
	}
	snprintf(name, LABELS_LENGTH, "%d", number);
}

void target_list_write_classes(const int *list, int count, char *text, size_t capacity)
{
	char name[LABELS_LENGTH];
	size_t used = 0;
	text[0] = '\0';
	for (int i = 0; i < count && used < capacity; i++) {
		name_class(list[i], name);
		used += (size_t)snprintf(text + used, capacity - used, "%s%s", i ? ", " : "", name);
	}
}
