/* The head-up display: what the live session is doing, drawn as text and graphs into a picture of
 * its own with transparency, which the window lays over the dream. No window system is needed, so
 * that a test can look at the pixels. Belongs to one thread at a time. */
#ifndef HUD_H
#define HUD_H

#include "engine/reverie.h"

/* The order of the names of the option `hud`. */
enum hud_level { HUD_OFF, HUD_SMALL, HUD_FULL, HUD_HELP };

enum { HUD_HISTORY = 120, HUD_TEXT_LENGTH = 160, HUD_KEYS_MAX = 48 };

/* A snapshot of all that is shown. */
struct hud_state {
	char layer[HUD_TEXT_LENGTH]; /* with weights and channels, as options write them */
	float strength;
	int octaves, warm_octaves;
	int warm_steps, last_steps; /* as wished (0: auto), and of the last dream */
	int width, height;          /* of the dream, pixels */
	const char *flow;           /* quality of the flow; NULL: not known yet */
	bool governed, frozen, cold;
	double display_fps, dream_fps, source_fps;
	double latency_ms; /* from decoded to shown */
	double convert_ms, dream_ms, compose_ms, show_ms;
	float dream_history[HUD_HISTORY]; /* milliseconds of the last dreams, the newest last; 0:
	                                   * none yet */
	double target_ms;                 /* what a dream may take */
	char message[HUD_TEXT_LENGTH];    /* empty: none */
	char recording[64];               /* such as "recording 0:12"; empty: none */
	/* For HUD_HELP: lines such as "Up" and "strength +0.1". */
	int key_count;
	struct hud_key {
		char key[24], help[56];
	} keys[HUD_KEYS_MAX];
};

/* Released by hud_release. Zeroed before use. */
struct hud_picture {
	int width, height; /* 0: there is nothing to show */
	uint8_t *rgba;     /* [height][width][4], colours not multiplied by alpha; owned */
	size_t capacity;   /* bytes */
};

/* Draws the HUD of a level. scale (1..8) is the side of a letter's pixel. Levels show: off nothing;
 * small one line, and the message; full all numbers and the graph; help the keys. RV_MEMORY. */
rv_status hud_draw(struct hud_picture *picture, enum hud_level level, const struct hud_state *state,
                   int scale, rv_error *error);

void hud_release(struct hud_picture *picture);

/* The scale that suits a window of this height in pixels. */
int hud_scale(int height);

#endif
