#include "engine/dream/schedule.h"

#include <math.h>

#include "engine/base/random.h"
#include "engine/dream/octave_balance.h"

/* Which target a frame raises where they alternate: there and back, none twice in a row. */
static int target_of_frame(int frame, int count)
{
	int place = count > 1 ? frame % (2 * count - 2) : 0;

	return place < count ? place : 2 * count - 2 - place;
}

/* What is enough, as what layers are worth: their activation times the gradient of the objective,
 * which is twice a mean of squares, or a mean once. */
static double enough_worth(const rv_params *params)
{
	return (double)params->enough * (params->objective == RV_OBJECTIVE_MEAN ? 1 : 2);
}

struct schedule_plan schedule_plan_cold(const rv_params *params, int frame, int target_count)
{
	return (struct schedule_plan){.effort = effort_even(params->iterations, RV_OCTAVES_MAX),
	                              .step = params->step,
	                              .smoothness = params->smoothness,
	                              .fidelity = params->fidelity,
	                              .grey = params->grey,
	                              .soften = params->soften,
	                              .blur = params->blur,
	                              .turn = params->turn * (float)(acos(-1) / 180),
	                              .resize = params->resize,
	                              .mirror = params->mirror,
	                              .enlarge = params->enlarge,
	                              .order = params->octave_order,
	                              .alternation = params->alternation,
	                              .target = target_of_frame(frame, target_count),
	                              .target_count = target_count,
	                              .enough = enough_worth(params),
	                              .seed = params->seed};
}

void schedule_follow(struct schedule_plan *plan, const struct temporal_plan *temporal)
{
	plan->effort = temporal->effort;
	plan->masked = temporal->warm;
	plan->steady_shift_x = temporal->steady_shift_x;
	plan->steady_shift_y = temporal->steady_shift_y;
}

/* A shift of -jitter..jitter pixels, moved on by the steady one and brought into 0..size-1. */
static int draw_shift(uint64_t *state, int jitter, double steady, int size)
{
	int shift = (int)(random_next(state) % (uint64_t)(2 * jitter + 1)) - jitter;
	int moved = (shift + (int)fmod(steady, size)) % size;
	return (moved + size) % size;
}

static rv_status pace_step(struct pace *pace, cl_command_queue queue, rv_error *error)
{
	cl_event *event = &pace->events[pace->next];
	cl_int code = CL_SUCCESS;

	if (*event) {
		code = clWaitForEvents(1, event);
		clReleaseEvent(*event);
		*event = NULL;
	}
	if (!code)
		code = clEnqueueMarkerWithWaitList(queue, 0, NULL, event);
	if (!code)
		code = clFlush(queue);
	pace->next = (pace->next + 1) % STEPS_IN_FLIGHT;
	return code ? device_fail(error, code, "running a gradient step") : RV_OK;
}

static void pace_end(struct pace *pace)
{
	for (int i = 0; i < STEPS_IN_FLIGHT; i++)
		if (pace->events[i])
			clReleaseEvent(pace->events[i]);
}

/* The effort's octaves begin with the largest. */
static int steps_of(const struct schedule_plan *plan, int octave, int octave_count)
{
	return plan->effort.steps[octave_count - 1 - octave];
}

static struct octave_role role_of(const struct schedule_plan *plan, int octave, int first,
                                  int octave_count)
{
	struct octave_role role = {
		.strength = {.length = plan->step * plan->effort.length[octave_count - 1 - octave],
	                     .smoothness = plan->smoothness,
	                     .fidelity = plan->fidelity,
	                     .grey = plan->grey},
		.masked = plan->masked,
		.living = plan->effort.living[octave_count - 1 - octave],
	};

	if (plan->masked) {
		role.from_below = octave > first;
		role.from_past = 1;
		role.subtracted = octave < octave_count - 1;
	} else {
		role.from_below = 1 - plan->past;
		role.from_past = plan->past;
		role.taken_off = plan->enlarge ? role.from_below : 0;
		role.leaves_picture = plan->enlarge && octave < octave_count - 1;
	}
	return role;
}

static rv_status report(const struct schedule *schedule, double part_of_step, rv_error *error)
{
	double part = (schedule->step + part_of_step) / schedule->steps;

	if (schedule->progress && !schedule->progress(schedule->context, part))
		return rv_fail(error, RV_CANCELLED, "stopped while dreaming");
	return RV_OK;
}

/* All round, and tilted by a little more than what is asked for, so that the views of a sphere end
 * elsewhere in each step and what is upright stays so. */
static struct sphere_rotation draw_rotation(uint64_t *state, float turn, double steady_yaw)
{
	const float circle = 2 * acosf(-1), tilt = circle / 36;
	float yaw = circle * (float)random_unit(state) + (float)fmod(steady_yaw, (double)circle);
	float towards = circle * (float)random_unit(state);

	return sphere_rotate(yaw, towards, (tilt + turn) * (float)random_unit(state));
}

