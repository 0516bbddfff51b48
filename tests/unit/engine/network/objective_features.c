/* Gradients of the objectives of whole features (classes, guides, caricatures, directions), against
 * differences of the objectives themselves, computed plainly in double precision. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/network/objective.h"
#include "tests/support/device_fixture.h"
#include "tests/support/test.h"

enum {
	HEIGHT = 3,
	WIDTH = 5,
	PIXELS = HEIGHT * WIDTH,
	CHANNELS = 37,
	PADDED = 48,
	STRIDE = 64,
	COUNT = PIXELS * STRIDE,
	ROWS = 45, /* more than a panel of 32, and not two of them */
};

/* What an objective is computed from, plainly. */
struct plain {
	const struct objective_target *target;
	const float *rows;    /* [rows][PADDED] */
	double place[PIXELS]; /* what each counts */
};

static double dot(const double *a, const float *b)
{
	double sum = 0;

	for (int c = 0; c < CHANNELS; c++)
		sum += a[c] * (double)b[c];
	return sum;
}

static double odds_of(const struct plain *plain, const double *a)
{
	double inside = 0, outside = 0;

	for (int c = 0; c < CHANNELS; c++) {
		bool wanted = false;
		for (int i = 0; i < plain->target->channel_count; i++)
			wanted |= plain->target->channels[i] == c;
		*(wanted ? &inside : &outside) += exp(a[c]);
	}
	return log(inside / outside);
}

static double pull_of(const struct plain *plain, const double *a, int row)
{
	const float *r = plain->rows + row * PADDED;
	double product = dot(a, r), squares = 0, lengths = 0;

	for (int c = 0; c < CHANNELS; c++) {
		squares += a[c] * a[c];
		lengths += (double)r[c] * (double)r[c];
	}
	return product *
	       pow(fmax(product / sqrt(squares * lengths), 0.1), (double)plain->target->power);
}

/* That row for which <a, r> cos(a, r)^power is largest. */
static int best_row(const struct plain *plain, const double *a)
{
	double power = (double)plain->target->power, most = -INFINITY;
	int best = 0;

	for (int row = 0; row < plain->target->rows.count; row++) {
		const float *r = plain->rows + row * PADDED;
		double square = 0, product = dot(a, r);
		for (int c = 0; c < CHANNELS; c++)
			square += (double)r[c] * (double)r[c];
		product *= pow(fmax(product, 0) / sqrt(square), power);
		if (product > most)
			best = row;
		most = fmax(most, product);
	}
	return best;
}

/* The objective's part of one pixel, of weight * scale * objective. */
static double part_of(const struct plain *plain, const double *a, int pixel)
{
	double part = 0;

	switch (plain->target->kind) {
	case OBJECTIVE_CLASS:
		part = odds_of(plain, a);
		break;
	case OBJECTIVE_GUIDE:
		part = pull_of(plain, a, best_row(plain, a));
		break;
	case OBJECTIVE_CARICATURE:
		part = pull_of(plain, a, pixel);
		break;
	default:
		part = pull_of(plain, a, 0);
	}
	return (double)plain->target->weight * (double)plain->target->scale * part / PIXELS *
	       plain->place[pixel];
}

static double expected_at(const struct plain *plain, const float *activation, int pixel,
                          int channel)
{
	const double width = 1e-4;
	double a[CHANNELS], sides[2];

	for (int side = 0; side < 2; side++) {
		for (int c = 0; c < CHANNELS; c++)
			a[c] = (double)activation[pixel * STRIDE + c];
		a[channel] += side ? width : -width;
		sides[side] = part_of(plain, a, pixel);
	}
	return (sides[1] - sides[0]) / (2 * width);
}

/* Differences of width 1e-4 in double are good to 1e-7 of values near 1; floats to 1e-6 of what is
 * summed over 37 channels, with exponents: 2e-5 of the largest gradient holds both. */
static void compare(const struct plain *plain, const float *activation, const float *gradient)
{
	double largest = 0;

	for (int i = 0; i < PIXELS * CHANNELS; i++)
		largest = fmax(largest,
		               fabs(expected_at(plain, activation, i / CHANNELS, i % CHANNELS)));
	CHECK(largest > 1e-3);
	for (int i = 0; i < PIXELS * CHANNELS; i++) {
		int pixel = i / CHANNELS, c = i % CHANNELS;
		double expected = expected_at(plain, activation, pixel, c);
		double found = (double)gradient[pixel * STRIDE + c];
		if (fabs(found - expected) > 2e-5 * largest) {
			test_failed(__FILE__, __LINE__, "pixel %d channel %d is %g, expected %g",
			            pixel, c, found, expected);
			return;
		}
	}
}

