#include "app/live/stats.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/test.h"

TEST(rate_counts_the_last_events)
{
	struct rate rate = {0};
	const int64_t second = 1000000000;
	CHECK(stats_rate_per_second(&rate, 0) == 0);
	for (int i = 0; i < 200; i++)
		stats_rate_note(&rate, i * second / 50);
	CHECK_MESSAGE(stats_rate_per_second(&rate, 4 * second) > 49.9 &&
	                      stats_rate_per_second(&rate, 4 * second) < 50.1,
	              "%g", stats_rate_per_second(&rate, 4 * second));
	CHECK(stats_rate_per_second(&rate, 10 * second) == 0);
}

TEST(histogram_finds_percentiles)
{
	struct histogram *histogram = calloc(1, sizeof(*histogram));
	REQUIRE(histogram);
	CHECK(stats_histogram_percentile(histogram, 0.5) == 0);
	for (int i = 1; i <= 100; i++)
		stats_histogram_note(histogram, i - 0.25);
	CHECK(stats_histogram_percentile(histogram, 0.5) == 50);
	CHECK(stats_histogram_percentile(histogram, 0.95) == 95);
	CHECK(stats_histogram_percentile(histogram, 1) == 100);
	stats_histogram_note(histogram, 1e9);
	CHECK(histogram->most == 1e9);
	stats_histogram_note(histogram, -5);
	CHECK(stats_histogram_percentile(histogram, 1) == HISTOGRAM_BINS / 2.0);
	free(histogram);
}

/* What the HUD shows after an hour must not be the mean of that hour. */
TEST(recent_times_forget_those_long_ago)
{
	struct recent *recent = calloc(1, sizeof(*recent));
	const int64_t second = 1000000000;
	REQUIRE(recent);
	CHECK(stats_recent_mean(recent) == 0 && stats_recent_percentile(recent, 0.5) == 0);
	for (int64_t i = 0; i < 3600 * 25; i++)
		stats_recent_note(recent, 10.25, i * second / 25);
	CHECK(stats_recent_mean(recent) == 10.25);
	for (int64_t i = 0; i < 10 * 25; i++)
		stats_recent_note(recent, 40.25, 3600 * second + i * second / 25);
	CHECK_MESSAGE(stats_recent_mean(recent) == 40.25, "%g", stats_recent_mean(recent));
	CHECK(stats_recent_percentile(recent, 0.01) == 40.5);
	/* After a pause, as of a machine that slept, nothing of before is left. */
	stats_recent_note(recent, 20.25, 9000 * second);
	CHECK(stats_recent_mean(recent) == 20.25);
	/* Those of the five seconds before still count. */
	stats_recent_note(recent, 30.25, 9006 * second);
	CHECK(stats_recent_mean(recent) == 25.25);
	free(recent);
}

TEST(stats_are_printed_by_name)
{
	struct live_stats *stats = calloc(1, sizeof(*stats));
	char *text = NULL;
	size_t length;
	FILE *file = open_memstream(&text, &length);
	REQUIRE(stats && file);
	stats->shown = 250;
	stats->dreams = 120;
	stats_histogram_note(&stats->latency, 70.2);
	live_stats_print(stats, 10000000000, file);
	fclose(file);
	CHECK(strstr(text, " display_fps=25.00 dream_fps=12.00 "));
	CHECK(strstr(text, " latency_p50_ms=70.5 ") && strstr(text, " compose_ms=0.00"));
	CHECK(!strchr(text, '\n'));
	free(text);
	free(stats);
}

TEST(stats_of_the_last_seconds_forget_those_before)
{
	struct live_stats *stats = calloc(1, sizeof(*stats));
	char *text = NULL;
	size_t length;
	FILE *file = open_memstream(&text, &length);
	const int64_t second = 1000000000;
	REQUIRE(stats && file);
	stats->shown = 250;
	stats_histogram_note(&stats->lately.latency, 70.2);
	live_stats_print_lately(stats, 9 * second, file);
	fflush(file);
	CHECK(!length);
	live_stats_print_lately(stats, 10 * second, file);
	CHECK(strstr(text, "lately seconds=10.0 display_fps=25.00 ") &&
	      strstr(text, " latency_p50_ms=70.5 "));
	stats->shown += 40;
	stats->dreams += 20;
	stats_histogram_note(&stats->lately.latency, 10.2);
	live_stats_print_lately(stats, 19 * second, file);
	live_stats_print_lately(stats, 20 * second, file);
	fclose(file);
	CHECK_MESSAGE(strstr(text, "\nlately seconds=20.0 display_fps=4.00 dream_fps=2.00 "
	                           "latency_p50_ms=10.5 "),
	              "%s", text);
	free(text);
	free(stats);
}
