/* The thread of a live session that writes files, so that the window never waits for a disk. */
#ifndef APP_LIVE_DISK_H
#define APP_LIVE_DISK_H

#include "engine/reverie.h"

struct live_disk;

enum { DISK_NOTE_LENGTH = 160 };

/* Starts the thread. RV_MEMORY. */
rv_status live_disk_start(struct live_disk **disk, rv_error *error);

/* Writes a copy of picture (RV_RGB8) to a PNG called path, with settings, a text, in it. What comes
 * of it is told by live_disk_note. RV_MEMORY. */
rv_status live_disk_write(struct live_disk *disk, const rv_image *picture, const char *settings,
                          const char *path, rv_error *error);

/* Writes text to the file at path, over what is there; makes its folder. As above. */
rv_status live_disk_write_text(struct live_disk *disk, const char *text, const char *path,
                               rv_error *error);

/* Writes what was last done, or went wrong, and forgets it; empty: nothing new. */
void live_disk_note(struct live_disk *disk, char note[DISK_NOTE_LENGTH]);

/* Writes what is still to be written, ends the thread and frees everything. Accepts NULL. */
void live_disk_stop(struct live_disk **disk);

#endif
