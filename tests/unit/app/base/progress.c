#include "app/base/progress.h"

#include <string.h>

#include "app/base/clock.h"
#include "tests/support/test.h"

static const struct progress_state half = {
	.done = 12, .total = 24, .frames_per_second = 4, .elapsed = 3};

TEST(progress_bar_shows_frames_rate_and_time_left)
{
	char line[128];
	progress_format_bar(line, sizeof(line), &half, 79);
	CHECK_MESSAGE(strcmp(line, "[####################--------------------] 12/24 frames  "
	                           "4.00 fps  0:03 left") == 0,
	              "%s", line);
}

TEST(progress_bar_keeps_within_the_columns)
{
	char line[128];
	for (int columns = 0; columns < 100; columns++) {
		progress_format_bar(line, sizeof(line), &half, columns);
		CHECK_MESSAGE((int)strlen(line) <= columns, "%d columns: %s", columns, line);
	}
}

TEST(progress_bar_counts_the_part_of_a_frame)
{
	struct progress_state state = {.done = 0, .total = 1, .part = 0.5};
	char line[128];
	progress_format_bar(line, sizeof(line), &state, 24);
	CHECK_MESSAGE(strcmp(line, "[######------] 0/1 frame") == 0, "%s", line);
}

TEST(progress_of_unknown_length_says_no_time_left)
{
	struct progress_state state = {.done = 7, .frames_per_second = 25};
	char line[128];
	progress_format_line(line, sizeof(line), &state);
	CHECK_MESSAGE(strcmp(line, "7 frames, 25.0 frames per second") == 0, "%s", line);
	progress_format_bar(line, sizeof(line), &state, 79);
	CHECK_MESSAGE(strcmp(line, "7 frames  25.0 fps") == 0, "%s", line);
}

TEST(progress_tells_slow_frames_in_seconds)
{
	struct progress_state state = {.done = 1, .total = 101, .frames_per_second = 0.05};
	char line[128];
	progress_format_line(line, sizeof(line), &state);
	CHECK_MESSAGE(strcmp(line, "1 of 101 frames, 20.0 s a frame, 33:20 left") == 0, "%s", line);
	state.total = 1001;
	progress_format_line(line, sizeof(line), &state);
	CHECK_MESSAGE(strstr(line, "5:33:20 left") != NULL, "%s", line);
}

TEST(progress_survives_more_frames_than_promised)
{
	struct progress_state state = {
		.done = 30, .total = 24, .frames_per_second = 4, .elapsed = 7.5};
	char line[128];
	progress_format_bar(line, sizeof(line), &state, 40);
	CHECK_MESSAGE(strcmp(line, "30/24 frames  4.00 fps  in 0:08") == 0, "%s", line);
}

/* What a whole run leaves in a file. */
static void run_to_file(enum progress_style style, char *text, size_t size)
{
	struct progress progress;
	FILE *file = tmpfile();
	progress_init(&progress, file, style);
	progress_begin(&progress, 3);
	progress_note(&progress, "a %s", "note");
	for (int i = 0; i < 3; i++)
		progress_frame(&progress);
	progress_end(&progress);
	rewind(file);
	text[fread(text, 1, size - 1, file)] = '\0';
	fclose(file);
}

TEST(progress_lines_are_few_and_hold_no_control_characters)
{
	char text[1024];
	int lines = 0;
	run_to_file(PROGRESS_LINES, text, sizeof(text));
	CHECK(strncmp(text, "a note\n3 of 3 frames", 20) == 0);
	for (char *c = text; *c; c++) {
		CHECK(*c == '\n' || *c >= ' ');
		lines += *c == '\n';
	}
	CHECK_MESSAGE(lines == 2, "%d lines: %s", lines, text);
}

/* What it shows is in text once its stream is flushed. */
#define WITH_PROGRESS(progress, style)                                                             \
	struct progress progress;                                                                  \
	char text[1024] = "";                                                                      \
	FILE *stream = fmemopen(text, sizeof(text), "w");                                          \
	REQUIRE(stream);                                                                           \
	progress_init(&progress, stream, style)

