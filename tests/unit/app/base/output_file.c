#include "app/base/output_file.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/output_name.h"
#include "tests/support/media.h"
#include "tests/support/test.h"

static rv_status write_file(const char *path, const char *text, bool force, rv_error *error)
{
	struct output_file *file = NULL;
	rv_status status = output_file_create(&file, path, force, error);
	if (status)
		return status;
	avio_write(output_file_io(file), (const unsigned char *)text, (int)strlen(text));
	return output_file_commit(&file, error);
}

static bool holds(const char *path, const char *text)
{
	size_t size;
	uint8_t *bytes = media_read(path, &size);
	bool same = bytes && size == strlen(text) && memcmp(bytes, text, size) == 0;
	free(bytes);
	return same;
}

TEST(output_appears_only_when_it_is_whole)
{
	const char *path = media_path("whole.txt");
	struct output_file *file = NULL;
	rv_error error;
	REQUIRE(output_file_create(&file, path, false, &error) == RV_OK);
	avio_write(output_file_io(file), (const unsigned char *)"abc", 3);
	avio_flush(output_file_io(file));
	CHECK(!media_exists(path));
	CHECK(output_file_commit(&file, &error) == RV_OK);
	CHECK(file == NULL);
	CHECK(holds(path, "abc"));
}

TEST(output_discarded_leaves_nothing)
{
	int before = media_file_count();
	struct output_file *file = NULL;
	rv_error error;
	REQUIRE(output_file_create(&file, media_path("gone.txt"), false, &error) == RV_OK);
	CHECK(media_file_count() == before + 1);
	output_file_discard(&file);
	output_file_discard(&file);
	CHECK(media_file_count() == before);
}

TEST(output_is_overwritten_only_by_force)
{
	const char *path = media_path("twice.txt");
	rv_error error = {0};
	REQUIRE(write_file(path, "one", false, &error) == RV_OK);
	CHECK(write_file(path, "two", false, &error) == RV_INVALID);
	CHECK_MESSAGE(strstr(error.message, "--force") != NULL, "%s", error.message);
	CHECK(holds(path, "one"));
	CHECK(write_file(path, "two", true, &error) == RV_OK);
	CHECK(holds(path, "two"));
}

TEST(output_that_comes_to_exist_meanwhile_is_not_overwritten)
{
	const char *path = media_path("race.txt");
	int before = media_file_count();
	struct output_file *file = NULL;
	rv_error error;
	REQUIRE(output_file_create(&file, path, false, &error) == RV_OK);
	media_write(path, "theirs", 6);
	CHECK(output_file_commit(&file, &error) == RV_INVALID);
	CHECK(holds(path, "theirs"));
	CHECK(media_file_count() == before + 1);
}

TEST(output_keeps_links_and_modes)
{
	const char *target = media_path("target.txt"), *link_path = media_path("link.txt");
	struct stat status;
	rv_error error;
	media_write(target, "old", 3);
	chmod(target, 0640);
	REQUIRE(symlink(target, link_path) == 0);
	CHECK(write_file(link_path, "new", false, &error) == RV_INVALID && holds(target, "old"));
	REQUIRE(write_file(link_path, "new", true, &error) == RV_OK);
	CHECK(lstat(link_path, &status) == 0 && S_ISLNK(status.st_mode));
	CHECK(stat(target, &status) == 0 && (status.st_mode & 0777) == 0640);
	CHECK(holds(target, "new"));
}

TEST(output_new_files_follow_the_umask)
{
	const char *path = media_path("mode.txt");
	struct stat status;
	rv_error error;
	mode_t old = umask(027);
	rv_status written = write_file(path, "x", false, &error);
	umask(old);
	REQUIRE(written == RV_OK && stat(path, &status) == 0);
	CHECK_MESSAGE((status.st_mode & 0777) == 0640, "%o", status.st_mode & 0777);
}

/* What cannot be written is found out before anything is computed. */
TEST(output_of_a_name_that_cannot_be_is_refused_at_the_start)
{
	char name[300];
	struct output_file *file = NULL;
	rv_error error = {0};
	int before = media_file_count();
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	CHECK(output_file_create(&file, media_path(name), true, &error) == RV_IO && !file);
	CHECK_MESSAGE(strstr(error.message, "too long") != NULL, "%s", error.message);
	REQUIRE(symlink("circle.txt", media_path("circle.txt")) == 0);
	CHECK(output_file_create(&file, media_path("circle.txt"), true, &error) == RV_IO && !file);
	CHECK_MESSAGE(strstr(error.message, "links") != NULL, "%s", error.message);
	unlink(media_path("circle.txt"));
	REQUIRE(symlink("nowhere/x.txt", media_path("astray.txt")) == 0);
	CHECK(output_file_create(&file, media_path("astray.txt"), true, &error) == RV_NOT_FOUND);
	unlink(media_path("astray.txt"));
	CHECK(media_file_count() == before);
	memset(name, 'y', 255);
	name[255] = '\0'; /* the longest there is */
	CHECK(write_file(media_path(name), "x", false, &error) == RV_OK);
	unlink(media_path(name));
}

TEST(output_through_a_link_that_leads_nowhere_yet_makes_its_target)
{
	const char *link = media_path("dangling.txt");
	struct stat status;
	rv_error error = {0};
	for (int force = 0; force < 2; force++) {
		REQUIRE(symlink("made.txt", link) == 0);
		CHECK_MESSAGE(write_file(link, "abc", force, &error) == RV_OK, "%s", error.message);
		CHECK(lstat(link, &status) == 0 && S_ISLNK(status.st_mode));
		CHECK(holds(media_path("made.txt"), "abc"));
		unlink(link);
		unlink(media_path("made.txt"));
	}
}

