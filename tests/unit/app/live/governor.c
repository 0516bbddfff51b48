#include "app/live/governor.h"

#include <math.h>
#include <stdlib.h>

#include "tests/support/test.h"

static const struct governor_quality wish = {
	.width = 640,
	.height = 480,
	.warm_steps = 0,
	.warm_octaves = 3,
	.warm_share = 1,
	.octave_scale = 1.4f,
	.iterations = 10,
	.flow = RV_FLOW_MEDIUM,
};

/* A machine as the tests imagine it: its costs are deliberately not those of the governor's model.
 */
struct machine {
	double speed;    /* 1: a gradient step on a million pixels takes 100 ms */
	double overhead; /* milliseconds of each dream */
	double noise;    /* 0..1: how much a dream's time swings */
	unsigned random;
};

static double swing(struct machine *machine)
{
	machine->random = machine->random * 1664525u + 1013904223u;
	return (machine->random >> 8) / (double)(1 << 24) * 2 - 1;
}

static double dream(struct machine *machine, const struct governor_quality *quality)
{
	double pixels = (double)quality->width * quality->height / 1e6;
	double steps =
		quality->warm_steps ? quality->warm_steps : 1.8 * (double)quality->warm_share;
	double flow = quality->flow == RV_FLOW_FAST ? 5 : 40;
	double octaves = 1 + 0.6 * (quality->warm_octaves - 1);
	double time = machine->overhead + pixels * (100 * steps * octaves + flow) / machine->speed;
	return time * (1 + machine->noise * swing(machine));
}

/* Tells it that a dream took so long, with `asked` times the steps that one of this quality usually
 * takes. */
static void tell(struct governor *governor, double asked, double milliseconds, double target,
                 bool begins)
{
	const struct governor_quality *quality = governor_quality(governor);
	const rv_time time = {.warm_steps = quality->warm_steps,
	                      .warm_share = quality->warm_share,
	                      .warm_octaves = quality->warm_octaves};
	struct governor_dream took = {.milliseconds = milliseconds, .begins = begins};
	double pixels = (double)quality->width * quality->height / 1e6;
	for (int i = 0; i < quality->warm_octaves; i++) {
		double steps = asked * rv_warm_steps(&time, quality->iterations, i);
		took.steps += steps;
		took.megapixels += steps * pixels / pow((double)quality->octave_scale, 2 * i);
	}
	governor_measure(governor, &took, target);
}

static void measure_asked(struct governor *governor, double asked, double milliseconds,
                          double target)
{
	tell(governor, asked, milliseconds, target, false);
}

static void measure_beginning(struct governor *governor, double asked, double milliseconds,
                              double target)
{
	tell(governor, asked, milliseconds, target, true);
}

static void measure(struct governor *governor, double milliseconds, double target)
{
	measure_asked(governor, 1, milliseconds, target);
}

struct run {
	int changes; /* of the rung */
	double mean; /* milliseconds of a dream */
};

/* Dreams for so many seconds. */
static struct run run(struct governor *governor, struct machine *machine, double seconds,
                      double target)
{
	struct run result = {0};
	double sum = 0, elapsed = 0;
	int dreams = 0;
	for (; elapsed < seconds * 1000; dreams++) {
		int rung = governor->rung;
		double time = dream(machine, governor_quality(governor));
		measure(governor, time, target);
		result.changes += governor->rung != rung;
		elapsed += fmax(time, 1000 / 30.0); /* no more dreams than frames */
		sum += time;
	}
	result.mean = sum / dreams;
	return result;
}

TEST(governor_leaves_the_wish_alone_where_there_is_room)
{
	struct governor governor;
	struct machine machine = {.speed = 100, .noise = 0.3};
	governor_init(&governor, &wish, 0, 0);
	struct run result = run(&governor, &machine, 60, 80);
	CHECK(result.changes == 0 && governor.rung == 0);
	CHECK(governor_quality(&governor)->width == 640);
}

/* Of an octave scale and a number of octaves, the size of the coarsest octave, to that of the wish.
 */
static double coarsest(const struct governor_quality *quality)
{
	int dropped = wish.warm_octaves - quality->warm_octaves;
	return quality->width * pow((double)wish.octave_scale, dropped) / wish.width;
}

