#include "app/media/public_name.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* Moves what begins at `from` down to `to`. */
static void cut(char *to, const char *from)
{
	memmove(to, from, strlen(from) + 1);
}

static void hide_user(char *host)
{
	size_t length = strcspn(host, "/?# \t\"'");
	for (char *at = host + length; at-- > host;) {
		if (*at != '@')
			continue;
		cut(host, at + 1);
		return;
	}
}

/* What follows the application, the first part of the path. */
static void hide_key(char *host)
{
	char *path = host + strcspn(host, "/?# \t\"'");
	if (*path != '/')
		return;
	char *key = path + 1 + strcspn(path + 1, "/?# \t\"'");
	if (*key == '/')
		cut(key, key + strcspn(key, " \t\"'"));
}

static void hide_query(char *host)
{
	char *query = host + strcspn(host, "? \t\"'");
	if (*query == '?')
		cut(query, query + strcspn(query, " \t\"'"));
}

/* Whether the scheme that ends at `end` is one of RTMP's. */
static bool is_rtmp(const char *text, const char *end)
{
	const char *scheme = end;
	while (scheme > text &&
	       strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+", scheme[-1]))
		scheme--;
	return end - scheme >= 4 && !strncasecmp(scheme, "rtmp", 4);
}

void public_name_hide(char *text)
{
	char *at = text;
	while ((at = strstr(at, "://"))) {
		char *host = at + strlen("://");
		hide_user(host);
		if (is_rtmp(text, at))
			hide_key(host);
		hide_query(host);
		at = host;
	}
}

char *public_name(const char *name)
{
	char *copy = strdup(name);
	if (copy)
		public_name_hide(copy);
	return copy;
}
