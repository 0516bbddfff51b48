/* How an input that has gone, or is not there yet, is waited for, and what is said of that: when it
 * is tried again, at growing intervals, and why it is still not there, each reason once. What opens
 * the input is not known here. Belongs to one thread. */
#ifndef APP_LIVE_WAITING_H
#define APP_LIVE_WAITING_H

#include "app/live/note.h"
#include "app/live/reasons.h"
#include "engine/reverie.h"

struct waiting {
	struct live_note *note; /* borrowed */
	const char *name;       /* the input's, as it may be shown; borrowed */
	int64_t gone_at;        /* on clock_now()'s clock */
	int64_t pause;          /* nanoseconds before the next try */
	struct reasons told;
};

/* Begins to wait at a time of clock_now(). why is told, where it is not NULL. at_once: it may be
 * back already. */
void waiting_begin(struct waiting *waiting, struct live_note *note, const char *name,
                   const char *why, bool at_once, int64_t now);

/* A try failed. */
void waiting_fail(struct waiting *waiting, const rv_error *why);

/* It is there, or is waited for no more. */
void waiting_end(struct waiting *waiting);

/* Says that it is there, or back; as is another name that it has now, or NULL. */
void waiting_tell_return(const struct waiting *waiting, bool is_back, const char *as, int64_t now);

/* What message says behind the name, with which most begin. */
const char *waiting_without_name(const char *name, const char *message);

#endif
