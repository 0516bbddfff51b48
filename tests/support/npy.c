#include "tests/support/npy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool npy_write_array(const char *path, const float *data, int channels, int height, int width)
{
	size_t count = (size_t)channels * (size_t)height * (size_t)width;
	char header[118];
	FILE *file = fopen(path, "wb");
	bool written;

	if (!file)
		return false;
	memset(header, ' ', sizeof(header));
	header[snprintf(header, sizeof(header),
	                "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d, %d), }",
	                channels, height, width)] = ' ';
	header[sizeof(header) - 1] = '\n';
	written = fwrite("\x93NUMPY\x01\x00\x76\x00", 1, 10, file) == 10 &&
	          fwrite(header, 1, sizeof(header), file) == sizeof(header) &&
	          fwrite(data, sizeof(*data), count, file) == count;
	return fclose(file) == 0 && written;
}

float *npy_read_array(const char *path, size_t count)
{
	unsigned char start[10];
	float *data = malloc(count * sizeof(*data));
	FILE *file = fopen(path, "rb");
	bool whole = file && data && fread(start, 1, sizeof(start), file) == sizeof(start) &&
	             fseek(file, start[8] + 256 * start[9], SEEK_CUR) == 0 &&
	             fread(data, sizeof(*data), count, file) == count && fgetc(file) == EOF;

	if (file)
		fclose(file);
	if (whole)
		return data;
	free(data);
	return NULL;
}