/* Each rung gives up one thing, and octaves go only as they become coarser than those of the wish.
 */
TEST(governor_gives_up_what_is_missed_least)
{
	struct governor governor;
	bool stepped = false;
	governor_init(&governor, &wish, 0, 0);
	for (int i = 1; i < governor.rungs; i++) {
		const struct governor_quality *a = &governor.ladder[i - 1], *b = a + 1;
		bool steps = a->warm_steps != b->warm_steps || a->warm_share != b->warm_share,
		     octaves = a->warm_octaves != b->warm_octaves;
		bool size = a->width != b->width, flow = a->flow != b->flow;
		CHECK_MESSAGE(steps + octaves + size + flow == 1, "rung %d", i);
		CHECK_MESSAGE(!octaves || coarsest(b) < 1.05, "rung %d", i);
		CHECK_MESSAGE(!steps || a->width < 640, "rung %d", i);
		CHECK_MESSAGE(!flow || a->width < 640, "rung %d", i);
		CHECK_MESSAGE(b->width % 8 == 0 && b->height % 8 == 0 && b->height >= 96, "rung %d",
		              i);
		CHECK_MESSAGE(fabs(3.0 * b->width / (4.0 * b->height) - 1) < 0.06, "rung %d", i);
		stepped |= steps;
	}
	CHECK(stepped && governor.ladder[governor.rungs - 1].warm_share < 0.36f);
	CHECK(governor.ladder[governor.rungs - 1].flow == RV_FLOW_FAST);
	CHECK(governor.ladder[governor.rungs - 1].warm_octaves == 1);
}

/* Whatever its speed, a machine dreams as coarse as the wish. */
TEST(governor_keeps_the_coarse_octaves)
{
	for (double speed = 0.5; speed < 200; speed *= 1.3) {
		struct governor governor;
		struct machine machine = {.speed = speed, .overhead = 5, .noise = 0.2};
		governor_init(&governor, &wish, 0, 160 * 120);
		run(&governor, &machine, 120, 80);
		const struct governor_quality *quality = governor_quality(&governor);
		CHECK_MESSAGE(coarsest(quality) < 1.05, "speed %g: %d octaves of %d", speed,
		              quality->warm_octaves, quality->width);
		CHECK_MESSAGE(quality->width < 536 || quality->warm_octaves == 3,
		              "speed %g: %d octaves of %d", speed, quality->warm_octaves,
		              quality->width);
	}
}

TEST(governor_forgets_misses_that_end)
{
	struct governor governor;
	double sum = 0;
	governor_init(&governor, &wish, 0, 0);
	/* Above the target and below it by turns, never above for long. */
	for (int i = 0; i < 18; i++) {
		double time = sum > 80 * i ? 40 : 120;
		measure(&governor, time, 80.001);
		sum += time;
	}
	CHECK(governor.rung == 0);
	for (int i = 0; i < 8; i++)
		measure(&governor, 120, 80.001);
	CHECK(governor.rung > 0);
}

TEST(governor_keeps_what_it_gave_up_where_that_is_locked)
{
	static const unsigned all[] = {GOVERNOR_STEPS, GOVERNOR_OCTAVES, GOVERNOR_SIZE,
	                               GOVERNOR_FLOW};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct governor governor;
		governor_init(&governor, &wish, 0, 1);
		const struct governor_quality low = *governor_quality(&governor);
		CHECK(low.warm_octaves == 1 && low.flow == RV_FLOW_FAST && low.warm_share < 0.36f);
		governor_wish(&governor, &wish, all[i]);
		for (int rung = 0; rung < governor.rungs; rung++) {
			const struct governor_quality *quality = &governor.ladder[rung];
			bool keeps = all[i] == GOVERNOR_STEPS
			                     ? quality->warm_share == low.warm_share
			             : all[i] == GOVERNOR_OCTAVES
			                     ? quality->warm_octaves == low.warm_octaves
			             : all[i] == GOVERNOR_SIZE ? quality->width == low.width
			                                       : quality->flow == low.flow;
			CHECK_MESSAGE(keeps, "lock %u, rung %d", all[i], rung);
		}
		CHECK(governor.ladder[0].width == (all[i] == GOVERNOR_SIZE ? low.width : 640));
	}
}

