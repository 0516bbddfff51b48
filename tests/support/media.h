/* What the tests of pictures and videos share: a folder that is cleaned up, files made by the
 * ffmpeg program, jobs that dream something simple, and a look into what they wrote. */
#ifndef TESTS_SUPPORT_MEDIA_H
#define TESTS_SUPPORT_MEDIA_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "app/media/picture.h"
#include "app/media/source.h"
#include "app/offline/job.h"

/* The path of name in a folder of this process's own, removed at its end. The last eight results
 * stay valid. */
const char *media_path(const char *name);
bool media_exists(const char *path);
/* A command line, or a part of one; valid until the next call. */
const char *media_arguments(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* How many files the folder holds, temporary ones included. */
int media_file_count(void);
void media_write(const char *path, const void *bytes, size_t size);
/* All bytes of a file, from malloc; NULL: it cannot be read. */
uint8_t *media_read(const char *path, size_t *size);

/* Runs the ffmpeg program with these arguments, the output's path last. False: there is no such
 * program, or it was built without what that takes, as media_lack() says: skip. Where it fails
 * otherwise, the arguments are wrong, and so the test fails. */
bool media_make(const char *path, const char *arguments);
const char *media_lack(void);

/* A dream that inverts colours, so that it shows whether a frame went through it. Counts frames in
 * .frames; sets *stop at frame stop_at (0: never). */
struct test_dream {
	int frames;
	int stop_at;
	atomic_int stop;
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

/* The stream of this kind, counted from 0 among its kind, or NULL. */
const struct media_stream *media_find_stream(const struct media *media, int type, int number);
/* Whether both are there and hold the same bytes in as many packets. */
bool media_same_packets(const struct media_stream *a, const struct media_stream *b);

/* A picture to be released: smooth colours, so that lossy formats stay close; every channel and the
 * alpha differ. */
struct picture media_picture(rv_pixel_format format, int width, int height, bool alpha);
/* Writes it in the format that path says, over whatever is there. */
rv_status media_write_picture(const struct picture *picture, const char *path, rv_error *error);
/* The mean absolute difference of two alpha planes, in 8-bit steps. */
double media_alpha_difference(const struct picture *a, const struct picture *b);

/* Runs a plain job on a file, which must go well, and inspects both ends into these two. */
extern struct media media_before, media_after;
bool media_transcode(const char *in, const char *out, struct job_report *report);

/* Runs a plain job, which must go well, and leaves what it told in media_told. */
extern char media_told[4096];
bool media_listen(const char *in, const char *out);

/* An open clip; NULL, with the test failed, where it cannot be opened. */
struct source *media_source(const char *path);
/* Its first frame in RGB; free(image.pixels). */
rv_image media_first_frame(const char *path);
struct video_description media_describe(const char *path);

/* The test fails unless the packets' times agree within so many microseconds, or both clips are
 * described alike. */
void media_check_times(const struct media_stream *a, const struct media_stream *b,
                       int64_t microseconds);
void media_check_description(const char *in, const char *out);

#define NEED_FFMPEG(path, arguments)                                                               \
	do {                                                                                       \
		if (!media_make(path, arguments))                                                  \
			SKIP("%s", media_lack());                                                  \
	} while (0)

#define RUN(job, report, wanted)                                                                   \
	do {                                                                                       \
		rv_error run_error = {0};                                                          \
		rv_status run_status = job_run(job, report, &run_error);                           \
		CHECK_MESSAGE(run_status == (wanted), "status %d: %s", run_status,                 \
		              run_error.message);                                                  \
		if (run_status != (wanted))                                                        \
			return;                                                                    \
	} while (0)

#endif
