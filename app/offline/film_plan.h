/* A film in chunks: what each of several machines, or one machine after a crash, dreams by itself.
 *
 * A dream's memory ends at a cut, so that chunks of whole shots, dreamed anywhere and in any order,
 * are the very frames of the whole film. On one machine a chunk may end within a shot, too: what
 * its dream remembers then lies beside it, and the next one goes on from that. The plan is a text
 * in a folder that all machines see:
 *
 *     plan                     what is written here
 *     settings.preset          what is dreamed
 *     score                    what changes that, if anything does
 *     made-with                what the film will carry along of all this
 *     chunk-00000.nut          a chunk, there once it is whole
 *     chunk-00000.checkpoint   what the next one goes on from, if it does, until that is there */
#ifndef APP_OFFLINE_FILM_PLAN_H
#define APP_OFFLINE_FILM_PLAN_H

#include <libavutil/rational.h>

#include "app/base/paths.h"
#include "app/media/hdr.h"
#include "app/media/interlace.h"
#include "app/media/panorama.h"
#include "engine/reverie.h"

enum { FILM_ENCODER_LENGTH = 64 };

/* Times are in the plan's time base, which is the video's. */
struct film_chunk {
	int64_t first, last; /* presentation times of its frames */
	int64_t next;        /* where its last frame ends */
	int64_t begin;       /* microseconds: reading may begin at a key frame before this */
	int frames;
	/* How many lie before it: the dream of each shot has a seed of its own. Of one that goes
	 * on, as of the one before. */
	int cuts;
	bool goes_on; /* begins within a shot */
};

/* Zeroed, it is empty. Freed by film_plan_release. */
struct film_plan {
	char input[PATH_LENGTH];
	int width, height;                 /* to dream at, and of the output */
	char encoder[FILM_ENCODER_LENGTH]; /* empty, until the film is looked through: the usual */
	int quality;                       /* 0..51, x264's scale */
	bool exact;
	enum interlace_mode interlace;
	struct interlace fields; /* what a look at an unmarked film found */
	enum panorama_mode sphere;
	enum hdr_mode hdr;
	AVRational time_base;
	int count;
	struct film_chunk *chunks; /* in the order of the film, without gaps */
};

/* Adds a chunk at the end. RV_MEMORY. */
rv_status film_plan_add(struct film_plan *plan, const struct film_chunk *chunk, rv_error *error);

/* Writes the plan into the folder; it appears whole or not at all. RV_INVALID: one is there. */
rv_status film_plan_save(const struct film_plan *plan, const char *folder, rv_error *error);
/* RV_NOT_FOUND: there is none; RV_CORRUPT: the message says in which line it is broken; RV_IO;
 * RV_MEMORY. */
rv_status film_plan_load(struct film_plan *plan, const char *folder, rv_error *error);
/* The same by the file itself. */
rv_status film_plan_read(struct film_plan *plan, const char *path, rv_error *error);
void film_plan_release(struct film_plan *plan);

/* The files of the folder. RV_INVALID: the path is too long. */
rv_status film_plan_path(char path[PATH_LENGTH], const char *folder, rv_error *error);
rv_status film_settings_path(char path[PATH_LENGTH], const char *folder, rv_error *error);
rv_status film_made_path(char path[PATH_LENGTH], const char *folder, rv_error *error);
rv_status film_score_path(char path[PATH_LENGTH], const char *folder, rv_error *error);
rv_status film_chunk_path(char path[PATH_LENGTH], const char *folder, int chunk, rv_error *error);
rv_status film_checkpoint_path(char path[PATH_LENGTH], const char *folder, int chunk,
                               rv_error *error);

/* How many frames the film has. */
int64_t film_frames(const struct film_plan *plan);

/* How many chunks are done, and how many frames lie in them. */
void film_progress(const struct film_plan *plan, const char *folder, int *chunks_done,
                   int64_t *frames_done);

#endif
