/* Hears files and blocks of the input; devices are played by tests/system/sound.sh. */
#include "app/live/listener.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/thread.h"
#include "tests/support/media.h"
#include "tests/support/test.h"

enum { BLOCK = 960 };

static const int64_t ms = 1000000;

/* A tone of 80 Hz as a WAV file: a header of 44 bytes, and 16 bits of one channel. */
static const char *make_tone(const char *name, double seconds)
{
	const char *path = media_path(name);
	const uint32_t count = (uint32_t)(seconds * SOUND_RATE), bytes = 2 * count;
	const uint32_t head[11] = {0x46464952, 36 + bytes, 0x45564157, 0x20746d66,
	                           16,         0x00010001, SOUND_RATE, 2 * SOUND_RATE,
	                           0x00100002, 0x61746164, bytes};
	uint8_t *file = malloc(sizeof(head) + bytes);
	if (!file)
		abort();
	memcpy(file, head, sizeof(head));
	for (uint32_t i = 0; i < count; i++) {
		int16_t sample = (int16_t)(9000 * sin(6.283185307179586 * 80 * i / SOUND_RATE));
		memcpy(file + sizeof(head) + 2 * (size_t)i, &sample, 2);
	}
	media_write(path, file, sizeof(head) + bytes);
	free(file);
	return path;
}

struct fixture {
	struct listener *listener;
	atomic_int stop;
	rv_error error;
};

static rv_status begin(struct fixture *it, const char *source, bool loop)
{
	const struct listener_options options = {
		.source = source, .loop = loop, .quiet = true, .stop = &it->stop};
	return listener_open(&it->listener, &options, &it->error);
}

static void end(struct fixture *it)
{
	atomic_store(&it->stop, 1);
	CHECK(listener_close(&it->listener, thread_deadline()));
}

/* Waits for half a minute at the most until the bass is heard, or no more. */
static bool await_bass(struct fixture *it, bool heard)
{
	for (int i = 0; i < 3000; i++) {
		struct levels_state state = listener_read(it->listener, clock_now());
		if ((state.level[LEVEL_BASS] > 0.8F) == heard)
			return true;
		clock_sleep(10 * ms);
	}
	return false;
}

static bool await_note(struct fixture *it, const char *text)
{
	char note[LIVE_NOTE_LENGTH] = "";
	for (int i = 0; i < 3000 && !strstr(note, text); i++) {
		clock_sleep(10 * ms);
		listener_note(it->listener, note);
	}
	return strstr(note, text) != NULL;
}

TEST(listener_hears_a_file_at_its_own_pace)
{
	struct fixture it = {.listener = NULL};
	CHECK_MESSAGE(begin(&it, make_tone("tone.wav", 1), false) == RV_OK, "%s", it.error.message);
	int64_t begun = clock_now();
	CHECK(await_bass(&it, true));
	struct levels_state state = listener_read(it.listener, clock_now());
	CHECK(state.level[LEVEL_TREBLE] < 0.2F && !state.is_quiet);
	CHECK(await_note(&it, "listened to no more: it ended"));
	double lasted = clock_ms_since(begun);
	CHECK_MESSAGE(lasted > 900, "%.0f ms", lasted);
	CHECK(await_bass(&it, false));
	CHECK(listener_read(it.listener, clock_now()).is_quiet);
	end(&it);
}

TEST(listener_waits_for_a_file_that_has_gone)
{
	struct fixture it = {.listener = NULL};
	char path[256], away[300];
	snprintf(path, sizeof(path), "%s", make_tone("short.wav", 0.3));
	snprintf(away, sizeof(away), "%s.away", path);
	CHECK_MESSAGE(begin(&it, path, true) == RV_OK, "%s", it.error.message);
	CHECK(await_bass(&it, true));
	clock_sleep(700 * ms); /* it began anew by then, if not just now */
	CHECK(await_bass(&it, true));
	CHECK(!rename(path, away));
	CHECK(await_bass(&it, false));
	CHECK(!rename(away, path));
	CHECK(await_bass(&it, true));
	end(&it);
}

static void refused(const char *source, rv_status expected, const char *why)
{
	struct fixture it = {.listener = NULL};
	rv_status status = begin(&it, source, true);
	CHECK_MESSAGE(status == expected && strstr(it.error.message, why), "%d: %s", status,
	              it.error.message);
	end(&it);
}

TEST(listener_tells_what_is_wrong_with_a_source)
{
	const char *text = media_path("text.wav");
	media_write(text, "not a sound", 11);
	refused("/nowhere/tone.wav", RV_NOT_FOUND, "--listen: /nowhere/tone.wav: cannot be opened");
	refused(text, RV_UNSUPPORTED, "text.wav: is neither");
	refused("lavfi:color=size=48x36", RV_UNSUPPORTED, "has no sound");
}

/* The show begins, and goes on. */
TEST(listener_waits_for_a_server_that_is_not_there)
{
	struct fixture it = {.listener = NULL};
	CHECK(begin(&it, "tcp://127.0.0.1:1", true) == RV_OK);
	CHECK(await_note(&it, "waiting for tcp://127.0.0.1:1: cannot be opened"));
	CHECK(listener_read(it.listener, clock_now()).is_quiet);
	end(&it);
}

TEST(listener_hears_the_input_as_it_comes)
{
	struct fixture it = {.listener = NULL};
	CHECK(begin(&it, listener_input, true) == RV_OK && listener_is_of_input(it.listener));
	CHECK(listener_read(it.listener, clock_now()).is_quiet);
	for (int block = 0; block < 30; block++) {
		struct sound *sound = NULL;
		if (sound_create(&sound, 0, BLOCK, NULL) != RV_OK)
			abort();
		for (int i = 0; i < 2 * BLOCK; i++)
			sound->samples[i] =
				(float)(0.3 * sin(6.283185307179586 * 80 * (block * BLOCK + i / 2) /
			                          SOUND_RATE));
		listener_hear(it.listener, sound);
		sound_release(sound);
	}
	CHECK(await_bass(&it, true));
	CHECK(await_bass(&it, false)); /* nothing comes any more: the input stands still */
	CHECK(listener_read(it.listener, clock_now()).is_quiet);
	end(&it);
}
