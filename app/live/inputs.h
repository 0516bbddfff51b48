/* The inputs of a live session, of which one is shown. Another one is opened while that goes on,
 * and takes over once it has a frame (app/live/feed.h); where it cannot be opened, nothing changes.
 * What has faded out is closed. Belongs to the main thread, which never waits here but in
 * inputs_open and inputs_close. */
#ifndef APP_LIVE_INPUTS_H
#define APP_LIVE_INPUTS_H

#include "app/live/decode.h"
#include "app/options/options.h"

enum { INPUTS_OPEN_MAX = 4 }; /* at once: shown, opened, fading out, ending */

/* One that is open. */
struct live_input {
	struct decode *decode; /* NULL: none */
	int number;            /* from 1 */
	bool leaves;           /* it was told to end */
};

/* Zeroed before use. */
struct live_inputs {
	int count;
	const char *const *names; /* [count]; borrowed */
	const char *only;         /* where there is but one; borrowed */
	struct feed *feed;
	struct decode_options options; /* of each but its name */
	struct live_input open[INPUTS_OPEN_MAX];
	struct live_input *shown, *coming; /* coming: to be shown next; NULL: none */
	int tried;                         /* the last one that was gone on to by itself */
	unsigned hearers;                  /* bits of enum decode_hearer */
	uint64_t counted, seen;            /* frames: of all, and of the one that is shown */
};

/* Opens the input that options show (`only` is its name, and the only one where the command line
 * has no list), whose frames go to `frames` and `work`, and says how large those of all are to be.
 * RV_INVALID: too many, or standard input among several; and as decode_open. */
rv_status inputs_open(struct live_inputs *inputs, const struct options *options, const char *only,
                      struct queue *frames, struct queue *work, struct queue *sound,
                      rv_error *error);

/* Begins to decode. RV_MEMORY. */
rv_status inputs_start(struct live_inputs *inputs, rv_error *error);

/* Goes to the input that live->input wants, within live->crossfade seconds, and on to the next one
 * where a file that is not looped ends. Sets live->input to what is shown where that cannot be. */
void inputs_tend(struct live_inputs *inputs, struct option_live *live);

/* The name of the one that is shown. */
const char *inputs_name(const struct live_inputs *inputs);

/* True once the last one has ended. */
bool inputs_ended(struct live_inputs *inputs);

/* As the functions of app/live/decode.h, of the one that is shown. */
double inputs_rate(struct live_inputs *inputs, int64_t now, uint64_t *frames);
bool inputs_have_sound(struct live_inputs *inputs);
void inputs_want_sound(struct live_inputs *inputs, enum decode_hearer hearer, bool wanted);

/* What happened to any of them, once, and what goes on. */
void inputs_note(struct live_inputs *inputs, char note[DECODE_NOTE_LENGTH]);
void inputs_state(struct live_inputs *inputs, char state[DECODE_NOTE_LENGTH]);

/* Ends all and frees everything. */
void inputs_close(struct live_inputs *inputs);

#endif
