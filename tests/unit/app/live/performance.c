/* What is asked for by hand is written down for the very frames that were dreamed with it. */
#include "app/live/performance.h"

#include <unistd.h>

#include "app/control/action_state.h"
#include "tests/support/media.h"
#include "tests/support/test.h"

/* The strength that a frame at `seconds` is dreamed with by the score of a session that asked for
 * half while the frame at `position` was shown and that at `taken` had been taken last. */
static float strength_at(double seconds, int64_t position, int64_t taken)
{
	struct action_state actions = {.options = options_default()};
	struct performance performance = {.actions = &actions};
	struct options played = actions.options;
	const char *path = media_path("performance.score");
	rv_error error = {0};

	if (score_keep_open(&performance.keep, path, true, &actions.options, &error) != RV_OK)
		return -1;
	actions.options.dream.params.strength = 0.5f;
	performance_note(&performance, position, taken);
	CHECK_MESSAGE(performance_close(&performance, &error) == RV_OK, "%s", error.message);
	CHECK_MESSAGE(score_load(&performance.score, path, &error) == RV_OK, "%s", error.message);
	unlink(path);
	if (!performance.score || score_begin(performance.score, &played, &error) != RV_OK)
		return -1;
	score_play(performance.score, seconds, false, &played);
	score_release(&performance.score);
	return played.dream.params.strength;
}

TEST(performance_counts_what_is_asked_for_from_the_next_frame)
{
	CHECK(strength_at(0, 0, 0) == 1 && strength_at(0.04, 0, 0) == 0.5f);
	CHECK(strength_at(0.04, 0, 40000000) == 1 && strength_at(0.08, 0, 40000000) == 0.5f);
	CHECK(strength_at(0.04, 80000000, 0) == 1 && strength_at(0.08, 80000000, 0) == 0.5f);
}

/* The first frame is still to be dreamed, with what is asked for now. */
TEST(performance_counts_from_the_first_frame_what_is_asked_for_before_any_was_taken)
{
	CHECK(strength_at(0, 0, -1) == 0.5f);
	CHECK(strength_at(0, 80000000, -1) == 1 && strength_at(0.08, 80000000, -1) == 0.5f);
}