TEST(progress_lines_of_a_picture_say_how_much_of_it_and_its_end_once)
{
	WITH_PROGRESS(progress, PROGRESS_LINES);
	for (int picture = 0; picture < 2; picture++) {
		progress_begin(&progress, 1);
		progress.shown -= 2 * PROGRESS_LINE_SECONDS; /* a line is due */
		progress_part(&progress, 0.4);
		progress.shown -= 2 * PROGRESS_LINE_SECONDS;
		progress_frame(&progress);
		progress_end(&progress);
	}
	fclose(stream);
	const char wanted[] = "0 of 1 frame, 40% of it\n1 of 1 frame, in 0:00\n"
			      "0 of 1 frame, 40% of it\n1 of 1 frame, in 0:00\n";
	CHECK_MESSAGE(!strcmp(text, wanted), "%s", text);
}

TEST(progress_quiet_says_nothing)
{
	char text[1024];
	run_to_file(PROGRESS_NONE, text, sizeof(text));
	CHECK(text[0] == '\0');
}

TEST(progress_quiet_says_what_went_wrong)
{
	WITH_PROGRESS(progress, PROGRESS_NONE);
	progress_note(&progress, "one");
	progress_error(&progress, "two: %s", "it is broken");
	fclose(stream);
	CHECK_MESSAGE(!strcmp(text, "two: it is broken\n"), "%s", text);
}

TEST(progress_bar_gives_way_to_a_note_and_ends_its_line)
{
	char text[2048];
	run_to_file(PROGRESS_BAR, text, sizeof(text));
	CHECK(strstr(text, "\r\033[Ka note\n") != NULL);
	CHECK(text[strlen(text) - 1] == '\n');
	CHECK(strstr(text, "3/3 frames") != NULL);
}

TEST(progress_style_follows_the_stream)
{
	FILE *file = tmpfile();
	CHECK(progress_style_for(file, false) == PROGRESS_LINES);
	CHECK(progress_style_for(file, true) == PROGRESS_NONE);
	fclose(file);
}

TEST(progress_may_be_null)
{
	progress_begin(NULL, 3);
	progress_part(NULL, 0.5);
	progress_frame(NULL);
	progress_note(NULL, "nobody hears it");
	progress_error(NULL, "nor that");
	progress_end(NULL);
}

TEST(progress_says_that_kernels_are_built_where_that_takes_long)
{
	WITH_PROGRESS(progress, PROGRESS_LINES);
	char line[120];
	progress_begin(&progress, 2);
	progress_prepare(&progress, 0.25);
	progress_format_line(line, sizeof(line), &progress.state);
	CHECK(!strcmp(line, "0 of 2 frames"));
	progress.prepares_since -= 2; /* seconds */
	progress_prepare(&progress, 0.5);
	progress_format_line(line, sizeof(line), &progress.state);
	CHECK(!strcmp(line, "0 of 2 frames, building kernels 50%"));
	progress_format_bar(line, sizeof(line), &progress.state, 60);
	CHECK(!strcmp(line, "[-------------------------] 0/2 frames  building kernels 50%"));
	progress_prepare(&progress, 1);
	progress_format_line(line, sizeof(line), &progress.state);
	CHECK(!strcmp(line, "0 of 2 frames"));
	progress_prepare(&progress, 0.1); /* another frame's, which takes no time yet */
	progress_format_line(line, sizeof(line), &progress.state);
	CHECK(!strcmp(line, "0 of 2 frames"));
	progress_end(&progress);
	fclose(stream);
}

/* The dream of the first picture failed amid them. */
TEST(progress_forgets_kernels_that_an_earlier_picture_did_not_get_done)
{
	WITH_PROGRESS(progress, PROGRESS_LINES);
	char line[120];
	progress_begin(&progress, 1);
	progress_prepare(&progress, 0.5);
	progress.prepares_since -= 5;
	progress_end(&progress);
	progress_begin(&progress, 1);
	progress_prepare(&progress, 0.1);
	progress_format_line(line, sizeof(line), &progress.state);
	CHECK_MESSAGE(!strcmp(line, "0 of 1 frame"), "%s", line);
	progress_end(&progress);
	fclose(stream);
}

