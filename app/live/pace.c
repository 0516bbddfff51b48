#include "app/live/pace.h"

#include "app/base/clock.h"

/* Frames come by so much later than expected, and no dream waits longer for one. */
static const int64_t jitter = 2000000, patience_most = 25000000;

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void note(struct pace *pace, const struct frame *frame)
{
	int64_t passed = frame->decoded_at - pace->at;
	uint64_t frames = frame->number - pace->number;
	if (frame->again || frame->number <= pace->number)
		return;
	if (pace->number)
		pace->interval = passed / (int64_t)frames;
	pace->number = frame->number;
	pace->at = frame->decoded_at;
}

int64_t pace_until(const struct pace *pace, int64_t now)
{
	int64_t until = pace->at + pace->interval + jitter;
	int64_t patience = smaller(pace->interval / 2 + jitter, patience_most);
	return pace->interval > 0 && until - now <= patience ? until : now;
}

struct frame *pace_take(struct pace *pace, struct queue *work)
{
	struct frame *frame = queue_pop(work, -1), *newer = NULL;
	if (!frame)
		return NULL;
	note(pace, frame);
	int64_t now = clock_now(), until = pace_until(pace, now);
	if (until > now)
		newer = queue_pop(work, until - now);
	if (!newer)
		return frame;
	note(pace, newer);
	frame_release(frame);
	return newer;
}

int64_t pace_picture(int64_t due, int64_t interval, int64_t now, int64_t came)
{
	int64_t next = due + interval, late = came - due;
	if (came && late > 0)
		next += late / 2;
	else if (came)
		next -= smaller(-late / 8, interval / 40);
	return next > now ? next : now + interval;
}

int64_t pace_patience(int64_t interval)
{
	return interval / 4;
}
