#include "engine/dream/octave_balance.h"

/* factors, of each target, are read after this returns. */
static rv_status set_factors(struct octave *octave, const float *factors, cl_command_queue queue,
                             rv_error *error)
{
	cl_int code = clEnqueueWriteBuffer(queue, octave->balance.factors, CL_FALSE, 0,
	                                   (size_t)octave->balance.count * sizeof(*factors),
	                                   factors, 0, NULL, NULL);

	return code ? device_fail(error, code, "choosing what is raised") : RV_OK;
}

rv_status octave_single_out(struct octave *octave, int target, cl_command_queue queue,
                            rv_error *error)
{
	/* A one among zeros, of which a part is taken. */
	static const float single[2 * RV_TARGETS_MAX - 1] = {[RV_TARGETS_MAX - 1] = 1};

	if (octave->balance.count < 2)
		return RV_OK;
	octave->weighed = false;
	return set_factors(octave, single + RV_TARGETS_MAX - 1 - target, queue, error);
}

rv_status octave_weigh(struct octave *octave, int shift_y, int shift_x, cl_command_queue queue,
                       rv_error *error)
{
	static const float ones[] = {1, 1, 1, 1, 1, 1, 1, 1};
	int targets = octave->balance.count, tiles = octave_tiles(octave);
	bool watched = octave->watched;
	rv_status status = RV_OK;

	_Static_assert(sizeof(ones) == RV_TARGETS_MAX * sizeof(*ones), "one for each target");
	if (targets < 2 || octave->weighed)
		return RV_OK;
	if (!octave->balanced) {
		octave->weighed = true;
		return set_factors(octave, ones, queue, error);
	}
	octave->watched = false; /* what one target is worth by itself is not asked for */
	for (int i = 0; i < targets && status == RV_OK; i++) {
		status = octave_single_out(octave, i, queue, error);
		for (int tile = 0; tile < tiles && status == RV_OK; tile++)
			status = octave_tile(octave, tile, shift_y, shift_x, queue, error);
		launch_set_int(&octave->measure.launches[octave->measure_launch], BALANCE_NUMBER,
		               i);
		if (status == RV_OK)
			status = launch_list_run(&octave->measure, queue, error);
	}
	octave->watched = watched;
	if (status == RV_OK)
		status = launch_list_run(&octave->weigh, queue, error);
	octave->weighed = status == RV_OK;
	return status;
}
