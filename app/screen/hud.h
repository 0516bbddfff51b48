/* The head-up display: what the live session is doing, drawn as text and graphs into a picture of
 * its own with transparency, which the window lays over the dream. No window system is needed, so
 * that a test can look at the pixels. Belongs to one thread at a time. */
#ifndef APP_SCREEN_HUD_H
#define APP_SCREEN_HUD_H

#include "app/screen/hud_picture.h"
#include "engine/reverie.h"

/* The order of the names of the option `hud`. */
enum hud_level { HUD_OFF, HUD_SMALL, HUD_FULL, HUD_HELP };

enum {
	HUD_HISTORY = 100,
	HUD_TEXT_LENGTH = 160,
	HUD_KEYS_MAX = 96,
	HUD_SCALE_MAX = 8,
	HUD_LEVELS = 3,
	/* In letter pixels: from the picture's edge to the panel, and from that to the text. */
	HUD_MARGIN = 5,
	HUD_PADDING = 6,
};

/* What a picture goes through, one stage after the other. */
enum hud_stage { HUD_CONVERT, HUD_DREAM, HUD_COMPOSE, HUD_SHOW, HUD_STAGES };

/* A snapshot of all that is shown. Texts may be empty. */
struct hud_state {
	char layer[HUD_TEXT_LENGTH];    /* with weights, as options write them */
	bool is_target;                 /* layer tells what is dreamed of instead of a layer */
	char channels[HUD_TEXT_LENGTH]; /* empty: all */
	char preset[HUD_TEXT_LENGTH];   /* empty: none */
	float strength, octave_scale;
	int octaves, warm_octaves;
	int warm_steps, last_steps;   /* as wished (0: auto), and of the last dream */
	float warm_share;             /* of automatic ones, the part that is taken */
	int width, height;            /* of the dream, pixels */
	const char *flow;             /* quality of the flow; NULL: not known yet */
	char locked[HUD_TEXT_LENGTH]; /* what the governor must leave alone */
	char doing[HUD_TEXT_LENGTH];  /* such as frozen */
	bool governed, cold;
	double display_fps, dream_fps, source_fps;
	double latency_ms;           /* from decoded to shown */
	double stage_ms[HUD_STAGES]; /* means */
	/* Milliseconds of the last dreams, the newest last; 0: none yet. */
	float history[HUD_HISTORY][HUD_STAGES];
	double target_ms; /* what a dream may take */
	bool listens;
	float levels[HUD_LEVELS]; /* of what is heard, 0..1: bass, middle, treble */
	double tempo;             /* beats a minute; 0: none */
	const char *tempo_source; /* such as tapped */
	char message[HUD_TEXT_LENGTH];
	float prepared;     /* part of the kernels that are built; 0 or 1: there is no bar */
	char recording[64]; /* such as "recording 0:12" */
	/* For HUD_HELP: lines such as "Up" and "stronger". */
	int key_count;
	struct hud_key {
		char key[24], help[56];
	} keys[HUD_KEYS_MAX];
};

/* What there is to draw in. */
struct hud_area {
	int width, height; /* pixels */
	/* The side of a letter's pixel, where there is room for that: 1 to HUD_SCALE_MAX. */
	int scale;
};

/* Draws the HUD of a level, within the area: smaller letters where it is too small for the wished
 * ones, and where it is too small for the smallest, lines are cut. Levels show: off nothing; small
 * one line, and the message; small and full, a bar while kernels are built; full all numbers and
 * the graph; help the keys. RV_MEMORY. */
rv_status hud_draw(struct hud_picture *picture, enum hud_level level, const struct hud_state *state,
                   const struct hud_area *area, rv_error *error);

/* The scale that suits a window of this height in pixels. */
int hud_scale(int height);

#endif
