/* What a live session measures of itself: rates and times of the last moments for the HUD, and
 * totals for the bench. Times are those of clock_now(), given from outside. Belongs to one thread.
 */
#ifndef APP_LIVE_STATS_H
#define APP_LIVE_STATS_H

#include <stdint.h>
#include <stdio.h>

enum { RATE_EVENTS = 32, HISTOGRAM_BINS = 4000 };

/* Events a second, over the last ones. Zeroed before use. */
struct rate {
	int64_t times[RATE_EVENTS]; /* a ring */
	int count, next;
};

void stats_rate_note(struct rate *rate, int64_t now);
/* 0 where nothing came for two seconds. */
double stats_rate_per_second(const struct rate *rate, int64_t now);

/* Durations in bins of half a millisecond, of which the last holds all longer ones. Zeroed before
 * use. */
struct histogram {
	uint32_t bins[HISTOGRAM_BINS];
	uint64_t count;
	double sum, most; /* milliseconds */
};

void stats_histogram_note(struct histogram *histogram, double milliseconds);
/* The least duration that `part` (0..1) of all do not exceed, to half a millisecond; 0 where there
 * are none. */
double stats_histogram_percentile(const struct histogram *histogram, double part);
double stats_histogram_mean(const struct histogram *histogram);

/* Durations of the last moments, five to ten seconds: what the whole of a session took says nothing
 * of now once it has run for an hour. Zeroed before use. */
struct recent {
	struct histogram now, before;
	int64_t turned_at; /* when `now` was begun */
};

void stats_recent_note(struct recent *recent, double milliseconds, int64_t now);
/* As of histograms. Where nothing comes any more, they stay as they were with the last one. */
double stats_recent_percentile(const struct recent *recent, double part);
double stats_recent_mean(const struct recent *recent);

/* What is measured of a part of a session, so that a change in it is seen. */
struct live_lately {
	int64_t started;               /* 0: with the whole session */
	uint64_t shown, dreams;        /* of the whole session, before */
	struct histogram latency, gap; /* as in struct live_stats */
};

/* What is measured of a whole session, from when this was zeroed. */
struct live_stats {
	int64_t opened; /* when the session was; started: with the first dream */
	int64_t started, last_shown;
	uint64_t shown, dreams;
	uint64_t sources;                /* frames that came from the source, shown or not */
	double source_fps;               /* of the last moments */
	struct histogram latency;        /* from a frame's decoding to its dream on the display */
	struct histogram source_latency; /* and to itself there, with the dream of one before */
	struct histogram gap;            /* from picture to picture on the display */
	struct histogram convert, dream, warp, compose, show;
	struct histogram flow, steps; /* of a dream, on the device */
	struct rate shown_rate, dream_rate;
	struct live_lately lately; /* the last seconds */
	struct {
		struct recent latency, convert, dream, compose, show;
	} hud; /* what a person sees of them */
};

/* Prints one line of name=value. */
void live_stats_print(const struct live_stats *stats, int64_t now, FILE *file);

/* The same of the last ten seconds, every ten seconds. */
void live_stats_print_lately(struct live_stats *stats, int64_t now, FILE *file);

#endif
