/* The settings that pictures carry along: found in bytes, read, and written again. */
#include "app/media/tag.h"

#include <stdlib.h>
#include <string.h>

#include "app/options/settings.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/test.h"

/* What is read is written and read again as the same. */
static void check_text(const char *text)
{
	static struct settings settings, again;
	rv_error error = {RV_OK, ""};
	char *written = NULL;
	rv_status status = settings_parse(&settings, "a.png", text, &error);
	fuzz_check(status, &error);
	if (status != RV_OK)
		return;
	CHECK(settings_write(&settings, &written, NULL) == RV_OK);
	status = settings_parse(&again, "again", written, &error);
	CHECK_MESSAGE(status == RV_OK, "%s", error.message);
	CHECK_MESSAGE(option_dream_equal(&settings.options.dream, &again.options.dream), "%s",
	              written);
	free(written);
	settings_release(&settings);
	settings_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *found = tag_find(bytes, size), *text = fuzz_text(bytes, size);
	if (found)
		check_text(found);
	if (!strncmp(text, tag_mark, strlen(tag_mark)))
		check_text(text);
	free(found);
	free(text);
	return 0;
}
