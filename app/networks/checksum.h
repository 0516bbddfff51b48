/* Checksums of files, by which a download is known to be the right one. */
#ifndef APP_NETWORKS_CHECKSUM_H
#define APP_NETWORKS_CHECKSUM_H

#include <pthread.h>

#include "app/base/paths.h"
#include "engine/reverie.h"

enum { CHECKSUM_LENGTH = 65 }; /* 64 hexadecimal digits and an end */

/* Writes the checksum of the file at path as small hexadecimal digits: SHA-256 where bits is 256,
 * SHA-1 where it is 160. RV_NOT_FOUND, RV_IO, RV_MEMORY. */
rv_status checksum_of_file(const char *path, int bits, char text[CHECKSUM_LENGTH], rv_error *error);

/* A checksum that a thread makes while something else goes on. Zeroed, there is none. */
struct checksum_task {
	pthread_t thread;
	bool runs;
	char path[PATH_LENGTH];
	char text[CHECKSUM_LENGTH];
};

/* Begins with the SHA-256 of the file at path, which may end as no checksum at all. */
void checksum_begin(struct checksum_task *task, const char *path);

/* Waits for it. "": there is none. The text is the task's. May be called again. */
const char *checksum_end(struct checksum_task *task);

#endif
