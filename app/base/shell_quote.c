#include "app/base/shell_quote.h"

#include <stdio.h>
#include <string.h>

static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			    "0123456789_-+=./:,@%";

static bool is_plain(const char *word)
{
	return word[0] && !word[strspn(word, plain)];
}

/* Within quotes nothing means anything but a quote, which ends them, stands for itself behind a
 * backslash, and begins others. */
bool shell_quote(char *to, size_t capacity, const char *word)
{
	static const char quote[] = "'\\''";
	const char *ends = is_plain(word) ? "" : "'";
	size_t needed = 2 * strlen(ends) + 1;
	for (const char *at = word; *at; at++)
		needed += *at == '\'' ? strlen(quote) : 1;
	bool fits = needed <= capacity;
	if (capacity)
		to[0] = '\0';
	if (!fits)
		return false;
	to = stpcpy(to, ends);
	for (; *word; word++)
		to = stpcpy(to, *word == '\'' ? quote : (char[]){*word, '\0'});
	stpcpy(to, ends);
	return true;
}
