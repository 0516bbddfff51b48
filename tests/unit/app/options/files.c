#include "app/options/files.h"

#include <string.h>

#include "tests/support/test.h"

static rv_status check(const char *input, const char *output, unsigned command, rv_error *error)
{
	struct options options = options_default();
	strcpy(options.call.operand, input);
	strcpy(options.output.file, output);
	return option_check_files(&options, command, error);
}

TEST(files_are_no_addresses_and_their_passwords_are_not_told)
{
	static const char *const addresses[] = {"srt://host:9?passphrase=sesame",
	                                        "rtmp://host/live/sesame", "rtsp://a:sesame@host/"};
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		rv_error error = {0};
		CHECK(check("a.png", addresses[i], COMMAND_DREAM, &error) == RV_INVALID);
		CHECK_MESSAGE(!strstr(error.message, "sesame"), "%s", error.message);
		CHECK(check("a.mp4", addresses[i], COMMAND_LIVE, &error) == RV_OK);
	}
}

TEST(files_that_are_read_are_not_written)
{
	rv_error error = {0};
	CHECK(check("a.png", "a.png", COMMAND_DREAM, &error) == RV_INVALID);
	CHECK(check("a.png", "./a.png", COMMAND_LIVE, &error) == RV_INVALID);
	CHECK(check("a.png", "b.png", COMMAND_DREAM, &error) == RV_OK);
	CHECK(check("-", "-", COMMAND_DREAM, &error) == RV_OK);
}
