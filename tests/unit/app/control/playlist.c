#include "app/control/playlist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/paths.h"
#include "tests/support/media.h"
#include "tests/support/test.h"

enum { SECOND = 1000000000 };

static const char text[] = "# an evening\n"
			   "0:30 roses\n\n"
			   "90 mountains fade 5 # slowly\n"
			   "  1:00:00.5\teyes input 16 fade 0\r\n"
			   "1 eyes fade 1 input 2\n";

TEST(playlist_is_read)
{
	struct playlist playlist;
	rv_error error = {0};
	CHECK_MESSAGE(playlist_parse(&playlist, "p", text, &error) == RV_OK, "%s", error.message);
	REQUIRE(playlist.count == 4);
	CHECK(playlist.lines[0].seconds == 30 && playlist.lines[0].fade < 0);
	CHECK(playlist.lines[1].seconds == 90 && playlist.lines[1].fade == 5);
	CHECK(playlist.lines[2].seconds == 3600.5 && playlist.lines[2].fade == 0);
	CHECK(!playlist.lines[0].input && !playlist.lines[1].input);
	CHECK(playlist.lines[2].input == 16 && playlist.lines[3].input == 2);
	CHECK(playlist.lines[3].fade == 1);
	CHECK(!strcmp(playlist.lines[1].name, "mountains"));
	CHECK(playlist.lines[0].dream.layers.count == 1);
	playlist_release(&playlist);
	CHECK(!playlist_tick(&playlist, 5));
}

/* A name may hold what begins a comment elsewhere. */
TEST(playlist_takes_names_with_a_hash)
{
	struct playlist playlist;
	rv_error error = {0};
	char line[PATH_LENGTH + 32];
	const char *path = media_path("c#minor.preset");
	media_write(path, "octaves = 3\n", 12);
	snprintf(line, sizeof(line), "30 %s # slowly", path);
	CHECK_MESSAGE(playlist_parse(&playlist, "p", line, &error) == RV_OK, "%s", error.message);
	REQUIRE(playlist.count == 1);
	CHECK(playlist.lines[0].dream.params.octaves == 3);
	playlist_release(&playlist);
}

TEST(playlist_says_which_line_is_wrong)
{
	static const char *const wrong[] = {
		"30 roses\nroses",
		"30 roses\n30",
		"30 roses\n0 roses",
		"30 roses\n-5 roses",
		"30 roses\n1:60 roses",
		"30 roses\n1.5:00 roses",
		"30 roses\n1:2:3:4 roses",
		"30 roses\nnan roses",
		"30 roses\n30 roses fade",
		"30 roses\n30 roses fade x",
		"30 roses\n30 roses for 5",
		"30 roses\n30 roses fade 5 6",
		"30 roses\n30 roses fade 31",
		"30 roses\n30 roses fade 5 fade 5",
		"30 roses\n30 roses input",
		"30 roses\n30 roses input 0",
		"30 roses\n30 roses input 17",
		"30 roses\n30 roses input 1:00",
		"30 roses\n30 roses input x fade 5",
		"30 roses\n30 roses input 1 input 1",
		"30 roses\n30s roses",
		"30 roses\n1e9 roses",
	};
	struct playlist playlist;
	rv_error error = {0};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		CHECK_MESSAGE(playlist_parse(&playlist, "p", wrong[i], &error) == RV_INVALID, "%s",
		              wrong[i]);
		CHECK_MESSAGE(!strncmp(error.message, "p:2: ", 5), "%s", error.message);
		CHECK(!playlist.count && !playlist.lines);
	}
	CHECK(playlist_parse(&playlist, "p", "30 no-such-preset", &error) == RV_NOT_FOUND);
	CHECK_MESSAGE(!strncmp(error.message, "p:1: no preset called", 21), "%s", error.message);
	CHECK(playlist_parse(&playlist, "p", "# nothing\n", &error) == RV_INVALID);
	CHECK(playlist_load(&playlist, "no/such/file", &error) == RV_NOT_FOUND);
}

static const char *begins(struct playlist *playlist, int64_t now)
{
	const struct playlist_line *line = playlist_tick(playlist, now);
	return line ? line->name : "-";
}

TEST(playlist_goes_by_the_clock_and_begins_again)
{
	struct playlist playlist;
	const int64_t start = 7 * (int64_t)SECOND;
	REQUIRE(playlist_parse(&playlist, "p", "10 roses\n5 eyes\n2 bubbles", NULL) == RV_OK);
	CHECK(!strcmp(begins(&playlist, start), "roses"));
	CHECK(!strcmp(begins(&playlist, start), "-"));
	CHECK(!strcmp(begins(&playlist, start + 10 * (int64_t)SECOND - 1), "-"));
	CHECK(!strcmp(begins(&playlist, start + 10 * (int64_t)SECOND + 1000), "eyes"));
	/* A late tick does not make all that follows late. */
	CHECK(!strcmp(begins(&playlist, start + 15 * (int64_t)SECOND), "bubbles"));
	CHECK(!strcmp(begins(&playlist, start + 17 * (int64_t)SECOND), "roses"));
	/* After a long sleep lines do not chase each other. */
	CHECK(!strcmp(begins(&playlist, start + 1000 * (int64_t)SECOND), "eyes"));
	CHECK(!strcmp(begins(&playlist, start + 1004 * (int64_t)SECOND), "-"));
	CHECK(!strcmp(begins(&playlist, start + 1005 * (int64_t)SECOND), "bubbles"));
	playlist_release(&playlist);
}

TEST(playlist_is_paused_and_hurried)
{
	struct playlist playlist;
	const int64_t second = SECOND;
	REQUIRE(playlist_parse(&playlist, "p", "10 roses\n5 eyes", NULL) == RV_OK);
	begins(&playlist, second);
	CHECK(playlist_pause(&playlist, 3 * second)); /* after two seconds */
	CHECK(!strcmp(begins(&playlist, 100 * second), "-"));
	CHECK(!playlist_pause(&playlist, 100 * second));
	CHECK(!strcmp(begins(&playlist, 107 * second), "-"));
	CHECK(!strcmp(begins(&playlist, 108 * second), "eyes"));
	playlist_next(&playlist);
	CHECK(!strcmp(begins(&playlist, 109 * second), "roses"));
	CHECK(!strcmp(begins(&playlist, 118 * second), "-"));
	CHECK(playlist_pause(&playlist, 118 * second));
	playlist_next(&playlist);
	CHECK(!strcmp(begins(&playlist, 200 * second), "eyes"));
	CHECK(!strcmp(begins(&playlist, 205 * second), "roses"));
	playlist_release(&playlist);
}
