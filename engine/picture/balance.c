#include "engine/picture/balance.h"

#include <math.h>

/* Rows are dealt to so many work-items, each of which leaves one partial sum. */
enum { BALANCE_GROUPS = 64, TARGETS_MAX = RV_TARGETS_MAX };

struct balance balance_create(struct launch_recorder *recorder, int count)
{
	float ones[TARGETS_MAX];
	size_t floats = (size_t)count * sizeof(float);

	for (int i = 0; i < count; i++)
		ones[i] = 1;
	return (struct balance){
		.count = count,
		.partials = record_own_buffer(recorder, floats * BALANCE_GROUPS, NULL),
		.factors = record_own_buffer(recorder, floats, ones),
	};
}

int balance_record_measure(struct launch_recorder *recorder, const struct balance *balance,
                           const struct raster *gradient)
{
	record_kernel(recorder, "picture/balance", NULL, "measure_gradient", "measure gradient");
	record_buffer(recorder, gradient->buffer);
	record_int(recorder, gradient->width);
	record_int(recorder, gradient->height);
	record_buffer(recorder, balance->partials);
	record_int(recorder, 0);
	record_launch(recorder, BALANCE_GROUPS, 1, 1, 1, 1, 1);
	return recorder->list->count - 1;
}

void balance_record_find(struct launch_recorder *recorder, const struct balance *balance,
                         const float *weights)
{
	float sizes[TARGETS_MAX];
	size_t bytes = (size_t)balance->count * sizeof(*sizes);

	for (int i = 0; i < balance->count; i++)
		sizes[i] = fabsf(weights[i]);
	record_kernel(recorder, "picture/balance", NULL, "find_factors", "find factors");
	record_buffer(recorder, balance->partials);
	record_int(recorder, BALANCE_GROUPS);
	record_int(recorder, balance->count);
	record_buffer(recorder, record_own_buffer(recorder, bytes, sizes));
	record_buffer(recorder, balance->factors);
	record_launch(recorder, 1, 1, 1, 1, 1, 1);
}
