/* What other threads ask of the engine's: the settings of the dreams to come. A frame is dreamed by
 * one order, whatever is asked meanwhile. */
#ifndef APP_LIVE_ENGINE_ORDERS_H
#define APP_LIVE_ENGINE_ORDERS_H

#include <pthread.h>
#include <stdatomic.h>

#include "app/options/options.h"

struct engine_orders {
	pthread_mutex_t lock; /* of what follows */
	struct options options;
	int64_t taken; /* the position of the frame that is dreamed, or was last; below 0: none */
	int64_t shown; /* that of the frame that is shown; below 0: there is none, or it is to be
	                  ignored */
	unsigned resets;
	double fade; /* seconds in which the next dream takes over; 0: at once */
	bool ever_changed;

	atomic_uint urgent; /* raised where the dream under way is not wanted any more */
};

/* What one frame is dreamed by; the engine thread's own. */
struct engine_order {
	struct options options;
	int64_t position; /* of the frame */
	double fade;      /* as above, until a dream has taken over */
	bool resets;      /* what was dreamed so far is to be forgotten first */
	unsigned resets_seen, urgent_seen;
};

void engine_orders_init(struct engine_orders *orders, const struct options *options);
void engine_orders_finish(struct engine_orders *orders);

/* Any thread; see live_engine_set, live_engine_reset and live_engine_fade (app/live/engine.h). */
int64_t engine_orders_set(struct engine_orders *orders, const struct options *options);
int64_t engine_orders_reset(struct engine_orders *orders);
void engine_orders_fade(struct engine_orders *orders, double seconds);
/* A frame at that position is shown. Any thread. */
void engine_orders_show(struct engine_orders *orders, int64_t position);
/* Whether options were ever set since the beginning. */
bool engine_orders_ever_changed(struct engine_orders *orders);
/* Rises where the dream under way is not wanted any more. */
unsigned engine_orders_urgent(const struct engine_orders *orders);

/* The engine's thread takes a frame of that position (struct frame). order is the last one, or
 * zeroed, and becomes the next. False: a newer frame is shown already and must be waiting. What is
 * asked for while that is shown is not meant for this one, which is to be left out; but only one in
 * a row is, as an input's clock may jump back. */
bool engine_orders_take(struct engine_orders *orders, int64_t position, struct engine_order *order);

#endif
