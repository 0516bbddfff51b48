#include "app/live/feed.h"

#include <math.h>

#include "app/base/clock.h"
#include "app/base/queue.h"
#include "app/live/frame.h"
#include "tests/support/test.h"

struct fed {
	struct queue *frames, *work;
	struct feed *feed;
};

static bool open_fed(struct fed *fed)
{
	return queue_create(&fed->frames, 64, QUEUE_DROP_OLDEST, frame_release, NULL) == RV_OK &&
	       queue_create(&fed->work, 1, QUEUE_DROP_OLDEST, frame_release, NULL) == RV_OK &&
	       feed_create(&fed->feed, fed->frames, fed->work, NULL) == RV_OK;
}

static void close_fed(struct fed *fed)
{
	feed_destroy(&fed->feed);
	queue_destroy(&fed->frames);
	queue_destroy(&fed->work);
}

static void feed_one(struct fed *fed, int64_t position, int64_t next_position)
{
	struct frame *frame = NULL;
	if (frame_create(&frame, 8, 8, NULL) != RV_OK)
		return;
	frame->time = clock_now();
	frame->position = position;
	frame->next_position = next_position;
	feed_frame(fed->feed, frame);
}

/* The greatest position of so many frames that are handed out again; below 0: they are not. */
static int64_t last_again(struct fed *fed, int count)
{
	int64_t last = -1;
	while (count > 0) {
		struct frame *frame = queue_pop(fed->frames, 2000000000);
		if (!frame)
			return -1;
		count -= frame->again;
		last = frame->again && frame->position > last ? frame->position : last;
		frame_release(frame);
	}
	return last;
}

/* Else what is noted while they are shown would count from behind a frame that has it. */
TEST(frames_handed_out_again_stay_before_a_late_one)
{
	struct fed fed = {.feed = NULL};
	REQUIRE(open_fed(&fed));
	feed_expect(fed.feed, 10);
	feed_one(&fed, 1000000000, 1100000000);
	/* The third comes after 150 ms. */
	int64_t last = last_again(&fed, 3);
	CHECK_MESSAGE(last > 1000000000 && last < 1100000000 - 2000000, "%lld", (long long)last);
	close_fed(&fed);
}

TEST(the_clock_of_streams_and_stills_goes_on)
{
	struct fed fed = {.feed = NULL};
	REQUIRE(open_fed(&fed));
	feed_expect(fed.feed, 10);
	feed_one(&fed, 1000000000, 0);
	CHECK(last_again(&fed, 3) >= 1100000000);
	feed_one(&fed, 2000000000, 2100000000);
	feed_let_go_on(fed.feed);
	CHECK(last_again(&fed, 3) >= 2100000000);
	close_fed(&fed);
}

/* What the header of a file says of its rate may be anything; frames are handed out again all the
 * same, and not in a flood. */
TEST(no_rate_keeps_frames_from_being_handed_out_again)
{
	const double rates[] = {2e9, 1e300, INFINITY, NAN, 0, -5, 1e-300, 1000001, 25};
	struct queue *frames = NULL, *work = NULL;
	struct feed *feed = NULL;
	struct frame *frame = NULL, *again;
	REQUIRE(queue_create(&frames, 4, QUEUE_DROP_OLDEST, frame_release, NULL) == RV_OK);
	REQUIRE(queue_create(&work, 4, QUEUE_DROP_OLDEST, frame_release, NULL) == RV_OK);
	REQUIRE(feed_create(&feed, frames, work, NULL) == RV_OK);
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++)
		feed_expect(feed, rates[i]);
	feed_expect(feed, 2e9);
	REQUIRE(frame_create(&frame, 8, 8, NULL) == RV_OK);
	feed_frame(feed, frame);
	frame_release(queue_pop(frames, 1000000000));
	again = queue_pop(frames, 2000000000);
	CHECK(again && again->again);
	frame_release(again);
	feed_destroy(&feed);
	CHECK(queue_dropped(frames) == 0);
	queue_destroy(&frames);
	queue_destroy(&work);
}
