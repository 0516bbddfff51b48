/* A score: what the options of a dream are at which time, for videos, journeys and live sessions. A
 * text, a key a line:
 *
 *     TIME OPTION VALUE [hold|linear|smooth]
 *     TIME OPTION sine|triangle LOW HIGH PERIOD
 *     TIME OPTION random LOW HIGH PERIOD [seed N] [hold|linear|smooth]
 *     TIME preset NAME [fade SECONDS]
 *     TIME reset
 *     TIME stroke X,Y [X,Y] SIZE      the brush's (app/options/brush.h)
 *     TIME brush-clear
 *     tempo BEATS [from TIME]         what `4b` means in the lines below
 *     rate FRAMES                     what `100f` means there, a second
 *     loop LENGTH [from TIME] [times N]
 *     ...                             keys, by their time in the loop
 *     end
 *
 * assets/scores/README.md says it in full. The options are those that change while a session runs.
 * What they are at a time follows from the score and from how they began alone. Nothing here prints
 * or exits, and no clock is read. */
#ifndef APP_CONTROL_SCORE_H
#define APP_CONTROL_SCORE_H

#include "app/options/brush.h"
#include "app/options/options.h"

/* Belongs to one thread at a time. */
struct score;

/* Reads a score from text (length bytes), and the presets that it names. name stands for the text
 * in messages, which begin with it and the number of the line. RV_INVALID, also where there is no
 * key; RV_NOT_FOUND: no such preset; RV_MEMORY. */
rv_status score_parse(struct score **score, const char *name, const char *text, size_t length,
                      rv_error *error);
/* Reads a file. RV_NOT_FOUND, RV_IO, and as above. */
rv_status score_load(struct score **score, const char *path, rv_error *error);
/* Accepts NULL. */
void score_release(struct score **score);

/* Begins with these options, of which the network is known and the dream settled for it
 * (option_dream_settle); to be called once, before score_play. RV_NOT_FOUND: a preset is for
 * another network; RV_MEMORY. */
rv_status score_begin(struct score *score, const struct options *options, rv_error *error);

/* Starts anew at the beginning, as when another film begins. */
void score_rewind(struct score *score);

/* Gives options the values that they have after so many seconds: those that changed since it was
 * called last, so that what was changed by hand meanwhile stays until the score changes it. dream:
 * those of the dream alone. Returns whether the dream so far is to be forgotten. */
bool score_play(struct score *score, double seconds, bool dream, struct options *options);

/* Whether it has keys of that option, one of those of the table that a score may change. */
bool score_changes(const struct score *score, const char *option);

/* Whether it paints a mask. */
bool score_has_strokes(const struct score *score);

/* The next thing that the brush did by then and that was not asked for yet; NULL: nothing. */
const struct brush_stroke *score_next_stroke(struct score *score, double seconds);

/* Looks at options that the score will ask for, which hold during the call. */
typedef rv_status score_check(void *context, const struct options *options, rv_error *error);

/* Hands check what options become at each key at which one that is no number changes: numbers lie
 * within their ranges, but names of layers and files do not say whether they are there. options are
 * then as they were, and the score is at its beginning. dream: as in score_play. What check
 * returns, with the time before its message; RV_MEMORY. */
rv_status score_rehearse(struct score *score, bool dream, struct options *options,
                         score_check *check, void *context, rv_error *error);

/* The time of the first key after so many seconds at which an option that is no number changes,
 * such as a layer; below 0: there is none. Of a loop, its first round alone. */
double score_next_change(const struct score *score, double seconds);

#endif
