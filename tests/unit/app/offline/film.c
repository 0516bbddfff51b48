/* A film in chunks: its plan, and that joined chunks are the film that is made in one go. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/base/output_name.h"
#include "app/media/picture.h"
#include "app/offline/film_join.h"
#include "app/offline/film_look.h"
#include "app/offline/job_run.h"
#include "tests/support/media.h"
#include "tests/support/test.h"

/* ---- the plan as a text ---- */

static const char *new_folder(const char *name)
{
	char path[PATH_LENGTH];
	snprintf(path, sizeof(path), "%s/plan", media_path(name));
	paths_make_folders(path);
	return media_path(name);
}

static void write_plan(const char *folder, const char *text)
{
	char path[PATH_LENGTH];
	REQUIRE(!film_plan_path(path, folder, NULL));
	media_write(path, text, strlen(text));
}

TEST(film_plan_is_read_as_it_was_written)
{
	const char *folder = new_folder("written");
	struct film_plan plan = {.input = "/films/a film.mkv",
	                         .width = 640,
	                         .height = 360,
	                         .encoder = "libx264",
	                         .quality = 21,
	                         .exact = true,
	                         .interlace = INTERLACE_FIELD,
	                         .fields = {true, false, true},
	                         .sphere = PANORAMA_ON,
	                         .hdr = HDR_SDR,
	                         .time_base = {1, 90000}};
	const struct film_chunk chunks[] = {{-100, 8900, 9000, 0, 10, 0, false},
	                                    {9000, 27000, 30000, 123456, 3, 4, true}};
	struct film_plan read = {.count = 0};
	for (int i = 0; i < 2; i++)
		REQUIRE(!film_plan_add(&plan, &chunks[i], NULL));
	REQUIRE(!film_plan_save(&plan, folder, NULL));
	CHECK(film_plan_save(&plan, folder, NULL) == RV_INVALID); /* one is there */
	REQUIRE(!film_plan_load(&read, folder, NULL));
	CHECK(!strcmp(read.input, plan.input) && !strcmp(read.encoder, plan.encoder));
	CHECK(read.width == 640 && read.height == 360 && read.quality == 21 && read.exact);
	CHECK(read.hdr == HDR_SDR && read.sphere == PANORAMA_ON);
	CHECK(read.interlace == INTERLACE_FIELD && read.fields.found && !read.fields.top_first &&
	      read.fields.telecined);
	CHECK(read.time_base.num == 1 && read.time_base.den == 90000);
	REQUIRE(read.count == 2);
	for (int i = 0; i < 2; i++) {
		const struct film_chunk *a = &read.chunks[i], *b = &chunks[i];
		CHECK(a->first == b->first && a->last == b->last && a->next == b->next);
		CHECK(a->begin == b->begin && a->frames == b->frames && a->cuts == b->cuts);
		CHECK(a->goes_on == b->goes_on);
	}
	film_plan_release(&plan);
	film_plan_release(&read);
}

#define HEAD "input a.mkv\nsize 64 48\nencoder ffv1\ntime-base 1 10\n"

