/* Packets that wait, first in, first out. Zeroed before use. Belongs to one thread at a time. */
#ifndef APP_MEDIA_PACKET_QUEUE_H
#define APP_MEDIA_PACKET_QUEUE_H

#include <libavcodec/packet.h>
#include <stdbool.h>
#include <stddef.h>

struct packet_queue {
	AVPacket **packets; /* a ring of capacity places, count of them filled from first on */
	size_t capacity, first, count;
};

/* Moves packet's reference to the end of the queue. False: out of memory, and nothing is moved. */
bool packet_queue_push(struct packet_queue *queue, AVPacket *packet);
/* The packet that is next; NULL: none. It stays the queue's. */
const AVPacket *packet_queue_first(const struct packet_queue *queue);
/* Moves the next packet's reference into packet, which holds none. The queue is not empty. */
void packet_queue_pop(struct packet_queue *queue, AVPacket *packet);
void packet_queue_release(struct packet_queue *queue);

#endif
