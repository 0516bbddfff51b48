/* Reads a chunk of a film: its packets, in the order of decoding, with the times of the film. */
#ifndef APP_OFFLINE_FILM_CHUNK_H
#define APP_OFFLINE_FILM_CHUNK_H

#include <libavformat/avformat.h>

#include "app/offline/film_plan.h"

/* Zeroed, it is closed. */
struct film_reader {
	AVFormatContext *format;
	AVPacket **packets; /* [count]; their times are in the plan's time base */
	int64_t *times;     /* [count]: presentation times, rising */
	int count;
};

/* Opens a chunk and reads it whole. RV_CORRUPT: it is not what the plan says; RV_IO; RV_MEMORY. */
rv_status film_reader_open(struct film_reader *reader, const struct film_plan *plan,
                           const char *folder, int chunk, rv_error *error);
void film_reader_close(struct film_reader *reader);

/* Compares two int64_t, for qsort and bsearch. */
int film_compare_times(const void *a, const void *b);

/* Whether both were encoded in one way, so that one head serves both. */
bool film_reader_alike(const struct film_reader *a, const struct film_reader *b);

#endif
