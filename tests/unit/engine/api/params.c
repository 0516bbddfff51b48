#include "engine/api/params.h"

#include <math.h>
#include <string.h>

#include "tests/support/test.h"

static bool refused(const rv_params *params, const char *word)
{
	rv_error error = {RV_OK, ""};

	return params_check(params, &error) == RV_INVALID && strstr(error.message, word);
}

static void *field(rv_params *params, const rv_param *param)
{
	return (char *)params + param->offset;
}

TEST(params_defaults_are_valid)
{
	rv_params params = rv_params_default();

	CHECK(params_check(&params, NULL) == RV_OK);
}

TEST(params_out_of_range_are_refused_by_name)
{
	rv_params good = rv_params_default(), bad;

	bad = good, bad.octaves = 0;
	CHECK(refused(&bad, "octaves"));
	bad = good, bad.octaves = RV_OCTAVES_MAX + 1;
	CHECK(refused(&bad, "octaves"));
	bad = good, bad.octave_scale = NAN;
	CHECK(refused(&bad, "octave scale"));
	bad = good, bad.step = -0.1f;
	CHECK(refused(&bad, "step"));
	bad = good, bad.step = INFINITY;
	CHECK(refused(&bad, "step"));
	bad = good, bad.jitter = -1;
	CHECK(refused(&bad, "jitter"));
	bad = good, bad.blend = 1.5f;
	CHECK(refused(&bad, "blend"));
	bad = good, bad.winner_window = 4;
	CHECK(refused(&bad, "winner window"));
}

TEST(params_of_time_out_of_range_are_refused_by_name)
{
	rv_params good = rv_params_default(), bad;

	bad = good, bad.time.inherit = 1.1f;
	CHECK(refused(&bad, "inheritance"));
	bad = good, bad.time.polarity = -2;
	CHECK(refused(&bad, "polarity"));
	bad = good, bad.time.decay = NAN;
	CHECK(refused(&bad, "decay"));
	bad = good, bad.time.warm_octaves = 0;
	CHECK(refused(&bad, "warm octaves"));
	bad = good, bad.time.flow_quality = (rv_flow_quality)3;
	CHECK(refused(&bad, "flow quality"));
	bad = good, bad.time.cut = -2;
	CHECK(refused(&bad, "cut"));
	bad = good, bad.time.zoom = 0;
	CHECK(refused(&bad, "zoom"));
	bad = good, bad.time.pan_x = INFINITY;
	CHECK(refused(&bad, "pan"));
}

TEST(targets_out_of_range_are_refused_by_name)
{
	rv_params good = rv_params_default(), bad;

	bad = good, bad.target_count = RV_TARGETS_MAX + 1;
	CHECK(refused(&bad, "target"));
	bad = good, bad.target_count = 1, strcpy(bad.targets[0].layer, "a");
	CHECK(refused(&bad, "weight"));
	bad.targets[0].weight = NAN;
	CHECK(refused(&bad, "weight"));
	bad.targets[0].weight = 1, bad.targets[0].channel_count = RV_CHANNELS_MAX + 1;
	CHECK(refused(&bad, "channels"));
	bad.targets[0].channel_count = 1, bad.targets[0].channels[0] = -1;
	CHECK(refused(&bad, "channel -1"));
	bad.targets[0].channels[0] = 0, bad.targets[0].weight = -1001;
	CHECK(refused(&bad, "weight"));
}

TEST(params_beside_the_ends_of_each_range_are_refused_by_name)
{
	for (int i = 0; i < RV_PARAM_COUNT; i++) {
		const rv_param *param = &rv_param_table[i];
		rv_params low = rv_params_default(), high = low;
		if (param->type == RV_PARAM_WHOLE) {
			*(int *)field(&low, param) = (int)param->range.minimum - 1;
			*(int *)field(&high, param) = (int)param->range.maximum + 1;
		} else if (param->type == RV_PARAM_NUMBER) {
			float *least = field(&low, param), *most = field(&high, param);
			*least = nextafterf((float)param->range.minimum, -INFINITY);
			*most = nextafterf((float)param->range.maximum, INFINITY);
		} else {
			continue;
		}
		CHECK_MESSAGE(refused(&low, param->name), "least %s", param->name);
		CHECK_MESSAGE(refused(&high, param->name), "most %s", param->name);
	}
}

