/* Where the dreams of several inputs go. */
#include "app/offline/batch.h"

#include <string.h>

#include "app/media/heif_write.h"
#include "tests/support/test.h"

TEST(batch_keeps_names_and_ends_that_can_be_written)
{
	bool writes_heic = heif_name_known("a.heic"), writes_avif = heif_name_known("a.avif");
	const char *const names[][2] = {
		{"photos/sky.jpg", "out/sky.jpg"},
		{"SEA.JPEG", "out/SEA.JPEG"},
		{"/a/b.c/clip.mp4", "out/clip.mp4"},
		{"loop.gif", "out/loop.gif"},
		{"grey.pgm", "out/grey.png"},
		{"old.wmv", "out/old.mkv"},
		{"IMG_1.HEIC", writes_heic ? "out/IMG_1.HEIC" : "out/IMG_1.jpg"},
		{"sea.avif", writes_avif ? "out/sea.avif" : "out/sea.jpg"},
		{"no_end", "out/no_end.mkv"},
		{".hidden", "out/.hidden.mkv"},
		{"two.dots.here.mov", "out/two.dots.here.mov"},
	};
	enum { COUNT = sizeof(names) / sizeof(names[0]) };
	const char *inputs[COUNT];
	for (int i = 0; i < COUNT; i++)
		inputs[i] = names[i][0];
	struct batch batch = {0};
	rv_error error = {0};
	CHECK_MESSAGE(!batch_plan(&batch, inputs, COUNT, "out/", &error), "%s", error.message);
	REQUIRE(batch.count == COUNT);
	for (int i = 0; i < COUNT; i++)
		CHECK_MESSAGE(!strcmp(batch.outputs[i], names[i][1]), "%s: %s", names[i][0],
		              batch.outputs[i]);
	batch_release(&batch);
	REQUIRE(!batch_plan(&batch, inputs, 1, "out", &error));
	CHECK(!strcmp(batch.outputs[0], "out/sky.jpg"));
	batch_release(&batch);
}

static void expect_refusal(const char *const *inputs, int count, const char *message)
{
	struct batch batch = {0};
	rv_error error = {0};
	CHECK(batch_plan(&batch, inputs, count, "out", &error) == RV_INVALID);
	CHECK_MESSAGE(strstr(error.message, message), "%s", error.message);
	batch_release(&batch);
}

TEST(batch_refuses_what_would_share_a_place_or_has_no_name)
{
	const char *const twins[] = {"a/x.png", "b/y.png", "c/x.pgm"};
	const char *const pipe[] = {"x.png", "-"};
	const char *const stream[] = {"http://host/clip.mp4"};
	const char *const folder[] = {"photos/"};
	char longest[PATH_LENGTH];
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 2] = '\0';
	const char *const longer[] = {longest};
	expect_refusal(twins, 3, "out/x.png: two of the inputs become it");
	expect_refusal(pipe, 2, "-: has no name");
	expect_refusal(stream, 1, "has no name");
	expect_refusal(folder, 1, "has no name");
	expect_refusal(longer, 1, "longer than");
}

TEST(batch_knows_folders_by_themselves_or_a_slash)
{
	CHECK(batch_is_folder("/tmp") && batch_is_folder("nowhere/"));
	CHECK(!batch_is_folder("nowhere") && !batch_is_folder("") && !batch_is_folder("/dev/null"));
}
