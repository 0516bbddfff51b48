/* One job: a picture or a video is read, every frame of it is dreamed, and the result is written.
 * What the dream is made with (an engine, or a test's few lines) comes in as a function.
 * app/offline/job_run.h runs it. */
#ifndef APP_OFFLINE_JOB_H
#define APP_OFFLINE_JOB_H

#include <stdatomic.h>
#include <stdint.h>

#include "app/base/progress.h"
#include "app/media/hdr.h"
#include "app/media/interlace.h"
#include "app/media/panorama.h"
#include "app/options/options.h"
#include "engine/reverie.h"

/* Dreams in, whose presentation time is time (nanoseconds; RV_TIME_NONE: a picture by itself), into
 * out: two images of the same size and the same format (RV_RGB8, or RV_RGB16 where
 * the source has more than 8 bits), upright, in presentation order, on the thread that called
 * job_run. Both belong to the caller and hold only during the call. RV_CANCELLED ends the job as
 * the stop flag does; any other error ends it without an output. */
typedef rv_status job_dream(void *context, const rv_image *in, int64_t time, const rv_image *out,
                            rv_error *error);

/* Writes the settings that the job is done with (app/options/settings.h), whether for a picture
 * alone or for a video. The text is the caller's to free. Its errors end the job as those of
 * job_dream. */
typedef rv_status job_settings(void *context, bool alone, char **text, rv_error *error);
/* Told once a picture, or all frames of a range, are dreamed, before the output is in its place.
 * Its errors end the job. */
typedef rv_status job_dreamed(void *context, rv_error *error);
/* Tells, before the first dream, whether what is dreamed shows a whole sphere. */
typedef void job_shape(void *context, bool is_sphere);

/* The frames of a video, times in its time base, that are dreamed without its other streams. They
 * are all there, or the job fails: with RV_CORRUPT where the video has others. A job that is
 * stopped or breaks off leaves nothing. */
struct job_range {
	int64_t first, last; /* presentation times */
	int64_t begin;       /* microseconds: where reading may begin; 0: at the beginning */
	int frames;          /* 0: there is no range */
};

/* Zeroed, all but input, output, dream and quality mean their default. Strings are borrowed. */
struct job {
	/* A file, a URL, "lavfi:GRAPH", a numbered sequence (f%04d.png), or "-": standard input. */
	const char *input;
	/* A file, whose name says the format, or "-": standard output. */
	const char *output;
	/* A libavformat muxer ("nut", "matroska"); NULL: from the output's name, and for "-" NUT
	 * where the input is NUT or has sound, else y4m. */
	const char *format;
	/* A libavcodec encoder ("libx265"); NULL: what suits the format. Not used for pictures. */
	const char *encoder;
	/* Constant rate factor on x264's scale, 0 (best) to OPTION_QUALITY_MAX; other encoders' own
	 * scales are mapped to it. Not used for pictures. */
	int quality;
	/* Of the output, upright; 0: of the source; one of them 0: in proportion. A side that is 0
	 * becomes even where the output is a video file, unless exact. */
	int width, height;
	bool force;              /* existing files may be overwritten */
	int64_t frames_expected; /* of an input that does not say how many it has; 0: unknown */
	/* Sides that nobody asked for stay odd, and chroma stays as fine as the source's. Without
	 * it a video file is what every player takes; pictures and pipes are exact anyhow. */
	bool exact;
	uint64_t encoder_memory;        /* that a video's encoder is to keep within; 0: any */
	enum interlace_mode interlace;  /* of a video */
	const struct interlace *fields; /* NULL: unmarked videos are looked at */
	enum hdr_mode hdr;
	enum panorama_mode sphere;
	job_shape *shape;  /* NULL: nobody is told */
	const char *still; /* a picture file for a video's dreamed frame in the middle, or NULL */
	struct job_range range; /* of a video; zeroed: all of it */
	job_dream *dream;
	job_dreamed *dreamed;      /* NULL: nobody is told */
	job_settings *settings;    /* what the output carries along; NULL: nothing */
	void *context;             /* handed to all of them */
	struct progress *progress; /* NULL: none */
	/* Once it is not 0 (set by a signal's handler, installed without SA_RESTART), the job ends
	 * in good order; NULL: it cannot be stopped. */
	const atomic_int *stop;
};

/* What was done; also filled, as far as it goes, where job_run fails. */
struct job_report {
	int64_t frames;          /* frames dreamed and written */
	int64_t frames_expected; /* 0: unknown */
	int64_t damaged;         /* packets of the video that could not be decoded, and left out */
	int width, height;       /* of the output; 0: it never came to that */
	double seconds;      /* presentation time of the end of the last frame, from the first */
	bool written;        /* the output is there, whole and playable */
	bool is_still;       /* the input was treated as a picture */
	const char *encoder; /* of the video, as libavcodec calls it; NULL: it never came to that */
};

#endif
