#include "app/live/feed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/queue.h"
#include "app/live/frame.h"
#include "tests/support/test.h"

enum { SIDE = 8 };

struct fed {
	struct queue *frames, *work;
	struct feed *feed;
	struct feed_lane *lane; /* the front at the beginning */
};

static bool open_fed(struct fed *fed)
{
	return queue_create(&fed->frames, 64, QUEUE_DROP_OLDEST, frame_release, NULL) == RV_OK &&
	       queue_create(&fed->work, 1, QUEUE_DROP_OLDEST, frame_release, NULL) == RV_OK &&
	       feed_create(&fed->feed, fed->frames, fed->work, NULL, NULL) == RV_OK &&
	       feed_lane_create(&fed->lane, fed->feed, NULL) == RV_OK &&
	       (feed_turn_to(fed->lane, 0), true);
}

static void close_fed(struct fed *fed)
{
	feed_lane_destroy(&fed->lane);
	feed_destroy(&fed->feed);
	queue_destroy(&fed->frames);
	queue_destroy(&fed->work);
}

/* A frame that is as bright as value all over. */
static void feed_bright(struct feed_lane *lane, int64_t position, int64_t next_position, int value)
{
	struct frame *frame = NULL;
	if (frame_create(&frame, SIDE, SIDE, NULL) != RV_OK)
		abort();
	memset(frame->image.pixels, value, 3 * SIDE * SIDE);
	frame->time = clock_now();
	frame->position = position;
	frame->next_position = next_position;
	feed_frame(lane, frame);
}

static void feed_one(struct fed *fed, int64_t position, int64_t next_position)
{
	feed_bright(fed->lane, position, next_position, 0);
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
	feed_expect(fed.lane, 10);
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
	feed_expect(fed.lane, 10);
	feed_one(&fed, 1000000000, 0);
	CHECK(last_again(&fed, 3) >= 1100000000);
	feed_one(&fed, 2000000000, 2100000000);
	feed_let_go_on(fed.lane);
	CHECK(last_again(&fed, 3) >= 2100000000);
	close_fed(&fed);
}

/* What the header of a file says of its rate may be anything; frames are handed out again all the
 * same, and not in a flood. */
TEST(no_rate_keeps_frames_from_being_handed_out_again)
{
	const double rates[] = {2e9, 1e300, INFINITY, NAN, 0, -5, 1e-300, 1000001, 25};
	struct fed fed = {.feed = NULL};
	struct frame *again;
	REQUIRE(open_fed(&fed));
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++)
		feed_expect(fed.lane, rates[i]);
	feed_expect(fed.lane, 2e9);
	feed_one(&fed, 0, 0);
	frame_release(queue_pop(fed.frames, 1000000000));
	again = queue_pop(fed.frames, 2000000000);
	CHECK(again && again->again);
	frame_release(again);
	CHECK(queue_dropped(fed.frames) == 0);
	close_fed(&fed);
}

/* ---- from input to input ---- */

static const int64_t second = 1000000000;

/* The last frame that was handed out, of those that wait; to be released. */
static struct frame *newest(struct fed *fed)
{
	struct frame *last = NULL, *frame;
	while ((frame = queue_pop(fed->frames, 0))) {
		frame_release(last);
		last = frame;
	}
	return last;
}

/* How bright it is; below 0: there is none. */
static int brightness(struct fed *fed)
{
	struct frame *frame = newest(fed);
	int value = frame ? ((uint8_t *)frame->image.pixels)[SIDE] : -1;
	frame_release(frame);
	return value;
}

/* How bright the frame that waits next is, once there is one. */
static int next_brightness(struct fed *fed)
{
	struct frame *frame = queue_pop(fed->frames, 2 * second);
	int value = frame ? ((uint8_t *)frame->image.pixels)[SIDE] : -1;
	frame_release(frame);
	return value;
}

static struct feed_lane *another(struct fed *fed)
{
	struct feed_lane *lane = NULL;
	if (feed_lane_create(&lane, fed->feed, NULL) != RV_OK)
		abort();
	return lane;
}