TEST(params_at_the_ends_of_each_range_are_taken)
{
	rv_params low = rv_params_default(), high = low;
	rv_error error = {0};
	for (int i = 0; i < RV_PARAM_COUNT; i++) {
		const rv_param *param = &rv_param_table[i];
		if (param->type == RV_PARAM_WHOLE) {
			*(int *)field(&low, param) = (int)param->range.minimum;
			*(int *)field(&high, param) = (int)param->range.maximum;
		} else if (param->type == RV_PARAM_NUMBER) {
			*(float *)field(&low, param) = (float)param->range.minimum;
			*(float *)field(&high, param) = (float)param->range.maximum;
		}
		CHECK_MESSAGE(params_check(&low, &error) == RV_OK, "%s", error.message);
		CHECK_MESSAGE(params_check(&high, &error) == RV_OK, "%s", error.message);
	}
}

TEST(params_say_for_a_person_what_each_is)
{
	for (int i = 0; i < RV_PARAM_COUNT; i++) {
		const rv_range *range = &rv_param_table[i].range;
		CHECK_MESSAGE(range->help && range->help[0] && strlen(range->help) <= 70, "%s",
		              rv_param_table[i].name);
		CHECK(range->standard >= range->minimum && range->standard <= range->maximum);
	}
}

/* Marks the bytes of one field. */
static void cover(bool *covered, size_t offset, size_t size)
{
	memset(covered + offset, true, size);
}

/* A field that somebody adds to rv_params, but not to the table, is found by its bytes. */
TEST(params_table_has_every_field)
{
	static const size_t sizes[] = {[RV_PARAM_SWITCH] = sizeof(bool),
	                               [RV_PARAM_WHOLE] = sizeof(int),
	                               [RV_PARAM_NUMBER] = sizeof(float),
	                               [RV_PARAM_RANDOM] = sizeof(uint64_t)};
	static bool covered[sizeof(rv_params)];
	memset(covered, false, sizeof(covered));
	cover(covered, offsetof(rv_params, targets), sizeof((rv_params){0}.targets));
	cover(covered, offsetof(rv_params, target_count), sizeof(int));
	for (int i = 0; i < RV_PARAM_COUNT; i++)
		cover(covered, rv_param_table[i].offset, sizes[rv_param_table[i].type]);
	size_t at = 0;
	while (at < sizeof(covered)) {
		size_t gap = at;
		while (gap < sizeof(covered) && !covered[gap])
			gap++;
		/* What is left between fields is padding: before one of eight bytes, or behind a
		 * bool. */
		bool before_seed = gap == offsetof(rv_params, seed) || gap == sizeof(covered);
		CHECK_MESSAGE(gap - at < (before_seed ? 8 : 4), "no setting is at byte %zu", at);
		at = gap + 1;
	}
}

