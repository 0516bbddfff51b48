#include "app/media/sink_streams.h"

#include <libavcodec/avcodec.h>
#include <libavutil/avstring.h>
#include <string.h>

static rv_status out_of_memory(rv_error *error)
{
	return rv_fail(error, RV_MEMORY, "out of memory for the output's streams");
}

/* Some muxers keep no list of what they take: one writes a header with this stream alone. */
static bool header_can_be_written(const AVOutputFormat *container, const AVStream *stream)
{
	AVFormatContext *muxer = NULL;
	uint8_t *bytes;
	bool taken = false;
	if (avformat_alloc_output_context2(&muxer, container, NULL, NULL) < 0)
		return false;
	AVStream *copy = avformat_new_stream(muxer, NULL);
	if (copy && avcodec_parameters_copy(copy->codecpar, stream->codecpar) >= 0 &&
	    avio_open_dyn_buf(&muxer->pb) >= 0) {
		copy->codecpar->codec_tag = 0;
		copy->time_base = stream->time_base;
		muxer->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL; /* as sink_muxer */
		av_dict_copy(&copy->metadata, stream->metadata, 0); /* an attachment's name */
		taken = avformat_write_header(muxer, NULL) >= 0;
		if (taken)
			av_write_trailer(muxer); /* frees what the header made */
		avio_close_dyn_buf(muxer->pb, &bytes);
		av_free(bytes);
	}
	avformat_free_context(muxer);
	return taken;
}

bool sink_is_described(const AVStream *stream)
{
	const AVCodecParameters *parameters = stream->codecpar;
	return parameters->codec_type != AVMEDIA_TYPE_AUDIO ||
	       (parameters->sample_rate > 0 && parameters->ch_layout.nb_channels > 0);
}

/* MPEG-TS takes any sound, but nobody finds in it again what it has no name for. */
static bool is_lost(const AVOutputFormat *container, const AVStream *stream)
{
	static const enum AVCodecID named[] = {
		AV_CODEC_ID_MP1,      AV_CODEC_ID_MP2,  AV_CODEC_ID_MP3,  AV_CODEC_ID_AAC,
		AV_CODEC_ID_AAC_LATM, AV_CODEC_ID_AC3,  AV_CODEC_ID_EAC3, AV_CODEC_ID_DTS,
		AV_CODEC_ID_TRUEHD,   AV_CODEC_ID_OPUS, AV_CODEC_ID_S302M};
	const AVCodecParameters *parameters = stream->codecpar;
	if (strcmp(container->name, "mpegts") || parameters->codec_type != AVMEDIA_TYPE_AUDIO)
		return false;
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (parameters->codec_id == named[i])
			return false;
	return true;
}

/* QuickTime's muxer lists sound that it then takes in MP4 alone, and no container wants any that is
 * not described. */
static bool is_list_too_long(const AVOutputFormat *container, const AVStream *stream)
{
	return !sink_is_described(stream) ||
	       (stream->codecpar->codec_type == AVMEDIA_TYPE_AUDIO &&
	        av_match_name(container->name, "mov,mp4,ipod,3gp,3g2,psp"));
}

bool sink_container_takes(const AVOutputFormat *container, const AVStream *stream)
{
	enum AVCodecID id = stream->codecpar->codec_id;
	if (id == AV_CODEC_ID_NONE || is_lost(container, stream))
		return false;
	int known = avformat_query_codec(container, id, FF_COMPLIANCE_NORMAL);
	if (known > 0 && is_list_too_long(container, stream))
		return header_can_be_written(container, stream);
	/* Matroska's list leaves out what it takes under the names of Windows. */
	bool tells_all = known >= 0 && strcmp(container->name, "matroska");
	return known > 0 || (!tells_all && header_can_be_written(container, stream));
}

/* A track of time codes is made anew from the tag that the demuxer makes of it. */
static bool is_time_code(const AVStream *stream)
{
	return stream->codecpar->codec_tag == MKTAG('t', 'm', 'c', 'd');
}

static const char *kind_name(const AVStream *stream)
{
	switch (stream->codecpar->codec_type) {
	case AVMEDIA_TYPE_AUDIO:
		return "sound";
	case AVMEDIA_TYPE_VIDEO:
		return stream->disposition & AV_DISPOSITION_ATTACHED_PIC ? "cover picture"
		                                                         : "another video";
	case AVMEDIA_TYPE_SUBTITLE:
		return "subtitles";
	case AVMEDIA_TYPE_ATTACHMENT:
		return "an attachment";
	default:
		return is_time_code(stream) ? "time codes" : "data";
	}
}

