/* Atlases through the public interface, of a network whose channels are known. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/reverie_inspect.h"
#include "tests/support/onnx_builder.h"
#include "tests/support/test.h"

enum { BYTES = RV_ATLAS_SIDE * RV_ATLAS_SIDE * 3 };

/* Channels that answer to what is more red, and more blue, than the rest; one that nothing wakes.
 */
static const float raises = 1, never = -1;

struct scene {
	char folder[64], path[96];
	rv_model *model;
	rv_config config;
	uint8_t pixels[BYTES];
	rv_image tile;
};

static bool write_network(const char *path)
{
	struct onnx_builder *builder = onnx_builder_create(13);
	const float weights[3][3] = {{raises, -1, 0}, {0, -1, raises}, {0, 0, 0}};
	const float biases[3] = {0, 0, never};
	onnx_builder_picture(builder, "picture", 3, 0, 0);
	onnx_builder_floats(builder, "weights", 4, (int64_t[]){3, 3, 1, 1}, weights[0]);
	onnx_builder_floats(builder, "biases", 1, (int64_t[]){3}, biases);
	onnx_builder_node(builder, "Conv", "picture weights biases", "before");
	onnx_builder_node(builder, "Relu", "before", "colours");
	onnx_builder_node(builder, "GlobalAveragePool", "colours", "mean");
	onnx_builder_metadata(builder, "reverie.input", "signed");
	onnx_builder_metadata(builder, "reverie.default_layer", "colours");
	bool written = onnx_builder_write(builder, path);
	onnx_builder_destroy(&builder);
	return written;
}

static bool set_up(struct scene *scene)
{
	*scene = (struct scene){.folder = "/tmp/reverie-test-atlas-XXXXXX"};
	if (!mkdtemp(scene->folder))
		return false;
	snprintf(scene->path, sizeof(scene->path), "%s/network.onnx", scene->folder);
	scene->config.cache_directory = scene->folder;
	scene->tile = (rv_image){.format = RV_RGB8,
	                         .width = RV_ATLAS_SIDE,
	                         .height = RV_ATLAS_SIDE,
	                         .stride = 3 * RV_ATLAS_SIDE,
	                         .pixels = scene->pixels};
	return write_network(scene->path) &&
	       rv_model_open(&scene->model, scene->path, NULL, NULL) == RV_OK;
}

static void tear_down(struct scene *scene)
{
	char command[96];
	rv_model_close(&scene->model);
	snprintf(command, sizeof(command), "rm -r %s", scene->folder);
	CHECK(system(command) == 0);
}

static rv_atlas *open_atlas(struct scene *scene)
{
	rv_error error = {0};
	rv_atlas *atlas = NULL;
	rv_status status = rv_atlas_open(&atlas, scene->model, &scene->config, NULL, &error);
	CHECK_MESSAGE(status == RV_OK, "%s", error.message);
	return atlas;
}

static bool make(struct scene *scene, rv_atlas *atlas, int number)
{
	rv_error error = {0};
	rv_status status = rv_atlas_make(atlas, number, &scene->tile, NULL, NULL, &error);
	CHECK_MESSAGE(status == RV_OK, "%s", error.message);
	return status == RV_OK;
}

/* How much more of one colour than of another the tile has, in levels. */
static double excess(const struct scene *scene, int colour, int other)
{
	double sum = 0;
	for (int i = 0; i < BYTES; i += 3)
		sum += scene->pixels[i + colour] - scene->pixels[i + other];
	return sum / (BYTES / 3);
}

/* Noise has a colour too, by chance: that of the same places where nothing was dreamed. Each
 * channel puts green down as well, which is half of what it answers to. */
