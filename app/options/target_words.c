#include "app/options/target_words.h"

#include <stdio.h>
#include <string.h>

static const char *const keywords[] = {"+", "*", "of", "at", "in", "power", NULL};

static bool refuse(char why[OPTION_REASON_LENGTH], const char *text)
{
	snprintf(why, OPTION_REASON_LENGTH, "%s", text);
	return false;
}

bool target_words_next(struct target_words *words, char why[OPTION_REASON_LENGTH])
{
	const char *text = words->rest + strspn(words->rest, " \t");
	size_t length;
	words->quoted = *text == '"';
	if (words->quoted) {
		length = strcspn(++text, "\"");
		if (!text[length])
			return refuse(why, "a quotation mark is not closed");
		words->rest = text + length + 1;
	} else {
		length = *text == '+' || *text == '*' ? 1 : strcspn(text, " \t\"");
		words->rest = text + length;
	}
	if (length >= sizeof(words->word))
		return refuse(why, "a word of it is too long");
	memcpy(words->word, text, length);
	words->word[length] = '\0';
	return true;
}

bool target_words_is(const struct target_words *words, const char *keyword)
{
	return !words->quoted && !strcmp(words->word, keyword);
}

static bool is_keyword(const char *word)
{
	for (int i = 0; keywords[i]; i++)
		if (!strcmp(word, keywords[i]))
			return true;
	return false;
}

bool target_words_ends(const struct target_words *words)
{
	return !words->quoted && (!words->word[0] || is_keyword(words->word));
}

bool target_words_join(struct target_words *words, const char *what, char *text, size_t capacity,
                       char why[OPTION_REASON_LENGTH])
{
	size_t used = 0;
	text[0] = '\0';
	while (!target_words_ends(words)) {
		used += (size_t)snprintf(text + used, capacity - used, "%s%s", used ? " " : "",
		                         words->word);
		if (used >= capacity) {
			snprintf(why, OPTION_REASON_LENGTH, "%.64s is too long", what);
			return false;
		}
		if (!target_words_next(words, why))
			return false;
	}
	if (used)
		return true;
	snprintf(why, OPTION_REASON_LENGTH, "%.64s is missing%s%.64s", what,
	         words->word[0] ? " before " : "", words->word);
	return false;
}

/* Words that are joined by single blanks come back as they are; all else needs quotes. */
static bool needs_quotes(const char *text)
{
	char why[OPTION_REASON_LENGTH], joined[OPTION_FILE_LENGTH];
	struct target_words words = {.rest = text};
	return !target_words_next(&words, why) ||
	       !target_words_join(&words, "", joined, sizeof(joined), why) || words.word[0] ||
	       strcmp(joined, text);
}

void target_words_quote(const char *text, char *quoted, size_t capacity)
{
	const char *mark = needs_quotes(text) ? "\"" : "";
	snprintf(quoted, capacity, "%s%s%s", mark, text, mark);
}