TEST(governor_holds_the_target_on_machines_of_any_speed)
{
	for (double speed = 0.5; speed < 200; speed *= 1.3) {
		struct governor governor;
		struct machine machine = {.speed = speed, .overhead = 5, .noise = 0.2};
		governor_init(&governor, &wish, 0, 0);
		run(&governor, &machine, 60, 80);
		struct run result = run(&governor, &machine, 600, 80);
		bool lowest = governor.rung == governor.rungs - 1;
		CHECK_MESSAGE(lowest || result.mean < 80, "speed %g: %g ms", speed, result.mean);
		/* It does not hide in the cellar either: the rung above would not do, or it is
		 * there. */
		double above = governor.rung ? dream(&(struct machine){speed, 5, 0, 0},
		                                     &governor.ladder[governor.rung - 1])
		                             : 80;
		CHECK_MESSAGE(above > 0.5 * 80, "speed %g: %g ms above", speed, above);
	}
}

/* What is left over is depth that could have been seen: rungs lie close enough that it is little.
 */
TEST(governor_spends_the_time_that_it_has)
{
	double spent = 0;
	int machines = 0;
	for (double speed = 0.5; speed < 200; speed *= 1.1) {
		struct governor governor;
		struct machine machine = {.speed = speed, .overhead = 5, .noise = 0.2};
		governor_init(&governor, &wish, 0, 160 * 120);
		run(&governor, &machine, 60, 80);
		double mean = run(&governor, &machine, 60, 80).mean;
		if (governor.rung == 0 || governor.rung == governor.rungs - 1)
			continue;
		spent += mean / 80;
		machines++;
	}
	CHECK_MESSAGE(machines > 10 && spent / machines > 0.83, "%g of it on %d machines",
	              spent / machines, machines);
}

/* Where dreams take now more and now less, a rung that is nearly too much holds for minutes and
 * then fails: what a person may see is a change every six minutes. */
TEST(governor_does_not_swing)
{
	for (double speed = 0.5; speed < 200; speed *= 1.07) {
		struct governor governor;
		struct machine machine = {.speed = speed, .overhead = 5, .noise = 0.4};
		governor_init(&governor, &wish, 0, 0);
		struct run first = run(&governor, &machine, 3600, 80);
		struct run second = run(&governor, &machine, 3600, 80);
		CHECK_MESSAGE(first.changes <= 20, "speed %g: %d changes in an hour", speed,
		              first.changes);
		CHECK_MESSAGE(second.changes <= 10, "speed %g: %d changes in the next hour", speed,
		              second.changes);
	}
}

TEST(governor_gives_way_to_load_and_climbs_back)
{
	struct governor governor;
	struct machine machine = {.speed = 8, .overhead = 5, .noise = 0.2};
	governor_init(&governor, &wish, 0, 0);
	run(&governor, &machine, 120, 80);
	int before = governor.rung;
	machine.speed = 1.2;
	run(&governor, &machine, 10, 80);
	struct run loaded = run(&governor, &machine, 60, 80);
	CHECK(governor.rung > before && loaded.mean < 80);
	machine.speed = 8;
	run(&governor, &machine, 300, 80);
	CHECK(abs(governor.rung - before) <= 1);
}

/* A machine that is busy for some seconds after each climb is no reason to wait longer for the
 * next. */
TEST(governor_does_not_hold_a_busy_machine_against_climbs)
{
	struct governor governor;
	struct machine machine = {.speed = 1.5, .overhead = 5};
	governor_init(&governor, &wish, 0, 0);
	run(&governor, &machine, 60, 80);
	int usual = governor.rung;
	for (int time = 0; time < 6; time++) {
		machine.speed = 0.8;
		run(&governor, &machine, 5, 80);
		CHECK(governor.rung > usual);
		machine.speed = 1.5;
		run(&governor, &machine, 12, 80);
		int rung = governor.rung;
		run(&governor, &machine, 110, 80);
		CHECK_MESSAGE(abs(rung - usual) <= 1, "time %d: rung %d, not %d", time, rung,
		              usual);
	}
	CHECK(governor.patience <= 3000);
}

