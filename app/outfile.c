#include "outfile.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Writes the folder that holds path: "." for a bare name. */
static void folder_of(const char *path, char folder[PATH_LENGTH])
{
	const char *slash = strrchr(path, '/');
	size_t length = slash ? (size_t)(slash - path) : 1;
	memcpy(folder, slash ? path : ".", length);
	folder[length] = '\0';
	if (slash == path)
		strcpy(folder, "/");
}

rv_status outfile_check(const char *path, bool force, rv_error *error)
{
	char folder[PATH_LENGTH];
	struct stat status;
	if (strlen(path) >= PATH_LENGTH - 16) /* room for the temporary name's end */
		return rv_fail(error, RV_INVALID, "%.64s...: this path is too long", path);
	if (!stat(path, &status)) {
		if (S_ISDIR(status.st_mode))
			return rv_fail(error, RV_IO, "%.256s: is a folder, not a file to write",
				       path);
		if (S_ISCHR(status.st_mode))
			return RV_OK;
		if (!force)
			return rv_fail(error, RV_INVALID,
				       "%.256s: exists already; --force writes over it", path);
	}
	folder_of(path, folder);
	if (stat(folder, &status))
		return rv_fail(error, RV_NOT_FOUND,
			       "%.256s: cannot be written, there is no folder %.128s", path,
			       folder);
	if (!S_ISDIR(status.st_mode))
		return rv_fail(error, RV_IO, "%.256s: cannot be written, %.128s is not a folder",
			       path, folder);
	if (access(folder, W_OK | X_OK))
		return rv_fail(error, RV_IO, "%.256s: cannot be written, folder %.128s: %s", path,
			       folder, strerror(errno));
	return RV_OK;
}

static bool is_device(const char *path)
{
	struct stat status;
	return !stat(path, &status) && S_ISCHR(status.st_mode);
}

rv_status outfile_open(struct outfile *file, const char *path, bool force, rv_error *error)
{
	*file = (struct outfile){0};
	rv_status status = outfile_check(path, force, error);
	if (status != RV_OK)
		return status;
	strcpy(file->path, path);
	/* A device is written itself: renaming a file to /dev/full would replace it. */
	if (!is_device(path))
		snprintf(file->temporary, sizeof(file->temporary), "%s.%d.part", path,
			 (int)getpid() % 1000000);
	file->stream = fopen(file->temporary[0] ? file->temporary : path, "wb");
	if (!file->stream)
		return rv_fail(error, RV_IO, "%.256s: cannot be written: %s", path,
			       strerror(errno));
	return RV_OK;
}

rv_status outfile_commit(struct outfile *file, rv_error *error)
{
	bool written = !ferror(file->stream);
	written &= !fclose(file->stream); /* the last bytes may not fit any more */
	file->stream = NULL;
	if (written && (!file->temporary[0] || !rename(file->temporary, file->path)))
		return RV_OK;
	rv_fail(error, RV_IO, "%.256s: could not be written: %s", file->path, strerror(errno));
	if (file->temporary[0])
		unlink(file->temporary);
	return RV_IO;
}

void outfile_discard(struct outfile *file)
{
	if (!file->stream)
		return;
	fclose(file->stream);
	file->stream = NULL;
	if (file->temporary[0])
		unlink(file->temporary);
}
