#include "app/live/waiting.h"

#include <string.h>

#include "tests/support/test.h"

static const int64_t ms = 1000000;

TEST(waits_grow_to_five_seconds)
{
	static const int64_t pauses[] = {0, 250, 500, 1000, 2000, 4000, 5000, 5000};
	struct live_note note;
	struct waiting waiting;
	rv_error error;
	note_init(&note, false);
	waiting_begin(&waiting, &note, "mic", "it ended", true, 0);
	for (size_t i = 0; i < sizeof(pauses) / sizeof(pauses[0]); i++) {
		CHECK_MESSAGE(waiting.pause == pauses[i] * ms, "%zu: %lld ms", i,
		              (long long)(waiting.pause / ms));
		rv_fail(&error, RV_IO, "mic: busy");
		waiting_fail(&waiting, &error);
	}
	waiting_begin(&waiting, &note, "mic", NULL, false, 0);
	CHECK(waiting.pause == 250 * ms);
	note_finish(&note);
}

static void expect_note(struct live_note *note, const char *expected)
{
	char text[LIVE_NOTE_LENGTH];
	note_take(note, text);
	CHECK_MESSAGE(!strcmp(text, expected), "%s", text);
}

/* What may be back within two seconds is not told again. */
TEST(waits_tell_each_reason_once)
{
	struct live_note note;
	struct waiting waiting;
	rv_error error;
	note_init(&note, false);
	waiting_begin(&waiting, &note, "mic", "it ended", true, 0);
	expect_note(&note, "waiting for mic: it ended");
	rv_fail(&error, RV_IO, "mic: busy");
	for (int i = 0; i < 4; i++)
		waiting_fail(&waiting, &error);
	expect_note(&note, "");
	waiting_fail(&waiting, &error);
	expect_note(&note, "still waiting for mic: busy");
	waiting_fail(&waiting, &error);
	expect_note(&note, "");
	waiting_tell_return(&waiting, true, NULL, 1500 * ms);
	expect_note(&note, "mic is back after 1.5 s");
	waiting_tell_return(&waiting, false, "mic 2", 2000 * ms);
	expect_note(&note, "mic is there as mic 2 after 2.0 s");
	note_finish(&note);
}
