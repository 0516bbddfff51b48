/* Vectors from .npy files, sound and broken. */
#include "app/media/npy_read.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/test.h"

static char path[64];
static rv_error error;

/* A file of version 1 with that dictionary, and then bytes. */
static void write_file(const char *dictionary, const void *bytes, size_t size)
{
	size_t length = strlen(dictionary);
	unsigned char prefix[10] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
	snprintf(path, sizeof(path), "/tmp/reverie-test-npy-XXXXXX");
	FILE *file = fdopen(mkstemp(path), "wb");
	prefix[8] = (unsigned char)(length % 256);
	prefix[9] = (unsigned char)(length / 256);
	fwrite(prefix, sizeof(prefix), 1, file);
	fwrite(dictionary, length, 1, file);
	fwrite(bytes, size, 1, file);
	fclose(file);
}

static rv_status read_file(float **numbers, int *count)
{
	rv_status status = npy_read(path, numbers, count, &error);
	unlink(path);
	return status;
}

static const float floats[] = {1, -2, 0.5f};
static const double doubles[] = {1, -2, 0.5};

static void check_sound(const char *dictionary, const void *bytes, size_t size)
{
	float *numbers = NULL;
	int count = 0;
	write_file(dictionary, bytes, size);
	CHECK_MESSAGE(!read_file(&numbers, &count), "%s: %s", dictionary, error.message);
	CHECK(count == 3 && numbers && !memcmp(numbers, floats, sizeof(floats)));
	free(numbers);
}

TEST(npy_vectors_are_read)
{
	check_sound("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", floats,
	            sizeof(floats));
	check_sound("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 3, 1), }", doubles,
	            sizeof(doubles));
}

static void check_refused(const char *dictionary, size_t size, rv_status status)
{
	float *numbers = NULL;
	int count = 0;
	write_file(dictionary, floats, size);
	rv_status found = read_file(&numbers, &count);
	CHECK_MESSAGE(found == status && !numbers, "%s: %d", dictionary, (int)found);
}

TEST(npy_others_are_refused)
{
	static const char shape3[] = "{'descr': '<f4', 'shape': (3,), }";
	const float bad[] = {1, 0.0f / 0.0f, 2};
	float *numbers = NULL;
	int count;
	check_refused(shape3, sizeof(floats) - 1, RV_CORRUPT);
	check_refused("", 0, RV_CORRUPT);
	check_refused("{'descr': '<f4', 'shape': (3, }", sizeof(floats), RV_CORRUPT);
	check_refused("{'descr': '<f4', 'shape': (x,), }", sizeof(floats), RV_CORRUPT);
	check_refused("{'descr': '<f4', 'shape': (0,), }", sizeof(floats), RV_CORRUPT);
	check_refused("{'descr': '<i4', 'shape': (3,), }", sizeof(floats), RV_UNSUPPORTED);
	check_refused("{'descr': '<f4', 'shape': (2, 3), }", sizeof(floats), RV_UNSUPPORTED);
	check_refused("{'descr': '<f4', 'shape': (99999999,), }", sizeof(floats), RV_UNSUPPORTED);
	write_file(shape3, bad, sizeof(bad));
	CHECK(read_file(&numbers, &count) == RV_UNSUPPORTED && !numbers);
	CHECK(npy_read("/nowhere.npy", &numbers, &count, &error) == RV_NOT_FOUND);
	CHECK(npy_read("/dev/null", &numbers, &count, &error) == RV_CORRUPT);
}
