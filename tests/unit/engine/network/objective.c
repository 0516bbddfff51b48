/* Gradients of objectives, against a plain computation. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/network/worth.h"
#include "tests/support/device_fixture.h"
#include "tests/support/test.h"

enum {
	HEIGHT = 5,
	WIDTH = 4,
	CHANNELS = 37,
	PADDED = 48,
	STRIDE = 64,
	COUNT = HEIGHT * WIDTH * STRIDE
};

static float activation_at(const float *activation, int y, int x, int channel)
{
	return activation[(y * WIDTH + x) * STRIDE + channel];
}

/* Of the channels, in tests that set it; [PADDED]. */
static const float *shares;

/* ---- the plain computation ---- */

static double share_of(int channel)
{
	return shares ? (double)shares[channel] : 1;
}

static double inverse_level(const struct objective_target *target, int channel)
{
	bool counts = target->channel_count == 0;

	for (int i = 0; i < target->channel_count; i++)
		counts |= target->channels[i] == channel;
	if (!counts)
		return 0;
	if (target->kind != OBJECTIVE_WINNERS || !target->channel_rms)
		return 1;
	return target->channel_rms[channel] > 0 ? 1 / (double)target->channel_rms[channel] : 0;
}

static double score_of(const struct objective_target *target, const float *activation, int y, int x,
                       int channel)
{
	int radius = target->window / 2;
	double score = 0;

	for (int i = y - radius; i <= y + radius; i++)
		for (int k = x - radius; k <= x + radius; k++)
			if (i >= 0 && i < HEIGHT && k >= 0 && k < WIDTH)
				score += fabs((double)activation_at(activation, i, k, channel)) *
				         inverse_level(target, channel);
	return score * share_of(channel);
}

/* Whether fewer than `winners` channels are stronger here. */
static bool wins(const struct objective_target *target, const float *activation, int y, int x,
                 int channel)
{
	double own = score_of(target, activation, y, x, channel);
	int stronger = 0;

	for (int c = 0; c < CHANNELS; c++) {
		double other = score_of(target, activation, y, x, c);
		if (inverse_level(target, c) > 0)
			stronger += other > own || (other == own && c < channel);
	}
	return stronger < target->winners;
}

/* What an activation must exceed to count. */
static double limit_of(const struct objective_target *target, const float *activation)
{
	double sum = 0, squares = 0, count = 0;

	if (target->threshold <= 0)
		return -INFINITY;
	for (int c = 0; c < CHANNELS; c++)
		for (int i = 0; i < HEIGHT * WIDTH && inverse_level(target, c) > 0; i++) {
			double value = (double)activation[i * STRIDE + c];
			sum += value;
			squares += value * value;
			count++;
		}
	return sum / count +
	       (double)target->threshold * sqrt(squares / count - sum / count * (sum / count));
}

/* A layer of 5x4 has a middle of one row and two columns. */
static bool is_border(const struct objective_target *target, int y, int x)
{
	int rows = target->places.border < 2 ? target->places.border : 2;
	int columns = target->places.border < 1 ? 0 : 1;

	return y < rows || y >= HEIGHT - rows || x < columns || x >= WIDTH - columns;
}

static double expected_at(const struct objective_target *target, const float *activation, int y,
                          int x, int channel)
{
	double inverse = inverse_level(target, channel), factor;
	int counting = 0;

	for (int c = 0; c < CHANNELS; c++)
		counting += inverse_level(target, c) > 0;
	if (inverse <= 0 || is_border(target, y, x) ||
	    (double)activation_at(activation, y, x, channel) <= limit_of(target, activation))
		return 0;
	if (target->kind == OBJECTIVE_WINNERS && target->winners < counting) {
		if (!wins(target, activation, y, x, channel))
			return 0;
		counting = target->winners;
	}
	factor = (double)target->weight * (double)target->scale / (HEIGHT * WIDTH * counting) *
	         share_of(channel);
	if (target->kind == OBJECTIVE_MEAN)
		return factor;
	return factor * 2 * (double)activation_at(activation, y, x, channel) * inverse * inverse;
}

