/* What a dream remembers, written out and read back: a video that is broken off within a shot goes
 * on in another process with the very frames that it would have had. What reverie.h says of
 * threads, errors and memory holds here. */
#ifndef REVERIE_CHECKPOINT_H
#define REVERIE_CHECKPOINT_H

#include "reverie.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Takes the next `count` bytes, or fills them in. Called on the engine's thread, many times;
 * returning false ends the call that is under way. */
typedef bool rv_checkpoint_write(void *context, const void *bytes, size_t count);
typedef bool rv_checkpoint_read(void *context, void *bytes, size_t count);

/* Writes what the next frame is to go on from, at any time after rv_dream with a presentation time
 * and before anything else is set: about 48 bytes for each pixel. RV_INVALID: there is nothing to
 * go on from; RV_IO: write returned false; RV_MEMORY, RV_DEVICE. */
RV_API rv_status rv_checkpoint_save(rv_engine *engine, rv_checkpoint_write *write, void *context,
                                    rv_error *error);

/* Makes the engine go on from what was written. Its model, params and slots are set before, and
 * are those that the checkpoint was saved with; what changed for the next frame is set after. On
 * the same device with the same memory_limit, what follows is the same to the last bit. On an error
 * the engine remembers nothing. RV_CORRUPT: what is read is damaged, ends early, or is of another
 * version; RV_INVALID: it was saved with other params; and what rv_dream returns. */
RV_API rv_status rv_checkpoint_load(rv_engine *engine, rv_checkpoint_read *read, void *context,
                                    rv_error *error);

#ifdef __cplusplus
}
#endif
#endif
