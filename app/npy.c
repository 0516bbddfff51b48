#include "npy.h"

#include <string.h>

#include "app/outfile.h"

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

rv_status npy_write(const char *path, const rv_array *array, bool force, rv_error *error)
{
	char header[HEADER_BYTES];
	size_t count = (size_t)array->channels * (size_t)array->height * (size_t)array->width;
	struct outfile file;
	rv_status status = outfile_open(&file, path, force, error);
	if (status != RV_OK)
		return status;
	write_header(header, array);
	/* What does not fit is remembered by the stream, and told by outfile_commit(). */
	fwrite(header, 1, sizeof(header), file.stream);
	fwrite(array->data, sizeof(float), count, file.stream);
	return outfile_commit(&file, error);
}
