/* The live session. Four threads pass pictures on and wait for nobody:
 *
 *     decode (app/live/decode.h) --frames--> warp (app/live/warp_thread.h) --display frames-->
 * this
 *         \--frames--> engine (app/live/engine.h) --dreams--/            one, the main thread
 *
 * Queues between them hold a few items at most and drop the oldest: the newest wins. The display
 * shows, at its own rate, the newest frame with the detail of the newest dream laid over it,
 * carried along the motion in between, so that it goes on while a dream takes its time or begins
 * anew. Keys run actions (app/control/action.h) on the options here; the engine gets snapshots of
 * them. */
#ifndef APP_LIVE_LIVE_H
#define APP_LIVE_LIVE_H

#include "app/options/options.h"

/* Runs a session until it is ended, on the main thread; options->call.operand is the input, and
 * where it is empty the camera, or the sample clip where there is none. Ended by a signal, it
 * returns RV_CANCELLED; other errors are those of the input, the network, the device and the
 * window. */
rv_status live_run(const struct options *options, rv_error *error);

/* Whether a session ended while one of its threads was where it cannot be interrupted, in a driver
 * that compiles. That thread goes on, so the process must end without exit handlers, which would
 * free what it uses. */
bool live_left_thread(void);

#endif
