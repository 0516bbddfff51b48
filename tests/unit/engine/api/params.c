#include "engine/api/params.h"

#include <math.h>
#include <string.h>

#include "tests/support/test.h"

static bool refused(const rv_params *params, const char *word)
{
	rv_error error = {RV_OK, ""};

	return params_check(params, &error) == RV_INVALID && strstr(error.message, word);
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
	bad = good, bad.target_count = RV_TARGETS_MAX + 1;
	CHECK(refused(&bad, "target"));
	bad = good, bad.target_count = 1, strcpy(bad.targets[0].layer, "a");
	CHECK(refused(&bad, "weight"));
	bad.targets[0].weight = NAN;
	CHECK(refused(&bad, "weight"));
	bad.targets[0].weight = 1, bad.targets[0].channel_count = RV_CHANNELS_MAX + 1;
	CHECK(refused(&bad, "channels"));
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
	a.target_count = 1, a.targets[0].weight = 1, b = a;
	CHECK(params_same_recording(&a, &b));
	b.targets[0].channel_count = 1;
	CHECK(!params_same_recording(&a, &b));
}