TEST(film_plan_that_is_broken_names_the_line)
{
	static const char *const cases[][2] = {
		{"", "is no whole plan"},
		{HEAD, "is no whole plan"},
		{HEAD "chunk 0 0 9 10 0 0 0 0\n", "plan:5:"},    /* no frames */
		{HEAD "chunk 1 0 9 10 0 10 0 0\n", "plan:5:"},   /* not the first */
		{HEAD "chunk 0 9 0 10 0 10 0 0\n", "plan:5:"},   /* backwards */
		{HEAD "chunk 0 0 9 10 0 10 0 0 7\n", "plan:5:"}, /* a number more */
		{HEAD "chunk 0 0 9 10 0 10 0\n", "plan:5:"},     /* and one less */
		{HEAD "chunk 0 0 9 10 0 10 0 1\n", "plan:5:"},   /* goes on from nothing */
		{HEAD "chunk 0 0 9 10 0 10 0 0\nchunk 1 9 19 20 0 10 1 0\n",
	         "plan:6:"}, /* overlap */
		{"words\n" HEAD, "plan:1:"},
		{"sphere 9\n" HEAD, "plan:1:"},
		{"hdr 2\n" HEAD, "plan:1:"},
		{"deinterlace -1\n" HEAD, "plan:1:"},
		{"input a.mkv\nsize 0 48\nencoder ffv1\ntime-base 1 10\nchunk 0 0 9 10 0 10 0 0\n",
	         "is no whole plan"},
	};
	const char *folder = new_folder("broken");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct film_plan plan = {.count = 0};
		rv_error error = {0};
		write_plan(folder, cases[i][0]);
		CHECK_MESSAGE(film_plan_load(&plan, folder, &error) == RV_CORRUPT, "case %zu", i);
		CHECK_MESSAGE(strstr(error.message, cases[i][1]), "case %zu: %s", i, error.message);
		film_plan_release(&plan);
	}
	struct film_plan plan = {.count = 0};
	CHECK(film_plan_load(&plan, media_path("nowhere"), NULL) == RV_NOT_FOUND);
}

/* ---- a film ---- */

/* A shot begins every so many frames. */
struct shots {
	int length, frames;
};

static rv_status begin_shots(void *context, const rv_image *frame, int64_t time, bool *begins,
                             rv_error *error)
{
	struct shots *shots = context;
	(void)frame;
	(void)time;
	(void)error;
	*begins = shots->frames++ % shots->length == 0;
	return RV_OK;
}

static rv_status plan_parts(struct film_plan *plan, const char *film, int shot, double seconds,
                            double pixels, rv_error *error)
{
	struct shots shots = {.length = shot};
	const struct film_look look = {
		.look = begin_shots, .context = &shots, .seconds = seconds, .pixels = pixels};
	*plan = (struct film_plan){.encoder = "rawvideo", .quality = OPTION_QUALITY_DEFAULT};
	snprintf(plan->input, sizeof(plan->input), "%s", film);
	return film_look(plan, &look, error);
}

static rv_status plan_film(struct film_plan *plan, const char *film, int shot, double seconds,
                           rv_error *error)
{
	return plan_parts(plan, film, shot, seconds, 0, error);
}

static struct job chunk_job(const struct film_plan *plan, const char *folder, int number,
                            struct test_dream *dream, char output[PATH_LENGTH])
{
	const struct film_chunk *chunk = &plan->chunks[number];
	film_chunk_path(output, folder, number, NULL);
	struct job job = media_job(plan->input, output, dream);
	job.format = "nut";
	job.encoder = plan->encoder;
	job.quality = plan->quality;
	job.width = plan->width;
	job.height = plan->height;
	job.force = true;
	job.range = (struct job_range){chunk->first, chunk->last, chunk->begin, chunk->frames};
	return job;
}

static void make_chunk(const struct film_plan *plan, const char *folder, int number)
{
	char output[PATH_LENGTH];
	struct test_dream dream = {.frames = 0};
	struct job_report report;
	struct job job = chunk_job(plan, folder, number, &dream, output);
	RUN(&job, &report, RV_OK);
	CHECK(report.frames == plan->chunks[number].frames && dream.frames == report.frames);
}

static rv_status join_into(const struct film_plan *plan, const char *folder, const char *output,
                           rv_error *error)
{
	const struct film_join join = {.folder = folder, .output = output, .force = true};
	return film_join(plan, &join, error);
}

/* Video, sound, subtitles; key frames that do not lie where shots begin; frames of two lengths. */
#define FILM                                                                                       \
	"-f lavfi -i testsrc2=s=64x48:r=10:d=5 -f lavfi -i sine=d=5 "                              \
	"-filter_complex [0]select='not(eq(mod(n\\,7)\\,3))'[v] -map [v] -map 1 -fps_mode vfr "    \
	"-c:v libx264 -g 13 -bf 3 -c:a aac"

