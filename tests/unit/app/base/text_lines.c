#include "app/base/text_lines.h"

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
