/* Scores: what is read is played, and gives each option a value that it can have. */
#include "app/control/score.h"

#include <math.h>
#include <stdlib.h>

#include "tests/fuzz/fuzz.h"
#include "tests/support/test.h"

/* Every value is one that is read again. */
static void check_values(const struct options *options)
{
	char text[OPTION_VALUE_LENGTH], why[OPTION_REASON_LENGTH] = "";
	static struct options again;
	for (const struct option *option = option_table; option->name; option++) {
		option_format(options, option, text);
		if (text[0] && option_in_dream(option))
			CHECK_MESSAGE(option->type->parse(option, text,
			                                  option_place(&again, option), why),
			              "%s %s: %s", option->name, text, why);
	}
}

/* Every stroke is one that can be painted, and comes once. */
static void check_strokes(struct score *score, double seconds)
{
	const struct brush_stroke *stroke;
	while ((stroke = score_next_stroke(score, seconds)))
		CHECK(stroke->radius >= 0 && stroke->radius <= 10 && fabsf(stroke->x) <= 100 &&
		      fabsf(stroke->from_y) <= 100);
	CHECK(!score_next_stroke(score, seconds));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct options options;
	struct score *score = NULL;
	rv_error error = {RV_OK, ""};
	rv_status status = score_parse(&score, "a.score", (const char *)bytes, size, &error);
	fuzz_check(status, &error);
	options = options_default();
	if (status == RV_OK && score_begin(score, &options, &error) == RV_OK)
		for (int i = -1; i < 24; i++) {
			score_play(score, i < 12 ? 0.3 * i : 1 << i, i & 1, &options);
			check_values(&options);
			check_strokes(score, 0.3 * i);
		}
	score_release(&score);
	return 0;
}
