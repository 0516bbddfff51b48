/* The decode thread of an input of a live session: opens the input, decodes it at its own pace, and
 * feeds its frames to the display and to the engine (app/live/feed.h), neither of which it ever
 * waits for.
 *
 * Files are played at the rate of their timestamps, again and again if wished. A camera or stream
 * that goes away is waited for and opened again, at first at once and then at growing intervals;
 * meanwhile the last frame is fed again and again, as a picture is. All frames have the size that
 * the first one had: later ones of other sizes are fitted into it. */
#ifndef APP_LIVE_DECODE_H
#define APP_LIVE_DECODE_H

#include "app/base/queue.h"
#include "app/live/feed.h"
#include "app/live/note.h"
#include "app/media/camera_mode.h"
#include "app/media/panorama.h"

struct decode;

enum { DECODE_NOTE_LENGTH = LIVE_NOTE_LENGTH };

struct decode_options {
	const char *input; /* as for input_open (app/media/input.h); copied */
	bool loop;         /* files start over when they end */
	/* A camera or a stream that is not there yet is waited for at the start, too. */
	bool waits;
	struct camera_wish camera_wish;
	bool quiet; /* write no log to standard error */
	int width,
		height; /* of all frames; 0: as the input's first one, but no larger than needed */
	struct feed *feed; /* borrowed */
};

/* Opens the input, so that what is wrong with it shows at once, or waits for it (options->waits);
 * nothing is read yet beyond the first frame. A signal (app/base/signals.h) ends the wait for it.
 * The errors of input_open and source_open. */
rv_status decode_open(struct decode **decode, const struct decode_options *options,
                      rv_error *error);

/* The same on the thread, which is started at once, so that nobody waits: what is wrong with the
 * input is a note, and decode_ended() then. RV_MEMORY. */
rv_status decode_begin(struct decode **decode, const struct decode_options *options,
                       rv_error *error);

/* The size of all frames, whatever size the input changes to later. */
void decode_size(const struct decode *decode, int *width, int *height);

/* Whether the input shows a whole sphere, taken as mode says. Before the thread is started. */
bool decode_is_sphere(const struct decode *decode, enum panorama_mode mode);

/* Starts the thread. RV_MEMORY. */
rv_status decode_start(struct decode *decode, rv_error *error);

/* The lane of its frames, which lives as long. */
struct feed_lane *decode_lane(const struct decode *decode);

/* True once a file that is not looped, or standard input, has ended, or the input could not be
 * opened. Any thread. */
bool decode_ended(struct decode *decode);

/* How many frames came from the input so far, those that nobody took included, and how many a
 * second of late. now is of clock_now(). Any thread. */
double decode_rate(struct decode *decode, int64_t now, uint64_t *frames);

/* Whether the input, as it was last opened, has sound that can be decoded. Any thread. */
bool decode_has_sound(struct decode *decode);

/* Who wants to hear the input. */
enum decode_hearer { DECODE_RECORDER = 1 << 0, DECODE_LISTENER = 1 << 1 };

/* From then on sound is decoded for that one and fed to the lane, or not any more; at first it is
 * not. Any thread. */
void decode_want_sound(struct decode *decode, enum decode_hearer hearer, bool wanted);

/* Writes what happened, once, such as that the camera is back; empty: nothing. Any thread. */
void decode_note(struct decode *decode, char note[DECODE_NOTE_LENGTH]);

/* Writes what goes on, such as that the camera is waited for; empty: nothing. Any thread. */
void decode_state(struct decode *decode, char state[DECODE_NOTE_LENGTH]);

/* Tells the thread to end, which it does within a tenth of a second, unless a driver hangs.
 * decode_is_over(): it has, and decode_close() waits for nothing. Any thread. */
void decode_break_off(struct decode *decode);
bool decode_is_over(struct decode *decode);

/* Ends the thread, and frees everything. Accepts NULL. */
void decode_close(struct decode **decode);

#endif
