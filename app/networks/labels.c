#include "app/networks/labels.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "engine/reverie.h"

enum { SUGGESTED = 5 };

void labels_imagenet(int number, char name[LABELS_LENGTH])
{
	const char *line = labels_imagenet_text;
	name[0] = '\0';
	if (number < 0)
		return;
	for (int i = 0; i < number && line; i++) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	if (line)
		snprintf(name, LABELS_LENGTH, "%.*s", (int)strcspn(line, "\n"), line);
}

void labels_of_class(int number, int count, char name[LABELS_LENGTH])
{
	labels_imagenet(count == LABELS_IMAGENET ? number : -1, name);
	name[strcspn(name, ",")] = '\0';
}

/* The next name of all classes, and the class it is of; false at the end. */
struct walk {
	const char *at; /* NULL at first */
	int number;
};

static bool next_name(struct walk *walk, char name[LABELS_LENGTH])
{
	if (!walk->at)
		walk->at = labels_imagenet_text;
	walk->at += strspn(walk->at, ", ");
	while (*walk->at == '\n') {
		walk->at++;
		walk->number++;
	}
	size_t length = strcspn(walk->at, ",\n");
	if (!length)
		return false;
	snprintf(name, LABELS_LENGTH, "%.*s", (int)length, walk->at);
	walk->at += length;
	return true;
}

/* ---- suggestions ---- */

/* Whether word stands in name, as one of its words or at the beginning of one. */
static bool has_word(const char *name, const char *word)
{
	size_t length = strlen(word);
	for (const char *at = name; *at; at++)
		if ((at == name || at[-1] == ' ' || at[-1] == '-') &&
		    !strncasecmp(at, word, length))
			return true;
	return false;
}

/* How unlike a name is to what was asked for; less is better. One that has it as its last word is a
 * kind of it. */
static int unlikeness(const char *name, const char *wanted)
{
	size_t all = strlen(name), part = strlen(wanted);
	if (all > part && name[all - part - 1] == ' ' && !strcasecmp(name + all - part, wanted))
		return -2;
	return has_word(name, wanted) ? -1 : rv_edit_distance(name, wanted);
}

struct suggestion {
	char name[LABELS_LENGTH];
	int unlikeness, number;
};

/* Where new belongs in the sorted list; of a class only the best name stays, and
 * of classes of one name one. */
static void insert(struct suggestion list[SUGGESTED], const struct suggestion *new)
{
	int from = SUGGESTED - 1, at = 0;
	for (int i = 0; i < SUGGESTED; i++)
		if (list[i].number == new->number || !strcasecmp(list[i].name, new->name))
			from = i;
	if (list[from].unlikeness <= new->unlikeness)
		return;
	while (list[at].unlikeness <= new->unlikeness)
		at++;
	memmove(&list[at + 1], &list[at], sizeof(*list) * (size_t)(from - at));
	list[at] = *new;
}

static void suggest(const char *wanted, char *why, size_t capacity)
{
	struct suggestion list[SUGGESTED], next;
	struct walk walk = {0};
	const char *separator = "";
	for (int i = 0; i < SUGGESTED; i++)
		list[i] = (struct suggestion){.unlikeness = INT_MAX, .number = -1};
	while (next_name(&walk, next.name)) {
		next.number = walk.number;
		next.unlikeness = unlikeness(next.name, wanted);
		insert(list, &next);
	}
	size_t used =
		(size_t)snprintf(why, capacity, "\"%.40s\": no such class; did you mean ", wanted);
	for (int i = 0; i < SUGGESTED && used < capacity; i++, separator = ", ")
		used += (size_t)snprintf(why + used, capacity - used, "%s%.40s", separator,
		                         list[i].name);
	if (used < capacity)
		snprintf(why + used, capacity - used, "?");
}

int labels_find(const char *name, char *why, size_t capacity)
{
	char each[LABELS_LENGTH];
	struct walk walk = {0};
	int found = -1;
	while (next_name(&walk, each)) {
		if (strcasecmp(each, name) || walk.number == found)
			continue;
		if (found >= 0) {
			snprintf(why, capacity,
			         "\"%.40s\" is class %d and class %d; give the number", name, found,
			         walk.number);
			return -1;
		}
		found = walk.number;
	}
	if (found < 0)
		suggest(name, why, capacity);
	return found;
}
