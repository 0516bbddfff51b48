/* What actions (app/control/action.h) are made of and what they change. */
#ifndef APP_CONTROL_ACTION_STATE_H
#define APP_CONTROL_ACTION_STATE_H

#include "app/base/paths.h"
#include "app/control/fade.h"
#include "app/options/options.h"
#include "app/screen/projection.h"

enum {
	ACTION_UNDO_MAX = 32,
	ACTION_PRESETS_MAX = 64,
	ACTION_STORES = 9,
	ACTION_MESSAGE_LENGTH = 160,
	ACTION_NAME_LENGTH = 64
};

/* A new one takes a line here, one in action_table (app/control/action.c), and one in the table of
 * those who fulfil them (app/live/control.c). */
enum action_request {
	ACTION_QUIT = 1 << 0,
	ACTION_SCREENSHOT = 1 << 1,
	ACTION_RESET = 1 << 2, /* forget the dream so far */
	ACTION_SAVE_PRESET = 1 << 3,
	ACTION_LEARN = 1 << 4,  /* bind the next knob or key of a MIDI controller */
	ACTION_RECORD = 1 << 5, /* start a recording, or stop it */
	ACTION_NEXT_DISPLAY = 1 << 6,
	ACTION_PLAYLIST_NEXT = 1 << 7,
	ACTION_PLAYLIST_PAUSE = 1 << 8,
	ACTION_FADE = 1 << 9, /* from the dream so far: a fade has begun */
	ACTION_CLEAR_BRUSH = 1 << 10,
	ACTION_PROBE = 1 << 11,       /* which channels answer at atlas.x, atlas.y? */
	ACTION_PAINT_PLACE = 1 << 12, /* let the dream go there alone */
	ACTION_TAP = 1 << 13,         /* a beat is tapped */
	ACTION_BEAT = 1 << 14,        /* a beat is told by another program */
	ACTION_TEMPO = 1 << 15,       /* the beats of `tempo` a minute */
};

/* A layer that can be dreamed of. */
struct action_layer {
	const char *name; /* the model's */
	int channels;     /* 0: not known */
	bool browsed;     /* worth going through: others are dreamed of where they are named */
};

enum { ACTION_ATLAS_LIST = 8, ACTION_ATLAS_STRIDE = 1000 };

/* What the atlas over the show offers, kept by whoever shows it, and what is chosen of it. */
struct action_atlas {
	char layer[RV_LAYER_NAME_LENGTH];
	bool classes; /* tiles are of classes, not of channels */
	int count, columns;
	bool is_list; /* the pipette's: numbers are in list, else all from 0 on are there */
	int list[ACTION_ATLAS_LIST];
	int chosen;
	float x, y; /* where the pipette points: parts of the picture's width and height */
};

/* By what a file of a store is known to be another than before: sessions at once write them. */
struct action_store_file {
	uint64_t node, size;
	int64_t changed; /* nanoseconds */
};

/* An action taken apart. */
struct action_call {
	const struct action *action;
	const struct option *option; /* NULL where it takes none */
	char value[OPTION_VALUE_LENGTH];
};

/* The dream that was last taken as a whole: a preset, or a store. */
struct action_named {
	char name[ACTION_NAME_LENGTH]; /* empty: none was */
	struct option_dream dream;     /* as it was taken */
};

/* What undo brings back: what is dreamed, under which name, and at which size. */
struct action_change {
	struct option_dream dream;
	struct action_named named;
	struct option_size size;
};

/* What actions change. Large: not for the stack. Zeroed, then options and layers set by whoever
 * owns it. Belongs to one thread. */
struct action_state {
	struct options options;
	const struct action_layer *layers; /* in the network's order; borrowed */
	int layer_count;
	int default_layer; /* index of the one dreamed of where options name none */
	int input_count;   /* of the session; 0: not known */
	char presets[ACTION_PRESETS_MAX][PATH_LENGTH];
	int preset_count;
	int preset;       /* the current one, counted from 1; 0: none yet */
	struct fade fade; /* of the options; whoever shows them takes its steps */
	struct action_named named;
	struct option_dream stores[ACTION_STORES];
	bool is_stored[ACTION_STORES];
	/* How often something was stored there, and which of these the file has: whoever writes it
	 * says so. While they differ, what is stored here is newer than the file. */
	unsigned store_count[ACTION_STORES], store_kept[ACTION_STORES];
	struct action_store_file store_seen[ACTION_STORES]; /* what was read last */
	/* The display's corners, and its size in pixels; kept for each (app/control/keystone.h). */
	struct projection_quad corners;
	int screen_width, screen_height;
	struct action_atlas atlas;
	double tempo;      /* of ACTION_TEMPO */
	uint64_t random;   /* of the action `random` */
	int64_t now;       /* clock_now(), kept by whoever runs actions */
	unsigned requests; /* bits of enum action_request; whoever fulfils them clears them */
	char message[ACTION_MESSAGE_LENGTH]; /* what was done, for a person; may be empty */

	char last[ACTION_MESSAGE_LENGTH]; /* the action that ran last, but for "learn" */
	const struct option *last_option; /* the one that an action named last; NULL: none did */

	/* private */
	int64_t last_at;       /* when last ran */
	struct options before; /* the action that runs */
	struct action_named named_before;
	struct fade fade_before;
	struct options untoggled; /* values that "toggle" goes back to */
	bool has_toggled;         /* they are there */
	/* Changes to undo, the newest last; behind them those to redo. */
	struct action_change history[ACTION_UNDO_MAX];
	int undo_count, redo_count;
};

struct action {
	const char *name;      /* NULL ends the table */
	const char *arguments; /* "OPTION", "OPTION VALUE" or a word for a value; NULL: none */
	const char *help;
	/* NULL: it only asks. */
	rv_status (*run)(struct action_state *state, const struct action_call *call,
	                 rv_error *error);
	int by;              /* for run: how far to go, and which way */
	unsigned requests;   /* bits of enum action_request */
	const char *message; /* what to tell where run tells nothing, or NULL */
	bool guarded; /* it writes a file or ends the session: not for anybody on a network */
	bool no_undo; /* run only moves what is seen, or goes through the changes itself */
};

#endif