/* Rows with zeros past the last channel. */
static float *make_rows(int count, unsigned seed)
{
	float *rows = random_floats((size_t)count * PADDED, -0.5f, 1, seed);

	for (int i = 0; i < count * PADDED; i++)
		if (i % PADDED >= CHANNELS)
			rows[i] = 0;
	return rows;
}

/* What is arranged is run with what is recorded after it. */
static void pack(struct launch_recorder *recorder, struct objective_target *target)
{
	target->rows.panels = record_own_buffer(recorder,
	                                        objective_panels_bytes(recorder->device,
	                                                               &target->operand.activation,
	                                                               target->rows.count),
	                                        NULL);
	objective_pack(recorder, target);
}

static void run(struct objective_target target, struct plain *plain, const float *activation,
                int row_count)
{
	struct slice slice = {NULL, 0, STRIDE, CHANNELS, HEIGHT, WIDTH};
	float *gradient = calloc(COUNT, sizeof(*gradient));
	struct recording recording;

	if (recording_start(&recording)) {
		target.operand.activation = target.operand.gradient = slice;
		target.operand.activation.buffer = recording_buffer(&recording, activation, COUNT);
		target.operand.gradient.buffer = recording_buffer(&recording, gradient, COUNT);
		target.rows.count = row_count;
		if (row_count)
			target.rows.buffer = recording_buffer(&recording, plain->rows,
			                                      (size_t)row_count * PADDED);
		if (target.kind == OBJECTIVE_GUIDE)
			pack(&recording.recorder, &target);
		objective_record(&recording.recorder, &target, HEIGHT * 8, WIDTH * 8);
		plain->target = &target;
		if (recording_run(&recording) &&
		    recording_read(&recording, target.operand.gradient.buffer, gradient,
		                   COUNT * sizeof(*gradient)))
			compare(plain, activation, gradient);
		recording_end(&recording);
	}
	free(gradient);
}

/* With 16, 8 and 4 lanes. */
static void check(struct objective_target target, int row_count)
{
	struct device *device = fixture_device();
	int native = device ? device->lanes : 0;
	float *activation = random_floats(COUNT, -0.5f, 1.5f, 3);
	float *rows = make_rows(row_count ? row_count : 1, 4);
	struct plain plain = {.rows = rows};

	target.weight = -0.7f;
	target.scale = 200;
	for (int i = 0; i < PIXELS; i++)
		plain.place[i] = target.places.kind == PLACES_ALL || i == 1 * WIDTH + 3;
	for (int lanes = 16; device && lanes >= 4; lanes /= 2) {
		device->lanes = lanes;
		run(target, &plain, activation, row_count);
	}
	if (device)
		device->lanes = native;
	free(activation);
	free(rows);
}

static const int some_classes[] = {3, 36, 17, 3};

TEST(gradient_of_a_class_is_that_of_differences)
{
	check((struct objective_target){.kind = OBJECTIVE_CLASS,
	                                .channels = some_classes,
	                                .channel_count = 1},
	      0);
	check((struct objective_target){.kind = OBJECTIVE_CLASS,
	                                .channels = some_classes,
	                                .channel_count = 4},
	      0);
}

/* Scores far apart neither overflow nor vanish. */
TEST(gradient_of_a_class_far_behind_still_draws_to_it)
{
	struct objective_target target = {.kind = OBJECTIVE_CLASS,
	                                  .channels = some_classes,
	                                  .channel_count = 1,
	                                  .weight = 1,
	                                  .scale = PIXELS};
	struct slice slice = {NULL, 0, STRIDE, CHANNELS, HEIGHT, WIDTH};
	float *activation = calloc(COUNT, sizeof(*activation));
	float *gradient = calloc(COUNT, sizeof(*gradient));
	struct recording recording;

	for (int p = 0; p < PIXELS; p++) {
		activation[p * STRIDE + 3] = -300;
		activation[p * STRIDE + 5] = 300;
	}
	REQUIRE(recording_start(&recording));
	target.operand.activation = target.operand.gradient = slice;
	target.operand.activation.buffer = recording_buffer(&recording, activation, COUNT);
	target.operand.gradient.buffer = recording_buffer(&recording, gradient, COUNT);
	objective_record(&recording.recorder, &target, HEIGHT, WIDTH);
	REQUIRE(recording_run(&recording) &&
	        recording_read(&recording, target.operand.gradient.buffer, gradient,
	                       COUNT * sizeof(*gradient)));
	CHECK(fabsf(gradient[3] - 1) < 1e-5f && fabsf(gradient[5] + 1) < 1e-5f);
	CHECK(gradient[4] == 0);
	recording_end(&recording);
	free(activation);
	free(gradient);
}

