/* Optical flow against the truth of real pictures: Middlebury's training pairs and a frame of
 * Sintel. */
#include <math.h>
#include <string.h>

#include "app/media/flo.h"
#include "app/media/picture.h"
#include "app/media/picture_read.h"
#include "engine/reverie_motion.h"
#include "tests/support/media.h"
#include "tests/support/test.h"

struct measured {
	const char *name, *first, *second, *truth;
	double allowed[RV_FLOW_FINE + 1]; /* by quality, pixels; 0: nothing is asked for */
} pairs[] = {
	{"RubberWhale",
         "flow/RubberWhale/frame10.png",
         "flow/RubberWhale/frame11.png",
         "flow/RubberWhale/flow10.flo",
         {0, 0.45, 0.22}},
	{"Grove2",
         "flow/Grove2/frame10.png",
         "flow/Grove2/frame11.png",
         "flow/Grove2/flow10.flo",
         {0, 0.40, 0.32}},
	{"Urban2",
         "flow/Urban2/frame10.png",
         "flow/Urban2/frame11.png",
         "flow/Urban2/flow10.flo",
         {0, 1.01, 0.65}},
	{"alley_1",
         "flow/sintel_alley_1/frame_0002.png",
         "flow/sintel_alley_1/frame_0003.png",
         "flow/sintel_alley_1/frame_0002.flo",
         {0, 0.53, 0.34}},
};

struct measured_pictures {
	struct picture first, second;
	struct flo flow, truth;
};

static void pictures_release(struct measured_pictures *it)
{
	picture_release(&it->first);
	picture_release(&it->second);
	flo_release(&it->flow);
	flo_release(&it->truth);
}

static rv_status pictures_open(struct measured_pictures *it, const struct measured *pair,
                               rv_error *error)
{
	rv_status status;

	memset(it, 0, sizeof(*it));
	if ((status = picture_open(&it->first, test_data(pair->first), error)) ||
	    (status = picture_open(&it->second, test_data(pair->second), error)) ||
	    (status = flo_read(&it->truth, test_data(pair->truth), error)))
		return status;
	return flo_create(&it->flow, it->first.image.width, it->first.image.height, error);
}

static void check_pair(const struct measured *pair, rv_flow_quality quality)
{
	struct measured_pictures it;
	double distance = INFINITY;
	rv_error error = {0};
	rv_config config = {.cache_directory = ""};
	rv_status status = pictures_open(&it, pair, &error);

	if (!status)
		status = rv_flow(&config, &it.first.image, &it.second.image, quality,
		                 it.flow.motion, 0, NULL, &error);
	if (!status)
		status = flo_end_point_error(&it.flow, &it.truth, &distance, &error);
	CHECK_MESSAGE(status == RV_OK, "%s: %s", pair->name, error.message);
	CHECK_MESSAGE(distance <= pair->allowed[quality], "%s: mean error %.4f, allowed %.4f",
	              pair->name, distance, pair->allowed[quality]);
	pictures_release(&it);
}

static bool pairs_present(void)
{
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (!test_data(pairs[i].first) || !test_data(pairs[i].second) ||
		    !test_data(pairs[i].truth))
			return false;
	return true;
}

/* The bounds are what dense inverse search, as OpenCV's presets "fast" and "medium" run it, leaves
 * of error on the same pairs. */
TEST(medium_flow_is_as_good_as_fast_inverse_search)
{
	if (!pairs_present())
		SKIP("no test data flow/");
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		check_pair(&pairs[i], RV_FLOW_MEDIUM);
}

TEST(fine_flow_is_as_good_as_medium_inverse_search)
{
	if (!pairs_present())
		SKIP("no test data flow/");
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		check_pair(&pairs[i], RV_FLOW_FINE);
}