/* "aac", or what the container calls it where libavcodec has no name for it: "tmcd". */
static const char *codec_name(const AVStream *stream, char *tag)
{
	if (stream->codecpar->codec_id == AV_CODEC_ID_NONE && stream->codecpar->codec_tag)
		return av_fourcc_make_string(tag, stream->codecpar->codec_tag);
	return avcodec_get_name(stream->codecpar->codec_id);
}

/* QuickTime keeps chapters in a track of texts, of which the demuxer makes data and the chapters,
 * and the muxer a track again. */
static bool is_chapters(const AVStream *stream)
{
	return stream->codecpar->codec_tag == MKTAG('t', 'e', 'x', 't') &&
	       stream->codecpar->codec_type == AVMEDIA_TYPE_DATA;
}

static bool writes_time_codes(const AVOutputFormat *container)
{
	return av_match_name("mp4", container->name) || av_match_name("mov", container->name) ||
	       av_match_name("matroska", container->name);
}

/* What is told of a stream that is left out. */
static void note_left_out(const AVOutputFormat *container, const AVStream *stream,
                          struct progress *progress)
{
	char tag[AV_FOURCC_MAX_STRING_SIZE];
	if (stream->disposition & AV_DISPOSITION_ATTACHED_PIC)
		progress_note(progress, "stream %d (%s) is left out: it shows what is not dreamed",
		              stream->index, kind_name(stream));
	else if (stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO)
		progress_note(progress, "stream %d (%s) is left out: one video is dreamed",
		              stream->index, kind_name(stream));
	else
		progress_note(progress, "stream %d (%s, %s) is left out: %s does not hold it",
		              stream->index, kind_name(stream), codec_name(stream, tag),
		              container->name);
}

/* Its place in the muxer where it is copied, else one of the two below 0. */
static int place_of(const AVFormatContext *muxer, const AVStream *stream, struct progress *progress)
{
	const AVOutputFormat *container = muxer->oformat;
	bool video = stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO;
	bool sound = stream->codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
	if (is_chapters(stream) || (is_time_code(stream) && writes_time_codes(container)))
		return SINK_STREAM_LEFT_OUT;
	if (!video && sink_container_takes(container, stream))
		return (int)muxer->nb_streams;
	if (sound && container->audio_codec != AV_CODEC_ID_NONE)
		return SINK_STREAM_RESOUND;
	note_left_out(container, stream, progress);
	return SINK_STREAM_LEFT_OUT;
}

/* What does not hold of a video that was encoded anew, or is written with it. */
static bool is_spent(enum AVPacketSideDataType type)
{
	return type == AV_PKT_DATA_DISPLAYMATRIX || type == AV_PKT_DATA_CPB_PROPERTIES ||
	       type == AV_PKT_DATA_DOVI_CONF || type == AV_PKT_DATA_MASTERING_DISPLAY_METADATA ||
	       type == AV_PKT_DATA_CONTENT_LIGHT_LEVEL;
}

/* Side data that says how a picture or sound is to be shown. */
static void copy_side_data(AVStream *to, const AVStream *from)
{
	for (int i = 0; i < from->nb_side_data; i++) {
		const AVPacketSideData *side = &from->side_data[i];
		if (is_spent(side->type))
			continue;
		uint8_t *copy = av_stream_new_side_data(to, side->type, side->size);
		if (copy)
			memcpy(copy, side->data, side->size);
	}
}

void sink_copy_metadata(AVDictionary **to, const AVDictionary *from)
{
	/* What the muxer writes itself, or what described the file that was read. */
	static const char *const stale[] = {"encoder",           "major_brand", "minor_version",
	                                    "compatible_brands", "rotate",      "DURATION"};
	av_dict_copy(to, from, 0);
	for (size_t i = 0; i < sizeof(stale) / sizeof(stale[0]); i++)
		av_dict_set(to, stale[i], NULL, 0);
}

/* A tag of the source's container means nothing to another one. */
static uint32_t fitting_tag(const AVOutputFormat *container, const AVCodecParameters *parameters)
{
	uint32_t tag = parameters->codec_tag;
	if (container->codec_tag &&
	    av_codec_get_id(container->codec_tag, tag) == parameters->codec_id)
		return tag;
	return 0;
}

