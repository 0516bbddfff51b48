/* The program and the fades of a live session: presets that follow each other, and how one becomes
 * the next. Belongs to the main thread. */
#ifndef LIVE_PROGRAM_H
#define LIVE_PROGRAM_H

#include "app/program.h"

struct live;

/* Reads the program that the options name, if they do. Errors: those of program_load. */
rv_status live_program_open(struct live *live, rv_error *error);

/* Takes the preset that is due, and goes on with the fade that is under way. */
void live_program_step(struct live *live);

/* What actions ask for. */
void live_program_next(struct live *live);
void live_program_pause(struct live *live);
/* The dream so far fades out while that of the options, as they are now, begins. */
void live_program_fade(struct live *live);

#endif