TEST(atlas_tiles_show_what_a_channel_answers_to)
{
	struct scene scene;
	REQUIRE(set_up(&scene));
	rv_atlas *atlas = open_atlas(&scene);
	REQUIRE(atlas);
	CHECK(rv_atlas_count(atlas) == 3 && !rv_atlas_of_classes(atlas));
	CHECK(!strcmp(rv_atlas_layer(atlas), "colours"));
	CHECK(make(&scene, atlas, 2));
	double noise_red = excess(&scene, 0, 1), noise_blue = excess(&scene, 2, 1);
	CHECK(make(&scene, atlas, 0));
	double red_red = excess(&scene, 0, 1) - noise_red;
	double red_blue = excess(&scene, 2, 1) - noise_blue;
	CHECK(make(&scene, atlas, 1));
	double blue_red = excess(&scene, 0, 1) - noise_red;
	double blue_blue = excess(&scene, 2, 1) - noise_blue;
	CHECK_MESSAGE(red_red > 5 && red_red > 1.5 * red_blue, "red %g, blue %g", red_red,
	              red_blue);
	CHECK_MESSAGE(blue_blue > 5 && blue_blue > 1.5 * blue_red, "red %g, blue %g", blue_red,
	              blue_blue);
	rv_atlas_close(&atlas);
	CHECK(!atlas);
	tear_down(&scene);
}

TEST(atlas_keeps_tiles_for_the_next_one)
{
	struct scene scene;
	uint8_t first[BYTES];
	REQUIRE(set_up(&scene));
	rv_atlas *atlas = open_atlas(&scene);
	REQUIRE(atlas);
	CHECK(!rv_atlas_find(atlas, 1, &scene.tile));
	CHECK(make(&scene, atlas, 1));
	memcpy(first, scene.pixels, BYTES);
	rv_atlas_close(&atlas);
	memset(scene.pixels, 0, BYTES);
	atlas = open_atlas(&scene);
	REQUIRE(atlas);
	CHECK(!rv_atlas_find(atlas, 0, &scene.tile));
	CHECK(!rv_atlas_find(atlas, RV_ATLAS_WHOLE, &scene.tile));
	CHECK(rv_atlas_find(atlas, 1, &scene.tile));
	CHECK(!memcmp(first, scene.pixels, BYTES));
	CHECK(make(&scene, atlas, 1) && !memcmp(first, scene.pixels, BYTES));
	rv_atlas_close(&atlas);
	tear_down(&scene);
}

/* The largest forms of the noise, two dozen of which there is room for, are what keeps its colours
 * from being even: by 5 levels, as it is shown. A bound of three times that. */
TEST(atlas_leaves_noise_where_a_channel_answers_to_nothing)
{
	struct scene scene;
	REQUIRE(set_up(&scene));
	rv_atlas *atlas = open_atlas(&scene);
	REQUIRE(atlas);
	CHECK(make(&scene, atlas, 2));
	double red = excess(&scene, 0, 1), blue = excess(&scene, 2, 1);
	CHECK_MESSAGE(red < 15 && red > -15 && blue < 15 && blue > -15, "red %g, blue %g", red,
	              blue);
	rv_atlas_close(&atlas);
	tear_down(&scene);
}

static bool stop_at_once(void *context, double part)
{
	(void)part;
	++*(int *)context;
	return false;
}

TEST(atlas_can_be_stopped_and_keeps_no_half_tile)
{
	struct scene scene;
	rv_error error = {0};
	int calls = 0;
	REQUIRE(set_up(&scene));
	rv_atlas *atlas = open_atlas(&scene);
	REQUIRE(atlas);
	CHECK(rv_atlas_make(atlas, 0, &scene.tile, stop_at_once, &calls, &error) == RV_CANCELLED);
	CHECK(calls == 1);
	CHECK(!rv_atlas_find(atlas, 0, &scene.tile));
	CHECK(make(&scene, atlas, 0));
	rv_atlas_close(&atlas);
	tear_down(&scene);
}