/* ---- comparing ---- */

static void compare(const struct objective_target *target, const float *activation,
                    const float *before, const float *after)
{
	const struct operand *operand = &target->operand;

	for (int i = 0; i < COUNT; i++) {
		int channel = i % STRIDE, x = i / STRIDE % WIDTH, y = i / STRIDE / WIDTH;
		double expected = before[i];
		if (channel < CHANNELS) {
			expected = expected_at(target, activation, y, x, channel);
			if (operand->accumulate)
				expected += (double)before[i];
			if (operand->masked && !(activation[i] > operand->clamp.low &&
			                         activation[i] < operand->clamp.high))
				expected = 0;
		} else if (channel < PADDED && after[i] == 0) {
			continue; /* how far is written depends on the lanes */
		}
		if (fabs(after[i] - expected) > 1e-6 * (1 + fabs(expected))) {
			test_failed(__FILE__, __LINE__, "(%d, %d) channel %d is %g, expected %g", y,
			            x, channel, (double)after[i], expected);
			return;
		}
	}
}

static void check(struct objective_target target, const float *activation)
{
	float *before = random_floats(COUNT, -3, 3, 7), *after = calloc(COUNT, sizeof(*after));
	struct slice slice = {NULL, 0, STRIDE, CHANNELS, HEIGHT, WIDTH};
	struct recording recording;

	if (recording_start(&recording)) {
		target.operand.activation = target.operand.gradient = slice;
		target.operand.activation.buffer = recording_buffer(&recording, activation, COUNT);
		target.operand.gradient.buffer = recording_buffer(&recording, before, COUNT);
		if (shares)
			target.channel_weights = recording_buffer(&recording, shares, PADDED);
		objective_record(&recording.recorder, &target, HEIGHT, WIDTH);
		if (recording_run(&recording) &&
		    recording_read(&recording, target.operand.gradient.buffer, after,
		                   COUNT * sizeof(*after)))
			compare(&target, activation, before, after);
		recording_end(&recording);
	}
	free(before);
	free(after);
}

/* With 16, 8 and 4 lanes, accumulating and masked or not. */
static void check_all(struct objective_target target, const float *activation)
{
	struct device *device = fixture_device();
	int native = device ? device->lanes : 0;

	target.operand.clamp = (struct clamp){-0.5f, 0.8f};
	for (int lanes = 16; device && lanes >= 4; lanes /= 2)
		for (int variant = 0; variant < 4; variant++) {
			device->lanes = lanes;
			target.operand.accumulate = variant & 1;
			target.operand.masked = variant & 2;
			check(target, activation);
		}
	if (device)
		device->lanes = native;
}

static const int some_channels[] = {3, 36, 17, 3};

static void check_kind(enum objective_kind kind)
{
	float *activation = random_floats(COUNT, -1, 1, 3),
	      *levels = random_floats(CHANNELS, 1, 3, 4);
	struct objective_target target = {
		.kind = kind, .weight = -0.5f, .scale = 300, .winners = 3, .window = 3};

	levels[5] = 0;
	for (int i = 0; i < 4; i++) {
		target.channel_rms = i & 1 ? levels : NULL;
		target.channels = i & 2 ? some_channels : NULL;
		target.channel_count = i & 2 ? 4 : 0;
		check_all(target, activation);
	}
	free(activation);
	free(levels);
}

TEST(l2_is_right)
{
	check_kind(OBJECTIVE_L2);
}

TEST(mean_is_right)
{
	check_kind(OBJECTIVE_MEAN);
}

TEST(winners_are_right)
{
	check_kind(OBJECTIVE_WINNERS);
}

TEST(shares_multiply_their_channels)
{
	float *values = random_floats(PADDED, 0.1f, 1.9f, 9);

	shares = values;
	check_kind(OBJECTIVE_L2);
	check_kind(OBJECTIVE_MEAN);
	check_kind(OBJECTIVE_WINNERS);
	shares = NULL;
	free(values);
}

