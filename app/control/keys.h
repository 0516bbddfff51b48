/* Which key does what in the live window. One binding a line, `KEY = ACTION # WHAT IT DOES`; a #
 * at the start of a line begins a comment. Keys are named as SDL names them (Up, Space, F11, A),
 * with Ctrl+, Alt+ or Shift+ before them in this order, and without regard to case; besides there
 * are Wheel Up, Wheel Down and Double Click, and those of app/control/midi_map.h,
 * app/control/sound_map.h and app/screen/controller.h. Corner+ before all of that makes it a key of
 * the time while the display's corners are moved, Brush+ while the mouse paints, Atlas+ while the
 * atlas is open. Actions are those of app/control/action.h, and `none` takes a binding back.
 * assets/keys.conf is built in. */
#ifndef APP_CONTROL_KEYS_H
#define APP_CONTROL_KEYS_H

#include <stdio.h>

#include "engine/reverie.h"

enum { KEYS_MAX = 256, KEY_LENGTH = 28, KEY_ACTION_LENGTH = 96, KEY_HELP_LENGTH = 56 };

struct keys {
	int count;
	struct key_binding {
		char key[KEY_LENGTH];
		char action[KEY_ACTION_LENGTH];
		char help[KEY_HELP_LENGTH]; /* may be empty: then the window does not list it */
	} list[KEYS_MAX];
};

/* assets/keys.conf. */
extern const char keys_default_text[];

/* Reads bindings over those there are. name stands for the text in messages, which begin with it
 * and the number of the line. On an error keys is undefined. RV_INVALID. */
rv_status keys_parse(struct keys *keys, const char *name, const char *text, rv_error *error);

/* Reads a file as keys_parse does. RV_NOT_FOUND, RV_IO, RV_INVALID. */
rv_status keys_load(struct keys *keys, const char *path, rv_error *error);

/* The defaults; over them $XDG_CONFIG_HOME/reverie/keys.conf if it is there; over them midi.conf
 * beside it, likewise; over them the file at path, unless that is empty. */
rv_status keys_load_all(struct keys *keys, const char *path, rv_error *error);

/* Writes a line to a file of that folder, which is made where it is missing, in the place of one
 * that binds the same key. RV_NOT_FOUND: there is no home; RV_IO; RV_MEMORY. */
rv_status keys_keep(const char *name, const char *line, rv_error *error);

/* The action bound to key, or NULL. */
const char *keys_find(const struct keys *keys, const char *key);

/* Writes an action with a position, from 0 to 1, in the place of its $. False: it has none, or is
 * too long then. */
bool keys_fill(const char *bound, double position, char action[KEY_ACTION_LENGTH]);

/* While the display's corners are moved, while the mouse paints, and while the atlas is open. */
extern const char keys_corner_mode[], keys_brush_mode[], keys_atlas_mode[];

/* Likewise while a mode is on: what is bound to MODE+KEY comes first. Without a mode, or where it
 * does not bind key, it is keys_find. */
const char *keys_find_in(const struct keys *keys, const char *mode, const char *key);

/* Whether key is bound for a mode alone, and for which; NULL: for none. */
const char *keys_mode_of(const char *key);

/* The first key that does action, outside of modes; NULL: none does. */
const char *keys_bound_to(const struct keys *keys, const char *action);

/* Prints keys and actions, for --help keys. */
void keys_print(const struct keys *keys, FILE *file);

#endif
