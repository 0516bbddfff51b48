#include "app/live/feed.h"

#include <math.h>

#include "app/base/queue.h"
#include "app/live/frame.h"
#include "tests/support/test.h"

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