TEST(winners_of_any_number_and_window_are_right)
{
	static const int settings[][2] = {{1, 1}, {16, 5}, {37, 3}, {100, 9}};
	float *activation = random_floats(COUNT, -1, 1, 11);
	struct objective_target target = {.kind = OBJECTIVE_WINNERS, .weight = 1, .scale = 300};

	for (int i = 0; i < 4; i++) {
		target.winners = settings[i][0];
		target.window = settings[i][1];
		check_all(target, activation);
	}
	free(activation);
}

TEST(only_what_lies_above_the_threshold_and_inside_the_border_counts)
{
	float *activation = random_floats(COUNT, -1, 1, 13);
	struct objective_target target = {.weight = 1, .scale = 300, .winners = 3, .window = 3};

	for (int i = 0; i < 9; i++) {
		target.kind = (enum objective_kind)(OBJECTIVE_L2 + i % 3);
		target.threshold = 0.4f * (float)(i / 3);
		target.places.border = 2 - i / 3;
		target.channels = some_channels;
		target.channel_count = i & 1 ? 4 : 0;
		check_all(target, activation);
	}
	free(activation);
}

/* Whole numbers, so that many channels are equally strong in every arithmetic. */
TEST(winners_with_ties_are_the_lower_channels)
{
	float *activation = random_floats(COUNT, -2, 2, 5);
	struct objective_target target = {
		.kind = OBJECTIVE_WINNERS, .weight = 1, .scale = 300, .winners = 4, .window = 1};

	for (int i = 0; i < COUNT; i++)
		activation[i] = rintf(activation[i]);
	check_all(target, activation);
	memset(activation, 0, COUNT * sizeof(*activation));
	check_all(target, activation);
	free(activation);
}

/* Of a mean square, twice that. Lanes past the last channel hold other things. */
TEST(an_activation_is_worth_what_its_objective_rises_by)
{
	float *activation = random_floats(COUNT, -1, 1, 3);
	struct slice slice = {NULL, 0, STRIDE, CHANNELS, HEIGHT, WIDTH};
	struct objective_target target = {.kind = OBJECTIVE_L2, .weight = 0.5f, .scale = 300};
	struct recording recording;
	struct worth worth = {0};
	double sum = 0, expected = 0, unwatched = 0;

	for (int i = 0; i < HEIGHT * WIDTH; i++)
		for (int c = 0; c < CHANNELS; c++)
			expected += 2 * 0.5 * 300 / (HEIGHT * WIDTH * CHANNELS) *
			            pow((double)activation[i * STRIDE + c], 2);
	REQUIRE(recording_start(&recording));
	target.operand.activation = target.operand.gradient = slice;
	target.operand.activation.buffer = recording_buffer(&recording, activation, COUNT);
	target.operand.gradient.buffer = recording_buffer(&recording, activation, COUNT);
	objective_record(&recording.recorder, &target, HEIGHT, WIDTH);
	worth_record(&recording.recorder, &target, &worth);
	worth_watch(&worth, recording.recorder.list, WORTH_ANEW);
	CHECK(recording_run(&recording));
	CHECK(worth_add(&worth, fixture_device()->queue, &sum, NULL) == RV_OK);
	CHECK_MESSAGE(fabs(sum / expected - 1) < 1e-5, "%g, not %g", sum, expected);
	worth_watch(&worth, recording.recorder.list, WORTH_ADDED);
	CHECK(recording_run(&recording));
	sum = 0;
	CHECK(worth_add(&worth, fixture_device()->queue, &sum, NULL) == RV_OK);
	CHECK_MESSAGE(fabs(sum / (2 * expected) - 1) < 1e-5, "%g, not twice %g", sum, expected);
	/* What is not watched stays. */
	worth_watch(&worth, recording.recorder.list, WORTH_KEPT);
	clEnqueueFillBuffer(fixture_device()->queue, target.operand.activation.buffer, &(float){0},
	                    sizeof(float), 0, COUNT * sizeof(float), 0, NULL, NULL);
	CHECK(recording_run(&recording));
	CHECK(worth_add(&worth, fixture_device()->queue, &unwatched, NULL) == RV_OK);
	CHECK(unwatched == sum);
	recording_end(&recording);
	free(activation);
}