/* What the whole film and the joined one hold, packet by packet. */
static void check_joined(const struct film_plan *plan, const char *folder)
{
	struct test_dream dream = {.frames = 0};
	struct job_report report;
	rv_error error = {0};
	struct job job = media_job(plan->input, media_path("whole.mkv"), &dream);
	job.encoder = plan->encoder;
	job.force = true;
	RUN(&job, &report, RV_OK);
	CHECK_MESSAGE(!join_into(plan, folder, media_path("joined.mkv"), &error), "%s",
	              error.message);
	REQUIRE(media_inspect(media_path("whole.mkv"), &media_before));
	REQUIRE(media_inspect(media_path("joined.mkv"), &media_after));
	CHECK(media_before.stream_count == media_after.stream_count);
	for (int i = 0; i < media_before.stream_count; i++) {
		const struct media_stream *a = &media_before.streams[i];
		const struct media_stream *b = &media_after.streams[i];
		CHECK_MESSAGE(media_same_packets(a, b), "stream %d", i);
		media_check_times(a, b, 0);
	}
	media_check_description(media_path("whole.mkv"), media_path("joined.mkv"));
}

TEST(film_joined_from_chunks_is_the_film)
{
	struct film_plan plan;
	rv_error error = {0};
	const char *folder = new_folder("chunks");
	char film[PATH_LENGTH];
	snprintf(film, sizeof(film), "%s", media_path("film.mkv"));
	NEED_FFMPEG(film, FILM);
	CHECK_MESSAGE(!plan_film(&plan, film, 5, 0, &error), "%s", error.message);
	REQUIRE(plan.count == 9); /* 43 frames */
	CHECK(plan.width == 64 && plan.height == 48);
	CHECK(plan.chunks[8].frames == 3 && plan.chunks[8].cuts == 8);
	for (int i = plan.count - 1; i >= 0; i--)
		make_chunk(&plan, folder, i);
	check_joined(&plan, folder);
	film_plan_release(&plan);
}

/* A folder with a colon, without another before it, looks like a protocol. */
TEST(film_in_a_folder_named_by_the_time_of_day_is_joined)
{
	static const char folder[] = "12:30.mp4.chunks";
	struct film_plan plan = {.count = 0};
	rv_error error = {0};
	char film[PATH_LENGTH], joined[PATH_LENGTH];
	char *before = getcwd(NULL, 0);
	snprintf(film, sizeof(film), "%s", media_path("noon.mkv"));
	snprintf(joined, sizeof(joined), "%s", media_path("noon_joined.mkv"));
	NEED_FFMPEG(film, "-f lavfi -i testsrc2=s=64x48:r=10:d=0.4 -c:v libx264");
	new_folder(folder);
	REQUIRE(before && chdir(media_path("")) == 0);
	CHECK_MESSAGE(!plan_film(&plan, film, 2, 0, &error), "%s", error.message);
	for (int i = 0; i < plan.count; i++)
		make_chunk(&plan, folder, i);
	CHECK_MESSAGE(!join_into(&plan, folder, joined, &error), "%s", error.message);
	REQUIRE(chdir(before) == 0);
	free(before);
	film_plan_release(&plan);
}

/* Every frame is decoded, at the time of the film's. */
static void check_video_times(const char *film, const char *joined)
{
	struct source *a = media_source(film), *b = media_source(joined);
	enum source_event event = SOURCE_PACKET;
	int frames = 0;
	while (a && b && event != SOURCE_END) {
		do
			REQUIRE(!source_next(a, &event, NULL));
		while (event == SOURCE_PACKET);
		enum source_event of_film = event;
		do
			REQUIRE(!source_next(b, &event, NULL));
		while (event == SOURCE_PACKET);
		CHECK(event == of_film &&
		      (event == SOURCE_END || source_time(a) == source_time(b)));
		frames += event == SOURCE_FRAME;
	}
	CHECK_MESSAGE(frames == 43, "%s: %d frames", joined, frames);
	source_close(&a);
	source_close(&b);
}

