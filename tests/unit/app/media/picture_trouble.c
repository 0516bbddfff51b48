/* Pictures that are none, damaged, too large or oddly named, and whole jobs on pictures. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/media/libav.h"
#include "app/media/picture_read.h"
#include "app/offline/job_run.h"
#include "tests/support/media.h"
#include "tests/support/test.h"

static void check_refused(const char *path, rv_status wanted, const char *word)
{
	struct picture picture = {0};
	rv_error error = {0};
	rv_status status = picture_open(&picture, path, &error);
	CHECK_MESSAGE(status == wanted, "%s: status %d: %s", path, status, error.message);
	CHECK_MESSAGE(strstr(error.message, word) != NULL, "%s", error.message);
	CHECK_MESSAGE(strchr(error.message, '\n') == NULL, "%s", error.message);
	CHECK(picture.image.pixels == NULL);
	picture_release(&picture);
}

TEST(picture_missing_or_no_picture_at_all)
{
	const char *folder = media_path("folder.jpg");
	mkdir(folder, 0777);
	media_write(media_path("text.jpg"), "Just some words, no picture.\n", 29);
	media_write(media_path("empty.jpg"), "", 0);
	check_refused(media_path("missing.jpg"), RV_NOT_FOUND, "No such file");
	check_refused(media_path("text.jpg"), RV_UNSUPPORTED, "neither a picture nor a video");
	check_refused(media_path("empty.jpg"), RV_CORRUPT, "empty");
	check_refused(folder, RV_INVALID, "directory");
	rmdir(folder);
}

static uint8_t *make_file(const char *name, size_t *size)
{
	struct picture picture = media_picture(RV_RGB8, 200, 150, false);
	rv_error error = {0};
	uint32_t noise = 1;
	for (size_t i = 0; i < picture.image.stride * 150; i++) {
		noise = noise * 1664525 + 1013904223;
		((uint8_t *)picture.image.pixels)[i] = (uint8_t)(noise >> 24);
	}
	rv_status status = media_write_picture(&picture, media_path(name), &error);
	picture_release(&picture);
	return status ? NULL : media_read(media_path(name), size);
}

TEST(picture_truncated_anywhere_is_damaged)
{
	static const char *const names[] = {"cut.jpg", "cut.png", "cut.webp", "cut.bmp",
	                                    "cut.tiff"};
	for (int n = 0; n < 5; n++) {
		size_t size;
		uint8_t *bytes = make_file(names[n], &size);
		if (!bytes)
			continue; /* no encoder */
		for (int part = 1; part < 10; part++) {
			media_write(media_path(names[n]), bytes, size * (size_t)part / 10);
			check_refused(media_path(names[n]), RV_CORRUPT, names[n]);
		}
		free(bytes);
	}
}

TEST(picture_jpeg_cut_and_closed_again_is_damaged)
{
	size_t size;
	uint8_t *bytes = make_file("closed.jpg", &size);
	REQUIRE(bytes);
	bytes[size / 2] = 0xFF;
	bytes[size / 2 + 1] = 0xD9;
	media_write(media_path("closed.jpg"), bytes, size / 2 + 2);
	check_refused(media_path("closed.jpg"), RV_CORRUPT, "damaged");
	free(bytes);
}

TEST(picture_png_with_a_flipped_bit_is_damaged)
{
	size_t size;
	uint8_t *bytes = make_file("flipped.png", &size);
	REQUIRE(bytes);
	bytes[size / 2] ^= 0x10;
	media_write(media_path("flipped.png"), bytes, size);
	check_refused(media_path("flipped.png"), RV_CORRUPT, "damaged");
	free(bytes);
}

/* The size is changed in the header alone: nobody may believe it and ask for the memory. */
TEST(picture_too_large_is_refused_by_its_header)
{
	size_t size;
	uint8_t *bytes = make_file("huge.png", &size);
	REQUIRE(bytes);
	static const uint8_t huge[8] = {0, 0, 0x4E, 0x20, 0, 0, 0x4E, 0x20}; /* 20000 x 20000 */
	memcpy(bytes + 16, huge, 8);
	media_write(media_path("huge.png"), bytes, size);
	check_refused(media_path("huge.png"), RV_MEMORY, "20000 x 20000 pixels are too many");
	free(bytes);
	bytes = make_file("huge.jpg", &size);
	REQUIRE(bytes);
	for (size_t i = 0; i + 9 < size; i++)
		if (bytes[i] == 0xFF && bytes[i + 1] == 0xC0) {
			memset(bytes + i + 5, 0x4E, 4); /* 20046 x 20046 */
			break;
		}
	media_write(media_path("huge.jpg"), bytes, size);
	check_refused(media_path("huge.jpg"), RV_MEMORY, "20046 x 20046");
	free(bytes);
}

