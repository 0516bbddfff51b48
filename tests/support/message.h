/* Making messages of protobuf-c by hand. All memory comes from malloc, so that a message's
 * free_unpacked frees it as if it had been parsed. No memory ends the program. */
#ifndef TESTS_SUPPORT_MESSAGE_H
#define TESTS_SUPPORT_MESSAGE_H

#include <stddef.h>

/* Zeros. */
void *message_allocate(size_t size);

void *message_copy(const void *data, size_t size);
char *message_text(const char *text);

/* Appends item to a repeated field of pointers; list is the address of its array, count that of its
 * length. */
void message_append(void *list, size_t *count, void *item);

#endif
