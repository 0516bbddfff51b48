#include "app/media/describe.h"

#include <libavutil/dovi_meta.h>

#include "app/media/convert.h"
#include "app/media/hdr.h"
#include "app/media/libav.h"
#include "app/media/orientation.h"

static int64_t count_frames(const struct describe_seen *seen, AVRational rate)
{
	const AVStream *stream = seen->stream;
	const AVFormatContext *format = seen->format;
	if (stream->nb_frames > 0)
		return stream->nb_frames * seen->frames_of_one;
	if (!rate.num || !rate.den)
		return 0;
	if (stream->duration > 0)
		return av_rescale_q(stream->duration, stream->time_base, av_inv_q(rate));
	if (format->duration > 0)
		return av_rescale_q(format->duration, AV_TIME_BASE_Q, av_inv_q(rate));
	return 0;
}

int describe_orientation(const struct describe_seen *seen)
{
	const void *matrix = av_stream_get_side_data(seen->stream, AV_PKT_DATA_DISPLAYMATRIX, NULL);
	return matrix ? orientation_of_matrix(matrix) : orientation_of_frame(seen->frame);
}

AVRational describe_frame_rate(const struct describe_seen *seen)
{
	const AVStream *stream = seen->stream;
	AVRational rate = stream->avg_frame_rate;
	if (!rate.num || !rate.den)
		rate = stream->r_frame_rate;
	rate = av_mul_q(rate, (AVRational){seen->frames_of_one, 1});
	return rate.num > 0 && rate.den > 0 ? rate : (AVRational){0, 1};
}

/* Of the upright frame; 0/1: unknown. */
static AVRational find_sample_aspect(const struct describe_seen *seen, bool swaps)
{
	AVRational aspect = av_guess_sample_aspect_ratio(seen->format, seen->stream, seen->frame);
	return swaps && aspect.num ? av_inv_q(aspect) : aspect;
}

bool describe_differs(const struct describe_seen *seen, const struct video_description *video,
                      int orientation)
{
	const AVFrame *frame = seen->frame;
	bool swaps = orientation_swaps_sides(orientation);
	int width = swaps ? frame->height : frame->width;
	int height = swaps ? frame->width : frame->height;
	return width != video->width || height != video->height ||
	       frame->format != video->pixel_format || describe_orientation(seen) != orientation ||
	       av_cmp_q(find_sample_aspect(seen, swaps), video->sample_aspect);
}

/* The container says it, or the frame itself. */
static const void *find_light(const struct describe_seen *seen, enum AVPacketSideDataType of_stream,
                              enum AVFrameSideDataType of_frame)
{
	const void *data = av_stream_get_side_data(seen->stream, of_stream, NULL);
	const AVFrameSideData *side = av_frame_get_side_data(seen->frame, of_frame);
	return data ? data : side ? side->data : NULL;
}

static void find_lights(const struct describe_seen *seen, struct video_description *video)
{
	const AVMasteringDisplayMetadata *mastering =
		find_light(seen, AV_PKT_DATA_MASTERING_DISPLAY_METADATA,
	                   AV_FRAME_DATA_MASTERING_DISPLAY_METADATA);
	const AVContentLightMetadata *light = find_light(seen, AV_PKT_DATA_CONTENT_LIGHT_LEVEL,
	                                                 AV_FRAME_DATA_CONTENT_LIGHT_LEVEL);
	video->has_mastering = mastering;
	video->has_light = light;
	if (mastering)
		video->mastering = *mastering;
	if (light)
		video->light = *light;
}

/* What changes with the scene. */
static void find_dynamic_lights(const struct describe_seen *seen, struct video_description *video)
{
	const void *said = av_stream_get_side_data(seen->stream, AV_PKT_DATA_DOVI_CONF, NULL);
	const AVDOVIDecoderConfigurationRecord *dolby = said;
	video->has_hdr10_plus = av_frame_get_side_data(seen->frame, AV_FRAME_DATA_DYNAMIC_HDR_PLUS);
	video->has_dolby_vision =
		dolby || av_frame_get_side_data(seen->frame, AV_FRAME_DATA_DOVI_METADATA);
	/* A base layer that is compatible with nothing: profile 5. */
	video->needs_dolby_vision = dolby && !dolby->dv_bl_signal_compatibility_id;
}

void describe_video(const struct describe_seen *seen, struct video_description *video)
{
	AVFrame *frame = seen->frame;
	bool swaps = orientation_swaps_sides(describe_orientation(seen));
	AVRational rate = describe_frame_rate(seen);
	bool is_deep = libav_pixel_depth(frame->format) > 8 || hdr_is_wanted(frame->color_trc);
	*video = (struct video_description){
		.width = swaps ? frame->height : frame->width,
		.height = swaps ? frame->width : frame->height,
		.rgb = is_deep ? RV_RGB16 : RV_RGB8,
		.pixel_format = frame->format,
		.range = frame->color_range,
		.matrix = frame->colorspace,
		.effective_matrix = convert_effective_matrix(frame),
		.primaries = frame->color_primaries,
		.transfer = frame->color_trc,
		.chroma_location = swaps ? AVCHROMA_LOC_UNSPECIFIED : frame->chroma_location,
		.sample_aspect = find_sample_aspect(seen, swaps),
		.time_base = seen->time_base,
		.frame_rate = rate,
		.frames_expected = count_frames(seen, rate),
	};
	find_lights(seen, video);
	find_dynamic_lights(seen, video);
}