TEST(atlas_refuses_what_has_no_tiles)
{
	struct scene scene;
	rv_error error = {0};
	rv_atlas *atlas = NULL;
	REQUIRE(set_up(&scene));
	CHECK(rv_atlas_open(&atlas, scene.model, &scene.config, "colour", &error) == RV_NOT_FOUND);
	CHECK(!atlas && strstr(error.message, "colours"));
	CHECK(rv_atlas_open(&atlas, NULL, &scene.config, NULL, &error) == RV_INVALID);
	atlas = open_atlas(&scene);
	REQUIRE(atlas);
	CHECK(rv_atlas_make(atlas, 3, &scene.tile, NULL, NULL, &error) == RV_INVALID);
	CHECK(rv_atlas_make(atlas, -2, &scene.tile, NULL, NULL, &error) == RV_INVALID);
	scene.tile.width--;
	CHECK(rv_atlas_make(atlas, 0, &scene.tile, NULL, NULL, &error) == RV_INVALID);
	CHECK(!rv_atlas_find(atlas, 0, &scene.tile));
	rv_atlas_close(&atlas);
	tear_down(&scene);
}

TEST(atlas_of_scores_is_of_classes)
{
	struct scene scene;
	rv_atlas *atlas = NULL;
	REQUIRE(set_up(&scene));
	REQUIRE(rv_atlas_open(&atlas, scene.model, &scene.config, "mean", NULL) == RV_OK);
	CHECK(rv_atlas_of_classes(atlas) && rv_atlas_count(atlas) == 3);
	CHECK(!rv_atlas_find(atlas, RV_ATLAS_WHOLE, &scene.tile));
	CHECK(make(&scene, atlas, 0));
	CHECK_MESSAGE(excess(&scene, 0, 1) > 20, "red %g", excess(&scene, 0, 1));
	rv_atlas_close(&atlas);
	tear_down(&scene);
}

/* The left half is red, the right one blue. */
TEST(answers_are_those_of_the_place)
{
	enum { SIDE = 64 };
	struct scene scene;
	rv_engine *engine = NULL;
	rv_error error = {0};
	rv_answer answers[2];
	uint8_t pixels[SIDE * SIDE * 3] = {0};
	const rv_image picture = {RV_RGB8, SIDE, SIDE, 3 * (size_t)SIDE, pixels};
	int count = 0;
	REQUIRE(set_up(&scene));
	for (int i = 0; i < SIDE * SIDE; i++)
		pixels[3 * i + (i % SIDE < SIDE / 2 ? 0 : 2)] = 255;
	REQUIRE(rv_create(&engine, scene.model, &scene.config, &error) == RV_OK);
	CHECK(rv_find_answers(engine, &picture, NULL, 0.2f, 0.5f, answers, 2, &count, &error) ==
	      RV_OK);
	/* Red is 1 and green -1 there, of which the channel is the difference; the dead one, and
	 * the one of blue, do not answer. */
	CHECK(count == 1 && answers[0].channel == 0 && answers[0].value > 1.9f &&
	      answers[0].value < 2.1f && answers[0].ratio > 1);
	CHECK(rv_find_answers(engine, &picture, "colours", 0.8f, 0.5f, answers, 2, &count,
	                      &error) == RV_OK);
	CHECK(count == 1 && answers[0].channel == 1);
	/* Across the border both answer, the nearer one more. */
	CHECK(rv_find_answers(engine, &picture, NULL, 0.49f, 0, answers, 2, &count, &error) ==
	      RV_OK);
	CHECK(count == 2 && answers[0].value > answers[1].value);
	CHECK(rv_find_answers(engine, &picture, NULL, 0.49f, 0, answers, 1, &count, &error) ==
	              RV_OK &&
	      count == 1);
	CHECK(rv_find_answers(engine, &picture, NULL, 1.2f, 0, answers, 2, &count, &error) ==
	      RV_INVALID);
	CHECK(rv_find_answers(engine, &picture, "colour", 1, 1, answers, 2, &count, &error) ==
	      RV_NOT_FOUND);
	rv_destroy(&engine);
	tear_down(&scene);
}
