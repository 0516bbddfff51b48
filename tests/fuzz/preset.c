/* Presets; and what was read is written and read again. */
#include "app/options/preset.h"

#include "tests/fuzz/fuzz.h"
#include "tests/support/test.h"

static void check_round_trip(struct option_dream *dream)
{
	struct option_dream again = option_dream_default();
	char text[OPTION_VALUE_LENGTH];
	for (const struct option *option = option_table; option->name; option++) {
		rv_error error = {RV_OK, ""};
		if (!option_in_dream(option))
			continue;
		option_print(option, option_dream_place(dream, option), text);
		if (!text[0])
			continue;
		rv_status status =
			option_parse(option, text, option_dream_place(&again, option), "", &error);
		CHECK_MESSAGE(status == RV_OK, "%s: %s was written", error.message, text);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct option_dream dream = option_dream_default();
	rv_error error = {RV_OK, ""};
	rv_status status = preset_parse(&dream, "a.preset", (const char *)bytes, size, &error);
	fuzz_check(status, &error);
	if (status == RV_OK)
		check_round_trip(&dream);
	return 0;
}
