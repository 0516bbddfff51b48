#include "app/live/disk.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/clock.h"
#include "tests/support/test.h"

static const int64_t second = 1000000000;

static int begun(struct live_disk *disk, int64_t now)
{
	rv_error error = {0};
	int count = 0;
	while (count < 100 && live_disk_admit(disk, now, &error) == RV_OK)
		count++;
	CHECK_MESSAGE(error.status == RV_IO, "%s", error.message);
	return count;
}

TEST(disk_takes_few_files_at_once_and_one_a_second)
{
	struct live_disk *disk = NULL;
	rv_error error = {0};
	REQUIRE(live_disk_start(&disk, 0, &error) == RV_OK);
	CHECK(begun(disk, 5 * second) == 4);
	CHECK(begun(disk, 5 * second + second / 2) == 0);
	CHECK(begun(disk, 7 * second) == 2);
	live_disk_stop(&disk);
}

TEST(disk_leaves_the_room_it_is_told_to)
{
	struct live_disk *disk = NULL;
	rv_error error = {0};
	REQUIRE(live_disk_start(&disk, UINT64_MAX - 1, &error) == RV_OK);
	for (int64_t end = clock_now() + 10 * second; clock_now() < end; usleep(1000))
		if (live_disk_has_room(disk, &error) != RV_OK)
			break;
	CHECK(live_disk_has_room(disk, &error) == RV_IO);
	CHECK(live_disk_admit(disk, second, &error) == RV_IO);
	live_disk_stop(&disk);
}

TEST(disk_says_what_it_wrote)
{
	struct live_disk *disk = NULL;
	rv_error error = {0};
	char folder[] = "/tmp/disk-XXXXXX", path[64], note[DISK_NOTE_LENGTH] = "";
	REQUIRE(mkdtemp(folder) && live_disk_start(&disk, 0, &error) == RV_OK);
	snprintf(path, sizeof(path), "%s/text", folder);
	CHECK(live_disk_write_text(disk, "a", path, "kept", NULL, &error) == RV_OK);
	for (int64_t end = clock_now() + 10 * second; !note[0] && clock_now() < end; usleep(1000))
		live_disk_note(disk, note);
	CHECK_MESSAGE(!strcmp(note, "kept"), "%s", note);
	live_disk_stop(&disk);
	unlink(path);
	rmdir(folder);
}

/* Several, so that some still wait. */
TEST(disk_writes_what_waits_before_it_stops)
{
	enum { TEXTS = 4 };
	struct live_disk *disk = NULL;
	rv_error error = {0};
	char folder[] = "/tmp/disk-XXXXXX", path[TEXTS][64];
	REQUIRE(mkdtemp(folder) && live_disk_start(&disk, 0, &error) == RV_OK);
	for (int i = 0; i < TEXTS; i++) {
		snprintf(path[i], sizeof(path[i]), "%s/text%d", folder, i);
		CHECK(live_disk_write_text(disk, "a", path[i], NULL, NULL, &error) == RV_OK);
	}
	live_disk_stop(&disk);
	for (int i = 0; i < TEXTS; i++) {
		CHECK_MESSAGE(!access(path[i], R_OK), "text %d", i);
		unlink(path[i]);
	}
	rmdir(folder);
}

/* A named pipe without a reader is a disk that hangs. Whoever waits for what became of a file that
 * made room for others would wait for ever. */
TEST(disk_tells_of_what_it_drops)
{
	enum { TEXTS = 8 };
	struct live_disk *disk = NULL;
	rv_error error = {0};
	atomic_int outcomes[TEXTS];
	char folder[] = "/tmp/disk-XXXXXX", path[TEXTS][64];
	int failed = 0;
	REQUIRE(mkdtemp(folder) && live_disk_start(&disk, 0, &error) == RV_OK);
	for (int i = 0; i < TEXTS; i++) {
		snprintf(path[i], sizeof(path[i]), "%s/text%d", folder, i);
		atomic_init(&outcomes[i], DISK_WAITS);
		REQUIRE(i || !mkfifo(path[i], 0600));
		CHECK(live_disk_write_text(disk, "a", path[i], NULL, &outcomes[i], &error) ==
		      RV_OK);
	}
	for (int i = 0; i < TEXTS; i++)
		failed += atomic_load(&outcomes[i]) == DISK_FAILED;
	int reader = open(path[0], O_RDONLY | O_NONBLOCK);
	live_disk_stop(&disk);
	CHECK_MESSAGE(failed == 1 || failed == 2, "%d", failed);
	for (int i = 0; i < TEXTS; i++) {
		bool is_there = !access(path[i], R_OK);
		CHECK(!i || is_there == (atomic_load(&outcomes[i]) == DISK_WROTE));
		unlink(path[i]);
	}
	close(reader);
	rmdir(folder);
}
