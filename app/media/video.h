/* What is known of a video once its first frame is decoded, and what its encoder keeps. */
#ifndef APP_MEDIA_VIDEO_H
#define APP_MEDIA_VIDEO_H

#include <libavutil/mastering_display_metadata.h>
#include <libavutil/pixfmt.h>
#include <libavutil/rational.h>

#include "engine/reverie.h"

struct video_description {
	int width, height;   /* of an upright frame, unscaled */
	rv_pixel_format rgb; /* RV_RGB8, or RV_RGB16 where the source has more than 8 bits or HDR */
	enum AVPixelFormat pixel_format; /* of the decoder */
	enum AVColorRange range;
	enum AVColorSpace matrix;           /* as the source says, which may be nothing */
	enum AVColorSpace effective_matrix; /* as the frames are converted by */
	enum AVColorPrimaries primaries;
	enum AVColorTransferCharacteristic transfer;
	enum AVChromaLocation chroma_location;
	bool has_mastering, has_light;
	AVMasteringDisplayMetadata mastering; /* the screen it was made on, SMPTE ST 2086 */
	AVContentLightMetadata light;         /* how bright it is, CTA-861.3 */
	bool has_hdr10_plus, has_dolby_vision;
	bool needs_dolby_vision;  /* what the frames' codes mean only that says */
	AVRational sample_aspect; /* upright; 0/1: unknown */
	AVRational time_base;
	AVRational frame_rate;   /* average; 0/1: unknown */
	int64_t frames_expected; /* 0: unknown */
};

/* Width by height of an upright frame as it is to be seen. */
double video_display_aspect(const struct video_description *video);

#endif