TEST(params_that_differ_in_one_field_are_not_equal)
{
	for (int i = 0; i < RV_PARAM_COUNT; i++) {
		const rv_param *param = &rv_param_table[i];
		rv_params a = rv_params_default(), b = a;
		CHECK(rv_params_equal(&a, &b));
		*(char *)field(&b, param) ^= 1;
		CHECK_MESSAGE(!rv_params_equal(&a, &b), "%s", param->name);
	}
	rv_params a = rv_params_default(), b;
	a.target_count = 2;
	a.targets[1] =
		(rv_target){.layer = "b", .weight = 1, .channels = {3, 5}, .channel_count = 2};
	b = a, b.targets[1].layer[0] = 'c';
	CHECK(!rv_params_equal(&a, &b));
	b = a, b.targets[1].weight = 2;
	CHECK(!rv_params_equal(&a, &b));
	b = a, b.targets[1].channels[1] = 6;
	CHECK(!rv_params_equal(&a, &b));
	b = a, b.targets[1].channel_count = 1;
	CHECK(!rv_params_equal(&a, &b));
	b = a, b.targets[1].channels[2] = 6, b.targets[2].weight = 1;
	CHECK(rv_params_equal(&a, &b));
	b = a, b.targets[1].kind = RV_TARGET_NEURON;
	CHECK(!rv_params_equal(&a, &b));
	b = a, b.targets[1].where = RV_AT_PLACE;
	CHECK(!rv_params_equal(&a, &b));
	b = a, b.targets[1].x = 0.5f, b.targets[1].slot = 2, b.targets[1].power = 3;
	CHECK(rv_params_equal(&a, &b)); /* of a layer they say nothing */
	b = a, b.seed = a.seed + 1;
	CHECK(!rv_params_equal(&a, &b));
	a.seed = UINT64_MAX, b = a, b.seed--;
	CHECK(!rv_params_equal(&a, &b));
}

TEST(params_tell_what_must_be_recorded_anew)
{
	rv_params a = rv_params_default(), b = a;

	b.step = 0.5f, b.iterations = 3, b.jitter = 0, b.strength = 2, b.blend = 1, b.seed = 7;
	CHECK(params_same_recording(&a, &b));
	b.time.inherit = 0, b.time.warm_steps = 3, b.time.cut = 5, b.time.drift = 1;
	CHECK(params_same_recording(&a, &b));
	b = a, b.time.on = !a.time.on;
	CHECK(!params_same_recording(&a, &b));
	b = a, b.octaves++;
	CHECK(!params_same_recording(&a, &b));
	b = a, b.objective = RV_OBJECTIVE_MEAN;
	CHECK(!params_same_recording(&a, &b));
	b = a, b.octave_scale = 1.3f;
	CHECK(!params_same_recording(&a, &b));
	b = a, b.normalisation = RV_NORMALISE_MEAN_ABS;
	CHECK(!params_same_recording(&a, &b));
	b = a, b.winners++;
	CHECK(!params_same_recording(&a, &b));
	b = a, b.winner_window += 2;
	CHECK(!params_same_recording(&a, &b));
	b = a, b.threshold = 1;
	CHECK(!params_same_recording(&a, &b));
	b = a, b.border = 1;
	CHECK(!params_same_recording(&a, &b));
	b = a, b.octave_order = RV_OCTAVES_CHANCE;
	CHECK(!params_same_recording(&a, &b));
	b = a, b.balance = false;
	CHECK(!params_same_recording(&a, &b));
	b = a, b.mirror = true;
	CHECK(!params_same_recording(&a, &b));
	a.target_count = 1, a.targets[0].weight = 1, b = a;
	CHECK(params_same_recording(&a, &b));
	b.targets[0].channel_count = 1;
	CHECK(!params_same_recording(&a, &b));
}

TEST(warm_steps_are_those_asked_for_or_a_share_of_the_iterations)
{
	rv_time time = rv_params_default().time;
	double usual = rv_warm_steps(&time, 10, 0);

	CHECK(usual > 0 && usual < 10);
	CHECK(fabs(rv_warm_steps(&time, 20, 0) - 2 * usual) < 1e-9);
	time.warm_share = 0.5f;
	CHECK(fabs(rv_warm_steps(&time, 20, 0) - usual) < 1e-9);
	time.warm_steps = 3;
	for (int octave = 0; octave < time.warm_octaves; octave++)
		CHECK(rv_warm_steps(&time, 10, octave) == 3);
	CHECK(rv_warm_steps(&time, 10, -1) == 0);
	CHECK(rv_warm_steps(&time, 10, time.warm_octaves) == 0);
}
