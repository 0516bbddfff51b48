/* What the parts of a live session on the main thread share. live.c, which opens everything, runs
 * the loop and closes everything, control.c and show.c alone include it.
 *
 * Everything here belongs to the main thread, but for `stop`, which other threads read. */
#ifndef APP_LIVE_SESSION_H
#define APP_LIVE_SESSION_H

#include <stdatomic.h>

#include "app/base/watchdog.h"
#include "app/control/action.h"
#include "app/control/keys.h"
#include "app/control/playlist.h"
#include "app/live/atlas.h"
#include "app/live/compose.h"
#include "app/live/disk.h"
#include "app/live/display.h"
#include "app/live/engine.h"
#include "app/live/hud.h"
#include "app/live/inputs.h"
#include "app/live/performance.h"
#include "app/live/reaction.h"
#include "app/live/remote.h"
#include "app/live/stats.h"
#include "app/live/stores.h"
#include "app/live/video_recorder.h"
#include "app/live/vigil.h"
#include "app/live/warp_thread.h"
#include "app/networks/checksum.h"
#include "app/options/brush.h"
#include "app/options/dreamer.h"
#include "app/screen/window.h"

struct live {
	struct action_state *actions; /* with the options as they are now */
	struct options sent;          /* as the engine was last told */
	struct keys keys;
	char input[PATH_LENGTH]; /* that it began with */
	atomic_int stop;         /* not 0: reads end; other threads read it */
	bool quit;

	struct checksum_task checksum; /* of the network's file */
	struct dreamer dreamer;        /* the model alone: the engine lives on its own thread */
	struct action_layer *layers;
	/* Of struct frame (frames for the warp thread, work for the engine), dream, display_frame
	 * and sound. */
	struct queue *frames, *work, *dreams, *display_frames, *sound;
	struct live_inputs inputs;
	struct live_engine *engine;
	struct brush *brush; /* the engine's thread takes what it painted */
	struct warp_thread *warp_thread;
	struct live_disk *disk;
	struct video_recorder recorder;
	struct hud_picture recorded_hud; /* as large as recordings need it */
	struct window *window;           /* NULL: headless */
	struct live_remote remote;
	struct reaction reaction; /* to sound */

	struct frame *frame;
	struct dream *dream;
	struct warp *warp; /* from frame to the dream's; NULL: not known */
	uint64_t decoded;  /* frames of the source that stats has counted */
	int64_t warped_at; /* when the last display frame came, on clock_now()'s clock */
	int64_t came_at; /* when the frame did that the next picture shows; 0: it has no new one */
	bool has_new_dream; /* the next picture */
	struct composer composer;
	rv_image shown;
	struct live_hud hud;
	struct live_display display;
	struct live_stores stores;
	struct live_atlas atlas;
	bool atlas_was_shown; /* in the HUD's place */
	struct playlist playlist;
	struct performance performance;
	struct live_stats stats;
	struct vigil vigil;
	struct watchdog watchdog;
	int64_t opened_at;    /* when live_run was called */
	int64_t hidden_since; /* since when no picture could be shown; 0: it can */
	int files;            /* how many were written so far, for their names */
};

/* Writes the settings as they are now, for a picture or recording at path (app/options/settings.h).
 * The text is the caller's to free. RV_MEMORY. */
rv_status session_settings(struct live *live, const char *path, char **text, rv_error *error);

#endif
