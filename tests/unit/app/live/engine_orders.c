/* What is asked of the engine's thread while it dreams: the next frame sees it, once. */
#include "app/live/engine_orders.h"

#include "tests/support/test.h"

static void begin(struct engine_orders *orders, struct options *options)
{
	*options = options_default();
	engine_orders_init(orders, options);
}

TEST(a_frame_is_dreamed_by_the_newest_options)
{
	struct options options;
	struct engine_orders orders;
	struct engine_order order = {.position = 0};
	begin(&orders, &options);
	CHECK(!engine_orders_ever_changed(&orders));
	CHECK(engine_orders_set(&orders, &options) < 0);
	CHECK(engine_orders_ever_changed(&orders));
	engine_orders_take(&orders, 700, &order);
	options.dream.params.strength += 1;
	/* What a person saw when they asked was made of that frame. */
	CHECK(engine_orders_set(&orders, &options) == 700);
	CHECK(order.options.dream.params.strength < options.dream.params.strength);
	engine_orders_take(&orders, 800, &order);
	CHECK(order.options.dream.params.strength == options.dream.params.strength);
	CHECK(order.position == 800);
	CHECK(engine_orders_reset(&orders) == 800);
	engine_orders_finish(&orders);
}

/* Else a film that is rendered by what was noted while the newer frame was shown would have this
 * one without it. */
TEST(a_frame_older_than_the_one_that_is_shown_is_left_out)
{
	struct options options;
	struct engine_orders orders;
	struct engine_order order = {.position = 0};
	begin(&orders, &options);
	CHECK(engine_orders_take(&orders, 100, &order));
	engine_orders_show(&orders, 300);
	options.dream.params.strength += 1;
	CHECK(engine_orders_set(&orders, &options) == 100);
	CHECK(!engine_orders_take(&orders, 200, &order));
	CHECK(order.position == 100);
	CHECK(order.options.dream.params.strength < options.dream.params.strength);
	CHECK(engine_orders_take(&orders, 300, &order));
	CHECK(order.options.dream.params.strength == options.dream.params.strength);
	engine_orders_finish(&orders);
}

TEST(a_clock_that_jumps_back_costs_one_frame)
{
	struct options options;
	struct engine_orders orders;
	struct engine_order order = {.position = 0};
	begin(&orders, &options);
	engine_orders_show(&orders, 900);
	CHECK(!engine_orders_take(&orders, 10, &order));
	CHECK(engine_orders_take(&orders, 20, &order));
	engine_orders_finish(&orders);
}

TEST(only_what_makes_another_dream_is_urgent)
{
	struct options options;
	struct engine_orders orders;
	struct engine_order order = {.position = 0};
	begin(&orders, &options);
	engine_orders_take(&orders, 0, &order);
	options.dream.params.strength += 1;
	engine_orders_set(&orders, &options);
	CHECK(engine_orders_urgent(&orders) == order.urgent_seen);
	options.dream.params.octaves += 1;
	engine_orders_set(&orders, &options);
	CHECK(engine_orders_urgent(&orders) != order.urgent_seen);
	engine_orders_take(&orders, 1, &order);
	CHECK(engine_orders_urgent(&orders) == order.urgent_seen);
	engine_orders_finish(&orders);
}

TEST(a_reset_is_done_once)
{
	struct options options;
	struct engine_orders orders;
	struct engine_order order = {.position = 0};
	static const bool resets[] = {false, true, false};
	begin(&orders, &options);
	for (int frame = 0; frame < 3; frame++) {
		engine_orders_take(&orders, frame, &order);
		CHECK_MESSAGE(order.resets == resets[frame], "frame %d", frame);
		if (frame == 0) {
			engine_orders_reset(&orders);
			engine_orders_reset(&orders);
		}
	}
	engine_orders_finish(&orders);
}

/* Otherwise a key pressed while a dream is broken off would cut where it was to fade. */
TEST(a_fade_outlasts_dreams_that_are_broken_off)
{
	struct options options;
	struct engine_orders orders;
	struct engine_order order = {.position = 0};
	begin(&orders, &options);
	engine_orders_fade(&orders, 1.5);
	engine_orders_take(&orders, 0, &order);
	engine_orders_take(&orders, 1, &order);
	CHECK(order.fade == 1.5);
	order.fade = 0; /* a dream took over */
	engine_orders_take(&orders, 2, &order);
	CHECK(order.fade == 0);
	engine_orders_finish(&orders);
}
