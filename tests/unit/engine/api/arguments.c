/* Arguments that are missing or make no sense, which are refused or do no harm. */
#include <stdlib.h>
#include <string.h>

#include "engine/reverie_inspect.h"
#include "engine/reverie_motion.h"
#include "tests/support/device_fixture.h"
#include "tests/support/target_fixture.h"
#include "tests/support/test.h"

TEST(nothing_is_closed_and_destroyed)
{
	rv_model *model = NULL;
	rv_engine *engine = NULL;
	rv_appraiser *appraiser = NULL;
	rv_atlas *atlas = NULL;
	rv_motion *motion = NULL;

	rv_model_close(NULL);
	rv_model_close(&model);
	rv_destroy(NULL);
	rv_destroy(&engine);
	rv_appraiser_destroy(NULL);
	rv_appraiser_destroy(&appraiser);
	rv_atlas_close(NULL);
	rv_atlas_close(&atlas);
	rv_motion_destroy(NULL);
	rv_motion_destroy(&motion);
	rv_array_release(NULL);
}

TEST(what_is_missing_is_refused)
{
	struct target_fixture fixture;
	rv_appraiser *appraiser = NULL;
	rv_model *model;
	rv_image image;
	double number;
	int index;

	REQUIRE(target_set_up(&fixture, true));
	image = target_image(&fixture, fixture.picture);
	CHECK(rv_model_open(NULL, "network.onnx", NULL, NULL) == RV_INVALID);
	CHECK(rv_model_open(&model, NULL, NULL, NULL) == RV_INVALID);
	CHECK(rv_model_find_layer(fixture.model, NULL, &index, NULL) == RV_INVALID);
	CHECK(rv_model_find_layer(fixture.model, "high", NULL, NULL) == RV_INVALID);
	CHECK(rv_inspect_classes(fixture.engine, &image, NULL, NULL) == RV_INVALID);
	CHECK(rv_appraiser_create(NULL, fixture.engine, WIDTH, HEIGHT, NULL) == RV_INVALID);
	CHECK(rv_appraise(NULL, &image, &number, NULL) == RV_INVALID);
	REQUIRE(!rv_appraiser_create(&appraiser, fixture.engine, WIDTH, HEIGHT, NULL));
	CHECK(rv_appraise(appraiser, NULL, &number, NULL) == RV_INVALID);
	CHECK(rv_appraise(appraiser, &image, NULL, NULL) == RV_INVALID);
	rv_appraiser_destroy(&appraiser);
	CHECK(rv_measure_step(fixture.engine, "high", 16, 16, 1, NULL, &number, NULL) ==
	      RV_INVALID);
	CHECK(rv_measure_step(fixture.engine, "high", 16, 16, 1, &number, NULL, NULL) ==
	      RV_INVALID);
	CHECK(rv_measure_step(fixture.engine, "high", 16, 16, 0, NULL, &number, NULL) == RV_OK);
	target_tear_down(&fixture);
}

TEST(rows_of_a_tile_do_not_overlap)
{
	static uint8_t pixels[3 * RV_ATLAS_SIDE * RV_ATLAS_SIDE];
	const rv_image tile = {RV_RGB8, RV_ATLAS_SIDE, RV_ATLAS_SIDE, 3 * RV_ATLAS_SIDE - 1,
	                       pixels};
	struct target_fixture fixture;
	const rv_config config = test_config();
	rv_atlas *atlas = NULL;

	REQUIRE(target_set_up(&fixture, true));
	REQUIRE(!rv_atlas_open(&atlas, fixture.model, &config, "high", &fixture.error));
	CHECK(rv_atlas_make(atlas, 0, &tile, NULL, NULL, &fixture.error) == RV_INVALID);
	CHECK_MESSAGE(strstr(fixture.error.message, "384 bytes apart"), "%s",
	              fixture.error.message);
	rv_atlas_close(&atlas);
	target_tear_down(&fixture);
}

/* Of a single row nobody needs to know where the next one would begin. */
TEST(a_single_row_may_be_of_a_picture_as_wide_as_any)
{
	enum { COLUMNS = 40 };
	float *pixels = random_floats(3 * COLUMNS, 0, 1, 8), motion[2 * COLUMNS];
	const rv_image row = {RV_RGBF32, COLUMNS, 1, (size_t)1 << 30, pixels};
	const rv_config config = test_config();
	rv_error error = {RV_OK, ""};

	CHECK_MESSAGE(!rv_flow(&config, &row, &row, RV_FLOW_FAST, motion, 0, NULL, &error), "%s",
	              error.message);
	for (int i = 0; i < 2 * COLUMNS; i++)
		CHECK(motion[i] > -0.1f && motion[i] < 0.1f);
	CHECK(rv_flow(&config, &row, &row, RV_FLOW_FAST, motion, 0, &(double){0}, &error) ==
	      RV_INVALID);
	CHECK_MESSAGE(strstr(error.message, "at least 1"), "%s", error.message);
	free(pixels);
}
