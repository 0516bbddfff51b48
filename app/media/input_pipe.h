/* Standard input and FIFOs for libavformat, whose own reader could not be interrupted once it waits
 * for whoever writes. */
#ifndef APP_MEDIA_INPUT_PIPE_H
#define APP_MEDIA_INPUT_PIPE_H

#include <libavformat/avio.h>

/* Reads from descriptor, which input_pipe_close closes but for standard input. interrupt is asked
 * every tenth of a second of waiting whether to give up. NULL: out of memory, and nothing is
 * closed. */
AVIOContext *input_pipe_open(int descriptor, const AVIOInterruptCB *interrupt);
/* Accepts a pointer to NULL. */
void input_pipe_close(AVIOContext **pipe);

#endif