/* One that seems to have room on the lower rung, and never on the upper one, has to wait. */
TEST(governor_is_ever_more_patient_where_climbs_fail)
{
	struct governor governor;
	double last = 0;
	int climbs = 0;
	governor_init(&governor, &wish, 0, 0);
	for (double elapsed = 0; elapsed < 1e6; elapsed += 40) {
		int rung = governor.rung;
		measure(&governor, rung < 4 ? 90 : 60, 80);
		if (governor.rung >= rung)
			continue;
		CHECK(climbs < 2 || elapsed > 3 * last);
		last = elapsed;
		climbs++;
	}
	CHECK_MESSAGE(climbs > 2 && climbs < 8, "%d climbs", climbs);
}

TEST(governor_is_not_moved_by_a_hiccup)
{
	struct governor governor;
	struct machine machine = {.speed = 100};
	governor_init(&governor, &wish, 0, 0);
	run(&governor, &machine, 5, 80);
	measure(&governor, 300, 80);
	run(&governor, &machine, 5, 80);
	CHECK(governor.rung == 0);
}

TEST(governor_starts_small_where_it_is_told_to)
{
	struct governor governor;
	governor_init(&governor, &wish, 0, 160 * 120);
	const struct governor_quality *quality = governor_quality(&governor);
	CHECK(quality->width * quality->height <= 160 * 120);
	CHECK(governor.rung > 0 && governor.ladder[governor.rung - 1].width > quality->width);
	governor_init(&governor,
	              &(struct governor_quality){.width = 64,
	                                         .height = 64,
	                                         .warm_octaves = 1,
	                                         .warm_share = 1,
	                                         .octave_scale = 1.4f,
	                                         .iterations = 10},
	              0, 10);
	CHECK(governor.rung == governor.rungs - 1);
}

TEST(governor_keeps_the_size_when_the_wish_changes)
{
	struct governor governor;
	struct governor_quality other = wish;
	governor_init(&governor, &wish, 0, 400 * 300);
	int width = governor_quality(&governor)->width;
	other.warm_octaves = 2;
	governor_wish(&governor, &other, 0);
	CHECK(governor_quality(&governor)->width == width);
	other.width = 128;
	other.height = 96;
	governor_wish(&governor, &other, 0);
	/* At once, and with nothing given up that did not have to be. */
	CHECK(governor_quality(&governor)->width == 128 && governor.rung <= 1);
}

TEST(governor_takes_no_nonsense)
{
	struct governor governor;
	governor_init(&governor, &wish, 0, 0);
	measure(&governor, NAN, 80);
	measure(&governor, -5, 80);
	measure(&governor, 0, 80);
	measure(&governor, INFINITY, 80);
	measure(&governor, 50, 0);
	CHECK(governor.rung == 0 && governor.measured == 0 && governor.spent == 0);
}

TEST(governor_leaves_alone_what_is_locked)
{
	static const struct governor_quality other = {
		.width = 320,
		.height = 240,
		.warm_steps = 0,
		.warm_octaves = 3,
		.warm_share = 1,
		.octave_scale = 1.4f,
		.iterations = 10,
		.flow = RV_FLOW_MEDIUM,
	};
	struct governor governor;
	governor_init(&governor, &wish, GOVERNOR_SIZE | GOVERNOR_STEPS, 0);
	for (int i = 0; i < governor.rungs; i++)
		CHECK(governor.ladder[i].width == 640 && governor.ladder[i].warm_share == 1);
	CHECK(governor.rungs == 4); /* octaves 3, 2, 1, and fast flow */
	governor_init(&governor, &wish, 0, 240 * 180);
	int width = governor_quality(&governor)->width;
	governor_wish(&governor, &wish, GOVERNOR_SIZE);
	CHECK(governor.ladder[0].width == width);
	CHECK(governor.ladder[governor.rungs - 1].width == width);
	governor_wish(&governor, &other, GOVERNOR_SIZE); /* set by hand */
	CHECK(governor.ladder[0].width == 320 && governor_quality(&governor)->width == 320);
	governor_wish(&governor, &other, 0);
	CHECK(governor_quality(&governor)->width <= 320 &&
	      governor_quality(&governor)->width > 200);
	CHECK(governor.ladder[governor.rungs - 1].width < 200);
}

