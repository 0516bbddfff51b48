#include "app/base/paths.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/test.h"

TEST(paths_make_folders_that_are_missing)
{
	char root[] = "/tmp/reverie-paths-XXXXXX", path[PATH_LENGTH], folder[PATH_LENGTH];
	struct stat state;
	REQUIRE(mkdtemp(root));
	snprintf(folder, sizeof(folder), "%s/a/b", root);
	snprintf(path, sizeof(path), "%s/a/b/file", root);
	CHECK(paths_make_folders(path));
	CHECK(!stat(folder, &state) && S_ISDIR(state.st_mode) && access(path, F_OK));
	CHECK(paths_make_folders(path));
	CHECK(paths_make_folders("file"));
	rmdir(folder);
	strrchr(folder, '/')[0] = '\0';
	rmdir(folder);
	rmdir(root);
}

TEST(paths_say_why_folders_cannot_be_made)
{
	char file[] = "/tmp/reverie-paths-XXXXXX", path[PATH_LENGTH];
	int made = mkstemp(file);
	REQUIRE(made >= 0);
	snprintf(path, sizeof(path), "%s/a/b/file", file);
	CHECK(!paths_make_folders(path) && errno == ENOTDIR);
	close(made);
	unlink(file);
}
