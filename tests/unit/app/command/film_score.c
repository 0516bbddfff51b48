/* The score in the folder of a film. */
#include "app/command/film_score.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/paths.h"
#include "tests/support/media.h"
#include "tests/support/test.h"

/* Saves the score of that name into a folder; score becomes the place where it is then. */
static rv_status save(const char *name, char score[PATH_LENGTH], rv_error *error)
{
	struct options *options = calloc(1, sizeof(*options));
	if (!options)
		abort();
	snprintf(score, PATH_LENGTH, "%s/score", media_path("film"));
	paths_make_folders(score);
	snprintf(options->call.score, sizeof(options->call.score), "%s", name);
	rv_status status = film_score_save(options, media_path("film"), error);
	CHECK(status != RV_OK || film_score_same(options, media_path("film")));
	free(options);
	return status;
}

TEST(film_score_goes_into_the_folder)
{
	static const char text[] = "at 0:00 octaves 3\n";
	char score[PATH_LENGTH];
	media_write(media_path("a.score"), text, strlen(text));
	rv_error error = {0};
	rv_status status = save(media_path("a.score"), score, &error);
	CHECK_MESSAGE(status == RV_OK, "%s", error.message);
	CHECK(media_exists(score));
	remove(score);
}

/* A folder can be opened, but not read, as a file on a disk that fails. */
TEST(film_score_that_cannot_be_read_leaves_none)
{
	char score[PATH_LENGTH], folder[PATH_LENGTH];
	snprintf(folder, sizeof(folder), "%s/file", media_path("folder.score"));
	paths_make_folders(folder);
	rv_error error = {0};
	CHECK(save(media_path("folder.score"), score, &error) == RV_IO);
	CHECK_MESSAGE(strstr(error.message, "folder.score"), "%s", error.message);
	CHECK(!media_exists(score));
}