TEST(progress_of_a_part_counts_in_the_whole)
{
	WITH_PROGRESS(progress, PROGRESS_LINES);
	progress_begin(&progress, 4);
	for (int part = 0; part < 2; part++) {
		progress_begin(&progress, 2);
		progress_frame(&progress);
		progress_frame(&progress);
		progress_end(&progress);
		CHECK(progress.state.total == 4 && progress.state.done == 2 * part + 2);
	}
	CHECK(!fflush(stream) && !text[0]);
	progress_end(&progress);
	progress_end(&progress);
	fclose(stream);
	CHECK_MESSAGE(!strncmp(text, "4 of 4 frames", 13) &&
	                      strchr(text, '\n') == strrchr(text, '\n'),
	              "%s", text);
}

/* So long that what the test itself takes is no part of it to speak of. */
static const double day = 86400;

/* Passes seconds. */
static void pass(struct progress *progress, double seconds)
{
	progress->frame_begun -= seconds;
	progress->heard -= seconds;
}

static void build(struct progress *progress, double seconds)
{
	pass(progress, seconds);
	progress_prepare(progress, 0.5);
}

static void check_rate(const struct progress *progress, double days_a_frame)
{
	double rate = progress->state.frames_per_second * day;
	CHECK_MESSAGE(rate > 0.95 / days_a_frame && rate <= 1 / days_a_frame, "%g", rate);
}

/* The second frame may need kernels that the first did not, those of motion. */
TEST(progress_estimates_nothing_by_frames_that_kernels_were_built_for)
{
	WITH_PROGRESS(progress, PROGRESS_LINES);
	char line[120];
	progress_begin(&progress, 1000);
	build(&progress, 20);
	build(&progress, 20);
	pass(&progress, 3);
	progress_part(&progress, 0.5);
	progress_frame(&progress);
	progress_format_line(line, sizeof(line), &progress.state);
	CHECK_MESSAGE(!strcmp(line, "1 of 1000 frames"), "%s", line);
	build(&progress, 20);
	progress_frame(&progress);
	CHECK(!progress.state.frames_per_second);
	for (int i = 0; i < 3; i++) {
		pass(&progress, 2 * day);
		progress_frame(&progress);
		check_rate(&progress, 2);
	}
	build(&progress, 9 * day); /* of another scene */
	progress_frame(&progress);
	check_rate(&progress, 2);
	progress_end(&progress);
	fclose(stream);
}

/* Where all kernels are there, looking for them takes no time to speak of. */
TEST(progress_estimates_by_the_first_frame_until_there_is_another)
{
	WITH_PROGRESS(progress, PROGRESS_LINES);
	progress_begin(&progress, 1000);
	progress_prepare(&progress, 0.5);
	progress.built = 0.5;
	pass(&progress, 4 * day);
	progress_frame(&progress);
	check_rate(&progress, 4);
	pass(&progress, day);
	progress_frame(&progress);
	check_rate(&progress, 1);
	progress_end(&progress);
	fclose(stream);
}

/* What is done once, such as building kernels, falls into the first frame. The rate is at least
 * that of the time around the second one. */
TEST(progress_rate_leaves_out_the_first_frame)
{
	WITH_PROGRESS(progress, PROGRESS_LINES);
	progress_begin(&progress, 2);
	clock_sleep(400000000);
	int64_t before = clock_now();
	progress_frame(&progress);
	clock_sleep(20000000);
	progress_frame(&progress);
	double seconds = 1e-9 * (double)(clock_now() - before);
	CHECK_MESSAGE(progress.state.frames_per_second >= 1 / seconds, "%g in %g s",
	              progress.state.frames_per_second, seconds);
	progress_end(&progress);
	fclose(stream);
}
