/* Sound of inputs, by themselves. */
#include "app/media/sound_source.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "tests/support/media.h"
#include "tests/support/test.h"

/* The loudest of so many samples, as they come within five seconds. */
static float hear(struct sound_source *source, int samples)
{
	float most = 0;
	bool ended = false;
	int64_t until = clock_now() + INT64_C(5000000000);
	while (samples > 0 && !ended && clock_now() < until) {
		struct sound *sound = NULL;
		rv_error error = {0};
		CHECK_MESSAGE(sound_source_next(source, &sound, &ended, &error) == RV_OK, "%s",
		              error.message);
		for (int i = 0; sound && i < sound->count * SOUND_CHANNELS; i++) {
			CHECK(!isnan(sound->samples[i]));
			most = fmaxf(most, fabsf(sound->samples[i]));
		}
		samples -= sound ? sound->count : 0;
		sound_release(sound);
	}
	CHECK(samples <= 0);
	return most;
}

/* ALSA plays the device: what it hears is a file, sixteen bits of two channels. */
TEST(sound_source_hears_a_device)
{
	static const char text[] =
		"</usr/share/alsa/alsa.conf>\npcm.played {\n\ttype file\n\tslave.pcm \"null\"\n"
		"\tfile /dev/null\n\tinfile \"%s\"\n\tformat \"raw\"\n}\n";
	struct sound_source *source = NULL;
	rv_error error = {0};
	char config[512];
	const char *path = media_path("played.raw");
	int16_t samples[2 * 9600];
	for (int i = 0; i < 2 * 9600; i++)
		samples[i] = (int16_t)(i / 2 % 200 < 100 ? 16384 : -16384);
	media_write(path, samples, sizeof(samples));
	int length = snprintf(config, sizeof(config), text, path);
	path = media_path("asound.conf");
	media_write(path, config, (size_t)length);
	setenv("ALSA_CONFIG_PATH", path, 1);
	rv_status status = sound_source_open(&source, "alsa:played", NULL, &error);
	unsetenv("ALSA_CONFIG_PATH");
	if (status != RV_OK) {
		SKIP("%s", error.message);
	}
	CHECK(source->input->is_device && source->input->is_reopenable);
	float most = hear(source, 4800);
	CHECK_MESSAGE(fabsf(most - 0.5F) < 0.01F, "%.3f", (double)most);
	sound_source_close(&source);
}

TEST(sound_source_hears_a_graph_to_its_end)
{
	struct sound_source *source = NULL;
	struct sound *sound = NULL;
	rv_error error = {0};
	bool ended = false;
	int64_t count = 0;
	CHECK_MESSAGE(sound_source_open(&source, "lavfi:sine=d=0.5:r=44100", NULL, &error) == RV_OK,
	              "%s", error.message);
	while (!ended && sound_source_next(source, &sound, &ended, &error) == RV_OK) {
		count += sound ? sound->count : 0;
		sound_release(sound);
	}
	/* Resampled, of which a filter's length may stay behind. */
	CHECK_MESSAGE(count > 24000 - 100 && count <= 24000, "%lld", (long long)count);
	sound_source_close(&source);
}

/* A WAV file of two channels, in 32-bit floating point. */
TEST(sound_source_hears_nothing_of_damaged_samples)
{
	enum { COUNT = 2 * 9600 };
	struct sound_source *source = NULL;
	rv_error error = {0};
	const char *path = media_path("damaged.wav");
	uint32_t file[11 + COUNT] = {0x46464952, 36 + 4 * COUNT, 0x45564157, 0x20746d66,
	                             16,         0x00020003,     SOUND_RATE, 8 * SOUND_RATE,
	                             0x00200008, 0x61746164,     4 * COUNT};
	float samples[COUNT];
	for (int i = 0; i < COUNT; i++)
		samples[i] = i % 4 < 2 ? 0.5F : -0.5F;
	samples[100] = NAN;
	samples[201] = -INFINITY;
	samples[302] = 1e30F;
	memcpy(file + 11, samples, sizeof(samples));
	media_write(path, file, sizeof(file));
	CHECK_MESSAGE(sound_source_open(&source, path, NULL, &error) == RV_OK, "%s", error.message);
	float most = hear(source, COUNT / 2);
	CHECK_MESSAGE(fabsf(most - 0.5F) < 0.01F, "%.3g", (double)most);
	sound_source_close(&source);
}

TEST(sound_source_leaves_pictures_alone)
{
	struct sound_source *source = NULL;
	rv_error error = {0};
	const char *path = media_path("both.mkv");
	if (!media_make(path, "-f lavfi -i testsrc2=d=1 -f lavfi -i sine=d=1 -c:a pcm_s16le"))
		SKIP("%s", media_lack());
	CHECK_MESSAGE(sound_source_open(&source, path, NULL, &error) == RV_OK, "%s", error.message);
	CHECK(hear(source, 40000) > 0.05F);
	sound_source_close(&source);
}

static void refused(const char *name, rv_status expected, const char *why)
{
	struct sound_source *source = NULL;
	rv_error error = {0};
	rv_status status = sound_source_open(&source, name, NULL, &error);
	CHECK_MESSAGE(status == expected && strstr(error.message, why), "%s: %d, %s", name, status,
	              error.message);
}

TEST(sound_source_tells_what_cannot_be_heard)
{
	const char *empty = media_path("empty.wav");
	media_write(empty, "", 0);
	refused(empty, RV_CORRUPT, "is empty");
	refused("lavfi:color", RV_UNSUPPORTED, "has no sound");
	refused("assets/clouds.jpg", RV_UNSUPPORTED, "has no sound");
	refused("pulse:no-such-source", RV_IO, "no sound server has a source of that name");
	refused("alsa:no-such-device", RV_IO, "alsa:no-such-device: cannot be opened");
}