/* By an angle and a factor within what the plan allows, and mirrored or not; nothing is drawn where
 * that is nothing, so that the shifts of all steps stay the same. */
static struct turn_view draw_turn(uint64_t *state, const struct schedule_plan *plan)
{
	struct turn_view view = {.scale = 1};

	if (plan->turn > 0 || plan->resize > 0) {
		view.angle = plan->turn * (float)(2 * random_unit(state) - 1);
		view.scale = powf(1 + plan->resize, (float)(2 * random_unit(state) - 1));
	}
	if (plan->mirror)
		view.mirrored = random_next(state) >> 63;
	return view;
}

static void draw_look(struct schedule *schedule, const struct schedule_plan *plan,
                      struct octave *octave)
{
	struct look look = {.turn.scale = 1};

	if (octave->view.kind == VIEW_SPHERE)
		look.rotation = draw_rotation(&schedule->random, plan->turn,
		                              plan->steady_shift_x * 2 * acos(-1) /
		                                      (double)octave->view.sphere.period);
	else
		look.turn = draw_turn(&schedule->random, plan);
	octave_look(octave, &look);
}

/* Says which targets the next gradient is of. */
static rv_status choose_targets(struct schedule *schedule, const struct schedule_plan *plan,
                                struct octave *octave, int shift_y, int shift_x, rv_error *error)
{
	int target = plan->target;

	if (plan->alternation == RV_ALTERNATE_OFF)
		return octave_weigh(octave, shift_y, shift_x, schedule->queue, error);
	if (plan->alternation == RV_ALTERNATE_STEPS)
		target = (int)(random_next(&schedule->random) % (uint64_t)plan->target_count);
	return octave_single_out(octave, target, schedule->queue, error);
}

static rv_status take_step(struct schedule *schedule, const struct schedule_plan *plan,
                           struct octave *octave, int jitter, rv_error *error)
{
	cl_command_queue queue = schedule->queue;
	int shift_y = draw_shift(&schedule->random, jitter, plan->steady_shift_y, octave->height);
	int shift_x = draw_shift(&schedule->random, jitter, plan->steady_shift_x, octave->width);
	int tiles = octave_tiles(octave);
	rv_status status;

	/* The views of a sphere are turned all round instead. */
	if (octave->view.kind == VIEW_SPHERE)
		shift_y = shift_x = 0;
	draw_look(schedule, plan, octave);
	status = choose_targets(schedule, plan, octave, shift_y, shift_x, error);

	for (int tile = 0; tile < tiles && status == RV_OK; tile++) {
		stage_times_begin(schedule->times, queue, TIMED_STEPS);
		status = octave_tile(octave, tile, shift_y, shift_x, queue, error);
		if (!status && tile == tiles - 1)
			status = octave_step(octave, queue, error);
		stage_times_end(schedule->times, queue, TIMED_STEPS);
		if (!status)
			status = pace_step(&schedule->pace, queue, error);
		if (!status)
			status = report(schedule, (tile + 1.0) / tiles, error);
	}
	schedule->step++;
	return status;
}

/* Falls evenly; a frame that inherits is not blurred, as it would be again and again. */
static float blur_of(const struct schedule_plan *plan, int step, int steps)
{
	return plan->masked ? 0 : plan->blur * (float)(steps - 1 - step) / (float)steps;
}

/* Grows evenly from a little more than a fifth; a frame that inherits goes on with all of it. */
static float soften_of(const struct schedule_plan *plan, int step, int steps)
{
	return plan->soften * (plan->masked ? 1 : 0.2f + 0.8f * (float)(step + 1) / (float)steps);
}

/* Adds to the steps that are to be taken. */
static void count_steps(struct schedule *schedule, const struct octave *octave, int more)
{
	schedule->steps += more;
	schedule->pixels += (double)octave->width * octave->height * more;
}

/* Whether the last step saw enough. Waits for it. */
static rv_status saw_enough(const struct schedule *schedule, const struct schedule_plan *plan,
                            const struct octave *octave, bool *enough, rv_error *error)
{
	double worth;
	rv_status status = network_worth(octave->network, schedule->queue, &worth, error);

	*enough = status == RV_OK && worth > plan->enough * schedule->unit * octave_tiles(octave);
	return status;
}

static rv_status run_octave(struct schedule *schedule, const struct schedule_plan *plan, int index,
                            int first, int jitter, rv_error *error)
{
	struct octave *octave = &schedule->octaves[index];
	struct octave_role role = role_of(plan, index, first, schedule->octave_count);
	cl_command_queue queue = schedule->queue;
	int steps = steps_of(plan, index, schedule->octave_count);
	bool ends = plan->enough > 0 && !plan->masked, enough = false;
	rv_status status;

	/* The same shifts for the same seed, whichever octaves have their turn. */
	if (plan->masked)
		schedule->random = plan->seed + ((uint64_t)(schedule->octave_count - index) << 32);
	octave_set(octave, &role);
	octave->weighed &= plan->masked; /* a frame that inherits goes by what the last one found */
	status = octave_enter(octave, queue, error);
	for (int i = 0; i < steps && !enough && status == RV_OK; i++) {
		octave_smooth(octave, blur_of(plan, i, steps), soften_of(plan, i, steps));
		octave->watched = ends || i == (plan->masked ? 0 : steps - 1);
		status = take_step(schedule, plan, octave, jitter, error);
		if (status == RV_OK && ends)
			status = saw_enough(schedule, plan, octave, &enough, error);
		if (enough)
			count_steps(schedule, octave, i + 1 - steps);
	}
	return status != RV_OK ? status : octave_leave(octave, queue, error);
}

