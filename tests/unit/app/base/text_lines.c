#include "app/base/text_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/media.h"
#include "tests/support/test.h"

static bool reads(const char *path, size_t most, const char *wanted)
{
	char *text = text_read_whole(path, most);
	bool same = wanted ? text && !strcmp(text, wanted) : !text;
	free(text);
	return same;
}

TEST(text_is_read_as_a_whole_or_not_at_all)
{
	const char *path = media_path("text"), *folder = media_path("");
	media_write(path, "one\ntwo", 7);
	CHECK(reads(path, 100, "one\ntwo"));
	CHECK(reads(path, 7, "one\ntwo"));
	CHECK(reads(path, 6, NULL));
	media_write(path, "", 0);
	CHECK(reads(path, 6, "") && reads(path, 0, ""));
	CHECK(reads(media_path("nowhere"), 6, NULL));
	CHECK(reads(folder, 6, NULL));
}

TEST(text_times_are_of_digits_points_and_colons)
{
	static const char *const none[] = {"",        "-1",    "+1",  " 1",     "0x10", "1e1",
	                                   "1e1:0",   "inf",   "nan", "1:",     "1:60", "1.5:00",
	                                   "1:2:3:4", "1.2.3", "1s",  "604801", "1:0x1"};
	CHECK(text_read_time("90") == 90 && text_read_time("1:30") == 90);
	CHECK(text_read_time("1:00:00.5") == 3600.5 && text_read_time("0") == 0);
	CHECK(text_read_time("604800") == 7 * 86400);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		CHECK_MESSAGE(text_read_time(none[i]) < 0, "\"%s\" is %g seconds", none[i],
		              text_read_time(none[i]));
}

TEST(text_numbers_end_where_they_may)
{
	double number = 0;
	CHECK(text_read_positive("0.25", 1, &number) && number == 0.25);
	CHECK(text_read_positive("1", 1, &number) && number == 1);
	CHECK(!text_read_positive("1.001", 1, &number) && !text_read_positive("0", 1, &number));
	CHECK(!text_read_positive("0x1", 9, &number) && !text_read_positive("1e0", 9, &number));
	CHECK(!text_read_positive("1 ", 9, &number) && !text_read_positive("", 9, &number));
}

static bool cuts(const char *line, const char *expected)
{
	char text[64];
	strcpy(text, line);
	text_cut_comment(text);
	return !strcmp(text, expected);
}

static bool stays(const char *value)
{
	char kept[TEXT_LINE_LENGTH], line[TEXT_LINE_LENGTH + 8];
	text_keep_marks(value, kept);
	snprintf(line, sizeof(line), "name = %s", kept);
	text_cut_comment(line);
	return !strcmp(line + strlen("name = "), value);
}

TEST(text_comments_begin_at_a_mark_behind_a_blank)
{
	CHECK(cuts("# all", "") && cuts("a # b # c", "a ") && cuts("a\t#b", "a\t"));
	CHECK(cuts("a#b", "a#b") && cuts("a## #", "a## ") && cuts("a\\#b \\ c", "a\\#b \\ c"));
	CHECK(cuts("\\# a \\#b\\#c # d", "# a #b\\#c ") && cuts("a \\\\# b", "a \\# b"));
	CHECK(cuts("a \\##b \\\\ # c", "a ##b \\\\ "));
}

TEST(text_that_is_kept_holds_its_marks)
{
	static const char *const values[] = {"",       "a.png",      "take #2.png", "#1", "##",
	                                     "a # #b", "a \\#b",     "\\\\# \\\\#", "\\", "a \\",
	                                     "a#\\#",  "a \\ #\\ #", "# # #",       "\t#"};
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		CHECK_MESSAGE(stays(values[i]), "\"%s\"", values[i]);
}
