#include "app/media/npy.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "npy_write() writes floats as they lie in memory and calls them little-endian"
#endif

enum { PREFIX_BYTES = 10, HEADER_BYTES = 128 };

/* Magic, version, and a Python dictionary padded with blanks to a multiple of 64 bytes. */
static void write_header(char header[HEADER_BYTES], const rv_array *array)
{
	static const char prefix[PREFIX_BYTES] = {
		'\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0, HEADER_BYTES - PREFIX_BYTES, 0,
	};
	memset(header, ' ', HEADER_BYTES);
	memcpy(header, prefix, PREFIX_BYTES);
	int length = snprintf(header + PREFIX_BYTES, HEADER_BYTES - PREFIX_BYTES,
	                      "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d, %d), }",
	                      array->channels, array->height, array->width);
	header[PREFIX_BYTES + length] = ' '; /* where snprintf() put its zero */
	header[HEADER_BYTES - 1] = '\n';
}

void npy_write(struct output_file *file, const rv_array *array)
{
	AVIOContext *io = output_file_io(file);
	char header[HEADER_BYTES];
	size_t row_bytes = (size_t)array->width * sizeof(float);
	size_t rows = (size_t)array->channels * (size_t)array->height;
	write_header(header, array);
	avio_write(io, (const unsigned char *)header, HEADER_BYTES);
	/* Row by row: avio_write() counts in int. */
	for (size_t row = 0; row < rows; row++)
		avio_write(io, (const unsigned char *)array->data + row * row_bytes,
		           (int)row_bytes);
}
