/* The playlist and the fades of a live session: presets that follow each other, and how one becomes
 * the next. Belongs to the main thread. */
#ifndef APP_LIVE_PLAYLIST_H
#define APP_LIVE_PLAYLIST_H

#include "app/control/playlist.h"

struct live;

/* Reads the playlist that the options name, if they do. Errors: those of playlist_load. */
rv_status live_playlist_open(struct live *live, rv_error *error);

/* Takes the preset that is due, and goes on with the fade that is under way. */
void live_playlist_step(struct live *live);

/* What actions ask for. */
void live_playlist_next(struct live *live);
void live_playlist_pause(struct live *live);
/* The dream so far fades out while that of the options, as they are now, begins. */
void live_playlist_fade(struct live *live);

#endif
