/* Slots that change, or are freed, while a dream speaks of them. */
#include <math.h>
#include <string.h>

#include "tests/support/target_fixture.h"
#include "tests/support/test.h"

enum { MANY = 4 * FEATURES };

static float numbers[MANY];

/* A dream whose first target is of that kind and speaks of slot 0, where both a picture and numbers
 * may lie. */
static bool begin(struct target_fixture *fixture, rv_target_kind kind)
{
	rv_image picture;

	for (int i = 0; i < MANY; i++)
		numbers[i] = i % 3 ? 0.5f : -1;
	if (!target_set_up(fixture, true))
		return false;
	picture = target_image(fixture, fixture->picture);
	target_make(fixture, 0, "high", kind);
	return !(kind == RV_TARGET_DIRECTION
	                 ? rv_set_numbers(fixture->engine, 0, numbers, FEATURES, &fixture->error)
	                 : rv_set_picture(fixture->engine, 0, &picture, &fixture->error));
}

/* Frees what the dream speaks of, after which it is refused with this word. */
static void check_freed(struct target_fixture *fixture, const char *word)
{
	rv_image input = target_image(fixture, fixture->picture);
	rv_image output = target_image(fixture, fixture->dream);

	REQUIRE(target_dream(fixture));
	CHECK(!rv_set_picture(fixture->engine, 0, NULL, &fixture->error));
	CHECK(rv_dream(fixture->engine, &input, RV_TIME_NONE, &output, &fixture->error) ==
	      RV_INVALID);
	CHECK_MESSAGE(strstr(fixture->error.message, word), "%s", fixture->error.message);
	target_tear_down(fixture);
}

TEST(a_slot_that_is_freed_while_a_dream_speaks_of_it_is_told)
{
	struct target_fixture fixture;

	REQUIRE(begin(&fixture, RV_TARGET_GUIDE));
	check_freed(&fixture, "the guide has no picture");
	REQUIRE(begin(&fixture, RV_TARGET_DIRECTION));
	check_freed(&fixture, "the direction has no numbers");
	REQUIRE(begin(&fixture, RV_TARGET_LAYER));
	fixture.params.mask = 1;
	check_freed(&fixture, "the mask has no picture");
	REQUIRE(begin(&fixture, RV_TARGET_LAYER));
	fixture.params.targets[0].where = RV_IN_MASK;
	check_freed(&fixture, "the mask has no picture");
}

TEST(a_direction_of_another_length_is_told_and_one_that_fits_is_taken)
{
	struct target_fixture fixture;
	rv_image input, output;

	REQUIRE(begin(&fixture, RV_TARGET_DIRECTION));
	REQUIRE(target_dream(&fixture));
	input = target_image(&fixture, fixture.picture);
	output = target_image(&fixture, fixture.dream);
	for (int count = 3; count <= MANY; count += MANY - 3) {
		CHECK(!rv_set_numbers(fixture.engine, 0, numbers, count, &fixture.error));
		CHECK(rv_dream(fixture.engine, &input, RV_TIME_NONE, &output, &fixture.error) ==
		      RV_INVALID);
		CHECK_MESSAGE(strstr(fixture.error.message, "layer high has 24 channels"), "%s",
		              fixture.error.message);
	}
	CHECK(!rv_set_numbers(fixture.engine, 0, numbers, FEATURES, &fixture.error));
	CHECK(!rv_dream(fixture.engine, &input, RV_TIME_NONE, &output, &fixture.error));
	target_tear_down(&fixture);
}

TEST(numbers_that_kernels_cannot_take_are_refused)
{
	static const float bad[] = {NAN, INFINITY, -INFINITY, 1e10f};
	struct target_fixture fixture;

	REQUIRE(begin(&fixture, RV_TARGET_DIRECTION));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		float given[FEATURES] = {[2] = bad[i]};
		CHECK(rv_set_numbers(fixture.engine, 0, given, FEATURES, &fixture.error) ==
		      RV_INVALID);
		CHECK_MESSAGE(strstr(fixture.error.message, "number 2 of the direction"), "%s",
		              fixture.error.message);
	}
	/* What was there before stays. */
	CHECK(target_dream(&fixture));
	target_tear_down(&fixture);
}

TEST(the_slot_of_a_target_that_reads_none_may_be_any)
{
	struct target_fixture fixture;

	REQUIRE(begin(&fixture, RV_TARGET_LAYER));
	fixture.params.targets[0].slot = 123456789;
	CHECK(target_dream(&fixture));
	target_tear_down(&fixture);
}