static rv_status add_stream(AVFormatContext *muxer, const AVStream *from, bool is_encoded,
                            rv_error *error)
{
	AVStream *to = avformat_new_stream(muxer, NULL);
	if (!to)
		return out_of_memory(error);
	to->time_base = from->time_base;
	to->disposition = from->disposition;
	sink_copy_metadata(&to->metadata, from->metadata);
	copy_side_data(to, from);
	to->avg_frame_rate = from->avg_frame_rate;
	if (is_encoded)
		return RV_OK;
	if (avcodec_parameters_copy(to->codecpar, from->codecpar) < 0)
		return out_of_memory(error);
	to->codecpar->codec_tag = fitting_tag(muxer->oformat, from->codecpar);
	return RV_OK;
}

rv_status sink_add_streams(AVFormatContext *muxer, const AVFormatContext *source, int video_index,
                           int *map, struct progress *progress, rv_error *error)
{
	rv_status status = RV_OK;
	for (int i = 0; i < (int)source->nb_streams && status == RV_OK; i++) {
		const AVStream *stream = source->streams[i];
		bool is_video = i == video_index;
		map[i] = is_video ? (int)muxer->nb_streams : place_of(muxer, stream, progress);
		if (map[i] >= 0)
			status = add_stream(muxer, stream, is_video, error);
	}
	return status;
}

static rv_status copy_chapter(AVFormatContext *muxer, const AVChapter *from, int64_t shift,
                              rv_error *error)
{
	int64_t ticks = av_rescale_q(shift, AV_TIME_BASE_Q, from->time_base);
	AVChapter *chapter = av_mallocz(sizeof(*chapter));
	if (!chapter)
		return out_of_memory(error);
	chapter->id = from->id;
	chapter->time_base = from->time_base;
	chapter->start = from->start - ticks;
	chapter->end = from->end == AV_NOPTS_VALUE ? from->end : from->end - ticks;
	av_dict_copy(&chapter->metadata, from->metadata, 0);
	muxer->chapters[muxer->nb_chapters++] = chapter;
	return RV_OK;
}

rv_status sink_copy_tags(AVFormatContext *muxer, const AVFormatContext *source, int64_t shift,
                         rv_error *error)
{
	sink_copy_metadata(&muxer->metadata, source->metadata);
	if (!source->nb_chapters)
		return RV_OK;
	/* The muxer's own from here on. */
	muxer->chapters = av_calloc(source->nb_chapters, sizeof(*muxer->chapters));
	if (!muxer->chapters)
		return out_of_memory(error);
	for (unsigned i = 0; i < source->nb_chapters; i++) {
		rv_status status = copy_chapter(muxer, source->chapters[i], shift, error);
		if (status != RV_OK)
			return status;
	}
	return RV_OK;
}

/* Decoding timestamps that stand still or run back, as damaged files have them, would be refused.
 */
static void make_dts_rise(const AVFormatContext *muxer, struct sink_stream *stream,
                          AVPacket *packet)
{
	bool may_stand = muxer->oformat->flags & AVFMT_TS_NONSTRICT;
	if (packet->dts == AV_NOPTS_VALUE)
		return;
	if (stream->last_dts != AV_NOPTS_VALUE)
		packet->dts = FFMAX(packet->dts, stream->last_dts + !may_stand);
	if (packet->pts != AV_NOPTS_VALUE)
		packet->pts = FFMAX(packet->pts, packet->dts);
	stream->last_dts = packet->dts;
}

void sink_set_packet_times(const AVFormatContext *muxer, struct sink_stream *stream, int64_t shift,
                           AVPacket *packet)
{
	int64_t ticks = av_rescale_q(shift, AV_TIME_BASE_Q, stream->time_base);
	if (packet->pts != AV_NOPTS_VALUE)
		packet->pts -= ticks;
	if (packet->dts != AV_NOPTS_VALUE)
		packet->dts -= ticks;
	av_packet_rescale_ts(packet, stream->time_base, muxer->streams[stream->index]->time_base);
	make_dts_rise(muxer, stream, packet);
}

rv_status sink_copy_head(AVStream *stream, const AVStream *encoded, rv_error *error)
{
	AVCodecParameters *to = stream->codecpar;
	const AVCodecParameters *from = encoded->codecpar;
	if (from->codec_id != to->codec_id)
		return rv_fail(error, RV_CORRUPT, "the video is %s, not %s",
		               avcodec_get_name(from->codec_id), avcodec_get_name(to->codec_id));
	av_freep(&to->extradata);
	to->extradata_size = from->extradata_size;
	if (!from->extradata_size)
		return RV_OK;
	to->extradata = av_mallocz((size_t)from->extradata_size + AV_INPUT_BUFFER_PADDING_SIZE);
	if (!to->extradata)
		return rv_fail(error, RV_MEMORY, "out of memory for the output");
	memcpy(to->extradata, from->extradata, (size_t)from->extradata_size);
	return RV_OK;
}
