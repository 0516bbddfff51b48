#include "app/media/packet_queue.h"

#include <libavutil/mem.h>
#include <stdlib.h>

enum { FIRST_CAPACITY = 16 };

static bool grow(struct packet_queue *queue)
{
	size_t capacity = queue->capacity ? queue->capacity * 2 : FIRST_CAPACITY;
	AVPacket **packets = av_malloc_array(capacity, sizeof(*packets));
	if (!packets)
		return false;
	for (size_t i = 0; i < queue->count; i++)
		packets[i] = queue->packets[(queue->first + i) % queue->capacity];
	av_free(queue->packets);
	queue->packets = packets;
	queue->capacity = capacity;
	queue->first = 0;
	return true;
}

bool packet_queue_push(struct packet_queue *queue, AVPacket *packet)
{
	if (queue->count == queue->capacity && !grow(queue))
		return false;
	AVPacket *kept = av_packet_alloc();
	if (!kept)
		return false;
	av_packet_move_ref(kept, packet);
	queue->packets[(queue->first + queue->count++) % queue->capacity] = kept;
	return true;
}

const AVPacket *packet_queue_first(const struct packet_queue *queue)
{
	return queue->count ? queue->packets[queue->first] : NULL;
}

void packet_queue_pop(struct packet_queue *queue, AVPacket *packet)
{
	AVPacket *kept = queue->packets[queue->first];
	av_packet_move_ref(packet, kept);
	av_packet_free(&kept);
	queue->first = (queue->first + 1) % queue->capacity;
	queue->count--;
}

void packet_queue_release(struct packet_queue *queue)
{
	for (; queue->count; queue->count--) {
		av_packet_free(&queue->packets[queue->first]);
		queue->first = (queue->first + 1) % queue->capacity;
	}
	av_freep(&queue->packets);
	*queue = (struct packet_queue){0};
}
