/* Words for a shell, in lines that a person copies or that the program runs. */
#ifndef APP_BASE_SHELL_QUOTE_H
#define APP_BASE_SHELL_QUOTE_H

#include <stdbool.h>
#include <stddef.h>

/* Room for a word of less than length bytes, whatever is in it. */
#define SHELL_QUOTED_LENGTH(length) (4 * (length))

/* Writes word as a POSIX shell takes it for this one word: as it is where nothing in it means
 * anything to a shell, else between quotes. False: it does not fit, and to is empty. */
bool shell_quote(char *to, size_t capacity, const char *word);

#endif
