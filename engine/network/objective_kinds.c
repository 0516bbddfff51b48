#include "engine/network/objective_kinds.h"

/* What there is of each kind. */
static const struct {
	void (*record)(struct launch_recorder *recorder, const struct objective_target *target,
	               cl_mem places);
	bool wants_frame;
	size_t (*bytes)(const struct slice *activation); /* besides what each place counts */
} kinds[OBJECTIVE_KINDS] = {
	[OBJECTIVE_L2] = {objective_record_channels, false, NULL},
	[OBJECTIVE_MEAN] = {objective_record_channels, false, NULL},
	[OBJECTIVE_WINNERS] = {objective_record_channels, false, objective_rows_bytes},
	[OBJECTIVE_CLASS] = {objective_record_class, false, NULL},
	[OBJECTIVE_GUIDE] = {objective_record_guide, false, slice_map_bytes},
	[OBJECTIVE_CARICATURE] = {objective_record_caricature, true, objective_rows_bytes},
	[OBJECTIVE_DIRECTION] = {objective_record_direction, false, NULL},
};

bool objective_wants_frame(enum objective_kind kind)
{
	return kinds[kind].wants_frame;
}

size_t objective_bytes(enum objective_kind kind, const struct slice *activation)
{
	return slice_map_bytes(activation) +
	       (kinds[kind].bytes ? kinds[kind].bytes(activation) : 0);
}

int objective_record(struct launch_recorder *recorder, const struct objective_target *target,
                     int input_height, int input_width)
{
	cl_mem places;
	int launch = places_record(recorder, &target->places, &target->operand.activation,
	                           input_height, input_width, &places);

	kinds[target->kind].record(recorder, target, places);
	return launch;
}