/* Encoders that give frames out in another order than they are shown in. */
TEST(film_is_joined_from_chunks_of_every_usual_encoder)
{
	static const char *const encoders[] = {"libx264", "libx265", "libvpx-vp9", "libsvtav1"};
	const char *folder = new_folder("encoders");
	char film[PATH_LENGTH], joined[PATH_LENGTH];
	snprintf(film, sizeof(film), "%s", media_path("encoders.mkv"));
	snprintf(joined, sizeof(joined), "%s", media_path("encoded_joined.mkv"));
	NEED_FFMPEG(film, FILM " -s 96x64"); /* SVT-AV1 takes nothing smaller */
	for (size_t i = 0; i < sizeof(encoders) / sizeof(encoders[0]); i++) {
		struct film_plan plan;
		rv_error error = {0};
		if (!avcodec_find_encoder_by_name(encoders[i]))
			continue;
		REQUIRE(!plan_film(&plan, film, 15, 0, NULL));
		snprintf(plan.encoder, sizeof(plan.encoder), "%s", encoders[i]);
		for (int chunk = 0; chunk < plan.count; chunk++)
			make_chunk(&plan, folder, chunk);
		CHECK_MESSAGE(!join_into(&plan, folder, joined, &error), "%s: %s", encoders[i],
		              error.message);
		check_video_times(film, joined);
		film_plan_release(&plan);
	}
}

TEST(film_chunks_hold_whole_shots_of_so_many_seconds)
{
	struct film_plan plan;
	char film[PATH_LENGTH];
	snprintf(film, sizeof(film), "%s", media_path("long.mkv"));
	NEED_FFMPEG(film, FILM);
	REQUIRE(!plan_film(&plan, film, 5, 2, NULL));
	REQUIRE(plan.count == 3);
	CHECK(plan.chunks[1].frames % 5 == 0 && plan.chunks[1].frames >= 17);
	CHECK(plan.chunks[1].cuts == plan.chunks[0].frames / 5);
	CHECK(plan.chunks[1].first == plan.chunks[0].next);
	film_plan_release(&plan);
}

/* Chunks that begin with a shot, of which each has so many frames, and those that go on in one. */
static void check_parts(const struct film_plan *plan, int shot, int count)
{
	int frame = 0, cuts = 0;
	CHECK_MESSAGE(plan->count == count, "%d chunks", plan->count);
	for (int i = 0; i < plan->count; i++) {
		const struct film_chunk *chunk = &plan->chunks[i];
		CHECK(chunk->goes_on == (frame % shot != 0));
		cuts = chunk->goes_on ? cuts : frame / shot;
		CHECK_MESSAGE(chunk->cuts == cuts, "%d: %d cuts", i, chunk->cuts);
		CHECK(!i || chunk->first == plan->chunks[i - 1].next);
		frame += chunk->frames;
	}
	CHECK(frame == 43);
}

TEST(film_chunks_end_within_shots_that_are_too_long)
{
	struct film_plan plan;
	char film[PATH_LENGTH];
	snprintf(film, sizeof(film), "%s", media_path("parted.mkv"));
	NEED_FFMPEG(film, FILM);
	REQUIRE(!plan_parts(&plan, film, 20, 0, 8 * 64 * 48, NULL));
	check_parts(&plan, 20, 7); /* of 8, 8, 4, 8, 8, 4 and 3 frames */
	CHECK(plan.chunks[1].frames == 8 && plan.chunks[5].frames == 4);
	film_plan_release(&plan);
	REQUIRE(!plan_parts(&plan, film, 20, 1, 1e9, NULL));
	check_parts(&plan, 20, 7); /* a second is eight or nine frames */
	film_plan_release(&plan);
	REQUIRE(!plan_parts(&plan, film, 3, 2, 12 * 64 * 48, NULL));
	check_parts(&plan, 3, 4); /* as full where a shot begins */
	film_plan_release(&plan);
	REQUIRE(!plan_parts(&plan, film, 3, 2, 11 * 64 * 48, NULL));
	check_parts(&plan, 3, 7); /* cuts lie within; the rest of a shot ends a chunk */
	film_plan_release(&plan);
}