TEST(another_input_is_shown_once_it_has_a_frame)
{
	struct fed fed = {.feed = NULL};
	REQUIRE(open_fed(&fed));
	struct feed_lane *other = another(&fed);
	feed_bright(fed.lane, 0, 0, 50);
	feed_turn_to(other, 0);
	feed_bright(fed.lane, 0, 0, 60);
	CHECK(brightness(&fed) == 60 && feed_is_front(fed.lane) && feed_is_used(other));
	feed_bright(other, 0, 0, 200);
	CHECK(brightness(&fed) == 200 && feed_is_front(other) && !feed_is_used(fed.lane));
	feed_bright(fed.lane, 0, 0, 70);
	CHECK(brightness(&fed) < 0);
	feed_lane_destroy(&other);
	close_fed(&fed);
}

/* What is asked for while one is opened goes before that one. */
TEST(who_turns_back_before_it_has_a_frame_stays)
{
	struct fed fed = {.feed = NULL};
	REQUIRE(open_fed(&fed));
	struct feed_lane *other = another(&fed);
	feed_bright(fed.lane, 0, 0, 50);
	feed_turn_to(other, 0);
	feed_turn_to(fed.lane, 0);
	feed_bright(other, 0, 0, 200);
	CHECK(brightness(&fed) == 50 && !feed_is_used(other));
	feed_lane_destroy(&other);
	close_fed(&fed);
}

TEST(positions_go_on_from_input_to_input)
{
	struct fed fed = {.feed = NULL};
	REQUIRE(open_fed(&fed));
	struct feed_lane *other = another(&fed);
	feed_bright(fed.lane, 100 * second, 101 * second, 0);
	feed_turn_to(other, 0.5);
	feed_bright(other, 7 * second, 8 * second, 0);
	struct frame *frame = newest(&fed);
	REQUIRE(frame);
	int64_t begun = frame->position;
	CHECK(begun > 100 * second && begun < 101 * second);
	CHECK(frame->next_position == begun + second);
	frame_release(frame);
	feed_bright(other, 8 * second, 0, 0);
	frame = newest(&fed);
	REQUIRE(frame);
	CHECK(frame->position == begun + second && !frame->next_position);
	frame_release(frame);
	feed_lane_destroy(&other);
	close_fed(&fed);
}

/* Feeds a frame of the front, and checks that it is seen as much as a crossfade over half a second
 * that began between two times says. */
static void check_mixed(struct fed *fed, struct feed_lane *front, int64_t after, int64_t before)
{
	int64_t fed_at = clock_now();
	feed_bright(front, 0, 0, 200);
	double least = (double)(fed_at - before) / 5e8, most = (double)(clock_now() - after) / 5e8;
	int seen = brightness(fed);
	CHECK_MESSAGE(seen >= 200 * fmin(least, 1) - 1 && seen <= 200 * fmin(most, 1) + 1,
	              "%d, at %g to %g", seen, least, most);
}

TEST(a_crossfade_goes_evenly_from_one_to_the_other_and_ends)
{
	struct fed fed = {.feed = NULL};
	REQUIRE(open_fed(&fed));
	struct feed_lane *other = another(&fed);
	feed_bright(fed.lane, 0, 0, 0);
	feed_turn_to(other, 0.5);
	int64_t after = clock_now();
	feed_bright(other, 0, 0, 200);
	int64_t before = clock_now();
	CHECK(feed_is_used(fed.lane));
	for (int i = 0; i < 6; i++) {
		clock_sleep(second / 10);
		check_mixed(&fed, other, after, before);
	}
	CHECK(!feed_is_used(fed.lane) && feed_is_used(other));
	feed_lane_destroy(&other);
	close_fed(&fed);
}

