/* Videos of fields that do not say so. */
#include "app/media/interlace.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/offline/job_run.h"
#include "tests/support/media.h"
#include "tests/support/test.h"

/* 60 moments a second, two woven into each frame, and stored as if each were one. */
#define WOVEN(order)                                                                               \
	"-f lavfi -i testsrc2=s=240x480:r=60:d=2 -vf gblur=4,tinterlace=mode=interleave_" order    \
	",setfield=prog -c:v libx264 -qp 4 -pix_fmt yuv420p"
#define PLAIN                                                                                      \
	"-f lavfi -i testsrc2=s=240x480:r=30:d=2 -vf gblur=4 -c:v libx264 -qp 4 -pix_fmt yuv420p"

static struct interlace look_at(const char *path)
{
	char url[1024];
	snprintf(url, sizeof(url), "file:%s", path);
	return interlace_look(url, 0);
}

TEST(interlace_is_found_where_it_is_not_marked)
{
	const char *top = media_path("top.mkv"), *bottom = media_path("bottom.mkv");
	NEED_FFMPEG(top, WOVEN("top"));
	NEED_FFMPEG(bottom, WOVEN("bottom"));
	CHECK(look_at(top).found && look_at(top).top_first && !look_at(top).telecined);
	CHECK(look_at(bottom).found && !look_at(bottom).top_first);
}

TEST(interlace_is_not_found_in_whole_frames_or_nothing)
{
	const char *plain = media_path("plain.mkv");
	NEED_FFMPEG(plain, PLAIN);
	CHECK(!look_at(plain).found && !look_at(plain).telecined);
	CHECK(!look_at(media_path("nothing")).found);
	CHECK(interlace_is_likely(480) && interlace_is_likely(1080) && !interlace_is_likely(720));
}

TEST(interlace_by_pulldown_is_told)
{
	const char *path = media_path("telecine.mkv");
	NEED_FFMPEG(path, "-f lavfi -i testsrc2=s=240x480:r=24000/1001:d=3 -vf gblur=4,telecine "
	                  "-c:v libx264 -qp 4 -pix_fmt yuv420p");
	CHECK(look_at(path).telecined);
}

/* How much neighbouring lines differ from those between them: combs. */
static double combs_of(const rv_image *image)
{
	double sum = 0;
	const uint8_t *pixels = image->pixels;
	for (int y = 1; y + 1 < image->height; y++)
		for (size_t i = 0; i < image->stride; i++) {
			const uint8_t *at = pixels + (size_t)y * image->stride + i;
			double between = (at[-(ptrdiff_t)image->stride] + at[image->stride]) / 2.0;
			sum += fabs(at[0] - between);
		}
	return sum / (double)(image->stride * (size_t)image->height);
}

/* Keeps the combs of the tenth frame. */
struct combs {
	int frames;
	double seen;
};

static rv_status see_combs(void *context, const rv_image *in, int64_t time, const rv_image *out,
                           rv_error *error)
{
	struct combs *combs = context;
	(void)time;
	(void)out;
	(void)error;
	if (++combs->frames == 10)
		combs->seen = combs_of(in);
	return RV_OK;
}

static double combs_in(const char *path, enum interlace_mode mode)
{
	struct combs combs = {.frames = 0};
	struct job_report report;
	rv_error error = {0};
	struct job job = media_job(path, media_path("combs.mkv"), NULL);
	job.dream = see_combs;
	job.context = &combs;
	job.stop = NULL;
	job.force = true;
	job.interlace = mode;
	CHECK_MESSAGE(job_run(&job, &report, &error) == RV_OK, "%s", error.message);
	return combs.seen;
}

TEST(interlace_that_is_found_leaves_no_combs)
{
	const char *path = media_path("woven.mkv"), *plain = media_path("whole.mkv");
	NEED_FFMPEG(path, WOVEN("top"));
	NEED_FFMPEG(plain, PLAIN);
	double off = combs_in(path, INTERLACE_OFF), found = combs_in(path, INTERLACE_AUTO);
	CHECK_MESSAGE(found < off / 2, "%f of %f", found, off);
	CHECK(combs_in(path, INTERLACE_FRAME) == found);
	double untouched = combs_in(plain, INTERLACE_OFF);
	CHECK(combs_in(plain, INTERLACE_AUTO) == untouched);
	CHECK(combs_in(plain, INTERLACE_FRAME) != untouched);
}

/* The moments that were woven, each of which has its frame again. */
struct moments {
	int frames, combed;
	int64_t last, least, most; /* of the steps of time, nanoseconds */
	double least_change;
	uint8_t *before;
};

static rv_status see_moments(void *context, const rv_image *in, int64_t time, const rv_image *out,
                             rv_error *error)
{
	struct moments *moments = context;
	size_t size = in->stride * (size_t)in->height;
	double change = 0;
	(void)out;
	(void)error;
	if (!moments->before)
		moments->before = calloc(1, size);
	for (size_t i = 0; i < size; i++)
		change += fabs((double)((uint8_t *)in->pixels)[i] - (double)moments->before[i]);
	memcpy(moments->before, in->pixels, size);
	moments->combed += combs_of(in) > 2;
	if (moments->frames++) {
		int64_t step = time - moments->last;
		moments->least = moments->least && moments->least < step ? moments->least : step;
		moments->most = moments->most > step ? moments->most : step;
		change /= (double)size;
		moments->least_change = fmin(moments->least_change, change);
	}
	moments->last = time;
	return RV_OK;
}

TEST(interlace_by_field_makes_a_frame_of_each)
{
	const char *path = media_path("fields.mkv");
	struct moments moments = {.least_change = 255};
	struct job_report report;
	rv_error error = {0};
	NEED_FFMPEG(path, WOVEN("top"));
	struct job job = media_job(path, media_path("moments.mkv"), NULL);
	job.dream = see_moments;
	job.context = &moments;
	job.stop = NULL;
	job.interlace = INTERLACE_FIELD;
	CHECK_MESSAGE(job_run(&job, &report, &error) == RV_OK, "%s", error.message);
	/* 60 frames of 30 a second, in ticks of a half of 1 ms. */
	CHECK_MESSAGE(moments.frames == 120, "%d frames", moments.frames);
	CHECK_MESSAGE(moments.least >= 16000000 && moments.most <= 17500000, "%lld to %lld ns",
	              (long long)moments.least, (long long)moments.most);
	CHECK_MESSAGE(moments.combed == 0, "%d of them have combs", moments.combed);
	CHECK(moments.least_change > 0.1);
	free(moments.before);
}

TEST(interlace_by_field_leaves_whole_frames_alone)
{
	const char *plain = media_path("alone.mkv");
	struct moments moments = {.least_change = 255};
	struct job_report report;
	rv_error error = {0};
	NEED_FFMPEG(plain, PLAIN);
	struct job job = media_job(plain, media_path("thirty.mkv"), NULL);
	job.dream = see_moments;
	job.context = &moments;
	job.stop = NULL;
	job.interlace = INTERLACE_FIELD;
	CHECK_MESSAGE(job_run(&job, &report, &error) == RV_OK, "%s", error.message);
	CHECK(moments.frames == 60);
	CHECK(moments.least >= 33000000 && moments.most <= 34000000);
	free(moments.before);
}
