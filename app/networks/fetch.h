/* Fetching a file that is known beforehand: by its checksum it is whole and the right one, wherever
 * it came from, so that any mirror will do. libcurl does the talking; proxies and certificates are
 * as its environment variables say. */
#ifndef APP_NETWORKS_FETCH_H
#define APP_NETWORKS_FETCH_H

#include "engine/reverie.h"

/* How far it is; bytes, total 0 where it is not known. Called about once a second or more often, on
 * the caller's thread. False ends the fetching with RV_CANCELLED, and what came so far is kept for
 * the next time. */
typedef bool fetch_progress(void *context, uint64_t done, uint64_t total);

struct fetch_request {
	/* URLs, or paths of files that are there; tried in this order until one is good. */
	const char *const *places;
	int place_count;
	const char *path;         /* where the file is to be; its folder exists */
	uint64_t size;            /* bytes; 0: not known */
	const char *checksum;     /* 64 small hexadecimal digits of SHA-256, 40 of SHA-1, or "" */
	fetch_progress *progress; /* may be NULL */
	/* One line about a place that was no good, without a newline; may be NULL. */
	void (*note)(void *context, const char *line);
	void *context;
};

/* Fetches into path.part, going on from what is there of it, and renames that to path once its
 * checksum holds: what was at path before is kept until then. A place that answers with an error,
 * another file (a page, a pointer of Git LFS), or nothing for ten seconds is given up for the next.
 * What breaks off is kept as path.part, what is wrong is removed. RV_NOT_FOUND: no place had the
 * file, and the message is about the last; RV_IO: it cannot be written; RV_CANCELLED; RV_MEMORY. */
rv_status fetch_file(const struct fetch_request *request, rv_error *error);

/* RV_OK where the file at path has this checksum (as in a request; "" is any); RV_CORRUPT where it
 * has not; RV_IO where it cannot be read; RV_MEMORY. */
rv_status fetch_check(const char *path, const char *checksum, rv_error *error);

#endif
