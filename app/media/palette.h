/* Frames reduced to 256 colours for GIF: a palette is made for each frame and its pixels are
 * dithered to it, by libavfilter's palettegen and paletteuse. */
#ifndef APP_MEDIA_PALETTE_H
#define APP_MEDIA_PALETTE_H

#include <libavutil/frame.h>

#include "engine/reverie.h"

struct palette;

/* For BGRA frames of width x height pixels. Pixels more than half transparent become the colour
 * that GIF calls transparent. RV_UNSUPPORTED: no such filters; RV_MEMORY. */
rv_status palette_create(struct palette **palette, int width, int height, AVRational time_base,
                         rv_error *error);
/* Hands in a frame, which keeps its reference; NULL: that was all. */
rv_status palette_push(struct palette *palette, AVFrame *frame, rv_error *error);
/* Takes out the next PAL8 frame: 0, or AVERROR(EAGAIN) where another must be pushed first,
 * AVERROR_EOF after the last, or libav's code for a failure. */
int palette_pull(struct palette *palette, AVFrame *frame);
void palette_destroy(struct palette **palette);

#endif
