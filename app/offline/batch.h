/* Several inputs that become files of one folder: where each of them goes. */
#ifndef APP_OFFLINE_BATCH_H
#define APP_OFFLINE_BATCH_H

#include "app/base/paths.h"
#include "engine/reverie.h"

/* Zeroed, it is empty. Freed by batch_release. */
struct batch {
	int count;
	char (*outputs)[PATH_LENGTH]; /* of each input */
};

/* Whether output names a folder: one that is there, or any name that ends in a slash. */
bool batch_is_folder(const char *output);

/* Finds an output in folder for each input: its name, with its end where files of that kind can be
 * written, else .png for a picture and .mkv for a video. RV_INVALID: an input has no name to keep
 * (standard input, a stream, a filter graph), a name is too long, or two inputs have the same.
 * RV_MEMORY. */
rv_status batch_plan(struct batch *batch, const char *const *inputs, int count, const char *folder,
                     rv_error *error);
void batch_release(struct batch *batch);

#endif
