#include "tests/support/message.h"

#include <stdlib.h>
#include <string.h>

void *message_allocate(size_t size)
{
	void *pointer = calloc(1, size ? size : 1);
	if (!pointer)
		abort();
	return pointer;
}

void *message_copy(const void *data, size_t size)
{
	void *copy = message_allocate(size);
	if (size)
		memcpy(copy, data, size);
	return copy;
}

char *message_text(const char *text)
{
	return message_copy(text, strlen(text) + 1);
}

void message_append(void *list, size_t *count, void *item)
{
	void **items;
	memcpy(&items, list, sizeof(items));
	items = realloc(items, (*count + 1) * sizeof(*items));
	if (!items)
		abort();
	items[(*count)++] = item;
	memcpy(list, &items, sizeof(items));
}
