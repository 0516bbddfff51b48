/* Writes a score (app/control/score.h) of what is changed while a session runs, by whatever hand: a
 * key for each option that differs from what it was, with its time. */
#ifndef APP_CONTROL_SCORE_KEEP_H
#define APP_CONTROL_SCORE_KEEP_H

#include "app/options/brush.h"
#include "app/options/options.h"

/* Belongs to one thread at a time. */
struct score_keep;

/* Creates the file at path, which appears when it is closed, and writes how the options are at the
 * beginning, as they are settled for the open network. For errors see output_file_create(). */
rv_status score_keep_open(struct score_keep **keep, const char *path, bool force,
                          const struct options *options, rv_error *error);

/* Notes what is another value than it was, which it has after so many seconds. */
void score_keep_note(struct score_keep *keep, double seconds, const struct options *options);

/* Notes that the dream so far was forgotten then. */
void score_keep_reset(struct score_keep *keep, double seconds);

/* Notes what the brush did then. */
void score_keep_stroke(struct score_keep *keep, double seconds, const struct brush_stroke *stroke);

/* Whether there is no more room: a score that is too long, or lasts longer than TEXT_TIME_MAX
 * (app/base/text_lines.h), could not be read. */
bool score_keep_is_full(const struct score_keep *keep);

/* Puts the file into its place. Accepts NULL. RV_IO, RV_INVALID: meanwhile it exists. */
rv_status score_keep_close(struct score_keep **keep, rv_error *error);

#endif
