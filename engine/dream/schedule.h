/* The octave schedule: gradient steps through the octaves, from small to large. */
#ifndef ENGINE_DREAM_SCHEDULE_H
#define ENGINE_DREAM_SCHEDULE_H

#include "engine/dream/octave.h"
#include "engine/time/temporal_plan.h"

/* The steps of one frame. */
struct schedule_plan {
	struct effort effort;
	float step; /* length of one that effort calls 1 */
	float past; /* part of what is inherited that cold octaves blend in */
	float smoothness, fidelity, grey;
	float soften; /* the gradient, by so many pixels in the last step of an octave */
	float blur;   /* after the first step of an octave; none after the last */
	/* The most that a step turns (radians; of a sphere, tilts) and resizes what it sees. */
	float turn, resize;
	bool mirror;  /* half of them see it mirrored */
	bool enlarge; /* as in rv_params, but where masked; so is order */
	rv_octave_order order;
	rv_alternation alternation;
	int target, target_count; /* the target of this frame where they alternate by frames */
	/* Of what is raised: an octave takes no step after one that saw more, in whatever order
	 * the octaves come; 0: none sees enough. Not where masked. */
	double enough;
	bool masked;
	uint64_t seed;
	double steady_shift_x,
		steady_shift_y; /* pixels of every octave that all its steps are shifted by */
};

/* Makes a plan for a picture by itself that of a frame of a video. */
void schedule_follow(struct schedule_plan *plan, const struct temporal_plan *temporal);

/* That of a picture which inherits nothing, the frame of this number since the last cut. */
struct schedule_plan schedule_plan_cold(const rv_params *params, int frame, int target_count);

/* Steps that may be in flight before the host waits for the oldest: enough to keep the device
 * busy, few enough to stop soon when asked to. */
enum { STEPS_IN_FLIGHT = 2 };

/* Lets STEPS_IN_FLIGHT steps run ahead of the host. */
struct pace {
	cl_event events[STEPS_IN_FLIGHT];
	int next;
};

/* A schedule under way; begins with the first seven members set and the others zero. */
struct schedule {
	struct octave *octaves; /* the smallest first */
	int octave_count;
	cl_command_queue queue;
	struct stage_times *times;
	rv_progress *progress; /* may be NULL */
	void *context;         /* for progress */
	double unit;           /* that objectives are multiplied by (struct objective_target) */
	struct pace pace;
	int step, steps; /* done; in all */
	double pixels;   /* that all of them see, one after the other */
	uint64_t random;
};

/* Takes all steps of plan, measuring what their first ones saw where it is masked, else their last;
 * each on the picture shifted by up to jitter pixels besides the steady shift; in the end
 * schedule->steps and pixels tell how many. RV_CANCELLED where progress says so. */
rv_status schedule_run(struct schedule *schedule, const struct schedule_plan *plan, int jitter,
                       rv_error *error);

/* Reports the steps of a schedule that was run. */
void schedule_report(const struct schedule *schedule, rv_frame_report *report);

#endif
