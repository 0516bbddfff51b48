#include "app/live/engine_orders.h"

#include "app/live/wish.h"

void engine_orders_init(struct engine_orders *orders, const struct options *options)
{
	*orders = (struct engine_orders){.options = *options, .taken = -1, .shown = -1};
	pthread_mutex_init(&orders->lock, NULL);
}

void engine_orders_finish(struct engine_orders *orders)
{
	pthread_mutex_destroy(&orders->lock);
}

int64_t engine_orders_set(struct engine_orders *orders, const struct options *options)
{
	pthread_mutex_lock(&orders->lock);
	int64_t taken = orders->taken;
	if (wish_is_another(&orders->options, options))
		atomic_fetch_add(&orders->urgent, 1);
	orders->options = *options;
	orders->ever_changed = true;
	pthread_mutex_unlock(&orders->lock);
	return taken;
}

int64_t engine_orders_reset(struct engine_orders *orders)
{
	pthread_mutex_lock(&orders->lock);
	int64_t taken = orders->taken;
	orders->resets++;
	pthread_mutex_unlock(&orders->lock);
	return taken;
}

void engine_orders_fade(struct engine_orders *orders, double seconds)
{
	pthread_mutex_lock(&orders->lock);
	orders->fade = seconds;
	pthread_mutex_unlock(&orders->lock);
}

void engine_orders_show(struct engine_orders *orders, int64_t position)
{
	pthread_mutex_lock(&orders->lock);
	orders->shown = position;
	pthread_mutex_unlock(&orders->lock);
}

bool engine_orders_ever_changed(struct engine_orders *orders)
{
	pthread_mutex_lock(&orders->lock);
	bool ever_changed = orders->ever_changed;
	pthread_mutex_unlock(&orders->lock);
	return ever_changed;
}

unsigned engine_orders_urgent(const struct engine_orders *orders)
{
	return atomic_load(&orders->urgent);
}

bool engine_orders_take(struct engine_orders *orders, int64_t position, struct engine_order *order)
{
	pthread_mutex_lock(&orders->lock);
	if (position < orders->shown) {
		orders->shown = -1;
		pthread_mutex_unlock(&orders->lock);
		return false;
	}
	orders->taken = order->position = position;
	order->options = orders->options;
	/* A dream that was broken off has taken over nothing: its fade is still to come. */
	if (orders->fade > 0)
		order->fade = orders->fade;
	orders->fade = 0;
	order->urgent_seen = atomic_load(&orders->urgent);
	order->resets = orders->resets != order->resets_seen;
	order->resets_seen = orders->resets;
	pthread_mutex_unlock(&orders->lock);
	return true;
}