TEST(picture_size_limits)
{
	rv_error error;
	CHECK(libav_check_picture_size("x", 1, 1, &error) == RV_OK);
	CHECK(libav_check_picture_size("x", LIBAV_SIDE_MAX, 1, &error) == RV_OK);
	CHECK(libav_check_picture_size("x", LIBAV_SIDE_MAX + 1, 1, &error) == RV_MEMORY);
	CHECK(libav_check_picture_size("x", 16000, 16000, &error) == RV_MEMORY);
	CHECK(libav_check_picture_size("x", INT64_MAX, 2, &error) == RV_MEMORY);
	CHECK(libav_check_picture_size("x", 0, 5, &error) == RV_CORRUPT);
}

TEST(picture_file_names_are_taken_as_they_are)
{
	static const char *const names[] = {"50%d.png", "a*b?.png", "[x]{y}.png", "p:q.png", "png"};
	struct picture written = media_picture(RV_RGB8, 8, 8, false);
	rv_error error = {0};
	REQUIRE(media_write_picture(&written, media_path("plain.png"), &error) == RV_OK);
	for (int i = 0; i < 5; i++) {
		struct picture read = {0};
		REQUIRE(rename(media_path(i ? names[i - 1] : "plain.png"), media_path(names[i])) ==
		        0);
		CHECK_MESSAGE(picture_open(&read, media_path(names[i]), &error) == RV_OK, "%s",
		              error.message);
		picture_release(&read);
	}
	picture_release(&written);
}

/* ---- the job ---- */

TEST(still_is_dreamed_and_written)
{
	struct picture written = media_picture(RV_RGB16, 40, 30, true), read = {0};
	struct test_dream dream = {0};
	struct job_report report;
	rv_error error = {0};
	const char *in = media_path("photo.png"), *out = media_path("dream.png");
	REQUIRE(media_write_picture(&written, in, &error) == RV_OK);
	struct job job = media_job(in, out, &dream);
	REQUIRE(job_run(&job, &report, &error) == RV_OK);
	CHECK(dream.frames == 1 && report.frames == 1 && report.is_still && report.written);
	REQUIRE(picture_open(&read, out, &error) == RV_OK);
	for (int i = 0; i < 40 * 30 * 3; i++)
		CHECK(((uint16_t *)read.image.pixels)[i] ==
		      65535 - ((uint16_t *)written.image.pixels)[i]);
	CHECK(read.alpha && media_alpha_difference(&written, &read) == 0);
	CHECK(job_run(&job, &report, &error) == RV_INVALID); /* it exists now */
	CHECK(dream.frames == 1);
	job.force = true;
	job.width = 20;
	CHECK(job_run(&job, &report, &error) == RV_OK);
	CHECK(report.width == 20 && report.height == 15);
	picture_release(&written);
	picture_release(&read);
}

TEST(still_stopped_writes_nothing)
{
	struct picture written = media_picture(RV_RGB8, 40, 30, false);
	struct test_dream dream = {.stop_at = 1};
	struct job_report report;
	rv_error error = {0};
	REQUIRE(media_write_picture(&written, media_path("stop.png"), &error) == RV_OK);
	int before = media_file_count();
	struct job job = media_job(media_path("stop.png"), media_path("stopped.png"), &dream);
	CHECK(job_run(&job, &report, &error) == RV_CANCELLED);
	CHECK(!report.written && media_file_count() == before);
	picture_release(&written);
}

TEST(still_into_a_video_or_an_unknown_name_is_refused)
{
	struct picture written = media_picture(RV_RGB8, 40, 30, false);
	struct test_dream dream = {0};
	struct job_report report;
	rv_error error = {0};
	REQUIRE(media_write_picture(&written, media_path("p.png"), &error) == RV_OK);
	static const char *const names[] = {"p.mp4", "p.xyz", "p"};
	for (int i = 0; i < 3; i++) {
		struct job job = media_job(media_path("p.png"), media_path(names[i]), &dream);
		CHECK(job_run(&job, &report, &error) == RV_UNSUPPORTED);
		CHECK_MESSAGE(strstr(error.message, ".png") != NULL, "%s", error.message);
	}
	CHECK(dream.frames == 0);
	picture_release(&written);
}