/* An octave, each as likely as its part of all steps. */
static int draw_octave(struct schedule *schedule, const struct schedule_plan *plan)
{
	int number = (int)(random_next(&schedule->random) % (uint64_t)schedule->steps), octave = 0;

	while (number >= steps_of(plan, octave, schedule->octave_count))
		number -= steps_of(plan, octave++, schedule->octave_count);
	return octave;
}

static rv_status take_step_at(struct schedule *schedule, const struct schedule_plan *plan,
                              struct octave *octave, bool is_top, int jitter, rv_error *error)
{
	rv_status status = is_top ? RV_OK : octave_descend(octave, schedule->queue, error);

	octave_smooth(octave, blur_of(plan, schedule->step, schedule->steps),
	              soften_of(plan, schedule->step, schedule->steps));
	if (status == RV_OK)
		status = take_step(schedule, plan, octave, jitter, error);
	return status != RV_OK || is_top ? status : octave_ascend(octave, schedule->queue, error);
}

/* The steps, each at an octave of its own that has not seen enough; those drawn for the others are
 * left out. */
static rv_status take_steps_by_chance(struct schedule *schedule, const struct schedule_plan *plan,
                                      int jitter, rv_error *error)
{
	bool enough[RV_OCTAVES_MAX] = {false};
	int left_out[RV_OCTAVES_MAX] = {0}, top = schedule->octave_count - 1;
	rv_status status = RV_OK;

	for (int i = schedule->steps; i > 0 && status == RV_OK; i--) {
		int o = draw_octave(schedule, plan);
		struct octave *octave = &schedule->octaves[o];
		if (enough[o]) {
			left_out[o]++;
			continue;
		}
		status = take_step_at(schedule, plan, octave, o == top, jitter, error);
		if (status == RV_OK && plan->enough > 0)
			status = saw_enough(schedule, plan, octave, &enough[o], error);
	}
	for (int o = 0; o <= top; o++)
		count_steps(schedule, &schedule->octaves[o], -left_out[o]);
	return status;
}

/* All octaves on the picture of the largest. */
static rv_status run_by_chance(struct schedule *schedule, const struct schedule_plan *plan,
                               int jitter, rv_error *error)
{
	int top = schedule->octave_count - 1;
	rv_status status;

	for (int o = 0; o <= top; o++) {
		struct octave_role role = role_of(plan, o, top, schedule->octave_count);
		role.from_below = role.taken_off = 0;
		octave_set(&schedule->octaves[o], &role);
		schedule->octaves[o].watched = true;
		schedule->octaves[o].weighed = false;
	}
	status = octave_enter(&schedule->octaves[top], schedule->queue, error);
	if (status == RV_OK)
		status = take_steps_by_chance(schedule, plan, jitter, error);
	return status != RV_OK ? status
	                       : octave_leave(&schedule->octaves[top], schedule->queue, error);
}

/* The first octave that is gone through. Masked octaves below the first that takes steps are left
 * out, as they would pass nothing on: the larger ones inherit their part of the detail themselves.
 * The largest octave is never left out. */
static int first_octave(const struct schedule *schedule, const struct schedule_plan *plan)
{
	int first = 0;

	while (plan->masked && first < schedule->octave_count - 1 &&
	       !steps_of(plan, first, schedule->octave_count))
		first++;
	return first;
}

rv_status schedule_run(struct schedule *schedule, const struct schedule_plan *plan, int jitter,
                       rv_error *error)
{
	int first = first_octave(schedule, plan);
	rv_status status = RV_OK;

	schedule->random = plan->seed;
	for (int o = first; o < schedule->octave_count; o++)
		count_steps(schedule, &schedule->octaves[o],
		            steps_of(plan, o, schedule->octave_count));
	if (plan->order == RV_OCTAVES_CHANCE && !plan->masked) {
		status = run_by_chance(schedule, plan, jitter, error);
		first = schedule->octave_count;
	}
	for (int o = first; o < schedule->octave_count && status == RV_OK; o++)
		status = run_octave(schedule, plan, o, first, jitter, error);
	pace_end(&schedule->pace);
	return status;
}

void schedule_report(const struct schedule *schedule, rv_frame_report *report)
{
	report->steps = schedule->steps;
	report->megapixels = schedule->pixels * 1e-6;
}
