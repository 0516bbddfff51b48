#include "app/base/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/output_name.h"
#include "app/base/signals.h"

enum {
	BUFFER_BYTES = 1 << 16,
	NAP = 100,        /* milliseconds between looks at whether to go on waiting */
	NAPS_STOPPED = 20 /* until a reader that stalls is given up once the program is to end */
};

/* Bytes that are kept free behind a file for its end: a MiB and a 64th of what was written, and as
 * much as that is asked for at once. */
static const int64_t reserve_least = 1 << 20, reserve_step = 4 << 20;

struct output_file {
	char *path;       /* the place, links followed */
	char *temporary;  /* NULL: written directly */
	const char *name; /* for messages */
	int descriptor;
	bool force;
	int write_errno;
	AVIOContext *io;
	AVIOInterruptCB interrupt;
	bool reserves;
	int64_t reserved; /* bytes from the beginning that the disk has promised */
};

/* ---- writing ---- */

/* Whether the reader of what is written directly, a pipe perhaps, takes more. False: it must not be
 * waited for any longer. */
static bool wait_for_reader(const struct output_file *file)
{
	struct pollfd place = {.fd = file->descriptor, .events = POLLOUT};
	for (int naps = 0; poll(&place, 1, NAP) <= 0;) {
		naps += signals_stop != 0;
		if (naps > NAPS_STOPPED ||
		    (file->interrupt.callback && file->interrupt.callback(file->interrupt.opaque)))
			return false;
	}
	return true;
}

static bool reserve(struct output_file *file, int64_t until)
{
	if (fallocate(file->descriptor, FALLOC_FL_KEEP_SIZE, file->reserved,
	              until - file->reserved))
		return false;
	file->reserved = until;
	return true;
}

/* The disk must always have room for the end, without which much of what is written is worth
 * nothing: it is full one reserve early. */
static void hold_reserve(struct output_file *file)
{
	int64_t end = lseek(file->descriptor, 0, SEEK_CUR);
	int64_t wanted = end + reserve_least + end / 64;
	if (!file->reserves || file->write_errno || end < 0 || wanted <= file->reserved ||
	    reserve(file, wanted + reserve_step) || reserve(file, wanted))
		return;
	if (errno == ENOSPC || errno == EDQUOT)
		file->write_errno = errno;
	else
		file->reserves = false; /* this file system cannot */
}

static int write_bytes(void *context, uint8_t *bytes, int size)
{
	struct output_file *file = context;
	for (int done = 0; done < size;) {
		/* So much goes into a pipe at once that has room for any. */
		int count = file->temporary || size - done < PIPE_BUF ? size - done : PIPE_BUF;
		bool waits = file->temporary || wait_for_reader(file);
		ssize_t written = waits ? write(file->descriptor, bytes + done, (size_t)count) : -1;
		if (!waits)
			errno = ETIMEDOUT;
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0) {
			if (!file->write_errno)
				file->write_errno = errno;
			return AVERROR(errno);
		}
		done += (int)written;
	}
	hold_reserve(file);
	return size;
}

static int64_t seek_bytes(void *context, int64_t offset, int whence)
{
	struct output_file *file = context;
	struct stat status;
	if (whence & AVSEEK_SIZE)
		return fstat(file->descriptor, &status) ? AVERROR(errno) : status.st_size;
	off_t at = lseek(file->descriptor, offset, whence & ~AVSEEK_FORCE);
	return at < 0 ? AVERROR(errno) : at;
}

static rv_status open_io(struct output_file *file, rv_error *error)
{
	bool seekable = lseek(file->descriptor, 0, SEEK_CUR) >= 0 && file->temporary;
	unsigned char *buffer = av_malloc(BUFFER_BYTES);
	if (buffer)
		file->io = avio_alloc_context(buffer, BUFFER_BYTES, 1, file, NULL, write_bytes,
		                              seekable ? seek_bytes : NULL);
	if (!file->io) {
		av_free(buffer);
		return rv_fail(error, RV_MEMORY, "%s: out of memory", file->name);
	}
	return RV_OK;
}

/* A file that is replaced keeps its mode. */
static void keep_mode(int descriptor, const struct stat *replaced)
{
	if (replaced && fchmod(descriptor, replaced->st_mode & 07777))
		return; /* a file system without modes */
}

/* Beside the place, so that the rename stays within one file system. */
static rv_status open_temporary(struct output_file *file, const struct stat *replaced,
                                rv_error *error)
{
	file->descriptor = output_name_create(file->path, &file->temporary);
	if (file->descriptor < 0)
		return rv_fail(error,
		               errno == ENOENT   ? RV_NOT_FOUND
		               : errno == ENOMEM ? RV_MEMORY
		                                 : RV_IO,
		               "%s: cannot be written there: %s", file->name, strerror(errno));
	signals_guard(file->temporary);
	keep_mode(file->descriptor, replaced);
	return RV_OK;
}

static rv_status open_directly(struct output_file *file, rv_error *error)
{
	file->descriptor = strcmp(file->name, "standard output")
	                           ? open(file->path, O_WRONLY | O_CLOEXEC)
	                           : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
	if (file->descriptor < 0)
		return rv_fail(error, RV_IO, "%s: cannot be written: %s", file->name,
		               strerror(errno));
	return RV_OK;
}

