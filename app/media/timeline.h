/* Keeps timestamps rising where those of the input jump back: where clips were joined, a clock was
 * set, or a counter wrapped. */
#ifndef APP_MEDIA_TIMELINE_H
#define APP_MEDIA_TIMELINE_H

#include <libavcodec/packet.h>

/* Zeroed before use, released by timeline_release. Belongs to one thread at a time. */
struct timeline {
	int count; /* of streams seen so far */
	struct timeline_stream *streams;
};

/* Shifts the packet's timestamps, in units of time_base, so that they follow those of the same
 * stream's last packet where they lie more than half a second before them. Streams that jump
 * together are shifted alike, so that sound stays with its picture. Without memory it does
 * nothing. */
void timeline_shift_packet(struct timeline *timeline, AVPacket *packet, AVRational time_base);
void timeline_release(struct timeline *timeline);

#endif
