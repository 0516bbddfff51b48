/* One output beside the window of a live session: a thread of its own encodes what is shown, with
 * the sound of the input, into a file, to a receiver on the network or into a video device.
 *
 * Nobody waits for it: pictures go into a short queue, of which a slow encoder finds the oldest
 * gone, and says so. A file that cannot be written ends its output; a receiver or device that goes
 * away is tried again and again. Neither ends the show.
 *
 * Times. A picture carries the time of the source frame that it shows (or a little less, where it
 * stands for frames that the display left out: video_recorder_lead in app/live/video_recorder.h),
 * not the moment at which it was composed: that is later by whatever decoding, queues and the
 * display's own rate took, now more and now less, while sound comes by another way. The input's
 * timestamps are what holds the two together, so both are laid onto one clock by them
 * (app/live/decode.h) and from there onto the output. That clock goes on evenly while a file starts
 * over, a stream is reconnected or the picture is frozen, and so do times in the output. Devices
 * and y4m keep no times; they get pictures at a constant rate, the newest there is. */
#ifndef APP_LIVE_OUTPUT_H
#define APP_LIVE_OUTPUT_H

#include "app/live/frame.h"
#include "app/live/note.h"
#include "app/media/sound.h"

struct live_output_options {
	const char *output, *format, *encoder; /* NULL: see struct sink_options */
	int quality;
	const char *settings; /* what a file carries along (app/media/tag.h); NULL: nothing */
	bool force;           /* an existing file may be written over */
	int width, height; /* of the pictures; an odd side loses a pixel, for every player's sake */
	float fps;         /* of the display */
	bool quiet;        /* what happens is not printed on standard error too */
	bool has_sound;    /* that of the input is to go along */
	/* live_output_start opens the output itself, which may wait for the disk, and tells what is
	 * wrong with it; that a receiver is not there (yet) is no error. */
	bool at_once;
};

struct live_output_state {
	double seconds;   /* written since it was opened; 0: nothing yet */
	uint64_t dropped; /* pictures the encoder was too slow for */
	bool lost;        /* the receiver is away; it is tried again */
	bool ended;       /* the thread does nothing any more */
};

struct live_output;

/* Starts the thread. options are copied. RV_MEMORY, and with options.at_once what sink_create and
 * sink_begin say. */
rv_status live_output_start(struct live_output **output, const struct live_output_options *options,
                            rv_error *error);

/* Hand over what is shown and heard; they are held as long as needed. Never wait. */
void live_output_show(struct live_output *output, struct frame *picture);
void live_output_hear(struct live_output *output, struct sound *sound);

/* Lets the thread write what it was given, and end, without waiting for it. */
void live_output_end(struct live_output *output);

struct live_output_state live_output_state(struct live_output *output);

/* Writes what happened, and forgets it; empty: nothing new. */
void live_output_note(struct live_output *output, char note[LIVE_NOTE_LENGTH]);

/* Ends it, waits for the thread and frees everything. Returns what a file came to: RV_OK where it
 * is there, whole. Accepts NULL. */
rv_status live_output_close(struct live_output **output, rv_error *error);

#endif