TEST(gradient_of_a_guide_is_that_of_differences)
{
	static const float powers[] = {0, 0.5f, 2, 8};

	for (int i = 0; i < 4; i++)
		check((struct objective_target){.kind = OBJECTIVE_GUIDE, .power = powers[i]}, ROWS);
	check((struct objective_target){.kind = OBJECTIVE_GUIDE, .power = 2}, 1);
}

TEST(gradient_of_a_caricature_is_that_of_differences)
{
	static const float powers[] = {0, 0.5f, 2, 4};

	for (int i = 0; i < 4; i++)
		check((struct objective_target){.kind = OBJECTIVE_CARICATURE, .power = powers[i]},
		      PIXELS);
}

TEST(gradient_of_a_direction_is_that_of_differences)
{
	check((struct objective_target){.kind = OBJECTIVE_DIRECTION}, 1);
	check((struct objective_target){.kind = OBJECTIVE_DIRECTION, .power = 2}, 1);
}

/* Pixel (3, 1) of the layer, which is 5x3. */
TEST(gradient_at_one_place_is_zero_elsewhere)
{
	struct places_plan place = {.kind = PLACES_ONE, .x = 0.7f, .y = 0.5f};

	check((struct objective_target){.kind = OBJECTIVE_GUIDE, .power = 1, .places = place},
	      ROWS);
	check((struct objective_target){.kind = OBJECTIVE_CLASS,
	                                .channels = some_classes,
	                                .channel_count = 1,
	                                .places = place},
	      0);
}

TEST(features_that_are_kept_are_the_activation_and_zeros)
{
	float *activation = random_floats(COUNT, -1, 1, 5);
	float *rows = random_floats(PIXELS * PADDED, 7, 8, 6);
	struct objective_target target = {.kind = OBJECTIVE_CARICATURE};
	struct slice slice = {NULL, 0, STRIDE, CHANNELS, HEIGHT, WIDTH};
	struct recording recording;

	CHECK(objective_rows_bytes(&slice) == PIXELS * PADDED * sizeof(float));
	REQUIRE(recording_start(&recording));
	target.operand.activation = slice;
	target.operand.activation.buffer = recording_buffer(&recording, activation, COUNT);
	target.rows.buffer = recording_buffer(&recording, rows, PIXELS * PADDED);
	objective_keep(&recording.recorder, &target);
	REQUIRE(recording_run(&recording) && recording_read(&recording, target.rows.buffer, rows,
	                                                    PIXELS * PADDED * sizeof(float)));
	for (int i = 0; i < PIXELS * PADDED; i++) {
		int c = i % PADDED;
		/* How far is written depends on the lanes; what is not is the buffer's zeros. */
		if (c < CHANNELS)
			CHECK(rows[i] == activation[i / PADDED * STRIDE + c]);
		else
			CHECK(rows[i] == 0 || rows[i] >= 7);
	}
	recording_end(&recording);
	free(activation);
	free(rows);
}

/* What a target keeps on the device once it is recorded: the frame's rows of a caricature are the
 * network's to make. */
static size_t bytes_kept(enum objective_kind kind)
{
	struct objective_target target = {.kind = kind,
	                                  .weight = 1,
	                                  .scale = 1,
	                                  .winners = 3,
	                                  .window = 3,
	                                  .channels = some_classes,
	                                  .channel_count = 1,
	                                  .rows.count = 1};
	struct slice slice = {NULL, 0, STRIDE, CHANNELS, HEIGHT, WIDTH};
	float zeros[COUNT] = {0};
	struct recording recording;
	size_t bytes;

	if (!recording_start(&recording))
		return 0;
	target.operand.activation = target.operand.gradient = slice;
	target.operand.activation.buffer = recording_buffer(&recording, zeros, COUNT);
	target.operand.gradient.buffer = recording_buffer(&recording, zeros, COUNT);
	target.rows.buffer = recording_buffer(&recording, zeros, PADDED);
	bytes = launch_list_bytes(&recording.list);
	objective_record(&recording.recorder, &target, HEIGHT, WIDTH);
	bytes = launch_list_bytes(&recording.list) - bytes;
	recording_end(&recording);
	return bytes + (objective_wants_frame(kind) ? objective_rows_bytes(&slice) : 0);
}

/* Beside it are tables over the channels, four at most, and single numbers. */
TEST(objective_says_before_how_much_it_keeps)
{
	struct slice slice = {NULL, 0, STRIDE, CHANNELS, HEIGHT, WIDTH};
	const size_t tables = (4 * PADDED + 4) * sizeof(float);

	for (enum objective_kind kind = 0; kind < OBJECTIVE_KINDS; kind++) {
		size_t said = objective_bytes(kind, &slice), kept = bytes_kept(kind);
		CHECK_MESSAGE(kept >= said && kept - said <= tables, "kind %d: %zu, said %zu",
		              (int)kind, kept, said);
	}
}
