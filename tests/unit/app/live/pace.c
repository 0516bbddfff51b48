#include "app/live/pace.h"

#include <stdlib.h>

#include "app/base/clock.h"
#include "tests/support/test.h"

static const int64_t ms = 1000000;

static struct frame *make(uint64_t number, int64_t decoded_at)
{
	struct frame *frame = NULL;
	if (frame_create(&frame, 2, 2, NULL))
		abort();
	frame->number = number;
	frame->decoded_at = decoded_at;
	return frame;
}

static struct queue *make_queue(void)
{
	struct queue *queue = NULL;
	if (queue_create(&queue, 1, QUEUE_DROP_OLDEST, frame_release, NULL))
		abort();
	return queue;
}

/* The number of the frame that is taken. */
static uint64_t take(struct pace *pace, struct queue *work)
{
	struct frame *frame = pace_take(pace, work);
	uint64_t number = frame ? frame->number : 0;
	frame_release(frame);
	return number;
}

TEST(a_frame_is_waited_for_where_it_is_due_before_half_of_the_time)
{
	const struct pace pace = {.number = 7, .at = 1000 * ms, .interval = 40 * ms};
	CHECK(pace_until(&pace, 1000 * ms) == 1000 * ms); /* just came */
	CHECK(pace_until(&pace, 1015 * ms) == 1015 * ms);
	for (int64_t now = 1021 * ms; now < 1040 * ms; now += ms)
		CHECK(pace_until(&pace, now) > 1040 * ms && pace_until(&pace, now) < 1045 * ms);
	CHECK(pace_until(&pace, 1060 * ms) < 1060 * ms); /* it fails to come */
}

TEST(nobody_waits_long_for_a_slow_input_or_for_one_that_is_not_known)
{
	const struct pace slow = {.number = 7, .at = 0, .interval = 1000 * ms}, unknown = {0};
	for (int64_t now = 0; now < 970 * ms; now += 10 * ms)
		CHECK(pace_until(&slow, now) == now);
	CHECK(pace_until(&unknown, 5 * ms) <= 5 * ms);
}

TEST(the_time_between_frames_is_learned_of_those_that_are_taken)
{
	struct pace pace = {0};
	struct queue *work = make_queue();
	int64_t past = clock_now() - 10000 * ms; /* so that nothing is waited for */
	queue_push(work, make(3, past), 0);
	CHECK(take(&pace, work) == 3 && pace.interval == 0);
	queue_push(work, make(6, past + 120 * ms), 0);
	CHECK(take(&pace, work) == 6 && pace.interval == 40 * ms);
	struct frame *again = make(6, past + 150 * ms);
	again->again = true;
	queue_push(work, again, 0);
	CHECK(take(&pace, work) == 6 && pace.interval == 40 * ms && pace.at == past + 120 * ms);
	queue_close(work);
	CHECK(take(&pace, work) == 0);
	queue_destroy(&work);
}

TEST(an_old_frame_is_dropped_for_the_one_that_is_about_to_come_and_kept_where_none_does)
{
	int64_t now = clock_now();
	struct pace pace = {.number = 4, .at = now - 38 * ms, .interval = 39 * ms};
	struct queue *work = make_queue();
	queue_push(work, make(4, pace.at), 0);
	CHECK(take(&pace, work) == 4);
	CHECK(clock_now() > now + ms); /* it was waited for */
	queue_push(work, make(5, clock_now()), 0);
	CHECK(take(&pace, work) == 5);
	queue_destroy(&work);
}

/* When frames come every `every`, from 1 s on; and the pictures, whose interval is 40 ms, are shown
 * on time, or with the frame they wait for. How old frames are when they are shown, at the end. */
static int64_t age_of_shown(int64_t every, int64_t start, double *pictures_a_second)
{
	const int64_t interval = 40 * ms, begin = 1000 * ms;
	int64_t due = begin + start, shown = 0, last = 0, age = 0;
	for (; due < begin + 20000 * ms; shown++) {
		int64_t newest = begin + (due - begin) / every * every, now = due;
		int64_t came = newest > last ? newest : 0;
		if (!came && newest + every <= due + pace_patience(interval))
			came = now = newest + every;
		last = came ? came : last;
		age = now - last;
		due = pace_picture(due, interval, now, came);
	}
	*pictures_a_second = (double)shown / 20;
	return age;
}

TEST(pictures_come_to_be_shown_as_soon_as_their_frames_are_there)
{
	double rate;
	for (int64_t start = 0; start < 40 * ms; start += 3 * ms) {
		int64_t age = age_of_shown(40 * ms, start, &rate);
		CHECK_MESSAGE(age <= 2 * ms, "%g ms", (double)age / 1e6);
		CHECK_MESSAGE(rate > 24.9 && rate < 25.2, "%g", rate);
	}
}

TEST(another_rate_of_the_input_leaves_that_of_the_pictures_as_it_is)
{
	static const int64_t every[] = {10, 17, 21, 33, 55, 67, 100};
	for (size_t i = 0; i < sizeof(every) / sizeof(every[0]); i++) {
		double rate;
		age_of_shown(every[i] * ms, 0, &rate);
		CHECK_MESSAGE(rate > 24 && rate < 25.8, "frames every %d ms: %g", (int)every[i],
		              rate);
	}
}

TEST(a_late_picture_does_not_make_the_next_ones_hurry)
{
	CHECK(pace_picture(1000 * ms, 40 * ms, 1300 * ms, 0) == 1340 * ms);
	CHECK(pace_picture(1000 * ms, 40 * ms, 1001 * ms, 0) == 1040 * ms);
}
