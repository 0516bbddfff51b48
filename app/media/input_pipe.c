#include "app/media/input_pipe.h"

#include <errno.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>
#include <poll.h>
#include <unistd.h>

enum { BUFFER_BYTES = 1 << 16, SLICE = 100 /* milliseconds */ };

struct pipe {
	int descriptor;
	AVIOInterruptCB interrupt;
};

static int read_pipe(void *context, uint8_t *bytes, int size)
{
	const struct pipe *pipe = context;
	struct pollfd wait = {.fd = pipe->descriptor, .events = POLLIN};
	for (;;) {
		if (pipe->interrupt.callback(pipe->interrupt.opaque))
			return AVERROR_EXIT;
		int ready = poll(&wait, 1, SLICE);
		if (ready < 0 && errno != EINTR)
			return AVERROR(errno);
		if (ready <= 0)
			continue;
		ssize_t count = read(pipe->descriptor, bytes, (size_t)size);
		if (count > 0)
			return (int)count;
		if (count == 0)
			return AVERROR_EOF;
		if (errno != EINTR && errno != EAGAIN)
			return AVERROR(errno);
	}
}

AVIOContext *input_pipe_open(int descriptor, const AVIOInterruptCB *interrupt)
{
	struct pipe *pipe = av_malloc(sizeof(*pipe));
	uint8_t *buffer = av_malloc(BUFFER_BYTES);
	AVIOContext *io = NULL;
	if (pipe && buffer) {
		*pipe = (struct pipe){descriptor, *interrupt};
		io = avio_alloc_context(buffer, BUFFER_BYTES, 0, pipe, read_pipe, NULL, NULL);
	}
	if (!io) {
		av_free(pipe);
		av_free(buffer);
	}
	return io;
}

void input_pipe_close(AVIOContext **closed)
{
	AVIOContext *io = *closed;
	if (!io)
		return;
	struct pipe *pipe = io->opaque;
	if (pipe->descriptor != STDIN_FILENO)
		close(pipe->descriptor);
	av_free(pipe);
	av_free(io->buffer);
	avio_context_free(closed);
}
