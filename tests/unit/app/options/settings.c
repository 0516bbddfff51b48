/* The text by which a file remembers how it was made. */
#include "app/options/settings.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/test.h"

static struct settings *some(void)
{
	struct settings *settings = calloc(1, sizeof(*settings));
	struct option_dream *dream = &settings->options.dream;
	settings->options = options_default();
	strcpy(settings->version, "9.8.7");
	strcpy(settings->checksum, "0123abcd");
	strcpy(settings->network_file, "models/a net.onnx");
	strcpy(settings->device, "a device");
	strcpy(dream->network.name, "googlenet");
	strcpy(settings->options.call.operand, "it's a # sky.jpg");
	strcpy(settings->options.output.file, "dream of it.png");
	settings->options.output.size.width = 640;
	settings->options.output.exact = true;
	dream->params.step = 0.0312345f;
	dream->params.seed = UINT64_MAX;
	dream->layers.count = 1;
	dream->layers.list[0].weight = 0.5f;
	strcpy(dream->layers.list[0].name, "mixed5");
	settings->score = strdup("# a score\n0 strength 1\n\n2 layer a\n");
	return settings;
}

static void release(struct settings *settings)
{
	settings_release(settings);
	free(settings);
}

TEST(settings_are_read_as_they_were_written)
{
	struct settings *settings = some(), *again = calloc(1, sizeof(*again));
	char *text = NULL;
	rv_error error = {0};
	REQUIRE(again && settings_write(settings, &text, &error) == RV_OK);
	CHECK(!strncmp(text, "# Reverie 9.8.7\nnetwork googlenet\n", 34));
	CHECK_MESSAGE(settings_parse(again, "a.png", text, &error) == RV_OK, "%s", error.message);
	CHECK_MESSAGE(options_equal(&settings->options, &again->options), "%s", text);
	CHECK(!strcmp(again->version, "9.8.7") && !strcmp(again->checksum, "0123abcd"));
	CHECK(!strcmp(again->network_file, "models/a net.onnx"));
	CHECK(!strcmp(again->options.dream.network.name, "googlenet"));
	CHECK(!again->is_live && !again->unknown[0]);
	CHECK(again->score && !strcmp(again->score, settings->score));
	free(text);
	release(settings);
	release(again);
}

TEST(settings_tell_no_secrets)
{
	static const char *const secrets[] = {"sesame", "hunter2", "rtmpkey", "passphrase"};
	struct settings *settings = some();
	char *text = NULL;
	settings->is_live = true;
	strcpy(settings->options.live.osc_secret, "sesame");
	strcpy(settings->options.call.operand, "rtsp://anna:hunter2@host/stream");
	strcpy(settings->options.output.file, "rtmp://host/live/rtmpkey");
	strcpy(settings->options.dream.guide, "srt://host:9?passphrase=hunter2");
	REQUIRE(settings_write(settings, &text, NULL) == RV_OK);
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		CHECK_MESSAGE(!strstr(text, secrets[i]), "%s", text);
	CHECK(strstr(text, "rtsp://host/stream") && strstr(text, "layer = mixed5:0.5"));
	free(text);
	release(settings);
	for (const struct option *option = option_table; option->name; option++)
		CHECK(!option->is_private || !settings_hold(option) ||
		      !strcmp(option->name, "output"));
}

static rv_status parse(struct settings *settings, const char *text, rv_error *error)
{
	return settings_parse(settings, "a.png", text, error);
}

TEST(settings_of_elsewhere_are_none)
{
	static const char *const texts[] = {"",
	                                    "# Reverie ",
	                                    "# Reveries 1\n",
	                                    "layer = a\n",
	                                    "\n# Reverie 1\n",
	                                    "# Reverie \x1b[2J\n"};
	struct settings *settings = calloc(1, sizeof(*settings));
	rv_error error = {0};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		CHECK(parse(settings, texts[i], &error) == RV_INVALID);
		CHECK_MESSAGE(strstr(error.message, "these are no settings of Reverie"), "%s",
		              error.message);
	}
	free(settings);
}

/* What a terminal would take for a command to it, and options that are nobody's to set. */
TEST(settings_from_elsewhere_are_not_believed)
{
	struct settings *settings = calloc(1, sizeof(*settings));
	REQUIRE(settings && parse(settings,
	                          "# Reverie 1\n"
	                          "input a\x1b[2Jb\n"
	                          "input c\xC2\x9B"
	                          "2J\n"
	                          "guide = d\x7F\n"
	                          "force = yes\n"
	                          "osc-secret = mine-all-mine\n"
	                          "no-cache = yes\n"
	                          "octaves = 99\n"
	                          "octaves = 3\n",
	                          NULL) == RV_OK);
	CHECK(!settings->options.call.operand[0] && !settings->options.dream.guide[0]);
	CHECK(!settings->options.output.force && !settings->options.device.no_cache);
	CHECK(!settings->options.live.osc_secret[0]);
	CHECK(settings->options.dream.params.octaves == 3);
	CHECK(settings->unknown[0]); /* somebody is told */
	release(settings);
}

TEST(settings_leave_out_names_that_would_be_more_lines)
{
	struct settings *settings = some(), *again = calloc(1, sizeof(*again));
	char *text = NULL;
	strcpy(settings->options.call.operand, "a\noctaves = 7");
	REQUIRE(again && settings_write(settings, &text, NULL) == RV_OK);
	CHECK(parse(again, text, NULL) == RV_OK);
	CHECK(!again->options.call.operand[0] && again->options.dream.params.octaves == 4);
	free(text);
	release(settings);
	release(again);
}
