/* What the tests of pictures and videos share: a folder that is cleaned up, files made by the
 * ffmpeg program, jobs that dream something simple, and a look into what they wrote. */
#ifndef MEDIA_H
#define MEDIA_H

#include "app/job.h"
#include "app/picture.h"

#include <stdbool.h>
#include <stdint.h>

/* The path of name in a folder of this process's own, removed at its end. The last eight results
 * stay valid. */
const char *media_path(const char *name);
bool media_exists(const char *path);
/* How many files the folder holds, temporary ones included. */
int media_file_count(void);
void media_write(const char *path, const void *bytes, size_t size);
/* All bytes of a file, from malloc; NULL: it cannot be read. */
uint8_t *media_read(const char *path, size_t *size);

/* Runs the ffmpeg program with these arguments, the output's path last. False: there is no such
 * program, or it failed: skip. */
bool media_make(const char *path, const char *arguments);

/* A dream that inverts colours, so that it shows whether a frame went through it. Counts frames in
 * .frames; sets *stop at frame stop_at (0: never). */
struct test_dream {
	int frames;
	int stop_at;
	volatile sig_atomic_t stop;
	rv_pixel_format format; /* of the last frame */
	bool keep;              /* frames stay as they are */
};

/* A job with everything at its default, dreamed by dream. */
struct job media_job(const char *input, const char *output, struct test_dream *dream);

enum { MEDIA_STREAMS_MAX = 8, MEDIA_PACKETS_MAX = 2048 };

/* What a file holds, packet by packet. */
struct media_stream {
	int type, codec;
	int packet_count;
	int64_t pts_us[MEDIA_PACKETS_MAX]; /* microseconds, rising */
	uint8_t digest[16];                /* MD5 of all packets' bytes one after another */
};
struct media {
	int stream_count;
	struct media_stream streams[MEDIA_STREAMS_MAX];
};
/* False: it cannot be read. */
bool media_inspect(const char *path, struct media *media);

/* The mean absolute difference of two pictures of the same size and format, in 8-bit steps. */
double media_difference(const rv_image *a, const rv_image *b);

#endif
