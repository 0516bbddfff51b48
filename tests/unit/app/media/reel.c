/* Pictures and videos that go along with another input. */
#include "app/media/reel.h"

#include "tests/support/media.h"
#include "tests/support/test.h"

static int brightness(const struct reel *reel)
{
	return *(const unsigned char *)reel_image(reel)->pixels;
}

/* Ten frames a second, each 20 levels brighter than the one before. */
TEST(reel_shows_what_is_due)
{
	static const struct {
		double seconds;
		int frame;
		bool changed;
	} steps[] = {
		{0, 0, false},  {0.05, 0, false}, {0.1, 1, true}, {0.35, 3, true}, {0.39, 3, false},
		{0.4, 4, true}, {5, 9, true},     {6, 9, false},  {0.2, 2, true},  {0, 0, true},
	};
	const char *path = media_path("steps.mkv");
	struct reel *reel;
	rv_error error = {0};

	NEED_FFMPEG(path, "-f lavfi -i color=black:s=400x300:r=10:d=1,format=gbrp,"
	                  "geq=r=N*20:g=N*20:b=N*20 -c:v ffv1");
	REQUIRE(!reel_open(&reel, path, 100, &error));
	CHECK(reel_moves(reel));
	CHECK(reel_image(reel)->width == 115 && reel_image(reel)->height == 87);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		bool changed;
		REQUIRE(!reel_go_to(reel, steps[i].seconds, &changed, &error));
		CHECK_MESSAGE(changed == steps[i].changed &&
		                      brightness(reel) == 20 * steps[i].frame,
		              "at %g: %d, %s", steps[i].seconds, brightness(reel),
		              changed ? "changed" : "the same");
	}
	reel_close(&reel);
}

TEST(reel_of_a_picture_stands_still)
{
	struct reel *reel;
	rv_error error = {0};
	bool changed = true;

	REQUIRE(!reel_open(&reel, "assets/clouds.jpg", 4000, &error));
	CHECK(!reel_moves(reel) && reel_image(reel)->width == 640);
	CHECK(!reel_go_to(reel, 3, &changed, &error) && !changed);
	reel_close(&reel);
	CHECK(reel_open(&reel, "/nowhere.png", 100, &error) == RV_NOT_FOUND && !reel);
	CHECK(reel_open(&reel, "assets/keys.conf", 100, &error) != RV_OK && !reel);
}
