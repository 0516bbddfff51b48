/* The live session's inside: what its parts on the main thread share. Only they include this.
 *
 *     live.c          opens everything, runs the loop, closes everything
 *     live_control.c  events, actions and what they ask for
 *     live_remote.c   what comes from outside the window
 *     live_playlist.c presets by the clock, and how they fade
 *     live_stage.c    on which display and how that is seen
 *     live_show.c     takes frames and dreams, composes them and shows what comes of it
 *
 * Everything here belongs to the main thread, but for `stop`, which other threads read. */
#ifndef APP_LIVE_SESSION_H
#define APP_LIVE_SESSION_H

#include <signal.h>

#include "app/control/action.h"
#include "app/control/keys.h"
#include "app/live/compose.h"
#include "app/live/decode.h"
#include "app/live/disk.h"
#include "app/live/display.h"
#include "app/live/engine.h"
#include "app/live/hud.h"
#include "app/live/playlist.h"
#include "app/live/remote.h"
#include "app/live/stats.h"
#include "app/live/video_recorder.h"
#include "app/live/warp_thread.h"
#include "app/options/session.h"
#include "app/screen/window.h"

struct live {
	struct action_state *actions; /* with the options as they are now */
	struct options sent;          /* as the engine was told */
	struct keys keys;
	char input[PATH_LENGTH];
	volatile sig_atomic_t stop; /* ends reads; written atomically */
	bool quit;

	struct session session; /* the model alone: the engine lives on its own thread */
	struct action_layer *layers;
	struct queue *frames, *work, *dreams, *display_frames, *sound;
	struct decode *decode;
	struct live_engine *engine;
	struct warp_thread *warp_thread;
	struct live_disk *disk;
	struct video_recorder recorder;
	struct hud_picture recorded_hud; /* as large as recordings need it */
	struct window *window;           /* NULL: headless */
	struct live_remote remote;

	struct frame *frame;
	struct dream *dream;
	struct warp *warp; /* from frame to the dream's; NULL: not known */
	uint64_t decoded;  /* frames of the source that were counted */
	int64_t warped_at; /* when the last display frame came, on clock_now()'s clock */
	struct composer composer;
	rv_image shown;
	struct live_hud hud;
	struct live_display display;
	struct playlist playlist;
	struct live_stats stats;
	int files; /* written so far, for their names */
};

/* Takes all that happened to the window or came from elsewhere, runs the actions it is bound to,
 * and tells the engine. */
void live_take_events(struct live *live);

/* Runs an action (app/control/action.h) and says what came of it. */
void live_act(struct live *live, const char *action);
/* The same, for one who wants to know it too. */
rv_status live_try(struct live *live, const char *action, rv_error *error);

/* Takes the newest frame and dream and shows them, and says what happened. Does nothing before the
 * first frame. */
rv_status live_show(struct live *live, rv_error *error);

/* Prints how good a dream is as name=value, to the end of a line. */
void live_print_quality(const struct dream *dream);

#endif
