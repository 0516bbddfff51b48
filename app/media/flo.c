#include "app/media/flo.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "flo_read() and flo_write() take numbers as they lie in memory for little-endian"
#endif

enum { SIDE_MAX = 1 << 15 };
static const float magic = 202021.25f;

struct header {
	float magic;
	int32_t width, height;
};

static size_t pixel_count(const struct flo *flo)
{
	return (size_t)flo->width * (size_t)flo->height;
}

rv_status flo_create(struct flo *flo, int width, int height, rv_error *error)
{
	memset(flo, 0, sizeof(*flo));
	if (width < 1 || height < 1 || width > SIDE_MAX || height > SIDE_MAX)
		return rv_fail(error, RV_INVALID, "motion of %dx%d pixels: 1 to %d a side", width,
		               height, SIDE_MAX);
	flo->motion = calloc((size_t)width * (size_t)height, 2 * sizeof(*flo->motion));
	if (!flo->motion)
		return rv_fail(error, RV_MEMORY, "no memory for the motion of %dx%d pixels", width,
		               height);
	flo->width = width;
	flo->height = height;
	return RV_OK;
}

void flo_release(struct flo *flo)
{
	free(flo->motion);
	memset(flo, 0, sizeof(*flo));
}

/* ---- files ---- */

/* The bytes the file has after its header, or -1. A header is not believed before the file is seen
 * to be as long as it says, so that no damaged one makes us allocate gigabytes. */
static long bytes_left(FILE *file)
{
	long here = ftell(file), end;

	if (here < 0 || fseek(file, 0, SEEK_END))
		return -1;
	end = ftell(file);
	if (end < 0 || fseek(file, here, SEEK_SET))
		return -1;
	return end - here;
}

static rv_status read_from(struct flo *flo, FILE *file, const char *path, rv_error *error)
{
	struct header header;
	rv_status status;
	long left;
	size_t count;

	if (fread(&header, sizeof(header), 1, file) != 1 || header.magic != magic)
		return rv_fail(error, RV_CORRUPT, "%.256s is no .flo file", path);
	if (header.width < 1 || header.height < 1 || header.width > SIDE_MAX ||
	    header.height > SIDE_MAX)
		return rv_fail(error, RV_CORRUPT, "%.256s: its header says %dx%d pixels", path,
		               (int)header.width, (int)header.height);
	count = (size_t)header.width * (size_t)header.height * 2;
	left = bytes_left(file);
	if (left < 0)
		return rv_fail(error, RV_IO, "%.256s: %s", path, strerror(errno));
	if ((size_t)left < count * sizeof(float))
		return rv_fail(error, RV_CORRUPT, "%.256s is cut short: %ld of %zu bytes of motion",
		               path, left, count * sizeof(float));
	status = flo_create(flo, header.width, header.height, error);
	if (status == RV_OK && fread(flo->motion, sizeof(float), count, file) != count) {
		flo_release(flo);
		status = rv_fail(error, RV_IO, "%.256s could not be read", path);
	}
	return status;
}

rv_status flo_read(struct flo *flo, const char *path, rv_error *error)
{
	FILE *file = fopen(path, "rb");
	rv_status status;

	memset(flo, 0, sizeof(*flo));
	if (!file)
		return rv_fail(error, errno == ENOENT ? RV_NOT_FOUND : RV_IO, "%.256s: %s", path,
		               strerror(errno));
	status = read_from(flo, file, path, error);
	fclose(file);
	return status;
}

void flo_write(struct output_file *file, const struct flo *flo)
{
	AVIOContext *io = output_file_io(file);
	const struct header header = {magic, flo->width, flo->height};
	size_t row = (size_t)flo->width * 2;

	avio_write(io, (const unsigned char *)&header, sizeof(header));
	/* Row by row: avio_write() counts in int. */
	for (int y = 0; y < flo->height; y++)
		avio_write(io, (const unsigned char *)(flo->motion + (size_t)y * row),
		           (int)(row * sizeof(float)));
}

/* ---- measures ---- */

bool flo_is_known(const struct flo *flo, size_t pixel)
{
	/* So written, a NaN is unknown. */
	return fabsf(flo->motion[2 * pixel]) <= FLO_KNOWN &&
	       fabsf(flo->motion[2 * pixel + 1]) <= FLO_KNOWN;
}

