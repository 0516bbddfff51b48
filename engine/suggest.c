#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "engine/model.h"

enum {
	COMPARED_LENGTH = 64, /* bytes of a name that are looked at */
	SUGGESTIONS = 3,
	FAR = 1000,
};

static int least(int a, int b)
{
	return a < b ? a : b;
}

/* Edits that make a from b (Levenshtein 1966), without regard to case. */
static int edit_distance(const char *a, const char *b)
{
	int row[COMPARED_LENGTH + 1];
	int length_a = (int)strnlen(a, COMPARED_LENGTH),
	    length_b = (int)strnlen(b, COMPARED_LENGTH);
	for (int j = 0; j <= length_b; j++)
		row[j] = j;
	for (int i = 1; i <= length_a; i++) {
		int diagonal = row[0];
		row[0] = i;
		for (int j = 1; j <= length_b; j++) {
			bool same = tolower((unsigned char)a[i - 1]) ==
			            tolower((unsigned char)b[j - 1]);
			int replaced = diagonal + !same;
			diagonal = row[j];
			row[j] = least(replaced, least(row[j], row[j - 1]) + 1);
		}
	}
	return row[length_b];
}

/* How unlike two names are: edits, or little where one holds the other. */
static int unlikeness(const char *name, const char *candidate)
{
	int length = (int)strnlen(name, COMPARED_LENGTH);
	int distance = edit_distance(name, candidate);
	if (distance <= 1 + length / 3)
		return distance;
	if (length >= 2 && (strcasestr(candidate, name) || strcasestr(name, candidate)))
		return COMPARED_LENGTH + distance;
	return FAR;
}

struct suggestion {
	const char *name;
	int unlikeness;
};

/* Keeps best[SUGGESTIONS] sorted, the earlier of equal ones first. */
static void consider(struct suggestion *best, struct suggestion candidate)
{
	for (int i = 0; i < SUGGESTIONS; i++) {
		if (candidate.unlikeness >= best[i].unlikeness)
			continue;
		struct suggestion worse = best[i];
		best[i] = candidate;
		candidate = worse;
	}
}

void suggest_names(const char *name, const char *const *names, int count, char *text,
                   size_t text_size)
{
	struct suggestion best[SUGGESTIONS] = {{"", FAR}, {"", FAR}, {"", FAR}};
	size_t used = 0;
	for (int i = 0; i < count; i++)
		consider(best, (struct suggestion){names[i], unlikeness(name, names[i])});
	text[0] = '\0';
	for (int i = 0; i < SUGGESTIONS && best[i].unlikeness < FAR && used < text_size; i++) {
		int written = snprintf(text + used, text_size - used, "%s%.80s", i ? ", " : "",
		                       best[i].name);
		used += written > 0 ? (size_t)written : 0;
	}
}
