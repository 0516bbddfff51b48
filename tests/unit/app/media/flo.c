/* Motion fields in files and in colours. */
#include "app/media/flo.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/test.h"

static char path[64];

/* An empty file of our own; removed by the test. */
static bool make_file(void)
{
	int descriptor;

	strcpy(path, "/tmp/reverie-test-flo-XXXXXX");
	descriptor = mkstemp(path);
	if (descriptor >= 0)
		close(descriptor);
	return descriptor >= 0;
}

static bool write_field(const struct flo *flo)
{
	struct output_file *file;

	if (output_file_create(&file, path, true, NULL))
		return false;
	flo_write(file, flo);
	return output_file_commit(&file, NULL) == RV_OK;
}

static bool write_bytes(const void *bytes, size_t count)
{
	FILE *file = fopen(path, "wb");
	bool ok = file && fwrite(bytes, 1, count, file) == count;

	return file && fclose(file) == 0 && ok;
}

static struct flo field_of_numbers(int width, int height)
{
	struct flo flo;

	if (flo_create(&flo, width, height, NULL) == RV_OK)
		for (int i = 0; i < width * height * 2; i++)
			flo.motion[i] = (float)i * 0.37f - 11;
	return flo;
}

TEST(flo_comes_back_from_a_file)
{
	struct flo written = field_of_numbers(7, 5), read;

	REQUIRE(written.motion && make_file());
	CHECK(write_field(&written));
	CHECK(flo_read(&read, path, NULL) == RV_OK);
	CHECK(read.width == 7 && read.height == 5);
	if (read.motion)
		CHECK(memcmp(read.motion, written.motion, 7 * 5 * 2 * sizeof(float)) == 0);
	flo_release(&read);
	flo_release(&written);
	unlink(path);
}

/* Byte by byte as the format says, so that reader and writer cannot err alike. */
TEST(flo_is_laid_out_as_others_read_it)
{
	static const unsigned char expected[] = {'P', 'I', 'E', 'H', 2,   0,  0,   0, 1, 0,
	                                         0,   0,   0,   0,   128, 63, 0,   0, 0, 192,
	                                         0,   0,   0,   63,  0,   0,  128, 62};
	unsigned char bytes[sizeof(expected) + 1];
	struct flo flo;
	FILE *file;

	REQUIRE(make_file());
	REQUIRE(flo_create(&flo, 2, 1, NULL) == RV_OK);
	memcpy(flo.motion, (float[]){1, -2, 0.5f, 0.25f}, 4 * sizeof(float));
	CHECK(write_field(&flo));
	file = fopen(path, "rb");
	CHECK(file && fread(bytes, 1, sizeof(bytes), file) == sizeof(expected));
	CHECK(memcmp(bytes, expected, sizeof(expected)) == 0);
	if (file)
		fclose(file);
	flo_release(&flo);
	unlink(path);
}

TEST(flo_refuses_damaged_files)
{
	struct {
		float magic;
		int width, height;
		float motion[12];
	} whole = {202021.25f, 3, 2, {0}}, broken;
	struct flo flo;

	REQUIRE(make_file());
	CHECK(write_bytes(&whole, sizeof(whole)) && flo_read(&flo, path, NULL) == RV_OK);
	flo_release(&flo);
	for (size_t length = 0; length < sizeof(whole); length++) {
		CHECK(write_bytes(&whole, length));
		CHECK(flo_read(&flo, path, NULL) == RV_CORRUPT);
		CHECK(!flo.motion);
	}
	broken = whole;
	broken.magic = 202021;
	CHECK(write_bytes(&broken, sizeof(broken)) && flo_read(&flo, path, NULL) == RV_CORRUPT);
	broken = whole;
	broken.width = -3;
	CHECK(write_bytes(&broken, sizeof(broken)) && flo_read(&flo, path, NULL) == RV_CORRUPT);
	broken = whole;
	broken.width = broken.height = 32768; /* 8 GB, said by 60 bytes */
	CHECK(write_bytes(&broken, sizeof(broken)) && flo_read(&flo, path, NULL) == RV_CORRUPT);
	unlink(path);
	CHECK(flo_read(&flo, path, NULL) == RV_NOT_FOUND);
}

TEST(flo_error_leaves_out_the_unknown)
{
	struct flo flo, truth;
	double distance = -1;

	REQUIRE(flo_create(&flo, 3, 1, NULL) == RV_OK);
	REQUIRE(flo_create(&truth, 3, 1, NULL) == RV_OK);
	memcpy(flo.motion, (float[]){3, 4, 0, 0, 1, 1}, 6 * sizeof(float));
	memcpy(truth.motion, (float[]){0, 0, 1666666752.f, 1666666752.f, 1, 2}, 6 * sizeof(float));
	CHECK(flo_end_point_error(&flo, &truth, &distance, NULL) == RV_OK);
	CHECK(fabs(distance - 3) < 1e-9);
	truth.width = 2;
	CHECK(flo_end_point_error(&flo, &truth, &distance, NULL) == RV_INVALID);
	flo_release(&flo);
	flo_release(&truth);
}

static bool colour_is(const struct picture *picture, int pixel, int red, int green, int blue)
{
	const unsigned char *rgb = (const unsigned char *)picture->image.pixels + 3 * pixel;
	return rgb[0] == red && rgb[1] == green && rgb[2] == blue;
}

/* Rest, right, right half as far, unknown. In the paper's wheel red is to the right. */
TEST(flo_colours_are_those_of_the_wheel)
{
	struct picture picture;
	struct flo flo;

	REQUIRE(flo_create(&flo, 4, 1, NULL) == RV_OK);
	memcpy(flo.motion, (float[]){0, 0, 8, 0, 4, 0, 2e9f, 0}, 8 * sizeof(float));
	REQUIRE(flo_colours(&flo, 0, &picture, NULL) == RV_OK);
	CHECK(colour_is(&picture, 0, 255, 255, 255));
	CHECK(colour_is(&picture, 1, 255, 0, 0));
	CHECK(colour_is(&picture, 2, 255, 128, 128));
	CHECK(colour_is(&picture, 3, 0, 0, 0));
	picture_release(&picture);
	flo_release(&flo);
}
