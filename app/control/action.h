/* What can be done to a live session while it runs: one table of actions by name, which keys, the
 * mouse and tests call alike. Most act on the options, by the names of the table of options; what
 * they cannot do themselves (end the session, write a file) they ask for in `requests`.
 *
 * No window, no engine and no threads are known here. Nothing prints or exits. */
#ifndef APP_CONTROL_ACTION_H
#define APP_CONTROL_ACTION_H

#include "app/base/paths.h"
#include "app/control/fade.h"
#include "app/options/options.h"
#include "app/screen/projection.h"

enum { ACTION_UNDO_MAX = 32, ACTION_PRESETS_MAX = 64, ACTION_MESSAGE_LENGTH = 160 };

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
};

/* A layer that can be dreamed of. */
struct action_layer {
	const char *name; /* the model's */
	int channels;     /* 0: not known */
	bool browsed;     /* worth going through: others are dreamed of where they are named */
};

/* An action taken apart. */
struct action_call {
	const struct action *action;
	const struct option *option; /* NULL where it takes none */
	char value[OPTION_VALUE_LENGTH];
};

/* What actions change. Large: not for the stack. Zeroed, then options and layers set by whoever
 * owns it. Belongs to one thread. */
struct action_state {
	struct options options;
	const struct action_layer *layers; /* in the network's order; borrowed */
	int layer_count;
	int default_layer; /* index of the one dreamed of where options name none */
	char presets[ACTION_PRESETS_MAX][PATH_LENGTH];
	int preset_count;
	int preset;       /* the last one taken, counted from 1; 0: none yet */
	struct fade fade; /* of the options; whoever shows them takes its steps */
	/* The display's corners, and its size in pixels; kept for each (app/control/keystone.h). */
	struct projection_quad corners;
	int screen_width, screen_height;
	uint64_t random;   /* of the action `random` */
	unsigned requests; /* bits of enum action_request; whoever fulfils them clears them */
	char message[ACTION_MESSAGE_LENGTH]; /* what was done, for a person; may be empty */

	char last[ACTION_MESSAGE_LENGTH]; /* the action that ran last, but for "learn" */
	const struct option *last_option; /* that an action named last; NULL: none did */

	/* private */
	struct options before;    /* the action that runs */
	struct options untoggled; /* choices that "toggle" goes back to */
	struct options
		history[ACTION_UNDO_MAX]; /* changes to undo, the newest last; then to redo */
	int undo_count, redo_count;
};

struct action {
	const char *name;      /* NULL ends the table */
	const char *arguments; /* "OPTION", "OPTION VALUE" or a word for a value; NULL: none */
	const char *help;
	rv_status (*run)(struct action_state *state, const struct action_call *call,
	                 rv_error *error); /* NULL: it only asks */
	int by;                            /* for run: how far to go, and which way */
	unsigned requests;                 /* bits of enum action_request */
	const char *message;               /* what to tell where run tells nothing, or NULL */
};

extern const struct action action_table[];

/* Runs one action, such as "add strength 0.1" or "layer-up". On an error (RV_INVALID,
 * RV_NOT_FOUND, RV_IO) nothing but the message of error changed. */
rv_status action_run(struct action_state *state, const char *text, rv_error *error);

/* The action of that name, or NULL. */
const struct action *action_find(const char *name);

/* Whether an option, which may be NULL, can change while a session runs. */
bool action_can_change(const struct option *option);

/* Whether text is an action with the arguments it needs, and names an option that can be changed
 * while a session runs. RV_INVALID. */
rv_status action_check(const char *text, rv_error *error);

/* Fills the list of presets from the folders of paths_preset_folders(). */
void action_find_presets(struct action_state *state);

#endif
