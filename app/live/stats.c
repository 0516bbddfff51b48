#include "app/live/stats.h"

#include <stdbool.h>

#include "app/base/clock.h"

enum { BINS_PER_MILLISECOND = 2, LATELY_SECONDS = 10 };

static const int64_t recent_turn = 5 * CLOCK_SECOND;

void stats_rate_note(struct rate *rate, int64_t now)
{
	rate->times[rate->next] = now;
	rate->next = (rate->next + 1) % RATE_EVENTS;
	if (rate->count < RATE_EVENTS)
		rate->count++;
}

double stats_rate_per_second(const struct rate *rate, int64_t now)
{
	if (rate->count < 2)
		return 0;
	int newest = (rate->next + RATE_EVENTS - 1) % RATE_EVENTS;
	int oldest = (rate->next + RATE_EVENTS - rate->count) % RATE_EVENTS;
	int64_t span = rate->times[newest] - rate->times[oldest];
	if (now - rate->times[newest] > 2 * CLOCK_SECOND || span <= 0)
		return 0;
	return (rate->count - 1) * (double)CLOCK_SECOND / (double)span;
}

void stats_histogram_note(struct histogram *histogram, double milliseconds)
{
	int bin = milliseconds > 0 && milliseconds < HISTOGRAM_BINS / BINS_PER_MILLISECOND
	                  ? (int)(milliseconds * BINS_PER_MILLISECOND)
	          : milliseconds > 0 ? HISTOGRAM_BINS - 1
	                             : 0;
	histogram->bins[bin]++;
	histogram->count++;
	histogram->sum += milliseconds;
	if (milliseconds > histogram->most)
		histogram->most = milliseconds;
}

/* Of both together. */
static double percentile(const struct histogram *a, const struct histogram *b, double part)
{
	uint64_t seen = 0, count = a->count + b->count;
	for (int i = 0; i < HISTOGRAM_BINS && count; i++) {
		seen += a->bins[i] + b->bins[i];
		if ((double)seen >= part * (double)count)
			return (double)(i + 1) / BINS_PER_MILLISECOND;
	}
	return 0;
}

double stats_histogram_percentile(const struct histogram *histogram, double part)
{
	static const struct histogram none;
	return percentile(histogram, &none, part);
}

double stats_histogram_mean(const struct histogram *histogram)
{
	return histogram->count ? histogram->sum / (double)histogram->count : 0;
}

/* ---- the last moments ---- */

void stats_recent_note(struct recent *recent, double milliseconds, int64_t now)
{
	if (now - recent->turned_at >= recent_turn) {
		bool is_next = now - recent->turned_at < 2 * recent_turn;
		recent->before = is_next ? recent->now : (struct histogram){.count = 0};
		recent->now = (struct histogram){.count = 0};
		recent->turned_at = now;
	}
	stats_histogram_note(&recent->now, milliseconds);
}

double stats_recent_percentile(const struct recent *recent, double part)
{
	return percentile(&recent->now, &recent->before, part);
}

double stats_recent_mean(const struct recent *recent)
{
	uint64_t count = recent->now.count + recent->before.count;
	return count ? (recent->now.sum + recent->before.sum) / (double)count : 0;
}

/* ---- printing ---- */

void live_stats_print(const struct live_stats *stats, int64_t now, FILE *file)
{
	double seconds = (double)(now - stats->started) / CLOCK_SECOND;
	const struct {
		const char *name;
		const struct histogram *histogram;
	} stages[] = {{"convert", &stats->convert}, {"dream", &stats->dream},
	              {"flow", &stats->flow},       {"steps", &stats->steps},
	              {"warp", &stats->warp},       {"compose", &stats->compose},
	              {"show", &stats->show}};
	fprintf(file, "live seconds=%.1f display_fps=%.2f dream_fps=%.2f source_fps=%.2f", seconds,
	        (double)stats->shown / seconds, (double)stats->dreams / seconds,
	        (double)stats->sources / seconds);
	fprintf(file, " first_dream_s=%.2f",
	        (double)(stats->started - stats->opened) / CLOCK_SECOND);
	fprintf(file, " latency_p50_ms=%.1f latency_p95_ms=%.1f latency_p99_ms=%.1f",
	        stats_histogram_percentile(&stats->latency, 0.5),
	        stats_histogram_percentile(&stats->latency, 0.95),
	        stats_histogram_percentile(&stats->latency, 0.99));
	fprintf(file, " source_latency_p95_ms=%.1f",
	        stats_histogram_percentile(&stats->source_latency, 0.95));
	fprintf(file, " gap_p99_ms=%.1f gap_max_ms=%.1f",
	        stats_histogram_percentile(&stats->gap, 0.99), stats->gap.most);
	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++)
		fprintf(file, " %s_ms=%.2f", stages[i].name,
		        stats_histogram_mean(stages[i].histogram));
}

void live_stats_print_lately(struct live_stats *stats, int64_t now, FILE *file)
{
	struct live_lately *lately = &stats->lately;
	int64_t started = lately->started ? lately->started : stats->started;
	double seconds = (double)(now - started) / CLOCK_SECOND;
	if (seconds < LATELY_SECONDS)
		return;
	fprintf(file,
	        "lately seconds=%.1f display_fps=%.2f dream_fps=%.2f latency_p50_ms=%.1f "
	        "latency_p95_ms=%.1f gap_max_ms=%.1f\n",
	        (double)(now - stats->started) / CLOCK_SECOND,
	        (double)(stats->shown - lately->shown) / seconds,
	        (double)(stats->dreams - lately->dreams) / seconds,
	        stats_histogram_percentile(&lately->latency, 0.5),
	        stats_histogram_percentile(&lately->latency, 0.95), lately->gap.most);
	fflush(file);
	*lately = (struct live_lately){
		.started = now, .shown = stats->shown, .dreams = stats->dreams};
}
