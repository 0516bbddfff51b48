/* The same gradients and steps, of a whole picture and in tiles. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/api/model.h"
#include "engine/base/random.h"
#include "tests/support/device_fixture.h"
#include "tests/support/test.h"
#include "tests/support/tile_fixture.h"

static const char inception[] = "models/inception_v3.onnx";

TEST(the_receptive_field_of_a_small_network_is_counted)
{
	struct onnx_model *model = tile_network(NULL);
	struct graph *graph = model ? tile_graph(model, "top") : NULL;
	struct tiles_receptive_field reach;

	REQUIRE(graph && tiles_receptive_field(graph, &reach, NULL) == RV_OK);
	CHECK(reach.stride == 2);
	CHECK(reach.width == 12);
	CHECK(reach.height == 12);
	graph_destroy(&graph);
	onnx_close(&model);
}

/* ---- gradients ---- */

/* True if the tile's pixel is so far from borders inside the picture that all that the gradient
 * there depends on lies in the tile. */
static bool is_deep(const struct tile_axis *axis, int index, int x, int field)
{
	return (index == 0 || x >= field) && (index == axis->count - 1 || x < axis->tile - field);
}

/* The only tile that counts at pixel x of the (unshifted) picture, if it is deep in it. */
static bool one_deep_tile(const struct tile_axis *axis, int x, int field)
{
	for (int i = 0; i < axis->count; i++) {
		struct tiles_span span = tiles_span(axis, i);
		int at = x - span.start;
		if (at >= 0 && at < axis->tile && tiles_weight(&span, at) == 1)
			return is_deep(axis, i, at, field);
	}
	return false;
}

/* Squares over pixels that lie deep in one tile, and how many those are; share: by how much
 * gradients of tiles are stronger. */
static int compare_deep(const float *tiled, const float *whole, const struct tiles *tiles,
                        int shift_y, int shift_x, int field, double share, double *difference,
                        double *energy)
{
	int height = tiles->y.size, width = tiles->x.size, count = 0;

	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++) {
			size_t at = ((size_t)((y + shift_y) % height) * (size_t)width +
			             (size_t)((x + shift_x) % width)) *
			            4;
			if (!one_deep_tile(&tiles->y, y, field) ||
			    !one_deep_tile(&tiles->x, x, field))
				continue;
			count++;
			for (int c = 0; c < 3; c++) {
				double d = (double)tiled[at + c] / share - (double)whole[at + c];
				*difference += d * d;
				*energy += (double)whole[at + c] * (double)whole[at + c];
			}
		}
	return count;
}

enum { SMALL_WIDTH = 172, SMALL_HEIGHT = 130, SMALL_FIELD = 12 };

/* The part of a picture's layer that a slice leaves. The objective is a mean over that. */
static double part_left(const struct slice_taken *taken, int height, int width)
{
	double part = 1;
	const int sides[] = {height / 2, width / 2};

	for (int i = 0; taken && i < 2; i++) {
		int64_t off = taken->starts[i] - (taken->ends[i] < 0 ? taken->ends[i] : 0);
		part *= (double)(sides[i] - off) / sides[i];
	}
	return part;
}

/* field: how far from the borders of a tile gradients may be others. */
static void check_inside(const struct slice_taken *taken, int field)
{
	static const int shifts[][2] = {{0, 0}, {5, 3}, {129, 160}};
	struct onnx_model *model = tile_network(taken);
	struct graph *graph = model ? tile_graph(model, "top") : NULL;
	float *picture = tile_trial_picture(SMALL_WIDTH, SMALL_HEIGHT);

	REQUIRE(graph && picture);
	for (size_t i = 0; i < sizeof(shifts) / sizeof(shifts[0]); i++) {
		int y = shifts[i][0], x = shifts[i][1], deep;
		size_t bytes = tile_trial_whole_bytes(graph, SMALL_WIDTH, SMALL_HEIGHT);
		struct tiles tiles, one;
		double difference = 0, energy = 0;
		float *whole = tile_trial_gradient(graph, picture, SMALL_WIDTH, SMALL_HEIGHT,
		                                   SIZE_MAX, y, x, &one);
		float *tiled = tile_trial_gradient(graph, picture, SMALL_WIDTH, SMALL_HEIGHT,
		                                   bytes / 3, y, x, &tiles);
		REQUIRE(whole && tiled);
		CHECK(tiles_count(&one) == 1);
		CHECK(tiles_count(&tiles) > 2);
		deep = compare_deep(tiled, whole, &tiles, y, x, field,
		                    part_left(taken, SMALL_HEIGHT, SMALL_WIDTH) /
		                            part_left(taken, tiles.y.tile, tiles.x.tile),
		                    &difference, &energy);
		CHECK(deep > SMALL_WIDTH * SMALL_HEIGHT / 4);
		CHECK_MESSAGE(sqrt(difference / energy) < 5e-6, "relative error %g",
		              sqrt(difference / energy));
		free(whole);
		free(tiled);
	}
	free(picture);
	graph_destroy(&graph);
	onnx_close(&model);
}