TEST(what_fades_out_moves_on)
{
	struct fed fed = {.feed = NULL};
	REQUIRE(open_fed(&fed));
	struct feed_lane *other = another(&fed);
	feed_bright(fed.lane, 0, 0, 0);
	feed_turn_to(other, 600);
	feed_bright(other, 0, 0, 0);
	CHECK(brightness(&fed) <= 1);
	feed_bright(fed.lane, 0, 0, 240);
	CHECK(brightness(&fed) < 0); /* it is seen with the next one of the front */
	feed_bright(other, 0, 0, 0);
	CHECK(brightness(&fed) > 230);
	feed_lane_destroy(&other);
	close_fed(&fed);
}

/* An input that fails as it fades in gives no more frames, and one that is closed as it fades out
 * none either. */
TEST(a_crossfade_ends_without_new_frames_of_either)
{
	struct fed fed = {.feed = NULL};
	REQUIRE(open_fed(&fed));
	struct feed_lane *other = another(&fed);
	feed_bright(fed.lane, 0, 0, 0);
	feed_turn_to(other, 1);
	feed_bright(other, 0, 0, 200);
	feed_lane_destroy(&fed.lane);
	int last = -1, value, steps = 0;
	while (last < 200 && (value = next_brightness(&fed)) >= 0) {
		CHECK(value >= last);
		steps += value > last;
		last = value;
	}
	CHECK_MESSAGE(last == 200 && steps > 5, "%d, in %d steps", last, steps);
	feed_lane_destroy(&other);
	close_fed(&fed);
}

TEST(who_turns_back_amid_a_crossfade_goes_back_from_there)
{
	struct fed fed = {.feed = NULL};
	REQUIRE(open_fed(&fed));
	struct feed_lane *other = another(&fed);
	feed_bright(fed.lane, 0, 0, 0);
	feed_turn_to(other, 100);
	feed_bright(other, 0, 0, 255);
	clock_sleep(second / 5);
	feed_bright(other, 0, 0, 255); /* 0.2 % of it */
	CHECK(brightness(&fed) <= 3);
	feed_turn_to(fed.lane, 0.5);
	feed_bright(fed.lane, 0, 0, 0);
	CHECK(brightness(&fed) <= 3);
	clock_sleep(second /
	            10); /* in which a fade from the other's brightness would not be over */
	feed_bright(fed.lane, 0, 0, 0);
	CHECK(brightness(&fed) <= 3 && !feed_is_used(other));
	feed_lane_destroy(&other);
	close_fed(&fed);
}

TEST(a_third_input_takes_over_from_what_was_seen)
{
	struct fed fed = {.feed = NULL};
	REQUIRE(open_fed(&fed));
	struct feed_lane *other = another(&fed), *third = another(&fed);
	feed_bright(fed.lane, 0, 0, 100);
	feed_turn_to(other, 600);
	feed_bright(other, 0, 0, 255);
	feed_turn_to(third, 600);
	feed_bright(third, 0, 0, 0);
	int seen = brightness(&fed);
	CHECK_MESSAGE(abs(seen - 100) <= 2, "%d", seen);
	CHECK(feed_is_used(fed.lane) && feed_is_used(other) && feed_is_front(third));
	feed_lane_destroy(&other);
	feed_lane_destroy(&third);
	close_fed(&fed);
}

/* What is seen no more is heard until it has faded out. */
TEST(inputs_that_a_third_one_takes_over_from_are_let_go_of)
{
	struct fed fed = {.feed = NULL};
	REQUIRE(open_fed(&fed));
	struct feed_lane *other = another(&fed), *third = another(&fed);
	feed_bright(fed.lane, 0, 0, 100);
	feed_turn_to(other, 0.2);
	feed_bright(other, 0, 0, 255);
	feed_turn_to(third, 0.2);
	feed_bright(third, 0, 0, 0);
	for (int64_t until = clock_now() + 20 * second;
	     (feed_is_used(fed.lane) || feed_is_used(other)) && clock_now() < until;)
		clock_sleep(second / 100);
	CHECK(!feed_is_used(fed.lane) && !feed_is_used(other) && feed_is_used(third));
	feed_lane_destroy(&other);
	feed_lane_destroy(&third);
	close_fed(&fed);
}
