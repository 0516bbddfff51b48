#include "app/media/video.h"

double video_display_aspect(const struct video_description *video)
{
	double pixel = video->sample_aspect.num > 0 && video->sample_aspect.den > 0
	                       ? av_q2d(video->sample_aspect)
	                       : 1;
	return pixel * video->width / video->height;
}
