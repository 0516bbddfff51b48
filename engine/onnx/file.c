#include "engine/onnx/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/onnx/budget.h"

static rv_status read_whole(int file, unsigned char *bytes, size_t size, rv_error *error)
{
	for (size_t done = 0; done < size;) {
		ssize_t count = read(file, bytes + done, size - done);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return rv_fail(error, RV_IO, "%s", strerror(errno));
		if (count == 0)
			return rv_fail(error, RV_CORRUPT, "the file shrank while it was read");
		done += (size_t)count;
	}
	return RV_OK;
}

static rv_status check_file(int file, size_t *size, rv_error *error)
{
	struct stat about;
	if (fstat(file, &about))
		return rv_fail(error, RV_IO, "%s", strerror(errno));
	if (S_ISDIR(about.st_mode))
		return rv_fail(error, RV_INVALID, "this is a directory, not an ONNX model");
	if (!S_ISREG(about.st_mode))
		return rv_fail(error, RV_INVALID, "this is not a regular file");
	if (about.st_size == 0)
		return rv_fail(error, RV_CORRUPT, "the file is empty");
	if (about.st_size > INT32_MAX) /* the most that Protocol Buffers allow */
		return rv_fail(error, RV_UNSUPPORTED, "the file is larger than 2 GiB");
	*size = (size_t)about.st_size;
	return RV_OK;
}

rv_status file_read(const char *path, unsigned char **bytes, size_t *size, rv_error *error)
{
	*bytes = NULL;
	/* Non-blocking, so that a named pipe is refused instead of waited for. */
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file < 0)
		return rv_fail(error, errno == ENOENT ? RV_NOT_FOUND : RV_IO, "%s",
		               strerror(errno));
	rv_status status = check_file(file, size, error);
	if (status == RV_OK) {
		*bytes = malloc(*size);
		status = *bytes ? read_whole(file, *bytes, *size, error) : budget_exceeded(error);
	}
	if (status != RV_OK) {
		free(*bytes);
		*bytes = NULL;
	}
	close(file);
	return status;
}
