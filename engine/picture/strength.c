#include "engine/picture/strength.h"

#include <math.h>

/* Rows are dealt to so many work-items, each of which leaves one partial sum. */
enum { STRENGTH_GROUPS = 64, TARGETS_MAX = RV_TARGETS_MAX };

struct strength strength_create(struct launch_recorder *recorder, int count)
{
	float ones[TARGETS_MAX];
	size_t floats = (size_t)count * sizeof(float);

	for (int i = 0; i < count; i++)
		ones[i] = 1;
	return (struct strength){
		.count = count,
		.partials = record_own_buffer(recorder, floats * STRENGTH_GROUPS, NULL),
		.strengths = record_own_buffer(recorder, floats, ones),
	};
}

int strength_record_measure(struct launch_recorder *recorder, const struct strength *strength,
                            const struct raster *gradient)
{
	record_kernel(recorder, "picture/strength", NULL, "measure_strength", "measure strength");
	record_buffer(recorder, gradient->buffer);
	record_int(recorder, gradient->width);
	record_int(recorder, gradient->height);
	record_buffer(recorder, strength->partials);
	record_int(recorder, 0);
	record_launch(recorder, STRENGTH_GROUPS, 1, 1, 1, 1, 1);
	return recorder->list->count - 1;
}

void strength_record_find(struct launch_recorder *recorder, const struct strength *strength,
                          const float *weights)
{
	float sizes[TARGETS_MAX];
	size_t bytes = (size_t)strength->count * sizeof(*sizes);

	for (int i = 0; i < strength->count; i++)
		sizes[i] = fabsf(weights[i]);
	record_kernel(recorder, "picture/strength", NULL, "find_strengths", "find strengths");
	record_buffer(recorder, strength->partials);
	record_int(recorder, STRENGTH_GROUPS);
	record_int(recorder, strength->count);
	record_buffer(recorder, record_own_buffer(recorder, bytes, sizes));
	record_buffer(recorder, strength->strengths);
	record_launch(recorder, 1, 1, 1, 1, 1, 1);
}
