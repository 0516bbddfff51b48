#include "app/media/npy_read.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PREFIX_BYTES = 8, HEADER_MOST = 4096, COUNT_MOST = 1 << 20 };

/* What the header says. */
struct header {
	size_t number_bytes; /* 4 or 8 */
	int count;
};

static rv_status corrupt(const char *path, rv_error *error)
{
	return rv_fail(error, RV_CORRUPT, "%.256s: is no .npy file, or is cut short", path);
}

/* The text behind `'key':` in the dictionary of a header; NULL without it. */
static const char *find_entry(const char *text, const char *key)
{
	char quoted[32];
	snprintf(quoted, sizeof(quoted), "'%s':", key);
	const char *at = strstr(text, quoted);
	return at ? at + strlen(quoted) + strspn(at + strlen(quoted), " ") : NULL;
}

/* A shape such as (768,) or (1, 768, 1, 1). */
static rv_status read_shape(const char *path, const char *shape, int *count, rv_error *error)
{
	*count = 1;
	if (*shape != '(')
		return corrupt(path, error);
	for (shape++; *shape && *shape != ')';) {
		char *end;
		long side = strtol(shape, &end, 10);
		if (end == shape || side < 1)
			return corrupt(path, error);
		if ((*count > 1 && side > 1) || side > COUNT_MOST)
			return rv_fail(
				error, RV_UNSUPPORTED,
				"%.256s: is no vector; one number for each channel is wanted",
				path);
		*count *= (int)side;
		shape = end + strspn(end, " ,");
	}
	return *shape ? RV_OK : corrupt(path, error);
}

static rv_status read_header(const char *path, FILE *file, struct header *header, rv_error *error)
{
	unsigned char prefix[PREFIX_BYTES + 4] = {0};
	char text[HEADER_MOST + 1];
	size_t more = 2, length;
	if (fread(prefix, PREFIX_BYTES, 1, file) != 1 || memcmp(prefix, "\x93NUMPY", 6))
		return corrupt(path, error);
	if (prefix[6] > 1)
		more = 4;
	if (fread(prefix + PREFIX_BYTES, more, 1, file) != 1)
		return corrupt(path, error);
	length = prefix[PREFIX_BYTES] + 256U * prefix[PREFIX_BYTES + 1];
	if (length > HEADER_MOST || prefix[PREFIX_BYTES + 2] ||
	    fread(text, 1, length, file) != length)
		return corrupt(path, error);
	text[length] = '\0';
	const char *type = find_entry(text, "descr"), *shape = find_entry(text, "shape");
	if (!type || !shape)
		return corrupt(path, error);
	header->number_bytes = !strncmp(type, "'<f4'", 5) ? 4 : !strncmp(type, "'<f8'", 5) ? 8 : 0;
	if (!header->number_bytes)
		return rv_fail(error, RV_UNSUPPORTED,
		               "%.256s: holds neither float32 nor float64, little-endian", path);
	return read_shape(path, shape, &header->count, error);
}

static rv_status read_numbers(const char *path, FILE *file, const struct header *header,
                              float *numbers, rv_error *error)
{
	for (int i = 0; i < header->count; i++) {
		unsigned char bytes[8];
		double wide;
		float narrow;
		if (fread(bytes, header->number_bytes, 1, file) != 1)
			return corrupt(path, error);
		memcpy(&wide, bytes, sizeof(wide));
		memcpy(&narrow, bytes, sizeof(narrow));
		numbers[i] = header->number_bytes == 8 ? (float)wide : narrow;
		if (!isfinite(numbers[i]))
			return rv_fail(error, RV_UNSUPPORTED, "%.256s: number %d is not finite",
			               path, i);
	}
	return RV_OK;
}

rv_status npy_read(const char *path, float **numbers, int *count, rv_error *error)
{
	struct header header = {0};
	FILE *file = fopen(path, "rb");
	*numbers = NULL;
	if (!file)
		return rv_fail(error, errno == ENOENT ? RV_NOT_FOUND : RV_IO, "%.256s: %s", path,
		               strerror(errno));
	rv_status status = read_header(path, file, &header, error);
	float *list = status == RV_OK ? malloc((size_t)header.count * sizeof(*list)) : NULL;
	if (status == RV_OK && !list)
		status = rv_fail(error, RV_MEMORY, "out of memory for %.256s", path);
	if (status == RV_OK)
		status = read_numbers(path, file, &header, list, error);
	fclose(file);
	if (status != RV_OK) {
		free(list);
		return status;
	}
	*numbers = list;
	*count = header.count;
	return RV_OK;
}