TEST(film_that_is_joined_leaves_nothing_of_chunks_that_were_killed)
{
	struct film_plan plan;
	const char *folder = new_folder("killed");
	char film[PATH_LENGTH], place[PATH_LENGTH], *left = NULL, *written = NULL;
	snprintf(film, sizeof(film), "%s", media_path("killed.mkv"));
	NEED_FFMPEG(film, FILM);
	REQUIRE(!plan_film(&plan, film, 30, 0, NULL));
	REQUIRE(plan.count == 2);
	for (int i = 0; i < plan.count; i++)
		make_chunk(&plan, folder, i);
	REQUIRE(!film_chunk_path(place, folder, 1, NULL));
	close(output_name_create(place, &left));
	int descriptor = output_name_create(place, &written);
	REQUIRE(left && written && media_exists(left));
	CHECK(!join_into(&plan, folder, media_path("after.mkv"), NULL));
	CHECK(!media_exists(left));
	CHECK(media_exists(written)); /* somebody does that chunk again */
	CHECK(media_exists(place));
	close(descriptor);
	free(left);
	free(written);
	film_plan_release(&plan);
}

static void expect_refused_join(const struct film_plan *plan, const char *folder, rv_status status,
                                const char *message)
{
	rv_error error = {0};
	const char *output = media_path("refused.mkv");
	CHECK(join_into(plan, folder, output, &error) == status);
	CHECK_MESSAGE(strstr(error.message, message), "%s", error.message);
	CHECK(!media_exists(output));
}

TEST(film_refuses_chunks_that_are_missing_or_differ)
{
	struct film_plan plan;
	const char *folder = new_folder("wrong");
	char film[PATH_LENGTH], first[PATH_LENGTH], second[PATH_LENGTH];
	snprintf(film, sizeof(film), "%s", media_path("differ.mkv"));
	NEED_FFMPEG(film, FILM);
	REQUIRE(!plan_film(&plan, film, 20, 0, NULL));
	REQUIRE(plan.count == 3);
	make_chunk(&plan, folder, 0);
	expect_refused_join(&plan, folder, RV_NOT_FOUND, "2 of 3 chunks are missing");
	make_chunk(&plan, folder, 2);
	expect_refused_join(&plan, folder, RV_NOT_FOUND, " 1` makes it");
	REQUIRE(!film_chunk_path(first, folder, 0, NULL));
	REQUIRE(!film_chunk_path(second, folder, 1, NULL));
	media_write(second, "no video", 8);
	expect_refused_join(&plan, folder, RV_CORRUPT, "is no chunk");
	snprintf(plan.encoder, sizeof(plan.encoder), "libx264");
	make_chunk(&plan, folder, 1);
	snprintf(plan.encoder, sizeof(plan.encoder), "rawvideo");
	expect_refused_join(&plan, folder, RV_CORRUPT, "chunk 1 was encoded otherwise");
	unlink(second);
	REQUIRE(!rename(first, second)); /* of the wrong time */
	make_chunk(&plan, folder, 0);
	plan.chunks[1].frames--;
	expect_refused_join(&plan, folder, RV_CORRUPT, "the plan says 19");
	film_plan_release(&plan);
}

TEST(film_chunk_of_another_film_or_stopped_leaves_nothing)
{
	struct film_plan plan;
	const char *folder = new_folder("other");
	char film[PATH_LENGTH], output[PATH_LENGTH];
	struct test_dream dream = {.stop_at = 3};
	struct job_report report;
	snprintf(film, sizeof(film), "%s", media_path("other.mkv"));
	NEED_FFMPEG(film, FILM);
	REQUIRE(!plan_film(&plan, film, 20, 0, NULL));
	struct job job = chunk_job(&plan, folder, 1, &dream, output);
	RUN(&job, &report, RV_CANCELLED);
	CHECK(report.frames == 3 && !media_exists(output));
	dream = (struct test_dream){.frames = 0};
	job.range.frames++;
	RUN(&job, &report, RV_CORRUPT);
	CHECK(!media_exists(output));
	film_plan_release(&plan);
}
