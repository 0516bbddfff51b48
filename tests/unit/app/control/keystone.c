#include "app/control/keystone.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/test.h"

static const struct projection_quad askew = {{{0.1, 0.05}, {0.9, 0.2}, {1, 0.95}, {0.02, 0.8}}};

TEST(keystone_is_read_back_as_it_was_written)
{
	struct keystone_list list = {0}, again = {0};
	char text[KEYSTONE_TEXT_LENGTH];
	rv_error error = {0};
	keystone_set(&list, "LG = Ultra 3840x2160", &askew);
	keystone_format(&list, text);
	CHECK_MESSAGE(keystone_parse(&again, "k", text, &error) == RV_OK, "%s", error.message);
	struct projection_quad read = keystone_of(&again, "LG = Ultra 3840x2160");
	for (int i = 0; i < PROJECTION_CORNERS; i++)
		CHECK(fabs(read.corner[i].x - askew.corner[i].x) < 1e-5 &&
		      fabs(read.corner[i].y - askew.corner[i].y) < 1e-5);
	CHECK(projection_quad_is_whole(
		&(struct projection_quad){{{0, 0}, {1, 0}, {1, 1}, {0, 1}}}));
	read = keystone_of(&again, "LG = Ultra 1920x1080"); /* another size is another display */
	CHECK(projection_quad_is_whole(&read));
	keystone_set(&list, "LG = Ultra 3840x2160", &projection_whole);
	CHECK(list.count == 0);
}

TEST(keystone_of_many_displays_forgets_the_oldest)
{
	struct keystone_list list = {0};
	char name[16], text[KEYSTONE_TEXT_LENGTH];
	for (int i = 0; i < KEYSTONES_MAX + 5; i++) {
		snprintf(name, sizeof(name), "D%d 8x8", i);
		keystone_set(&list, name, &askew);
		keystone_set(&list, "mine 8x8", &askew);
	}
	CHECK(list.count == KEYSTONES_MAX);
	CHECK(!strcmp(list.list[list.count - 1].display, "mine 8x8"));
	struct projection_quad oldest = keystone_of(&list, "D0 8x8");
	CHECK(projection_quad_is_whole(&oldest));
	keystone_format(&list, text);
	CHECK(strlen(text) < KEYSTONE_TEXT_LENGTH - 1);
}

TEST(keystone_says_which_line_is_wrong)
{
	static const char *const wrong[] = {
		"# mine\nA 8x8 0,0 1,0 1,1 0,1", "\nA 8x8 = 0,0 1,0 1,1",
		"\nA 8x8 = 0,0 1,0 1,1 0,1 5",   "\nA 8x8 = 0,0 0,1 1,1 1,0",
		"\nA 8x8 = 0,0 1,0 0.5,0 0,1",   "\nA 8x8 = nan,0 1,0 1,1 0,1",
		"\nA 8x8 = a,b c,d e,f g,h",     "\n= 0,0 1,0 1,1 0,1",
	};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct keystone_list list = {0};
		rv_error error = {0};
		CHECK_MESSAGE(keystone_parse(&list, "k", wrong[i], &error) == RV_INVALID, "%s",
		              wrong[i]);
		CHECK_MESSAGE(!strncmp(error.message, "k:2: ", 5), "%s", error.message);
	}
}

TEST(keystone_moves_corners_as_far_as_there_is_a_screen)
{
	struct projection_quad quad = projection_whole;
	CHECK(keystone_move(&quad, 0, 0.25, 0.125));
	CHECK(quad.corner[0].x == 0.25 && quad.corner[0].y == 0.125);
	struct projection_quad before = quad;
	CHECK(!keystone_move(&quad, 0, 0.9, 0.9));
	CHECK(!keystone_move(&quad, 2, 1.6, 1));
	CHECK(!keystone_move(&quad, 1, NAN, 0));
	CHECK(!memcmp(&before, &quad, sizeof(quad)));
	CHECK(keystone_move(&quad, 2, 1.25, 1.1));
}

TEST(keystone_finds_the_corner_that_is_meant)
{
	struct projection_quad quad = projection_whole;
	CHECK(keystone_nearest(&quad, (struct projection_point){0.1, 0.2}, 1) == 0);
	CHECK(keystone_nearest(&quad, (struct projection_point){0.9, 0.2}, 1) == 1);
	CHECK(keystone_nearest(&quad, (struct projection_point){0.8, 0.7}, 1) == 2);
	CHECK(keystone_nearest(&quad, (struct projection_point){0.1, 0.6}, 1) == 3);
}
