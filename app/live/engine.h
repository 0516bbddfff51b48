/* The engine thread of a live session: takes the newest frame, makes it as small as the governor
 * says, dreams it, and hands on the detail. Settings come in as whole snapshots. Where the device
 * fails, its engine is destroyed and made anew (app/live/revival.h). */
#ifndef APP_LIVE_ENGINE_H
#define APP_LIVE_ENGINE_H

#include "app/base/heartbeat.h"
#include "app/base/queue.h"
#include "app/live/note.h"
#include "app/options/options.h"

struct live_engine;
struct brush;

/* Starts the thread. model and queues must outlive it; it pops struct frame from work, pushes
 * struct dream to dreams, and wakes whoever waits for `woken`. options are the first snapshot.
 * RV_MEMORY. */
rv_status live_engine_start(struct live_engine **engine, const rv_model *model,
                            const struct options *options, struct brush *brush, struct queue *work,
                            struct queue *dreams, struct queue *woken, rv_error *error);

/* Takes a copy of options, used from the next frame on. What makes a dream of its own (layers,
 * octaves, size) breaks off the one under way. Returns the position in the input (struct frame) of
 * the last frame that was taken with other options; below 0: none was. */
int64_t live_engine_set(struct live_engine *engine, const struct options *options);

/* Forgets the dream so far. Returns what live_engine_set does. */
int64_t live_engine_reset(struct live_engine *engine);

/* The frame at that position in the input is shown: no older one is dreamed any more by what is
 * asked for from now on. */
void live_engine_show(struct live_engine *engine, int64_t position);

/* What was dreamed so far fades out, over so many seconds from the next dream on. To be called
 * before the options of that dream are set. */
void live_engine_fade(struct live_engine *engine, double seconds);

struct live_engine_state {
	bool is_fatal; /* none was ever dreamed, with the options of the start: no use in going on
	                */
	int device;    /* that is dreamed on, as in rv_config */
	/* When the device failed, on clock_now()'s clock; 0: it did not, or it works again. */
	int64_t lost_since;
};

/* What kept the last frame from being dreamed: RV_OK where it was dreamed. */
rv_status live_engine_status(struct live_engine *engine, struct live_engine_state *state,
                             rv_error *error);

/* Writes what happened to the device, once; it is printed by itself. */
void live_engine_note(struct live_engine *engine, char note[LIVE_NOTE_LENGTH]);

/* How much of what the dream under way needs is built, 0..1; 1 where that has not taken long enough
 * to tell. */
float live_engine_prepared(struct live_engine *engine);

/* That the thread gets on; valid until it ends. */
const struct heartbeat *live_engine_heart(const struct live_engine *engine);

/* Tells the thread to end, breaking off what it does. Accepts NULL. */
void live_engine_break_off(struct live_engine *engine);

/* Ends the thread, breaking off what it does, and frees everything. work must be closed. Waits
 * until a time of clock_now()'s. False: the thread is where it cannot be interrupted, in a driver
 * that compiles, and goes on with all that it was given, until the process ends. Accepts NULL. */
bool live_engine_stop(struct live_engine **engine, int64_t until);

#endif
