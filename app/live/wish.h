/* What the options ask of the dreams of a live session, which the governor comes as near as it can.
 */
#ifndef APP_LIVE_WISH_H
#define APP_LIVE_WISH_H

#include "app/live/governor.h"
#include "app/options/options.h"

/* Of a frame of width by height pixels. */
struct governor_quality wish_quality(const struct options *options, int width, int height);

/* Lets a dream be of that quality, with at most so many octaves; 0: any number. */
void wish_grant(const struct governor_quality *quality, int octaves_most, rv_params *params);

/* Makes a dream of a sphere, where the input is one, of what moves in its own plane: it turns about
 * the vertical axis alone. */
void wish_shape(const struct options *options, rv_params *params);

/* Bits of what the governor must leave as it is wished. */
unsigned wish_locks(const struct options *options);

/* Prints what was asked of the dream of the frame at that position (struct frame), for whoever
 * wants to see what a score or a hand does. */
void wish_tell(const struct options *options, int64_t position);

/* Whether the dream under way is not worth waiting for any more where a became b. */
bool wish_is_another(const struct options *a, const struct options *b);

#endif
