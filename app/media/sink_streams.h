/* Which streams of a source go into a container beside the dreamed video, and how. */
#ifndef APP_MEDIA_SINK_STREAMS_H
#define APP_MEDIA_SINK_STREAMS_H

#include <libavformat/avformat.h>

#include "app/base/progress.h"
#include "engine/reverie.h"

enum { SINK_STREAM_LEFT_OUT = -1, SINK_STREAM_RESOUND = -2 };

/* Whether the container can hold the stream's packets as they are. */
bool sink_container_takes(const AVOutputFormat *container, const AVStream *stream);

/* Whether the input says of sound what containers want to know: a broadcast that has announced it
 * but not sent any yet does not. True of all else. */
bool sink_is_described(const AVStream *stream);

/* Adds to muxer a stream for each one of source, in the same order: for stream video_index the one
 * that will be encoded, for the others, where they fit, their copies. map[i] becomes the index in
 * muxer of source's stream i, or SINK_STREAM_LEFT_OUT, or SINK_STREAM_RESOUND for sound that must
 * be encoded anew, which is not added. Notes go to progress (may be NULL). RV_MEMORY. */
rv_status sink_add_streams(AVFormatContext *muxer, const AVFormatContext *source, int video_index,
                           int *map, struct progress *progress, rv_error *error);

/* Copies what is said of a stream or a file, but not what holds of the bytes that were read alone:
 * which program encoded them, for one. */
void sink_copy_metadata(AVDictionary **to, const AVDictionary *from);

/* Copies chapters and metadata, shifting times by -shift microseconds. RV_MEMORY. */
rv_status sink_copy_tags(AVFormatContext *muxer, const AVFormatContext *source, int64_t shift,
                         rv_error *error);

/* A stream of the source, as it is copied. */
struct sink_stream {
	int index;                    /* in the output; below 0: left out */
	struct sink_resound *resound; /* it is encoded anew; NULL: copied */
	AVRational time_base;         /* of the source's packets */
	int64_t last_dts;             /* in the output's time base */
};

/* Moves the times of the source's packet by shift, microseconds taken off, and from the stream's
 * time base into that of the output. Decoding times rise, whatever those of the source do. */
void sink_set_packet_times(const AVFormatContext *muxer, struct sink_stream *stream, int64_t shift,
                           AVPacket *packet);

/* Gives the stream the head of the encoded video that it is to hold: whoever encoded it may have
 * written another version's than ours would be. RV_CORRUPT: it is another codec's; RV_MEMORY. */
rv_status sink_copy_head(AVStream *stream, const AVStream *encoded, rv_error *error);

#endif
