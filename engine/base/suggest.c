#include "engine/base/suggest.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/minmax.h"
#include "engine/reverie.h"

enum {
	COMPARED_LENGTH = 64, /* bytes of a name that are looked at */
	SUGGESTIONS = 3,
	FAR = 1000,
};

int rv_edit_distance(const char *a, const char *b)
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
			row[j] = min_int(replaced, min_int(row[j], row[j - 1]) + 1);
		}
	}
	return row[length_b];
}

/* How unlike two names are: edits, or little where one holds the other. */
static int unlikeness(const char *name, const char *candidate)
{
	int length = (int)strnlen(name, COMPARED_LENGTH);
	int distance = rv_edit_distance(name, candidate);
	if (distance <= 1 + length / 3)
		return distance;
	if (length >= 2 && (strcasestr(candidate, name) || strcasestr(name, candidate)))
		return COMPARED_LENGTH + distance;
	return FAR;
}

/* The most alike of names[count], or -1; among equal ones the nearest to the one at place around,
 * since layers that stand together are called alike. Those in taken[taken_count] do not count. */
static int find_nearest(const char *name, const char *const *names, int count, int around,
                        const int *taken, int taken_count)
{
	int best = -1, best_unlikeness = FAR;
	for (int i = 0; i < count; i++) {
		bool is_taken = false;
		for (int j = 0; j < taken_count; j++)
			is_taken |= taken[j] == i;
		int value = unlikeness(name, names[i]);
		bool nearer = best >= 0 && value == best_unlikeness &&
		              abs(i - around) < abs(best - around);
		if (is_taken || (value >= best_unlikeness && !nearer) || value >= FAR)
			continue;
		best = i;
		best_unlikeness = value;
	}
	return best;
}

void suggest_names(const char *name, const char *const *names, int count, char *text,
                   size_t text_size)
{
	int taken[SUGGESTIONS];
	size_t used = 0;
	text[0] = '\0';
	for (int i = 0; i < SUGGESTIONS && used < text_size; i++) {
		taken[i] = find_nearest(name, names, count, i ? taken[0] : 0, taken, i);
		if (taken[i] < 0)
			break;
		int written = snprintf(text + used, text_size - used, "%s%.80s", i ? ", " : "",
		                       names[taken[i]]);
		used += written > 0 ? (size_t)written : 0;
	}
}
