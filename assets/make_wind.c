/* Makes the sound of the sample clip: wind, and a quiet chord under it.
 *
 *     make_wind SECONDS > wind.wav
 *
 * 44100 Hz, 16 bits, stereo. The same argument gives the same bytes. */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const float pi = 3.14159265f;

enum { SAMPLE_RATE = 44100, SOUND_CHANNELS = 2, SAMPLE_BYTES = 2 };

/* 0 below 0, 1 above 1, and smooth between. */
static float fade(float part)
{
	part = fminf(fmaxf(part, 0), 1);
	return part * part * (3 - 2 * part);
}

/* -1..1, by G. Marsaglia's xorshift (2003). */
static float white_noise(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return (float)(*state >> 8) / 8388608.0f - 1;
}

/* Noise through a resonant low pass (H. Chamberlin's state-variable filter, 1980). */
struct wind {
	float low, band;
};

static float blow(struct wind *wind, float noise, float cutoff_hertz)
{
	float f = 2 * sinf(pi * cutoff_hertz / (float)SAMPLE_RATE);
	wind->low += f * wind->band;
	wind->band += f * (noise - wind->low - 0.6f * wind->band);
	return wind->low;
}

/* A quiet chord (A, E, B, C sharp), each tone swelling at its own pace. */
static float chord(float seconds, int side)
{
	static const float hertz[] = {110.0f, 164.81f, 246.94f, 277.18f};
	float sum = 0;
	for (int tone = 0; tone < 4; tone++) {
		float swell = 0.6f + 0.4f * sinf(2 * pi * (0.11f + 0.07f * (float)tone) * seconds +
		                                 1.3f * (float)(tone + side));
		sum += swell * sinf(2 * pi * hertz[tone] * seconds) / (float)(tone + 2);
	}
	return sum;
}

static void put_little_endian(uint32_t value, int bytes, FILE *file)
{
	for (int i = 0; i < bytes; i++)
		putc((int)(value >> (8 * i) & 255), file);
}

static void write_wav_header(uint32_t frames, FILE *file)
{
	uint32_t frame_bytes = SOUND_CHANNELS * SAMPLE_BYTES;
	fputs("RIFF", file);
	put_little_endian(36 + frames * frame_bytes, 4, file);
	fputs("WAVEfmt ", file);
	put_little_endian(16, 4, file);
	put_little_endian(1, 2, file); /* PCM */
	put_little_endian(SOUND_CHANNELS, 2, file);
	put_little_endian(SAMPLE_RATE, 4, file);
	put_little_endian(SAMPLE_RATE * frame_bytes, 4, file);
	put_little_endian(frame_bytes, 2, file);
	put_little_endian(8 * SAMPLE_BYTES, 2, file);
	fputs("data", file);
	put_little_endian(frames * frame_bytes, 4, file);
}

static void write_sound(int seconds)
{
	struct wind winds[SOUND_CHANNELS] = {{0, 0}, {0, 0}};
	uint32_t frames = (uint32_t)seconds * SAMPLE_RATE, noise_state = 101;
	write_wav_header(frames, stdout);
	for (uint32_t i = 0; i < frames; i++) {
		float now = (float)i / SAMPLE_RATE;
		float loudness = fade(now / 0.8f) * fade((float)seconds - now);
		for (int side = 0; side < SOUND_CHANNELS; side++) {
			float gust = 0.5f + 0.5f * sinf(2 * pi * 0.23f * now + (float)side);
			float noise = white_noise(&noise_state);
			float sound = 0.35f * blow(&winds[side], noise, 240 + 420 * gust) +
			              0.10f * chord(now, side);
			float sample = 32767 * fminf(fmaxf(loudness * sound, -1), 1);
			put_little_endian((uint32_t)(int32_t)sample, SAMPLE_BYTES, stdout);
		}
	}
}

int main(int argc, char **argv)
{
	char *end = NULL;
	long seconds = argc == 2 ? strtol(argv[1], &end, 10) : 0;
	if (seconds < 1 || seconds > 3600 || *end) {
		fputs("make_wind: usage: make_wind SECONDS > FILE.wav, 1 to 3600 seconds\n",
		      stderr);
		return 2;
	}
	write_sound((int)seconds);
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "make_wind: cannot write: %s\n", strerror(errno));
		return 1;
	}
	return 0;
}
