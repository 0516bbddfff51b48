#include "app/base/shell_quote.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/test.h"

TEST(a_word_is_quoted_where_a_shell_would_read_more_than_it)
{
	static const char *const words[][2] = {
		{"sky.jpg", "sky.jpg"},
		{"a_B-9+=./:,@%", "a_B-9+=./:,@%"},
		{"", "''"},
		{"two words", "'two words'"},
		{"$HOME `id` *", "'$HOME `id` *'"},
		{"it's", "'it'\\''s'"},
		{"'", "''\\'''"},
		{"~", "'~'"},
		{"a\nb", "'a\nb'"},
	};
	char quoted[64];
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		CHECK(shell_quote(quoted, sizeof(quoted), words[i][0]));
		CHECK_MESSAGE(!strcmp(quoted, words[i][1]), "%s becomes %s", words[i][0], quoted);
	}
}

/* By the shell itself. */
TEST(a_shell_reads_a_quoted_word_as_it_was)
{
	char word[128] = "", quoted[SHELL_QUOTED_LENGTH(sizeof(word))];
	char line[sizeof(quoted) + 32], read[sizeof(word) + 1];
	for (int i = 1; i < 127; i++)
		word[i - 1] = (char)i;
	REQUIRE(shell_quote(quoted, sizeof(quoted), word));
	snprintf(line, sizeof(line), "printf %%s %s", quoted);
	FILE *shell = popen(line, "r");
	REQUIRE(shell);
	read[fread(read, 1, sizeof(word), shell)] = '\0';
	CHECK(pclose(shell) == 0);
	CHECK_MESSAGE(!strcmp(read, word), "%s", read);
}

TEST(a_word_is_never_quoted_in_part)
{
	char word[9] = "''''''''", quoted[SHELL_QUOTED_LENGTH(sizeof(word))], short_one[4] = "x";
	CHECK(shell_quote(quoted, sizeof(quoted), word));
	CHECK(!shell_quote(quoted, 34, word) && !quoted[0]);
	CHECK(shell_quote(quoted, 35, word));
	CHECK(shell_quote(short_one, 4, "abc") && !strcmp(short_one, "abc"));
	CHECK(!shell_quote(short_one, 4, "abcd") && !short_one[0]);
}
