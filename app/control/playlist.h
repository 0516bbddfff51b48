/* A playlist: presets that follow each other by the clock, again and again. One line each: how
 * long, which, over how many seconds it takes over from the one before, and over which input of
 * several,
 *
 *     0:30 roses
 *     90 mountains fade 5      # a comment
 *     1:00:00 my/own.preset input 2
 *
 * where a time is seconds, minutes:seconds or hours:minutes:seconds. Nothing here prints or exits,
 * and no clock is read. */
#ifndef APP_CONTROL_PLAYLIST_H
#define APP_CONTROL_PLAYLIST_H

#include "app/options/options.h"

enum { PLAYLIST_MAX = 256, PLAYLIST_NAME_LENGTH = 64 };

struct playlist_line {
	double seconds;                  /* above 0 */
	double fade;                     /* seconds, at most `seconds`; below 0: not said */
	int input;                       /* from 1; 0: it stays */
	char name[PLAYLIST_NAME_LENGTH]; /* of the preset, for a person */
	struct option_dream dream;       /* what the preset holds; the rest is by default */
};

/* Zeroed, it is empty. Released by playlist_release. */
struct playlist {
	int count;
	struct playlist_line *lines; /* owned */

	/* Private: where it is, on a clock in nanoseconds. */
	int line;          /* -1: before the first */
	int64_t begun;     /* when that line began */
	int64_t paused_at; /* 0: it runs */
	bool hurry;        /* the next line is due at once */
};

/* Reads a playlist, and the presets it names (preset_load). name stands for the text in messages,
 * which begin with it and the number of the line; RV_INVALID also where there is no line.
 * RV_NOT_FOUND: no such preset; RV_MEMORY. On an error the playlist is empty. */
rv_status playlist_parse(struct playlist *playlist, const char *name, const char *text,
                         rv_error *error);

/* Reads a file. RV_NOT_FOUND, RV_IO, and as above. */
rv_status playlist_load(struct playlist *playlist, const char *path, rv_error *error);
void playlist_release(struct playlist *playlist);

/* The line that begins now, or NULL while the last one goes on. The first call begins the first. */
const struct playlist_line *playlist_tick(struct playlist *playlist, int64_t now);

/* Ends the line that is on, also in a pause, which goes on with the next. */
void playlist_next(struct playlist *playlist);

/* Stops the clock, or lets it run on. Returns whether it stands. */
bool playlist_pause(struct playlist *playlist, int64_t now);

#endif
