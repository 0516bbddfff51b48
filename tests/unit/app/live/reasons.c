/* Each reason why something failed is told once, and no flood of them. */
#include "app/live/reasons.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/test.h"

TEST(each_reason_is_told_once)
{
	struct reasons reasons = {.count = 0};
	CHECK(reasons_add(&reasons, "no route"));
	CHECK(!reasons_add(&reasons, "no route"));
	CHECK(reasons_add(&reasons, "refused"));
	CHECK(!reasons_add(&reasons, "no route"));
	CHECK(!reasons_add(&reasons, "refused"));
}

TEST(long_reasons_are_told_once)
{
	struct reasons reasons = {.count = 0};
	char text[3 * REASON_LENGTH];
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	CHECK(reasons_add(&reasons, text));
	CHECK(!reasons_add(&reasons, text));
}

TEST(reasons_with_numbers_come_to_an_end)
{
	struct reasons reasons = {.count = 0};
	int told = 0;
	for (int i = 0; i < 100; i++) {
		char text[32];
		snprintf(text, sizeof(text), "error %d", i);
		told += reasons_add(&reasons, text);
	}
	CHECK(told == REASONS_MAX);
}
