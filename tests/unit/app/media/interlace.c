/* Videos of fields that do not say so. */
#include "app/media/interlace.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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
	CHECK(combs_in(path, INTERLACE_ALL) == found);
	double untouched = combs_in(plain, INTERLACE_OFF);
	CHECK(combs_in(plain, INTERLACE_AUTO) == untouched);
	CHECK(combs_in(plain, INTERLACE_ALL) != untouched);
}
