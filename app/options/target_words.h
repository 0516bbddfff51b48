/* The words of a list of targets. */
#ifndef APP_OPTIONS_TARGET_WORDS_H
#define APP_OPTIONS_TARGET_WORDS_H

#include "app/options/option.h"

struct target_words {
	const char *rest;              /* behind the word that was read last */
	char word[OPTION_FILE_LENGTH]; /* that one; empty at the end */
	bool quoted;                   /* it stood in quotes, and is no keyword */
};

/* Reads the next word; a "+" or "*" at its beginning is a word by itself. False: why says what is
 * wrong. */
bool target_words_next(struct target_words *words, char why[OPTION_REASON_LENGTH]);

/* Whether the last word is that keyword. */
bool target_words_is(const struct target_words *words, const char *keyword);

/* Whether it is any keyword, or there is no more: what ends the words before it. */
bool target_words_ends(const struct target_words *words);

/* Reads words up to one that ends them, and joins them with blanks; at least one. */
bool target_words_join(struct target_words *words, const char *what, char *text, size_t capacity,
                       char why[OPTION_REASON_LENGTH]);

/* Writes text so that it is read as one word, or several that are joined to the same. */
void target_words_quote(const char *text, char *quoted, size_t capacity);

#endif
