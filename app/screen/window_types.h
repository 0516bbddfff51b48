/* What the windows of a live session are told and tell: app/screen/window.h. */
#ifndef APP_SCREEN_WINDOW_TYPES_H
#define APP_SCREEN_WINDOW_TYPES_H

#include "app/screen/hud_picture.h"
#include "app/screen/projection.h"
#include "engine/reverie.h"

enum { WINDOW_DISPLAY_LENGTH = 128 };

enum window_event_kind {
	WINDOW_KEY,  /* a key, the wheel or a double click, by name: see app/control/keys.h */
	WINDOW_DRAG, /* the pointer moved with its button held */
	WINDOW_PICK, /* the other button went down */
	WINDOW_CLOSE,
	WINDOW_HUD_CLOSE, /* the HUD's own window is to go */
};

struct window_event {
	enum window_event_kind kind;
	char key[64];
	/* Where the pointer is, and for keys both: over the show, over the HUD, which may have a
	 * window of its own. */
	bool over_show, over_hud;
	/* of a drag or a pick */
	struct projection_point picture; /* over the show: 0..1 across and down the picture, as it
	                                    is drawn */
	struct projection_point screen;  /* 0..1 across and down the window */
	bool begins;                     /* the button went down */
};

/* Where the show is seen. */
struct window_place {
	/* 1 is the first; 0: where the window is. One that is not there, or that vanishes, is made
	 * good by another until it comes back. */
	int display;
	int hud_display; /* the HUD in a window of its own there; 0: over the show */
	bool fullscreen; /* without a border, all over the display */
	bool locked;     /* keys that switch windows are the show's, and the pointer is not seen */
	bool pointer;    /* the pointer is seen in any case */
};

/* What is seen. */
struct window_content {
	const rv_image *picture; /* RV_RGB8 */
	const struct hud_picture *hud;
	bool hud_changed;               /* since the last time */
	enum projection_scale scale;    /* as in struct projection_screen */
	double turn;                    /* likewise */
	struct projection_quad corners; /* likewise */
	/* Where it is not -1, all corners are marked, and this one most of all. */
	int marked_corner;
};

#endif
