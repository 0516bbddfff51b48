#include "app/live/waiting.h"

#include <string.h>

static const int64_t millisecond = 1000000;
static const int64_t pause_first = 250 * millisecond, pause_most = 5000 * millisecond;
/* From which on it is said why: before, it may be back at once. */
static const int64_t pause_told = 2000 * millisecond;

const char *waiting_without_name(const char *name, const char *message)
{
	size_t length = strlen(name);
	if (strncmp(message, name, length) != 0)
		return message;
	return message + length + strspn(message + length, ": ");
}

void waiting_begin(struct waiting *waiting, struct live_note *note, const char *name,
                   const char *why, bool at_once, int64_t now)
{
	*waiting = (struct waiting){
		.note = note, .name = name, .gone_at = now, .pause = at_once ? 0 : pause_first};
	if (!why)
		return;
	reasons_add(&waiting->told, why);
	note_say(note, "waiting for %.80s: %.150s", name, why);
}

void waiting_fail(struct waiting *waiting, const rv_error *why)
{
	const char *reason = waiting_without_name(waiting->name, why->message);
	if (why->status != RV_CANCELLED && waiting->pause >= pause_told &&
	    reasons_add(&waiting->told, reason))
		note_say(waiting->note, "still waiting for %.80s: %.150s", waiting->name, reason);
	note_state(waiting->note, "waiting for %.120s", waiting->name);
	waiting->pause = waiting->pause ? 2 * waiting->pause : pause_first;
	if (waiting->pause > pause_most)
		waiting->pause = pause_most;
}

void waiting_end(struct waiting *waiting)
{
	note_state(waiting->note, "%s", "");
}

void waiting_tell_return(const struct waiting *waiting, bool is_back, const char *as, int64_t now)
{
	note_say(waiting->note, "%.80s is %s%s%.40s after %.1f s", waiting->name,
	         is_back ? "back" : "there", as ? " as " : "", as ? as : "",
	         (double)(now - waiting->gone_at) / 1e9);
}