static rv_status open_place(struct output_file *file, rv_error *error)
{
	struct stat status;
	if (strcmp(file->path, "-") == 0) {
		file->name = "standard output";
		return open_directly(file, error);
	}
	/* The link of a descriptor, as /dev/stdout is one, leads to a pipe by no name. */
	if (!stat(file->path, &status) && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
		return open_directly(file, error);
	char *place = NULL;
	rv_status followed = output_name_follow(file->path, &place, error);
	if (followed != RV_OK)
		return followed;
	free(file->path);
	file->name = file->path = place;
	if (stat(file->path, &status))
		return open_temporary(file, NULL, error);
	if (S_ISDIR(status.st_mode))
		return rv_fail(error, RV_INVALID, "%s: is a directory; name a file in it",
		               file->name);
	if (!file->force)
		return rv_fail(error, RV_INVALID, "%s: exists; --force overwrites it", file->name);
	if (access(file->path, W_OK))
		return rv_fail(error, RV_IO, "%s: cannot be overwritten: %s", file->name,
		               strerror(errno));
	return open_temporary(file, &status, error);
}

rv_status output_file_create(struct output_file **created, const char *path, bool force,
                             rv_error *error)
{
	struct output_file *file = calloc(1, sizeof(*file));
	if (!file || !(file->path = strdup(path))) {
		free(file);
		return rv_fail(error, RV_MEMORY, "%s: out of memory", path);
	}
	file->name = file->path;
	file->force = force;
	file->descriptor = -1;
	rv_status status = open_place(file, error);
	if (status == RV_OK)
		status = open_io(file, error);
	if (status != RV_OK)
		output_file_discard(&file);
	else
		*created = file;
	return status;
}

AVIOContext *output_file_io(struct output_file *file)
{
	return file->io;
}

void output_file_interrupt(struct output_file *file, AVIOInterruptCB interrupt)
{
	file->interrupt = interrupt;
}

void output_file_reserve(struct output_file *file)
{
	file->reserves = file->temporary != NULL;
}

const char *output_file_temporary(const struct output_file *file)
{
	return file->temporary;
}

int output_file_errno(const struct output_file *file)
{
	return file->write_errno;
}

rv_status output_file_write_error(const struct output_file *file, rv_error *error)
{
	if (file->write_errno == ETIMEDOUT)
		return rv_fail(error, RV_IO, "%s: nobody takes what is written", file->name);
	return rv_fail(error, RV_IO, "%s: writing failed: %s", file->name,
	               strerror(file->write_errno ? file->write_errno : EIO));
}

static int rename_new(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	/* This file system cannot do both in one step. */
	if (access(to, F_OK) == 0) {
		errno = EEXIST;
		return -1;
	}
	return rename(from, to);
}

static rv_status put_in_place(struct output_file *file, rv_error *error)
{
	int code = file->force ? rename(file->temporary, file->path)
	                       : rename_new(file->temporary, file->path);
	if (code && errno == EEXIST)
		return rv_fail(error, RV_INVALID, "%s: exists now; --force overwrites it",
		               file->name);
	if (code)
		return rv_fail(error, RV_IO, "%s: cannot be put into its place: %s", file->name,
		               strerror(errno));
	signals_unguard(file->temporary);
	free(file->temporary);
	file->temporary = NULL;
	return RV_OK;
}

/* Some file systems only say here that they are full. */
static void flush(struct output_file *file)
{
	struct stat status;
	avio_flush(file->io);
	/* Where what was promised is not given back, the file is as good. */
	if (file->reserved && !fstat(file->descriptor, &status) &&
	    !ftruncate(file->descriptor, status.st_size))
		file->reserved = 0;
	if (file->temporary && fsync(file->descriptor) && !file->write_errno)
		file->write_errno = errno;
}

static void flush_and_close(struct output_file *file)
{
	flush(file);
	if (close(file->descriptor) && !file->write_errno)
		file->write_errno = errno;
	file->descriptor = -1;
}

rv_status output_file_flush(struct output_file *file, rv_error *error)
{
	flush(file);
	return file->write_errno ? output_file_write_error(file, error) : RV_OK;
}

rv_status output_file_commit(struct output_file **committed, rv_error *error)
{
	struct output_file *file = *committed;
	rv_status status = RV_OK;
	flush_and_close(file);
	if (file->write_errno)
		status = output_file_write_error(file, error);
	else if (file->temporary)
		status = put_in_place(file, error);
	output_file_discard(committed);
	return status;
}

bool output_file_keep(struct output_file **kept, bool (*is_useful)(const char *path))
{
	struct output_file *file = *kept;
	flush_and_close(file);
	bool keeps =
		file->temporary && is_useful(file->temporary) && put_in_place(file, NULL) == RV_OK;
	output_file_discard(kept);
	return keeps;
}

void output_file_discard(struct output_file **discarded)
{
	struct output_file *file = *discarded;
	if (!file)
		return;
	if (file->io)
		av_freep(&file->io->buffer);
	avio_context_free(&file->io);
	if (file->descriptor >= 0)
		close(file->descriptor);
	if (file->temporary)
		unlink(file->temporary);
	if (file->temporary)
		signals_unguard(file->temporary);
	free(file->temporary);
	free(file->path);
	free(file);
	*discarded = NULL;
}

rv_status output_file_write_text(const char *path, const char *text, bool force, rv_error *error)
{
	struct output_file *file = NULL;
	rv_status status = output_file_create(&file, path, force, error);
	if (status != RV_OK)
		return status;
	avio_write(file->io, (const unsigned char *)text, (int)strlen(text));
	return output_file_commit(&file, error);
}
