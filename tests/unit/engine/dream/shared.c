/* The memory of rasters: what is planned is what is taken, and how much that is at 3840x2160. */
#include "engine/dream/shared.h"

#include "engine/flow/plan.h"
#include "engine/picture/transfer.h"
#include "engine/time/temporal.h"
#include "engine/time/temporal_state.h"
#include "tests/support/device_fixture.h"
#include "tests/support/test.h"

static struct dream_recipe recipe_of(const rv_params *params, int width, int height,
                                     enum dream_past past)
{
	return (struct dream_recipe){.pictures = {width, height, past, 1},
	                             .params = params,
	                             .lends_detail = past == DREAM_PAST_IN_TIME};
}

/* All but the networks: what lives as long as an ascent, what frames leave to the next, the
 * caller's pixels, and the room. */
static size_t all_rasters(const rv_params *params, int width, int height, enum dream_past past)
{
	const struct dream_recipe recipe = recipe_of(params, width, height, past);
	const struct shared_sizes sizes = shared_plan(width, height, params);
	size_t lasting = past == DREAM_PAST_NONE ? 1 : past == DREAM_PAST_DETAIL ? 2 : 3, room = 0;
	size_t timed = past == DREAM_PAST_IN_TIME
	                       ? temporal_measure(width, height, &params->time, &room)
	                       : 0;

	return lasting * raster_bytes(width, height) + timed + transfer_needed(width, height, 1) +
	       shared_measure(&recipe, &sizes);
}

/* Nine times the frame's own raster, 1139 MB. Of --memory-limit 2GB a video's encoder may take a
 * sixth, 96 MB are nobody's, and the program with a network and a decoder takes about 250: what is
 * left is enough for tiles. */
TEST(rasters_of_a_video_of_3840x2160_leave_memory_to_networks)
{
	rv_params params = rv_params_default();
	size_t full = raster_bytes(3840, 2160);
	size_t bytes = all_rasters(&params, 3840, 2160, DREAM_PAST_IN_TIME);

	CHECK_MESSAGE(bytes < 9 * full, "%.2f rasters", (double)bytes / (double)full);
	params.time.flow_quality = RV_FLOW_FAST;
	CHECK(all_rasters(&params, 3840, 2160, DREAM_PAST_IN_TIME) <= bytes);
}

/* A photograph of 24 megapixels: five times its own raster, beside what it is without a dream. */
TEST(rasters_of_a_photograph_are_few)
{
	const rv_params params = rv_params_default();
	size_t full = raster_bytes(6000, 4000);
	size_t alone = all_rasters(&params, 6000, 4000, DREAM_PAST_NONE);

	CHECK_MESSAGE(alone <= 5 * full, "%.2f rasters", (double)alone / (double)full);
	CHECK(alone < all_rasters(&params, 6000, 4000, DREAM_PAST_DETAIL));
}

static void check_shared(const rv_params *params, enum dream_past past)
{
	const struct dream_recipe recipe = recipe_of(params, 150, 110, past);
	const struct shared_sizes sizes = shared_plan(150, 110, params);
	struct device *device = fixture_device();
	struct shared shared = {0};

	REQUIRE(device);
	REQUIRE(shared_create(&shared, device, &recipe, &sizes, NULL, NULL) == RV_OK);
	CHECK(shared.room.bytes == shared_measure(&recipe, &sizes));
	CHECK(launch_list_bytes(&shared.parts) == 0); /* all of them found room */
	CHECK(shared.room.taken > 0 && shared.room.taken <= shared.room.bytes);
	shared_release(&shared);
}

TEST(room_of_octaves_is_as_large_as_measured)
{
	rv_params params = rv_params_default();

	check_shared(&params, DREAM_PAST_NONE);
	check_shared(&params, DREAM_PAST_IN_TIME);
	params.octave_order = RV_OCTAVES_CHANCE;
	params.turn = 5;
	params.soften = 1;
	check_shared(&params, DREAM_PAST_DETAIL);
	params.octaves = 1;
	check_shared(&params, DREAM_PAST_NONE);
}

TEST(time_owns_as_much_as_measured)
{
	const rv_time time = rv_params_default().time;
	struct recording recording;
	struct temporal *temporal = NULL;
	struct room room = {0};
	size_t bytes, room_bytes = 0;

	REQUIRE(recording_start(&recording));
	struct launch_recorder *recorder = &recording.recorder;
	struct raster frame = raster_record_own(recorder, 150, 110);
	const struct temporal_rasters rasters = {&frame, &frame, &frame, 0, 1};
	cl_mem wants = record_own_buffer(recorder, sizeof(struct temporal_wants), NULL);
	bytes = temporal_measure(150, 110, &time, &room_bytes);
	REQUIRE(room_create(&room, recorder->device, room_bytes, NULL) == RV_OK);
	REQUIRE(temporal_create(&temporal, recorder->device, &time, &rasters, wants, &room, NULL) ==
	        RV_OK);
	CHECK(launch_list_bytes(&temporal->allocation) +
	              launch_list_bytes(&temporal->flow->buffers) ==
	      bytes);
	temporal_destroy(&temporal);
	room_release(&room);
	recording_end(&recording);
}
