/* The thread of a live session that writes files, so that the window never waits for a disk; and
 * how much may be written, so that whoever sends actions by the thousand does not fill it. */
#ifndef APP_LIVE_DISK_H
#define APP_LIVE_DISK_H

#include <stdatomic.h>

#include "engine/reverie.h"

struct live_disk;

enum { DISK_NOTE_LENGTH = 160 };

/* What came of a file. */
enum live_disk_outcome { DISK_IDLE, DISK_WAITS, DISK_WROTE, DISK_FAILED };

/* Starts the thread. keep_free: bytes that are to be left on the disk of the current folder.
 * RV_MEMORY. */
rv_status live_disk_start(struct live_disk **disk, uint64_t keep_free, rv_error *error);

/* Whether there is room, as it was a second ago. RV_IO: less than is to be left. Main thread. */
rv_status live_disk_has_room(struct live_disk *disk, rv_error *error);

/* Whether one more file may be begun now, which then counts. RV_IO: the same, or too many were:
 * four may be at once, and then one each second. Main thread. */
rv_status live_disk_admit(struct live_disk *disk, int64_t now, rv_error *error);

/* Writes a copy of picture (RV_RGB8) to a PNG called path, with settings, a text, in it. What comes
 * of it is told by live_disk_note. RV_MEMORY. */
rv_status live_disk_write(struct live_disk *disk, const rv_image *picture, const char *settings,
                          const char *path, rv_error *error);

/* Writes text to the file at path, over what is there; makes its folder. note is what is told once
 * that is done (NULL: the path). outcome, which must outlive the thread, is set where the file was
 * written, could not be, or made room for newer ones (NULL: nobody asks). As above. */
rv_status live_disk_write_text(struct live_disk *disk, const char *text, const char *path,
                               const char *note, atomic_int *outcome, rv_error *error);

/* Writes what was last done, or went wrong, and forgets it; empty: nothing new. */
void live_disk_note(struct live_disk *disk, char note[DISK_NOTE_LENGTH]);

/* Writes what is still to be written, ends the thread and frees everything. Accepts NULL. */
void live_disk_stop(struct live_disk **disk);

#endif
