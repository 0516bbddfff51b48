/* All outputs beside the window of a live session (app/live/output.h): that of --output, and
 * recordings, which are started and stopped while it runs. Belongs to the main thread, which never
 * waits here but in video_recorder_open and video_recorder_close. */
#ifndef APP_LIVE_VIDEO_RECORDER_H
#define APP_LIVE_VIDEO_RECORDER_H

#include "app/base/paths.h"
#include "app/live/inputs.h"
#include "app/live/output.h"
#include "app/options/options.h"
#include "app/screen/hud.h"

enum { RECORDER_OUTPUTS_MAX = 4, RECORDER_STATE_LENGTH = 64 };

/* Zeroed before use. */
struct video_recorder {
	struct live_output *outputs[RECORDER_OUTPUTS_MAX]; /* NULL: free */
	struct live_output *recording; /* that which was started last, if it goes on; NULL: none */
	struct live_inputs *inputs;    /* whose sound is recorded; borrowed */
	struct live_output *wanted;    /* what --output asked for, while it goes on; NULL: not */
	rv_error error;                /* of the first that failed */
	bool forgives; /* those begun by hand: a kiosk is not started again for them */
	/* The frame that is shown: its decoded_at, since when it is shown, its time and number, and
	 * by how much its picture comes before that time. */
	int64_t frame_seen, shown_at, frame_time;
	uint64_t frame_number;
	int64_t lead;
	int64_t last;       /* time of the last picture handed on, or held */
	struct frame *held; /* a picture that waits for what comes next; NULL: none */
};

/* Opens what --output names, if anything, for pictures of this size, which carries settings along
 * (app/media/tag.h; NULL: nothing). inputs must outlive the outputs. What is wrong with the name,
 * the encoder, the place shows here: the errors of live_output_start. */
rv_status video_recorder_open(struct video_recorder *recorder, const struct options *options,
                              struct live_inputs *inputs, const char *settings, int width,
                              int height, rv_error *error);

/* Starts a recording. --format and --encoder say how where there is no --output, whose they are.
 * RV_INVALID: too many are still being written; RV_MEMORY. */
rv_status video_recorder_start(struct video_recorder *recorder, const struct options *options,
                               const char *path, const char *settings, int width, int height,
                               rv_error *error);
void video_recorder_stop(struct video_recorder *recorder);

/* The format of recordings, or NULL: that of their name. */
const char *video_recorder_format(const struct options *options);

/* By how much the picture of a frame is to come before the frame's time where the display left out
 * frames just before it: their times would pass under an old picture, and what begins with the
 * first of them would come late by all of them. So the picture stands for them too, and lies in the
 * middle between the times of the first of them and its own, at most interval (of the
 * display, nanoseconds) early. gap: from the frame shown before to this one, nanoseconds. */
int64_t video_recorder_lead(int64_t gap, uint64_t left_out, int64_t interval);

/* Hands on what is shown now, the picture made of frame, with hud (NULL: none) laid over its
 * corner, and a block of sound that has come, which is held as long as needed. */
void video_recorder_show(struct video_recorder *recorder, const rv_image *picture,
                         const struct hud_picture *hud, const struct frame *frame, int64_t now,
                         float fps);
void video_recorder_hear(struct video_recorder *recorder, struct sound *sound);

/* Writes what happened to note, once, and to state what goes on, such as "recording 0:12"; empty:
 * nothing. Recordings that have ended are cleared away. */
void video_recorder_tell(struct video_recorder *recorder, char note[LIVE_NOTE_LENGTH],
                         char state[RECORDER_STATE_LENGTH]);

/* Whether all outputs there were are gone, and one of them failed. */
bool video_recorder_has_failed(const struct video_recorder *recorder);

/* Ends all and waits until they are written. RV_IO and others: what --output asked for, now or
 * before, could not be. */
rv_status video_recorder_close(struct video_recorder *recorder, rv_error *error);

#endif