TEST(inside_tiles_gradients_are_those_of_the_whole_picture)
{
	check_inside(NULL, SMALL_FIELD);
}

/* A slice takes 2 and 3 of the pool's pixels off, each of 2 of the picture. */
TEST(what_a_slice_takes_off_a_tile_is_made_good)
{
	static const struct slice_taken rim = {{1, 2}, {-3, INT64_MAX}, {1, 1}};

	check_inside(&rim, SMALL_FIELD + 6);
}

/* The first 20 rows of a tile are not those of the picture, nor are the last ones or all of them
 * from the last to the first. */
TEST(no_tiles_are_made_where_a_slice_takes_places_of_the_picture)
{
	static const struct slice_taken places[] = {{{0, 0}, {20, INT64_MAX}, {1, 1}},
	                                            {{0, 17}, {INT64_MAX, INT64_MAX}, {1, 1}},
	                                            {{-20, 0}, {INT64_MAX, INT64_MAX}, {1, 1}},
	                                            {{0, -1}, {INT64_MAX, INT64_MIN}, {1, -1}}};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct onnx_model *model = tile_network(&places[i]);
		struct graph *graph = model ? tile_graph(model, "top") : NULL;
		struct tile_budget budget = {0, SIZE_MAX};
		struct network *network = NULL;
		struct tiles tiles;
		rv_error error = {RV_OK, ""};
		REQUIRE(graph);
		budget.bytes = tile_trial_whole_bytes(graph, 171, 130) / 3;
		CHECK(tiles_network(&tiles, &network, graph, 130, 171, &budget, &error) ==
		      RV_UNSUPPORTED);
		CHECK_MESSAGE(strstr(error.message, "\"taken\" (Slice)"), "%s", error.message);
		budget.bytes = SIZE_MAX;
		CHECK(tiles_network(&tiles, &network, graph, 130, 171, &budget, &error) == RV_OK);
		network_destroy(&network);
		graph_destroy(&graph);
		onnx_close(&model);
	}
}

/* What a pixel that is seen is worth to the objective; measured twice, as the second time must
 * begin anew. */
static double worth_of(const struct graph *graph, const float *picture, size_t bytes, int *count)
{
	struct tile_trial trial;
	double worth = NAN;

	if (!tile_trial_start(&trial, graph, picture, SMALL_WIDTH, SMALL_HEIGHT, bytes))
		return NAN;
	trial.octave.watched = true;
	*count = tiles_count(&trial.octave.tiles);
	if (tile_trial_run_tiles(&trial, 0, 0) && tile_trial_run_tiles(&trial, 0, 0))
		network_worth(trial.octave.network, fixture_device()->queue, &worth, NULL);
	worth /= (double)*count * trial.octave.tiles.y.tile * trial.octave.tiles.x.tile;
	tile_trial_end(&trial);
	return worth;
}

/* Tiles see parts that differ, and some parts twice. */
TEST(tiles_are_worth_about_what_the_whole_picture_is)
{
	struct onnx_model *model = tile_network(NULL);
	struct graph *graph = model ? tile_graph(model, "top") : NULL;
	float *picture = tile_trial_picture(SMALL_WIDTH, SMALL_HEIGHT);
	int one, tiles;
	double whole, tiled;

	REQUIRE(graph && picture);
	whole = worth_of(graph, picture, SIZE_MAX, &one);
	tiled = worth_of(graph, picture,
	                 tile_trial_whole_bytes(graph, SMALL_WIDTH, SMALL_HEIGHT) / 3, &tiles);
	CHECK(one == 1 && tiles > 2);
	CHECK_MESSAGE(fabs(tiled / whole - 1) < 0.2, "%g a pixel, not %g", tiled, whole);
	free(picture);
	graph_destroy(&graph);
	onnx_close(&model);
}

TEST(a_budget_for_no_tile_is_refused)
{
	struct onnx_model *model = tile_network(NULL);
	struct graph *graph = model ? tile_graph(model, "top") : NULL;
	struct tile_budget budget = {1000, 1000};
	struct network *network = NULL;
	struct tiles tiles;
	rv_error error;

	REQUIRE(graph);
	CHECK(tiles_network(&tiles, &network, graph, 130, 171, &budget, &error) == RV_MEMORY);
	CHECK(strstr(error.message, "171x130"));
	CHECK(strstr(error.message, "--memory-limit"));
	CHECK(!network);
	graph_destroy(&graph);
	onnx_close(&model);
}

