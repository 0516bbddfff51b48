/* Who wins a race: never a way that computes something else, or that cannot be run. */
#include "engine/convolution/race.h"

#include <string.h>

#include "tests/support/convolution_scene.h"
#include "tests/support/test.h"

/* What the recorder of a race does to a choice, instead of recording it. */
enum spoiling { LEAVES_OUT, ADDS, FAILS, LEAVES_OUT_ALL };

struct spoiler {
	struct convolution_fixture *fixture;
	enum spoiling spoiling;
};

static bool is_spoilt(const struct convolution_choice *choice)
{
	return choice->tile.group == 8;
}

/* The same sums, added to what is there where they are to take its place, and the other way round.
 */
static void record_other(struct launch_recorder *recorder, struct convolution_fixture *fixture,
                         const struct convolution_problem *problem,
                         const struct convolution_choice *choice)
{
	struct convolution_problem other = *problem;
	struct convolution_output outputs[CASE_PARTS_MAX];

	memcpy(outputs, problem->outputs, problem->output_count * sizeof(*outputs));
	outputs[0].accumulate = !outputs[0].accumulate;
	other.outputs = outputs;
	convolution_tiled(recorder, fixture->weights, &other, choice->tile);
}

static void record(void *context, struct launch_recorder *recorder,
                   const struct convolution_problem *problem,
                   const struct convolution_choice *choice)
{
	struct spoiler *spoiler = context;

	if (choice->method == RV_CONVOLUTION_GEMM)
		record_fail(recorder, RV_DEVICE, "not here");
	else if (choice->tile.group == 1)
		convolution_direct(recorder, spoiler->fixture->weights, problem, choice->tile);
	else if (spoiler->spoiling == LEAVES_OUT_ALL)
		return;
	else if (!is_spoilt(choice))
		convolution_tiled(recorder, spoiler->fixture->weights, problem, choice->tile);
	else if (spoiler->spoiling == FAILS)
		record_fail(recorder, RV_DEVICE, "not here either");
	else if (spoiler->spoiling == ADDS)
		record_other(recorder, spoiler->fixture, problem, choice);
}

/* The winner of a race of the case's gradient; method RV_CONVOLUTION_AUTO where that failed. */
static struct convolution_choice winner_of(enum spoiling spoiling, bool backward)
{
	static const struct convolution_case shape = {9,
	                                              8,
	                                              20,
	                                              {33, 16},
	                                              {.height = 3, .width = 3, .pad_top = 1},
	                                              .accumulate = true,
	                                              .masked = true};
	struct convolution_choice winner = {.method = RV_CONVOLUTION_AUTO};
	struct convolution_fixture fixture;
	struct convolution_scene scene;
	struct convolution_problem problem = {0};
	struct race race = {.count = 0};
	struct spoiler spoiler = {&fixture, spoiling};
	struct race_callbacks callbacks = {.record = record, .record_context = &spoiler};
	rv_error error = {0};

	if (!fixture_open(&fixture, RV_CONVOLUTION_AUTO))
		return winner;
	fixture.device->kernels = RV_KERNELS_GPU;
	fixture.device->lanes = 4;
	fixture.tolerance = 1e-5;
	if (convolution_scene_create(&scene, &fixture, &shape) &&
	    (backward ? problem_backward(&problem, &scene.operation)
	              : problem_forward(&problem, &scene.operation))) {
		if (race_run(&race, fixture.device, &problem, fixture.zeros, &callbacks, &error))
			test_failed(__FILE__, __LINE__, "%s", error.message);
		else
			winner = *race_winner(&race);
	}
	race_release(&race);
	problem_release(&problem);
	convolution_scene_release(&scene);
	fixture_close(&fixture);
	return winner;
}

TEST(race_is_not_won_by_what_computes_something_else)
{
	for (int backward = 0; backward < 2; backward++) {
		struct convolution_choice winner = winner_of(LEAVES_OUT, backward);
		CHECK(winner.method == RV_CONVOLUTION_DIRECT && !is_spoilt(&winner));
		winner = winner_of(ADDS, backward);
		CHECK(winner.method == RV_CONVOLUTION_DIRECT && !is_spoilt(&winner));
	}
}

TEST(race_goes_on_without_what_cannot_be_run)
{
	struct convolution_choice winner = winner_of(FAILS, false);
	CHECK(winner.method == RV_CONVOLUTION_DIRECT && !is_spoilt(&winner));
}

TEST(race_is_won_by_the_plain_kernel_where_nothing_else_is_right)
{
	struct convolution_choice winner = winner_of(LEAVES_OUT_ALL, true);
	CHECK(winner.method == RV_CONVOLUTION_DIRECT && winner.tile.group == 1);
}
