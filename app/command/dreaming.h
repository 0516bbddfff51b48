/* How the frames of a job are dreamed: with an engine that is opened for the first one. */
#ifndef APP_COMMAND_DREAMING_H
#define APP_COMMAND_DREAMING_H

#include "app/base/progress.h"
#include "app/command/scored.h"
#include "app/networks/checksum.h"
#include "app/offline/job.h"
#include "app/offline/journey.h"
#include "app/options/dreamer.h"
#include "engine/reverie_checkpoint.h"

/* What a dreaming remembers of the last frame, besides what its engine does. */
struct dreaming_past {
	int64_t time;             /* of that frame */
	float aspect;             /* its width by its height */
	uint64_t cuts, cuts_seen; /* as below */
};

/* What the dreaming of one job needs. Zeroed but for options and, unless it is silent, progress,
 * nothing is open. Closed by dreaming_close. */
struct dreaming {
	const struct options *options;
	bool alone;     /* the engine dreams pictures by themselves */
	bool was_alone; /* when it was opened */
	bool is_sphere; /* what it is to dream next shows a whole sphere */
	/* Opened for the first frame only: before that the job finds out what is wrong with the
	 * files, which takes far less time. */
	struct dreamer dreamer;
	struct scored scored;
	/* The dream of each shot has a seed of its own, by the cuts before it: in the film before
	 * what is read of it, which the caller says; from there to what the engine remembers; and
	 * those that it has seen since. */
	uint64_t cuts_before;
	struct dreaming_past past;
	/* Where this is set, the first frame goes on from past and, by this way and with its
	 * context, from what the engine remembered; it is NULL from then on. */
	rv_checkpoint_read *recall;
	void *recall_context;
	int tiles; /* in which it is dreamed, as far as that was told */
	struct progress progress;
	struct journey journey;
	bool tells_network;            /* its settings are asked for (job_settings) */
	struct checksum_task checksum; /* of the network's file, for these */
};

/* Reads the score that the options name, if they do. For errors see score_load. */
rv_status dreaming_open(struct dreaming *it, rv_error *error);

/* A job_dream (app/offline/job.h) with a struct dreaming as its context. */
rv_status dreaming_dream(void *context, const rv_image *in, int64_t time, const rv_image *out,
                         rv_error *error);

/* A job_settings, and a job_shape, likewise. */
rv_status dreaming_settings(void *context, bool alone, char **text, rv_error *error);
void dreaming_shape(void *context, bool is_sphere);

/* The part of its memory limit that is for a video's encoder; 0: any. */
uint64_t dreaming_encoder_memory(const struct dreaming *it);

/* The job that its options ask for. It borrows from them, and from the dreaming. */
struct job dreaming_job(struct dreaming *it);

/* Writes what the next frame goes on from, besides its past. For errors see rv_checkpoint_save. */
rv_status dreaming_remember(struct dreaming *it, rv_checkpoint_write *write, void *context,
                            rv_error *error);

/* What comes next has nothing to do with what was dreamed. */
void dreaming_forget(struct dreaming *it);

void dreaming_close(struct dreaming *it);

#endif
