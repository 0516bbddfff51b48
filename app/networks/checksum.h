/* Checksums of files, by which a download is known to be the right one. */
#ifndef APP_NETWORKS_CHECKSUM_H
#define APP_NETWORKS_CHECKSUM_H

#include "engine/reverie.h"

enum { CHECKSUM_LENGTH = 65 }; /* 64 hexadecimal digits and an end */

/* Writes the checksum of the file at path as small hexadecimal digits: SHA-256 where bits is 256,
 * SHA-1 where it is 160. RV_NOT_FOUND, RV_IO, RV_MEMORY. */
rv_status checksum_of_file(const char *path, int bits, char text[CHECKSUM_LENGTH], rv_error *error);

#endif