rv_status flo_end_point_error(const struct flo *flo, const struct flo *truth, double *error_pixels,
                              rv_error *error)
{
	double sum = 0;
	size_t known = 0;

	if (flo->width != truth->width || flo->height != truth->height)
		return rv_fail(error, RV_INVALID,
		               "the truth is of %dx%d pixels, and the pictures of %dx%d",
		               truth->width, truth->height, flo->width, flo->height);
	for (size_t i = 0; i < pixel_count(flo); i++)
		if (flo_is_known(truth, i)) {
			sum += hypot((double)flo->motion[2 * i] - truth->motion[2 * i],
			             (double)flo->motion[2 * i + 1] - truth->motion[2 * i + 1]);
			known++;
		}
	if (!known)
		return rv_fail(error, RV_INVALID, "the truth knows no pixel's motion");
	*error_pixels = sum / (double)known;
	return RV_OK;
}

/* ---- colours ---- */

/* The wheel goes round in six stretches, each from one pure colour to the next; they are of
 * different length because the eye tells more yellows apart than blues. */
static const struct stretch {
	int steps;
	unsigned char from[3], to[3];
} wheel[] = {
	{15, {255, 0, 0}, {255, 255, 0}}, {6, {255, 255, 0}, {0, 255, 0}},
	{4, {0, 255, 0}, {0, 255, 255}},  {11, {0, 255, 255}, {0, 0, 255}},
	{13, {0, 0, 255}, {255, 0, 255}}, {6, {255, 0, 255}, {255, 0, 0}},
};
enum { WHEEL_STEPS = 15 + 6 + 4 + 11 + 13 + 6, WHEEL_STRETCHES = sizeof(wheel) / sizeof(*wheel) };

/* The pure colour, 0..1, at a place 0..1 of the way round. */
static void wheel_colour(double place, double colour[3])
{
	double step = place * WHEEL_STEPS;
	int i = 0;

	while (i < WHEEL_STRETCHES - 1 && step >= wheel[i].steps)
		step -= wheel[i++].steps;
	double part = fmin(step / wheel[i].steps, 1);
	for (int c = 0; c < 3; c++)
		colour[c] = (wheel[i].from[c] * (1 - part) + wheel[i].to[c] * part) / 255;
}

static void colour_motion(double u, double v, unsigned char *pixel)
{
	const double pi = 3.14159265358979323846, length = hypot(u, v);
	double colour[3];

	wheel_colour((atan2(-v, -u) / pi + 1) / 2, colour);
	for (int c = 0; c < 3; c++) {
		double value = length <= 1 ? 1 - length * (1 - colour[c]) : colour[c] * 0.75;
		pixel[c] = (unsigned char)lrint(255 * value);
	}
}

static float longest_motion(const struct flo *flo)
{
	float longest = 0;

	for (size_t i = 0; i < pixel_count(flo); i++)
		if (flo_is_known(flo, i))
			longest =
				fmaxf(longest, hypotf(flo->motion[2 * i], flo->motion[2 * i + 1]));
	return longest;
}

rv_status flo_colours(const struct flo *flo, float longest, struct picture *picture,
                      rv_error *error)
{
	unsigned char *pixels = malloc(pixel_count(flo) * 3);

	memset(picture, 0, sizeof(*picture));
	if (!pixels)
		return rv_fail(error, RV_MEMORY, "no memory for a picture of %dx%d pixels",
		               flo->width, flo->height);
	if (longest <= 0)
		longest = longest_motion(flo);
	if (longest <= 0)
		longest = 1; /* nothing moves, all is white */
	for (size_t i = 0; i < pixel_count(flo); i++)
		if (flo_is_known(flo, i))
			colour_motion((double)flo->motion[2 * i] / longest,
			              (double)flo->motion[2 * i + 1] / longest, pixels + 3 * i);
		else
			memset(pixels + 3 * i, 0, 3);
	picture->image =
		(rv_image){RV_RGB8, flo->width, flo->height, (size_t)flo->width * 3, pixels};
	return RV_OK;
}
