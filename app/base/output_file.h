/* A file that appears whole or not at all: it is written under a temporary name beside its place
 * (app/base/output_name.h), and renamed once everything is in it. A link is followed, and stays.
 * Standard output, and names that are no regular files
 * (/dev/null, a named pipe), are written directly. */
#ifndef APP_BASE_OUTPUT_FILE_H
#define APP_BASE_OUTPUT_FILE_H

#include <libavformat/avio.h>

#include "engine/reverie.h"

/* Belongs to one thread at a time. */
struct output_file;

/* Opens the output at path ("-": standard output). Without force nothing that exists is replaced:
 * this is looked at here and once more when the file is put into its place. RV_INVALID: it exists,
 * or is a directory; RV_NOT_FOUND: there is no such directory; RV_IO: also where the name cannot be
 * one; RV_MEMORY. */
rv_status output_file_create(struct output_file **file, const char *path, bool force,
                             rv_error *error);

/* libavformat's way to write to the file; the file's own. Seekable only where the file is. */
AVIOContext *output_file_io(struct output_file *file);
/* Where what is written goes straight to a reader that stalls, it is waited for until interrupt
 * says otherwise, or for two seconds once a signal has asked the program to end. */
void output_file_interrupt(struct output_file *file, AVIOInterruptCB interrupt);
/* From here on the disk counts as full while it still has room for the file's end: the error is
 * there (output_file_errno), but what is written after it arrives. */
void output_file_reserve(struct output_file *file);
/* Where the bytes are until the file is in its place; NULL: they go there at once. The file's own.
 */
const char *output_file_temporary(const struct output_file *file);
/* errno of the first write that failed, or 0. Whoever writes asks here, because libav passes errors
 * of its writers on late or not at all. */
int output_file_errno(const struct output_file *file);
/* The line for a write that failed. */
rv_status output_file_write_error(const struct output_file *file, rv_error *error);

/* Writes out what is buffered, puts the file into its place and frees everything, whether or not
 * that succeeds: on an error nothing is left behind. RV_IO; RV_INVALID: meanwhile it exists. */
rv_status output_file_commit(struct output_file **file, rv_error *error);
/* Writes out what is buffered, down to the disk. RV_IO: not everything written so far is there. */
rv_status output_file_flush(struct output_file *file, rv_error *error);
/* After a failure: asks is_useful about the file as far as it was written, at its temporary path;
 * puts it into its place or removes it, and frees everything. False: nothing is left behind. */
bool output_file_keep(struct output_file **file, bool (*is_useful)(const char *path));
/* Leaves nothing behind. Accepts NULL. */
void output_file_discard(struct output_file **file);

/* All of that for a file that is a text. The errors of output_file_create and
 * output_file_commit. */
rv_status output_file_write_text(const char *path, const char *text, bool force, rv_error *error);

#endif