/* What a program that was killed leaves is found by the name of what it was to become. */
/* As /dev/stdout is one: where the link leads is no name. */
TEST(output_through_the_link_of_a_pipe_goes_into_it)
{
	char path[64], read_back[4] = "";
	int ends[2];
	REQUIRE(pipe(ends) == 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", ends[1]);
	rv_error error = {0};
	CHECK_MESSAGE(write_file(path, "abc", false, &error) == RV_OK, "%s", error.message);
	close(ends[1]);
	CHECK(read(ends[0], read_back, 3) == 3 && !strcmp(read_back, "abc"));
	close(ends[0]);
}

TEST(output_that_was_left_over_is_found)
{
	const char *path = media_path("left.mp4");
	char found[PATH_LENGTH];
	struct output_file *file = NULL;
	rv_error error = {0};
	CHECK(!output_name_leftover(path, found));
	REQUIRE(output_file_create(&file, path, false, &error) == RV_OK);
	CHECK(!output_name_leftover(path, found)); /* somebody is at it */
	output_file_discard(&file);
	const char *left = media_path(".reverie-left.mp4-abcdef");
	media_write(left, "half", 4);
	media_write(media_path(".reverie-other.mp4-abcdef"), "half", 4);
	CHECK(output_name_leftover(path, found) && !strcmp(found, left));
	CHECK(!output_name_leftover(media_path("right.mp4"), found));
	unlink(left);
	CHECK(!output_name_leftover(path, found));
	CHECK(output_name_leftover(media_path("oth"), found));
	CHECK(!output_name_leftover_of(media_path("oth"), found));
	CHECK(output_name_leftover_of(media_path("other.mp4"), found));
	unlink(media_path(".reverie-other.mp4-abcdef"));
}

TEST(output_into_a_missing_directory_is_not_found)
{
	rv_error error = {0};
	CHECK(write_file(media_path("nowhere/x.txt"), "x", false, &error) == RV_NOT_FOUND);
	CHECK_MESSAGE(strstr(error.message, "nowhere") != NULL, "%s", error.message);
}

TEST(output_onto_a_directory_is_invalid)
{
	const char *path = media_path("directory.txt");
	rv_error error = {0};
	REQUIRE(mkdir(path, 0777) == 0);
	CHECK(write_file(path, "x", true, &error) == RV_INVALID);
	CHECK_MESSAGE(strstr(error.message, "directory") != NULL, "%s", error.message);
	rmdir(path);
}

/* The superuser may write anywhere, and becomes somebody else meanwhile. */
TEST(output_into_an_unwritable_directory_fails)
{
	enum { NOBODY = 65534 };
	const char *locked = media_path("locked"), *file = media_path("locked/x.txt");
	bool superuser = geteuid() == 0;
	rv_error error = {0};
	REQUIRE(chmod(media_path(""), 0711) == 0 && mkdir(locked, 0500) == 0);
	if (superuser && (chown(locked, NOBODY, (gid_t)-1) || seteuid(NOBODY)))
		SKIP("the superuser may write anywhere, and cannot become another user");
	rv_status status = write_file(file, "x", false, &error);
	if (superuser)
		REQUIRE(seteuid(0) == 0);
	CHECK(status == RV_IO);
	CHECK_MESSAGE(strstr(error.message, "ermission") != NULL, "%s", error.message);
	rmdir(locked);
}

TEST(output_onto_a_full_device_fails)
{
	rv_error error = {0};
	if (!media_exists("/dev/full"))
		SKIP("there is no /dev/full");
	CHECK(write_file("/dev/full", "x", false, &error) == RV_IO);
	CHECK_MESSAGE(strstr(error.message, "No space left") != NULL, "%s", error.message);
	CHECK(media_exists("/dev/full"));
}

TEST(output_onto_a_full_disk_fails_and_leaves_nothing)
{
	static char text[100000];
	struct rlimit old, small;
	rv_error error = {0};
	int before = media_file_count();
	memset(text, 'x', sizeof(text) - 1);
	getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = 4096;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	rv_status status = write_file(media_path("big.txt"), text, false, &error);
	setrlimit(RLIMIT_FSIZE, &old);
	CHECK(status == RV_IO);
	CHECK_MESSAGE(strstr(error.message, "big.txt: writing failed") != NULL, "%s",
	              error.message);
	CHECK(media_file_count() == before);
}

static char looked_at[512];
static bool worth_it;

static bool is_worth_it(const char *path)
{
	snprintf(looked_at, sizeof(looked_at), "%s", path);
	return worth_it && holds(path, "abc");
}

TEST(output_is_kept_in_part_only_where_that_is_worth_it)
{
	const char *path = media_path("part.txt");
	int before = media_file_count();
	for (int i = 0; i < 2; i++) {
		struct output_file *file = NULL;
		rv_error error = {0};
		worth_it = i == 1;
		REQUIRE(output_file_create(&file, path, false, &error) == RV_OK);
		avio_write(output_file_io(file), (const unsigned char *)"abc", 3);
		CHECK(output_file_keep(&file, is_worth_it) == worth_it);
		CHECK(file == NULL && looked_at[0] && strcmp(looked_at, path) != 0);
		CHECK(media_exists(path) == worth_it);
		CHECK(media_file_count() == before + worth_it);
	}
	CHECK(holds(path, "abc"));
	unlink(path);
}