/* ---- seams ---- */

enum { SEAM_WIDTH = 640, SEAM_HEIGHT = 320, SEAM_STEPS = 6, SEAM_JITTER = 16 };

/* What was added to a picture by a few steps with jitter; to be freed. */
static float *dream_detail(const struct graph *graph, const float *picture, size_t bytes,
                           struct tiles *tiles)
{
	struct tile_trial trial;
	struct octave_role role = {.from_below = 1, .strength.length = 0.02f};
	uint64_t random = 1;
	float *detail = NULL;
	bool done;

	if (!tile_trial_start(&trial, graph, picture, SEAM_WIDTH, SEAM_HEIGHT, bytes))
		return NULL;
	*tiles = trial.octave.tiles;
	octave_set(&trial.octave, &role);
	done = true;
	for (int i = 0; i < SEAM_STEPS && done; i++) {
		int shift_y = (int)(random_next(&random) % SEAM_JITTER);
		int shift_x = (int)(random_next(&random) % SEAM_JITTER);
		done = tile_trial_run_tiles(&trial, shift_y, shift_x) &&
		       !octave_step(&trial.octave, fixture_device()->queue, &trial.error);
	}
	if (done)
		detail = tile_trial_read(&trial.octave.picture);
	for (size_t i = 0; detail && i < (size_t)SEAM_WIDTH * SEAM_HEIGHT * 4; i++)
		detail[i] -= picture[i];
	tile_trial_end(&trial);
	return detail;
}

/* Mean square of the steps of detail from column x - 1 to x, over columns [from, to). */
static double edge_energy(const float *detail, int from, int to)
{
	double sum = 0;

	for (int y = 0; y < SEAM_HEIGHT; y++)
		for (int x = from; x < to; x++)
			for (int c = 0; c < 3; c++) {
				size_t at = ((size_t)y * SEAM_WIDTH + (size_t)x) * 4 + (size_t)c;
				double step = (double)detail[at] - (double)detail[at - 4];
				sum += step * step;
			}
	return sum / ((to - from) * SEAM_HEIGHT * 3.0);
}

/* In the tiled dream, relative to the whole one, columns around both borders of an overlap (jitter
 * moves them) must hold no more of what an edge is made of than columns everywhere. */
static void check_seams(const float *tiled, const float *whole, const struct tile_axis *axis)
{
	double everywhere = edge_energy(tiled, 1, axis->size) / edge_energy(whole, 1, axis->size);

	for (int i = 1; i < axis->count; i++) {
		int borders[] = {tiles_span(axis, i).start,
		                 tiles_span(axis, i - 1).start + axis->tile};
		for (int k = 0; k < 2; k++) {
			int from = borders[k] - 2, to = borders[k] + SEAM_JITTER + 2;
			double here = edge_energy(tiled, from, to) / edge_energy(whole, from, to);
			CHECK_MESSAGE(here < 1.2 * everywhere,
			              "columns %d to %d: energy %.3f of the whole picture's, "
			              "%.3f everywhere",
			              from, to, here, everywhere);
		}
	}
}

TEST(a_dream_in_tiles_has_no_seams)
{
	struct graph *graph;
	rv_model *model;
	rv_error error;
	float *picture, *whole, *tiled;
	struct tiles one, tiles;

	if (rv_model_open(&model, inception, NULL, &error))
		SKIP("%s is missing", inception);
	graph = tile_graph(model_onnx(model), "mixed3");
	picture = tile_trial_picture(SEAM_WIDTH, SEAM_HEIGHT);
	REQUIRE(graph && picture);
	whole = dream_detail(graph, picture, SIZE_MAX, &one);
	tiled = dream_detail(graph, picture,
	                     tile_trial_whole_bytes(graph, SEAM_WIDTH, SEAM_HEIGHT) * 2 / 3,
	                     &tiles);
	REQUIRE(whole && tiled);
	CHECK(tiles.x.count > 1);
	CHECK(tiles_count(&one) == 1);
	CHECK_MESSAGE(test_cosine(tiled, whole, (size_t)SEAM_WIDTH * SEAM_HEIGHT * 4) > 0.9,
	              "cosine %g", test_cosine(tiled, whole, (size_t)SEAM_WIDTH * SEAM_HEIGHT * 4));
	check_seams(tiled, whole, &tiles.x);
	free(picture);
	free(whole);
	free(tiled);
	graph_destroy(&graph);
	rv_model_close(&model);
}
