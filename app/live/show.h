/* What a live session shows: the newest frame with the detail of the newest dream, in the window,
 * on the HUD and in recordings. Belongs to the main thread. */
#ifndef APP_LIVE_SHOW_H
#define APP_LIVE_SHOW_H

#include "engine/reverie.h"

struct dream;
struct live;

/* Takes the newest frame and dream, shows them, and says what happened. Does nothing before the
 * first frame. The errors of compose_picture, hud_draw and window_show. */
rv_status live_show(struct live *live, rv_error *error);

/* Writes to picture, RV_RGB8, whose pixels are the caller's to free, what is shown, as it would be
 * without the fader. There must be a frame. RV_MEMORY. */
rv_status live_show_lit(struct live *live, rv_image *picture, rv_error *error);

/* Sleeps until the next picture is due, which waits a little for a new frame. Returns when the one
 * after it is due. */
int64_t live_await_picture(struct live *live, int64_t due);

/* Prints how good a dream is as name=value, to the end of a line. */
void live_print_quality(const struct dream *dream);

#endif