TEST(governor_climbs_soon_and_far_from_a_small_start)
{
	struct governor governor;
	struct machine machine = {.speed = 2, .overhead = 5, .noise = 0.2};
	governor_init(&governor, &wish, 0, 160 * 120);
	struct run result = run(&governor, &machine, 10, 80);
	double time = dream(&(struct machine){2, 5, 0, 0}, governor_quality(&governor));
	CHECK_MESSAGE(result.changes <= 4, "%d changes", result.changes);
	CHECK_MESSAGE(time > 0.5 * 80 && time < 80, "%g ms", time);
}

/* A dream that was just enlarged is dreamed on with more steps than it takes later, which is no
 * reason to make it small again. */
TEST(governor_stays_where_a_resized_dream_recovers)
{
	struct governor governor;
	struct machine machine = {.speed = 4, .overhead = 2};
	int width = 0, recovers = 0, shrank = 0;
	governor_init(&governor, &wish, 0, 160 * 120);
	for (int i = 0; i < 500; i++) {
		const struct governor_quality *quality = governor_quality(&governor);
		shrank += quality->width < width;
		recovers = quality->width > width ? 6 : recovers - 1;
		width = quality->width;
		double asked = recovers > 0 ? 4 : 1;
		measure_asked(&governor, asked, asked * dream(&machine, quality), 80);
	}
	CHECK(width > 160);
	CHECK_MESSAGE(!shrank, "%d times smaller", shrank);
}

/* A beginning takes more steps than what follows: it says what a step takes, so that a small start
 * is over soon, but not how many a dream will have. */
TEST(governor_climbs_while_a_scene_begins_and_does_not_give_way_to_it)
{
	struct governor governor;
	struct machine machine = {.speed = 4, .overhead = 2};
	governor_init(&governor, &wish, 0, 160 * 120);
	int small = governor_quality(&governor)->width;
	for (int i = 0; i < 6; i++)
		measure_beginning(&governor, 4, 4 * dream(&machine, governor_quality(&governor)),
		                  80);
	CHECK(governor_quality(&governor)->width > 2 * small);
	for (int i = 0; i < 100; i++)
		measure(&governor, dream(&machine, governor_quality(&governor)), 80);
	int rung = governor.rung;
	double effort = governor.effort;
	for (int i = 0; i < 10; i++)
		measure_beginning(&governor, 1.6,
		                  1.6 * dream(&machine, governor_quality(&governor)), 80);
	CHECK(governor.rung == rung && governor.effort == effort);
}

/* Steps are taken by turns, so that many dreams have none and others two. */
TEST(governor_learns_a_step_from_dreams_with_few_and_many)
{
	struct governor governor;
	double usual = 60;
	governor_init(&governor, &wish, 0, 0);
	for (int i = 0; i < 300; i++)
		measure_asked(&governor, i % 3 ? 0 : 3, i % 3 ? 0.1 * usual : 2.8 * usual, 80);
	CHECK(governor.rung == 0 && fabs(governor.effort - 1) < 0.3);
	for (int i = 0; i < 300; i++)
		measure_asked(&governor, 2, 2 * usual, 80);
	CHECK(governor.rung > 0);
}

/* A warm frame takes shares of a cold one's iterations. Beyond those of ten there is little more
 * depth, so that half of twenty go before anything else does. */
TEST(governor_gives_up_steps_first_where_there_are_more_than_the_usual)
{
	struct governor_quality rich = wish;
	struct governor governor;
	rich.iterations = 20;
	governor_init(&governor, &rich, 0, 0);
	CHECK(governor.ladder[1].warm_share < 1 && governor.ladder[1].width == rich.width);
	CHECK(governor.ladder[2].warm_share < governor.ladder[1].warm_share &&
	      governor.ladder[2].width == rich.width);
	CHECK(governor.ladder[2].warm_octaves == rich.warm_octaves);
}
