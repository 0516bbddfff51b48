/* What encoders of video hold in memory, and how they are made to hold less. */
#ifndef APP_MEDIA_ENCODER_MEMORY_H
#define APP_MEDIA_ENCODER_MEMORY_H

#include <libavcodec/avcodec.h>
#include <stdbool.h>
#include <stdint.h>

/* Whether an encoder whose size and format are set would hold more than so many bytes, as it
 * usually works. 0: any are allowed. Of those that are not known it is false. */
bool encoder_memory_is_short(const AVCodecContext *encoder, uint64_t memory);

/* Lets an encoder that is not open yet, of which that is so, work with one thread and look fewer
 * frames ahead: its files become a little larger. libx265 takes this by its parameters alone. */
void encoder_memory_save(AVCodecContext *encoder, uint64_t memory);
extern const char encoder_memory_x265[];

/* About how many bytes it holds beyond those even so; 0: none. */
uint64_t encoder_memory_excess(const AVCodecContext *encoder, uint64_t memory);

#endif
