#include "app/control/fade.h"

static float *number_in(struct option_dream *dream, const struct option *option)
{
	return option_dream_place(dream, option);
}

bool fade_follows(const struct option *option)
{
	return option_in_dream(option) && option->type == &option_type_number &&
	       option->cost == OPTION_LIVE;
}

void fade_begin(struct fade *fade, const struct option_dream *from, struct option_dream *dream,
                double seconds)
{
	fade->on = seconds > 0;
	if (!fade->on)
		return;
	fade->seconds = seconds;
	fade->begun = 0;
	fade->from = *from;
	fade->to = *dream;
	for (const struct option *option = option_table; option->name; option++)
		if (fade_follows(option))
			*number_in(dream, option) = *number_in(&fade->from, option);
	fade->written = *dream;
}

void fade_step(struct fade *fade, struct option_dream *dream, int64_t now)
{
	if (!fade->on)
		return;
	if (!fade->begun)
		fade->begun = now;
	double part = (double)(now - fade->begun) / (1e9 * fade->seconds);
	part = part < 1 ? part : 1;
	for (const struct option *option = option_table; option->name; option++) {
		if (!fade_follows(option))
			continue;
		float *number = number_in(dream, option);
		float *written = number_in(&fade->written, option);
		float first = *number_in(&fade->from, option);
		float last = *number_in(&fade->to, option);
		if (*number != *written)
			continue;
		*number = part < 1 ? first + (last - first) * (float)part : last;
		*written = *number;
	}
	fade->on = part < 1;
}
