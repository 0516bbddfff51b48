/* Describes a video from what its stream says and from its first frame. */
#ifndef APP_MEDIA_DESCRIBE_H
#define APP_MEDIA_DESCRIBE_H

#include <libavformat/avformat.h>

#include "app/media/video.h"

struct describe_seen {
	AVFormatContext *format;
	AVStream *stream;
	AVFrame *frame;       /* the last that was decoded */
	AVRational time_base; /* of the frames that are given out */
	int frames_of_one;    /* how many become of a stored one: 2 where each of its fields does */
};

void describe_video(const struct describe_seen *seen, struct video_description *video);

/* How the frame is to be turned (app/media/orientation.h). */
int describe_orientation(const struct describe_seen *seen);

/* The average rate where there is one: the nominal rate of a variable one may be that of its clock.
 * 0/1: unknown. */
AVRational describe_frame_rate(const struct describe_seen *seen);

/* Whether the frame is of another size, format or orientation than what was described. */
bool describe_differs(const struct describe_seen *seen, const struct video_description *video,
                      int orientation);

#endif
